"""Where things are: the addresses that pages link to.

Flask builds one in 15 microseconds, and a page of hits has forty. Knows no template.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Protocol
from urllib.parse import quote, urlencode

from flask import Flask, request, url_for

__all__ = ["install"]

# What werkzeug leaves as it is in a path and in a query.
_IN_PATH, _IN_QUERY = "!$&'()*+,/:;=@", "!$'()*,/:;?@"


class _Link(Protocol):
    @property
    def query(self) -> str: ...


def install(app: Flask) -> None:
    """Gives the templates of *app* their ``url_for``, ``search_at``, ``search_link`` and ``document_links``."""
    # An application lives at one place, or at some behind several proxies; and has a few files and pages.
    fixed = lru_cache(maxsize=256)(_built)

    def address(endpoint: str, **values: object) -> str:
        if values.keys() <= {"filename"}:
            return fixed(request.root_path, endpoint, str(values.get("filename", "")))
        return url_for(endpoint, **values)  # type: ignore[arg-type]  # as templates give them

    def document_links(query: str = "") -> Callable[[str], str]:
        behind = f"?{urlencode({'q': query}, safe=_IN_QUERY)}" if query else ""
        return partial(_document, fixed(request.root_path, "pages.document", ""), behind)

    app.jinja_env.globals.update(url_for=address, document_links=document_links)

    @app.context_processor
    def search() -> dict[str, object]:
        # For a link in a loop, whose query is never empty, a call is felt.
        at = fixed(request.root_path, "pages.search", "")
        return {"search_at": f"{at}?", "search_link": partial(_search, at)}


def _built(_root: str, endpoint: str, filename: str) -> str:
    if endpoint == "pages.document":
        return url_for(endpoint, doc_id="-")[:-1]
    return url_for(endpoint, filename=filename) if filename else url_for(endpoint)


def _search(address: str, choice: _Link) -> str:
    return f"{address}?{choice.query}" if choice.query else address


def _document(before: str, behind: str, doc_id: str) -> str:
    """The address of a document, as url_for writes it."""
    return f"{before}{quote(doc_id, safe=_IN_PATH)}{behind}"
