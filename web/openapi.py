"""The contract of the JSON as an OpenAPI 3.1 document, and a page of it for people.

Written by hand, since what it promises must not change with the code by accident; tests hold every path, parameter and
key of it against the running server.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from search.engines import SORTS
from search.service import DEPTH
from web import files, params
from web.manners import json_response, validated
from web.schemas import kind, schemas
from web.templating import rendered

__all__ = ["blueprint", "document"]

blueprint = Blueprint("openapi", __name__)

Json = dict[str, Any]
# An empty value is one not given, as forms send it; a schema must say so of each.
_DATE = "^(|(?!0000)[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)$"


@blueprint.get("/openapi.json")
@validated
def contract() -> ResponseReturnValue:
    """The document, for programs."""
    return json_response(document())


@blueprint.get("/api")
@validated
def page() -> ResponseReturnValue:
    """The document, for people."""
    return rendered("api.html", api=document(), kind=kind)


def document() -> Json:
    """OpenAPI 3.1 of everything that is not a page."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Slovo",
            "version": "1",
            "description": "Full-text search in Russian. New keys may appear in answers; none changes its meaning. "
            "Offsets are half-open, in code points.",
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/api/v1/search": _path("search", "Search", "Answer", params.SEARCH),
            "/api/v1/suggest": _path("suggest", "How a query may go on", "Suggestions", ("q",)),
            "/api/v1/documents/{id}": _path("document", "A whole document", "Document", ("id", "q"), missing=True),
            "/api/v1/documents/{id}/similar": _path(
                "similar", "The documents most like one", "Similar", ("id", "size"), missing=True
            ),
            "/search.atom": _path("atom", "The newest matches as a feed", "application/atom+xml", files.ATOM),
            "/export.csv": _path("exportCsv", "Every match as a table", "text/csv", (*files.EXPORT, "separator")),
            "/export.ndjson": _path("exportNdjson", "Every match, a line each", "application/x-ndjson", files.EXPORT),
        },
        "components": {"parameters": _parameters(), "schemas": schemas()},
    }


def _path(name: str, summary: str, answer: str, takes: tuple[str, ...], *, missing: bool = False) -> Json:
    if "/" in answer:
        content: Json = {answer: {"schema": {"type": "string"}}}
    else:
        content = {"application/json": {"schema": _ref(answer)}}
    problem = {"application/problem+json": {"schema": _ref("Problem")}}
    responses: Json = {"200": {"description": "OK", "content": content}}
    failures = {"400": "A parameter is unknown or bad", "429": "Too many requests", "503": "No index is published yet"}
    for status, description in (failures | ({"404": "No such document"} if missing else {})).items():
        responses[status] = {"description": description, "content": problem}
    # Answered before the application is asked, and in plain HTML.
    responses["414"] = {"description": "The address is longer than 8 KB"}
    parameters = [{"$ref": f"#/components/parameters/{parameter}"} for parameter in takes]
    return {"get": {"operationId": name, "summary": summary, "parameters": parameters, "responses": responses}}


def _parameters() -> Json:
    date = {"type": "string", "pattern": _DATE}
    many = {"type": "array", "items": {"type": "string"}, "maxItems": params.MAX_VALUES}
    return {
        "id": _parameter("id", {"type": "string", "minLength": 1}, "The id of a hit, slashes as they are")
        | {"in": "path", "required": True},
        "q": _parameter("q", {"type": "string"}, "The query; without it all documents that the filters let through"),
        "page": _parameter(
            "page",
            _whole(DEPTH, default=1),
            f"From 1; page times size is at most {DEPTH}. Then cursor leads on, and exports give all",
        ),
        "size": _parameter("size", _whole(params.MAX_SIZE, default=10), "Hits on a page"),
        "sort": _parameter("sort", _one_of(SORTS), "-date is newest first"),
        "from": _parameter("from", date, "First day, month or year"),
        "to": _parameter("to", date, "Last day, month or year, included"),
        "source": _parameter("source", many, "Exact; of several, any"),
        "tag": _parameter("tag", many, "Exact; of several, all"),
        "author": _parameter("author", many, "Exact; of several, all"),
        "explain": _parameter("explain", _one_of("01"), "1: each hit tells its score term by term"),
        "verbatim": _parameter("verbatim", _one_of("01"), "1: as typed, with no correction applied"),
        "keep": _parameter("keep", many, "A word that is neither corrected nor given other names"),
        "fold": _parameter("fold", _one_of("10"), "0: retellings are hits of their own"),
        "copies": _parameter("copies", {"type": "string"}, "The id of a hit: only that and what is folded under it"),
        "cursor": _parameter(
            "cursor",
            {"type": "string"},
            "From an answer to the same question: the hits behind it, whatever is published meanwhile, none folded",
        ),
        "separator": _parameter("separator", _one_of(files.SEPARATORS), "Between columns"),
    }


def _whole(most: int, *, default: int) -> Json:
    return {"type": ["integer", "string"], "minimum": 1, "maximum": most, "maxLength": 0, "default": default}


def _one_of(values: Iterable[str]) -> Json:
    known = list(values)
    return {"enum": [*known, ""], "default": known[0]}


def _parameter(name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
