"""/api/v1: the result structure as JSON, for programs. Its contract stands in the help page and in the design."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from search.service import View
from search.wire import answer_json, hit_json
from web import params
from web.manners import json_response, validated
from web.state import state
from web.watching import note

__all__ = ["blueprint"]

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/search")
@validated
def search() -> ResponseReturnValue:
    """Hits and counts; without ``q``, of all documents that the filters let through."""
    return json_response(answer_json(note(state().service.answer(params.read(request.args)))))


@blueprint.get("/suggest")
@validated
def suggest() -> ResponseReturnValue:
    """How the query may go on: words, phrases and titles of the archive, each with what a search for it finds."""
    text = params.read_text(request.args)
    found = state().service.suggest(text)
    return json_response({"query": text, "suggestions": [asdict(each) for each in found]})


@blueprint.get("/documents/<id:doc_id>/similar")
@validated
def similar(doc_id: str) -> ResponseReturnValue:
    """The documents most like one, the likest first."""
    size = params.read_size(request.args)
    return json_response({"id": doc_id, "hits": list(map(hit_json, state().service.similar(doc_id, size)))})


@blueprint.get("/documents/<id:doc_id>")
@validated
def document(doc_id: str) -> ResponseReturnValue:
    """A whole document, and what ``q`` matches in it."""
    return json_response(_document_json(state().service.view(doc_id, params.read_text(request.args))))


def _document_json(view: View) -> dict[str, object]:
    document = view.document
    return {
        "id": document.id,
        "title": document.title,
        "title_marks": view.title_marks,
        "text": document.text,
        "text_marks": view.text_marks,
        "url": document.url,
        "source": document.source,
        "date": document.date.isoformat() if document.date else None,
        "authors": list(document.authors),
        "tags": list(document.tags),
    }
