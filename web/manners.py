"""What every answer has in common, whatever is in it: safety headers, validators, compression.

Knows nothing of search: a page is a body and the generation it was made from.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterable
from functools import lru_cache, partial, wraps
from typing import TYPE_CHECKING, Any, ParamSpec

import orjson
import xxhash
from flask import Flask, Response, g, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.http import parse_accept_header

from web.language import VARIES, spoken
from web.state import State, state

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["install", "json_response", "validated"]

Arguments = ParamSpec("Arguments")

# Nothing from elsewhere, nothing inline, no frame around us, no form to elsewhere; the query stays out of foreign logs.
_SAFETY = [
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
]
_YEAR = 365 * 24 * 3600
# Smaller bodies fit one packet anyway.
_WORTH_PACKING = 1_000
_TEXTUAL = ("text/", "application/json", "application/problem+json", "image/svg+xml", "application/atom+xml")


def install(app: Flask) -> None:
    """Makes *app* behave so on every answer."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _YEAR
    app.after_request(_finish)
    # Outside of Flask, which looks through all headers for each that is added.
    app.wsgi_app = partial(_secured, app.wsgi_app)  # type: ignore[method-assign]

    @app.url_defaults
    def versioned(endpoint: str, values: dict[str, Any]) -> None:
        # A year in the browser's cache, and a new address with every change.
        if endpoint == "static":
            values["v"] = state().build


def json_response(content: object, *, status: int = 200, mimetype: str = "application/json") -> Response:
    """*content* as JSON in UTF-8."""
    return Response(orjson.dumps(content), status=status, mimetype=mimetype)


def validated(view: Callable[Arguments, ResponseReturnValue]) -> Callable[Arguments, ResponseReturnValue]:
    """Tags what *view* answers by generation, day and address; says 304 without calling it when the client has that.

    When the generation changed meanwhile there is no telling which one answered: that answer goes without a tag.
    """

    @wraps(view)
    def answer(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
        now = state()
        before = _seal(now)
        tag = _tag(before) if before else None
        if tag and request.if_none_match.contains_weak(tag):
            return _tagged(Response(status=304), tag)
        response = make_response(view(*args, **kwargs))
        # Nor is an answer that was cut short for want of time the one that this address has.
        lasting = before == _seal(now) and response.status_code == 200 and not g.get("unfinished")
        return _tagged(response, tag if lasting else None)

    return answer


def _seal(now: State) -> tuple[str, str, str] | None:
    """What an answer is of besides its address: another seal, another answer."""
    generation = now.service.generation
    return (now.build, generation.name, _today()) if generation else None


def _tag(seal: tuple[str, str, str]) -> str:
    parts = (*seal, spoken(), request.full_path)
    return xxhash.xxh3_128_hexdigest("\0".join(parts).encode("utf-8", "surrogatepass"))


def _today() -> str:
    """«вчера» of a query is another day tomorrow."""
    return time.strftime("%Y-%m-%d")


def _tagged(response: Response, tag: str | None) -> Response:
    if tag:
        # Weak: the time taken, and gzip, differ between answers that mean the same.
        response.set_etag(tag, weak=True)
    return response


def _secured(app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        return start_response(status, headers + _SAFETY, *error)

    return app(environ, start)


def _finish(response: Response) -> Response:
    # Kept by browsers, but asked about each time: a new generation shows at once.
    response.headers.setdefault("Cache-Control", "no-cache")
    varies = [] if request.endpoint == "static" else [VARIES]
    # What is streamed is as long as it likes; a proxy may pack it.
    streamed = response.is_streamed and not response.direct_passthrough
    if not streamed and (response.mimetype or "").startswith(_TEXTUAL):
        varies.append("Accept-Encoding")
        if response.status_code != 304 and _takes_gzip(request.headers.get("Accept-Encoding", "")):
            _pack(response)
    if varies:
        given = response.headers.get("Vary")
        response.headers["Vary"] = ", ".join([given, *varies] if given else varies)
    return response


def _pack(response: Response) -> None:
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= _WORTH_PACKING:
        # 5: a page of 20 KB takes 0.4 ms; 9 takes twice as long for 1% less.
        response.set_data(gzip.compress(body, compresslevel=5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"


# Browsers send a dozen different ones, and reading one takes 20 microseconds.
@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    return bool(parse_accept_header(accepted)["gzip"])
