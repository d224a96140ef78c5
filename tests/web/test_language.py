"""The interface in Russian, Kazakh and English."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Environment
from jinja2.ext import extract_from_ast
from lxml import html  # type: ignore[import-untyped]  # published without types

from web.language import LANGUAGES

WEB = Path(__file__).resolve().parents[2] / "web"
_FOUND = {"ru": "Нашлось", "kk": "табылды", "en": "found"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_what_the_browser_asks_for(client: FlaskClient, language: str) -> None:
    response = client.get("/search?q=сталь", headers={"Accept-Language": f"de, {language};q=0.7"})
    page = html.fromstring(response.text)
    assert page.get("lang") == language
    assert _FOUND[language] in page.xpath("//h1")[0].text_content()
    assert {"Accept-Language", "Cookie"} <= set(response.headers["Vary"].split(", "))


def test_who_asks_for_none_of_them_reads_russian(client: FlaskClient) -> None:
    assert html.fromstring(client.get("/", headers={"Accept-Language": "de"}).text).get("lang") == "ru"


def test_a_choice_is_stronger_than_the_browser_and_is_kept(app: Flask) -> None:
    client = app.test_client()
    headers = {"Accept-Language": "ru"}
    page = html.fromstring(client.get("/search?q=сталь&size=25", headers=headers).text)
    client.get(page.xpath("//nav[@class='languages']/a[@hreflang='en']")[0].get("href"), headers=headers)
    assert html.fromstring(client.get("/help", headers=headers).text).get("lang") == "en"


def test_the_link_to_another_language_keeps_the_search(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/search?q=сталь&tag=металлургия&size=25&page=1").text)
    other = html.fromstring(client.get(page.xpath("//nav[@class='languages']/a[@hreflang='kk']")[0].get("href")).text)
    assert "металлургия" in other.xpath("//ul[@class='chips']")[0].text_content()
    assert other.xpath("//input[@id='q']/@value") == ["сталь"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_answer_is_not_taken_for_that_of_another_language(client: FlaskClient, language: str) -> None:
    tags = {client.get("/help", headers={"Accept-Language": each}).headers["ETag"] for each in LANGUAGES}
    assert len(tags) == len(LANGUAGES)
    assert client.get("/help", headers={"Accept-Language": language}).headers["ETag"] in tags


@pytest.mark.parametrize("language", ["en", "kk"])
def test_every_text_of_the_interface_is_translated(app: Flask, language: str) -> None:
    with (WEB / "translations" / language / "messages.po").open("rb") as source:
        catalog = {message.id if isinstance(message.id, str) else message.id[0]: message for message in read_po(source)}
    wanted = _in_templates(app.jinja_env) | _in_code()
    assert len(wanted) > 100
    assert not [text for text in wanted if text not in catalog or not catalog[text].string]
    assert not [text for text in catalog if text and text not in wanted]


@pytest.mark.parametrize("language", ["en", "kk"])
def test_a_translation_has_the_places_of_its_text(language: str) -> None:
    with (WEB / "translations" / language / "messages.po").open("rb") as source:
        for message in read_po(source):
            assert not [str(error) for error in message.check()], message.id


def _in_templates(environment: Environment) -> set[str]:
    found = set()
    for path in (WEB / "templates").glob("*.html"):
        tree = environment.parse(path.read_text("utf-8"))
        for _line, _function, message in extract_from_ast(tree, ("_", "ngettext")):
            found.add(str(message[0] if isinstance(message, tuple) else message))
    return found


def _in_code() -> set[str]:
    found = set()
    for path in WEB.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                assert isinstance(node.args[0], ast.Constant)
                found.add(str(node.args[0].value))
    return found
