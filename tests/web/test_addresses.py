"""Addresses made at once are those that Flask would build one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import Flask, url_for
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.provisional import urls

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30) | urls()


def _global(app: Flask, name: str) -> Callable[..., object]:
    return cast(Callable[..., object], app.jinja_env.globals[name])


@given(_TEXTS, st.just("") | _TEXTS, st.sampled_from(["", "/archive"]))
def test_a_document_is_where_flask_says(app: Flask, doc_id: str, query: str, root: str) -> None:
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
        link = cast(Callable[[str], str], _global(app, "document_links")(query))
        assert link(doc_id) == url_for("pages.document", doc_id=doc_id, q=query or None)


def test_pages_and_files_are_where_flask_says(app: Flask) -> None:
    made = _global(app, "url_for")
    for root in ("", "/archive", ""):
        with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
            assert made("pages.home") == url_for("pages.home")
            assert made("static", filename="slovo.css") == url_for("static", filename="slovo.css")
            assert made("pages.search", q="сталь") == url_for("pages.search", q="сталь")
