"""Nothing from a document or a query leaves its place: not as a tag, an attribute, a link or a header."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import html  # type: ignore[import-untyped]  # published without types
from selenium.webdriver.remote.webdriver import WebDriver

from tests.web.conftest import HOSTILE, Running

# Everything our templates write; whatever else appears came out of a document or a query.
_WRITTEN = """
    html head meta title link body header footer main nav section aside article form label input button fieldset legend
    h1 h2 h3 p a b s ol ul li dl dt dd div span mark time code details summary table thead tbody tr th td
    svg line rect text
"""
_TAGS = frozenset(_WRITTEN.split())
_PAGES = ("/", "/search?q=сталь", "/search?q=кавычки&size=1", "/help")


def _parsed(client: FlaskClient, path: str, **query: str) -> Any:
    return html.fromstring(client.get(path, query_string=query or None).text)


def _assert_harmless(page: Any) -> None:
    own = page.xpath("/html/head/script[starts-with(@src, '/static/slovo.js')]")
    assert [script.text for script in own] == [None]
    for element in page.iter():
        if element in own:
            continue
        if isinstance(element.tag, str):
            assert element.tag in _TAGS
            assert not [name for name in element.attrib if name.startswith("on") or name in ("style", "src", "srcdoc")]
            address = element.get("href") or element.get("action") or "/"
            assert address.startswith(("/", "#", "http://", "https://"))


@pytest.mark.parametrize("path", _PAGES)
def test_a_hostile_document_stays_text_on_every_page(hostile: FlaskClient, path: str) -> None:
    page = _parsed(hostile, path)
    _assert_harmless(page)


def test_a_hostile_document_is_shown_as_it_was_written(hostile: FlaskClient) -> None:
    page = _parsed(hostile, "/search", q="марка")
    assert page.xpath("//ol[@class='hits']//h2")[0].text_content() == HOSTILE["title"]
    link = page.xpath("//ol[@class='hits']//h2/a")[0].get("href")
    assert unquote(link).startswith(f"/doc/{HOSTILE['id']}")
    document = _parsed(hostile, link)
    _assert_harmless(document)
    assert document.xpath("//h1")[0].text_content() == HOSTILE["title"]
    assert document.xpath("//p[@class='id']")[0].text_content() == HOSTILE["id"]
    assert "".join(document.xpath("//div[@class='text']")[0].text_content().split()) == "".join(
        str(HOSTILE["text"]).split()
    )


def test_only_http_addresses_become_links(hostile: FlaskClient) -> None:
    outside = "//a[@rel='noopener noreferrer external']"
    hit = _parsed(hostile, "/search", q="марка").xpath("//h2/a")[0].get("href")
    assert not _parsed(hostile, hit).xpath(outside)
    assert _parsed(hostile, "/doc//plain").xpath(outside)[0].get("href") == "https://news.example.org/1"


def test_an_id_that_begins_with_a_slash_has_a_page_and_a_json(hostile: FlaskClient) -> None:
    assert hostile.get("/doc//plain").status_code == 200
    assert hostile.get("/api/v1/documents//plain").get_json()["id"] == "/plain"


def test_snippets_of_the_json_are_escaped_html(hostile: FlaskClient) -> None:
    hit = hostile.get("/api/v1/search", query_string={"q": "марка"}).get_json()["hits"][0]
    for snippet in hit["snippets"]:
        fragment = html.fragment_fromstring(snippet["html"], create_parent="div")
        assert {element.tag for element in fragment.iter()} <= {"div", "mark"}
        assert fragment.text_content() == snippet["text"]


@pytest.mark.parametrize(
    "query",
    [
        "<script>alert(1)</script>",
        '" autofocus onfocus="alert(1)',
        "</title><script>alert(1)</script>",
        "сталь' onmouseover='alert(1)",
        "%(text)s {{ 7*7 }} {% raw %}",
        "сталь\r\nSet-Cookie: a=b",
        "\u202eсталь\u0000\ufffe",
        "javascript:alert(1)",
    ],
)
def test_a_hostile_query_stays_text(hostile: FlaskClient, query: str) -> None:
    for path in ("/search", "/doc//plain"):
        response = hostile.get(path, query_string={"q": query})
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers
        _assert_harmless(html.fromstring(response.text.replace("\0", "")))


@given(text=st.text(max_size=60))
def test_any_query_at_all_is_answered_and_harmless(hostile_app: Flask, text: str) -> None:
    client = hostile_app.test_client()
    query = {"q": text.encode("utf-8", "replace")}
    assert client.get("/api/v1/search", query_string=query).status_code == 200
    response = client.get("/search", query_string=query)
    assert response.status_code in (200, 302)
    if response.status_code == 200:
        _assert_harmless(html.fromstring(response.text))


def test_a_browser_runs_nothing_of_a_hostile_archive(browser: WebDriver, hostile_folder: Any) -> None:
    running = Running("--index", str(hostile_folder))
    try:
        for path in ("/", "/search?q=марка", "/search?q=<script>document.title='pwned'</script>"):
            browser.get(running.address + path)
            assert "pwned" not in browser.title or "<script>" in browser.title
            assert browser.execute_script("return document.scripts.length") == 1
            assert browser.execute_script("return document.images.length") == 0
    finally:
        running.stop()
