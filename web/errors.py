"""Turns what went wrong into an answer: problem+json (RFC 9457) for programs, a page for readers.

Neither says anything of the inside; that goes to the log.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from index.errors import IndexFault, NotFound, RequestError
from web.language import gettext as _
from web.manners import json_response
from web.params import BadParameters
from web.templating import rendered

__all__ = ["install"]

_FOR_PROGRAMS = ("/api/", "/export.", "/search.atom", "/openapi.json", "/opensearch.xml", "/suggest.json")


def install(app: Flask) -> None:
    """Gives *app* an answer to every failure."""
    app.register_error_handler(RequestError, _bad_request)
    app.register_error_handler(NotFound, lambda _error: _answer(HTTPStatus.NOT_FOUND))
    app.register_error_handler(IndexFault, _unavailable)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _bad_request(error: RequestError) -> Response:
    errors = error.errors if isinstance(error, BadParameters) else (error,)
    return _answer(HTTPStatus.BAD_REQUEST, errors=errors)


def _unavailable(error: IndexFault) -> Response:
    current_app.logger.error("%s", error)
    response = _answer(HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = "5"
    return response


def _http(error: HTTPException) -> Response:
    given = error.get_response()
    if error.code is None or error.code < 400:
        return given
    response = _answer(HTTPStatus(error.code))
    # Allow of 405, Retry-After of others.
    kept = {name: value for name, value in given.headers.items() if not name.startswith("Content-")}
    response.headers.update(kept)
    return response


def _unexpected(error: Exception) -> Response:
    current_app.logger.exception("%s %s", request.method, request.path, exc_info=error)
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR)


def _answer(status: HTTPStatus, *, errors: tuple[RequestError, ...] = ()) -> Response:
    if not request.path.startswith(_FOR_PROGRAMS):
        html = rendered("error.html", status=status.value, heading=_heading(status), errors=errors)
        return current_app.make_response((html, status))
    problem: dict[str, object] = {"type": "about:blank", "title": status.phrase, "status": status.value}
    problem["detail"] = "; ".join(map(str, errors)) or _heading(status)
    if errors:
        problem["parameter"] = errors[0].parameter
        problem["errors"] = [{"parameter": error.parameter, "detail": error.reason} for error in errors]
    return json_response(problem, status=status, mimetype="application/problem+json")


def _heading(status: HTTPStatus) -> str:
    match status.value:
        case 400:
            return _("Запрос составлен с ошибкой")
        case 404:
            return _("Здесь ничего нет")
        case 405:
            return _("Этот адрес отвечает только на чтение")
        case 429:
            return _("Слишком много запросов подряд")
        case 503:
            return _("Архив пока не готов")
        case code if code < 500:
            return _("Запрос не принят")
        case _other:
            return _("Что-то сломалось у нас")
