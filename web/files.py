"""A search as files and feeds for other programs: /export.csv, /export.ndjson, /search.atom.

/opensearch.xml and /suggest.json are for a browser's own search box.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from xml.etree import ElementTree as Xml

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from index.documents import Document
from search.export import csv_lines, ndjson_lines
from search.results import Answer, Hit
from search.service import Ask
from search.wire import marked_html
from web import params
from web.language import gettext as _
from web.language import number
from web.manners import json_response, validated
from web.navigation import full
from web.state import state

__all__ = ["ATOM", "EXPORT", "SEPARATORS", "blueprint"]

blueprint = Blueprint("files", __name__)

# Every document is a row or an entry of its own.
_OF_A_PAGE = ("page", "fold", "copies", "cursor", "explain")
# All matches in order and as typed: no other reading is answered.
EXPORT = tuple(name for name in params.SEARCH if name not in (*_OF_A_PAGE, "size"))
ATOM = tuple(name for name in params.SEARCH if name not in (*_OF_A_PAGE, "sort"))
SEPARATORS = {"comma": ",", "semicolon": ";"}

_ATOM = "http://www.w3.org/2005/Atom"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
# XML 1.0 has no way to write these, not even escaped.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Atom wants a time for every entry; this one sorts behind all others and never changes.
_UNDATED = "1970-01-01"
_WHOLE_FEED = 50
_SUGGESTIONS = "application/x-suggestions+json"


@blueprint.get("/export.csv")
def export_csv() -> ResponseReturnValue:
    """Every match as a table; ``separator`` is comma or semicolon."""
    separator = SEPARATORS[params.read_choice(request.args, "separator", SEPARATORS)]
    documents = _documents(params.read(request.args, known=(*EXPORT, "separator")))
    return _streamed(csv_lines(documents, separator=separator), "text/csv", "slovo.csv")


@blueprint.get("/export.ndjson")
def export_ndjson() -> ResponseReturnValue:
    """Every match as JSON, a line each."""
    documents = _documents(params.read(request.args, known=EXPORT))
    return _streamed(ndjson_lines(documents), "application/x-ndjson", "slovo.ndjson")


@blueprint.get("/search.atom")
@validated
def atom() -> ResponseReturnValue:
    """The newest matches as a feed."""
    ask = params.read(request.args, known=ATOM)
    ask = replace(ask, sort="-date", fold=False, size=ask.size if "size" in request.args else _WHOLE_FEED)
    return _xml(_feed(state().service.answer(ask), ask), "application/atom+xml")


@blueprint.get("/opensearch.xml")
@validated
def opensearch() -> ResponseReturnValue:
    """What a browser needs to add this search to its own."""
    root = Xml.Element("OpenSearchDescription", xmlns=_OPENSEARCH)
    _text(root, "ShortName", _("Слово"))
    _text(root, "Description", _("Поиск по новостям, который знает русскую грамматику"))
    _text(root, "InputEncoding", "UTF-8")
    icon = url_for("static", filename="icon.svg", _external=True)
    _text(root, "Image", icon, width="16", height="16", type="image/svg+xml")
    for kind, endpoint in (("text/html", "pages.search"), ("application/atom+xml", "files.atom")):
        template = url_for(endpoint, _external=True) + "?q={searchTerms}"
        Xml.SubElement(root, "Url", type=kind, method="get", template=template)
    template = url_for("files.suggestions", _external=True) + "?q={searchTerms}"
    Xml.SubElement(root, "Url", type=_SUGGESTIONS, rel="suggestions", method="get", template=template)
    return _xml(root, "application/opensearchdescription+xml")


@blueprint.get("/suggest.json")
@validated
def suggestions() -> ResponseReturnValue:
    """What a browser's own box shows while a query is typed: OpenSearch Suggestions 1.1."""
    text = params.read_text(request.args)
    found = state().service.suggest(text)
    told = [_("документов: %(n)s", n=number(each.documents)) for each in found]
    return json_response([text, [each.text for each in found], told], mimetype=_SUGGESTIONS)


def _documents(ask: Ask) -> Iterator[Document]:
    batches = state().service.matches(ask)
    # The first is found here: what cannot be answered must be said before the answer begins.
    first = next(batches, [])
    return chain(first, chain.from_iterable(batches))


def _streamed(lines: Iterator[bytes], mimetype: str, name: str) -> Response:
    response = Response(lines, mimetype=mimetype)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _feed(answer: Answer, ask: Ask) -> Xml.Element:
    root = Xml.Element("feed", xmlns=_ATOM)
    generation = state().service.generation
    asked = params.query_string(replace(ask, sort="relevance", size=10, fold=True))
    _text(root, "id", uuid.uuid5(uuid.NAMESPACE_URL, f"slovo:search?{asked}").urn)
    _text(root, "title", _("%(text)s — Слово", text=ask.text) if ask.text else _("Слово"))
    days = [hit.date.isoformat() for hit in answer.hits if hit.date]
    made = (
        generation.created.isoformat(timespec="seconds") if generation else f"{max(days, default=_UNDATED)}T00:00:00Z"
    )
    _text(root, "updated", made)
    _text(Xml.SubElement(root, "author"), "name", _("Слово"))
    Xml.SubElement(root, "link", rel="self", type="application/atom+xml", href=request.url)
    page = url_for("pages.search", _external=True) + "?" + params.query_string(replace(ask, size=10, fold=True))
    Xml.SubElement(root, "link", rel="alternate", type="text/html", href=page)
    for hit in answer.hits[: full(answer, ask)]:
        _entry(root, hit)
    return root


def _entry(root: Xml.Element, hit: Hit) -> None:
    entry = Xml.SubElement(root, "entry")
    # Of the document alone: the same in every query's feed, under every host name.
    _text(entry, "id", uuid.uuid5(uuid.NAMESPACE_URL, f"slovo:document/{hit.id}").urn)
    _text(entry, "title", hit.title)
    day = f"{hit.date.isoformat() if hit.date else _UNDATED}T00:00:00Z"
    _text(entry, "updated", day)
    if hit.date:
        _text(entry, "published", day)
    if hit.source:
        _text(Xml.SubElement(entry, "author"), "name", hit.source)
    href = url_for("pages.document", doc_id=hit.id, _external=True)
    Xml.SubElement(entry, "link", rel="alternate", type="text/html", href=href)
    snippets = "".join(f"<p>{marked_html(snippet.text, snippet.marks)}</p>" for snippet in hit.snippets)
    _text(entry, "summary", snippets, type="html")


def _text(parent: Xml.Element, name: str, content: str, **attributes: str) -> None:
    Xml.SubElement(parent, name, attributes).text = _UNWRITABLE.sub("\ufffd", content)


def _xml(root: Xml.Element, mimetype: str) -> Response:
    return Response(
        Xml.tostring(root, encoding="utf-8", xml_declaration=True), content_type=f"{mimetype}; charset=utf-8"
    )
