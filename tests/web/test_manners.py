"""What every answer has in common: headers, validators, methods, compression."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from flask.testing import FlaskClient

from search.limits import LIMITS
from search.service import Service
from tests.web.conftest import reindex
from web import create_app

PATHS = ("/", "/search?q=сталь", "/help", "/api/v1/search?q=сталь", "/nowhere", "/search?page=0", "/healthz")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_safety_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/search?q=сталь", "/help"])
def test_pages_hold_no_inline_script_or_style_and_no_foreign_address(client: FlaskClient, path: str) -> None:
    html = client.get(path).text
    assert html.count("<script") == html.count('<script src="/static/slovo.js') == 1
    assert not re.search(r"\son\w+=", html)
    assert "<style" not in html
    assert " style=" not in html
    assert 'src="http' not in html
    assert '<link rel="stylesheet" href="/static/' in html


@pytest.mark.parametrize("path", ["/", "/search?q=сталь", "/help", "/api/v1/search?q=сталь"])
def test_what_a_client_has_is_not_sent_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_different_questions_have_different_tags(client: FlaskClient) -> None:
    tags = {client.get(f"/api/v1/search?q={text}").headers["ETag"] for text in ("сталь", "чугун", "сталь&page=2")}
    assert len(tags) == 3


def test_the_tag_changes_with_the_day_for_yesterday_does(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def tag() -> str:
        return client.get("/api/v1/search?q=дата:вчера").headers["ETag"]

    before = tag()
    assert tag() == before
    monkeypatch.setattr("web.manners._today", lambda: "2038-01-20")
    assert tag() != before


def test_a_new_generation_changes_the_tag(tmp_path: Path) -> None:
    archive, folder = tmp_path / "archive.jsonl", tmp_path / "index"
    archive.write_bytes(orjson.dumps({"id": "1", "text": "Сталь."}))
    reindex(archive, folder)
    before = Service(folder)
    tag = create_app(before).test_client().get("/api/v1/search?q=сталь").headers["ETag"]
    before.close()
    archive.write_bytes(orjson.dumps({"id": "1", "text": "Сталь и чугун."}))
    reindex(archive, folder)
    after = Service(folder)
    response = create_app(after).test_client().get("/api/v1/search?q=сталь", headers={"If-None-Match": tag})
    after.close()
    assert response.status_code == 200
    assert response.headers["ETag"] != tag


@pytest.mark.parametrize("path", ["/search", "/api/v1/search"])
def test_an_answer_cut_short_is_counted_and_asked_for_anew(index_folder: Path, path: str) -> None:
    hurried = Service(index_folder, limits=replace(LIMITS, seconds=0))
    client = create_app(hurried).test_client()
    response = client.get(path, query_string={"q": "сталь | год"})
    hurried.close()
    assert response.status_code == 200
    assert "ETag" not in response.headers
    assert "slovo_queries_unfinished_total 1.0" in client.get("/metrics").text


@pytest.mark.parametrize("path", ["/", "/search?q=сталь", "/api/v1/search?q=сталь", "/healthz"])
def test_head_is_get_without_the_body(client: FlaskClient, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.mimetype == get.mimetype


@pytest.mark.parametrize("path", ["/", "/search", "/api/v1/search", "/healthz", "/static/slovo.css"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written_and_allow_says_what_can_be_done(client: FlaskClient, path: str, method: str) -> None:
    response = client.open(path, method=method)
    assert response.status_code == 405
    assert {"GET", "HEAD", "OPTIONS"} <= set(response.headers["Allow"].split(", "))
    assert set(client.options(path).headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_large_answers_are_packed_for_those_who_take_it(client: FlaskClient) -> None:
    path = "/search?q=сталь"
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert len(packed.data) < len(plain.data) / 2
    assert "Нашл" in gzip.decompress(packed.data).decode()
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_a_page_with_everything_it_needs_takes_less_than_sixty_kilobytes_to_load(client: FlaskClient) -> None:
    def loaded(path: str) -> int:
        with client.get(path, headers={"Accept-Encoding": "gzip"}) as part:
            return len(part.data)

    shared = sum(map(loaded, ("/static/slovo.css", "/static/slovo.js", "/static/icon.svg")))
    for path in ("/", "/search?q=год", "/search?q=год&size=25", "/help", "/api"):
        assert loaded(path) + shared < 60_000
