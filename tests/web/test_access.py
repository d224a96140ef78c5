"""Who may ask how often, and whose scripts may read the answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest
from flask.testing import FlaskClient

from index.settings import Settings
from search.service import Service
from web import create_app

SEARCH = "/api/v1/search?q=сталь"
FRIEND, STRANGER = "https://friend.example", "https://stranger.example"


@pytest.fixture(scope="module")
def service(index_folder: Path) -> Iterator[Service]:
    opened = Service(index_folder)
    yield opened
    opened.close()


def _client(service: Service, **settings: object) -> FlaskClient:
    return create_app(service, Settings(**settings)).test_client()  # type: ignore[arg-type]  # each test names its own


def test_only_listed_sites_may_read_the_json(service: Service) -> None:
    client = _client(service, origins=(FRIEND,))
    for path in (SEARCH, "/openapi.json", "/export.ndjson?q=сталь", "/api/v1/search?page=0"):
        assert client.get(path, headers={"Origin": FRIEND}).headers["Access-Control-Allow-Origin"] == FRIEND
        stranger = client.get(path, headers={"Origin": STRANGER})
        assert "Access-Control-Allow-Origin" not in stranger.headers
        assert "Origin" in stranger.headers["Vary"]
    assert "Access-Control-Allow-Origin" not in client.get("/", headers={"Origin": FRIEND}).headers


def test_a_preflight_is_told_what_may_be_done(service: Service) -> None:
    headers = {"Origin": FRIEND, "Access-Control-Request-Method": "GET"}
    answer = _client(service, origins=(FRIEND,)).options(SEARCH, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_without_the_setting_no_other_site_may_read(service: Service) -> None:
    assert "Access-Control-Allow-Origin" not in _client(service).get(SEARCH, headers={"Origin": FRIEND}).headers


def test_who_asks_too_often_waits_and_others_do_not(service: Service) -> None:
    client = _client(service, rate=3)
    here, there = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "192.0.2.2"}
    assert [client.get(SEARCH, environ_base=here).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = client.get(SEARCH, environ_base=here)
    assert refused.mimetype == "application/problem+json"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert (refused.headers["X-RateLimit-Limit"], refused.headers["X-RateLimit-Remaining"]) == ("3", "0")
    page = client.get("/", environ_base=here)
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert "Подождите минуту" in page.text
    assert client.get("/healthz", environ_base=here).status_code == 200
    other = client.get(SEARCH, environ_base=there)
    assert (other.status_code, other.headers["X-RateLimit-Remaining"]) == (200, "2")
    assert "Retry-After" not in other.headers


def test_addresses_of_one_ipv6_network_are_counted_together(service: Service) -> None:
    client = _client(service, rate=2)
    asked = [client.get(SEARCH, environ_base={"REMOTE_ADDR": f"2001:db8::{n}"}).status_code for n in (1, 2, 3)]
    assert asked == [200, 200, 429]


def test_a_forged_address_is_believed_from_no_one_but_the_proxies(service: Service) -> None:
    def asked(client: FlaskClient, forwarded: str) -> list[int]:
        base = {"REMOTE_ADDR": "192.0.2.9"}
        headers = [{"X-Forwarded-For": forwarded.format(n)} for n in range(4)]
        return [client.get(SEARCH, environ_base=base, headers=each).status_code for each in headers]

    assert asked(_client(service, rate=2), "198.51.100.{}")[-1] == 429
    # The proxy adds whom it saw behind whatever the client wrote.
    assert asked(_client(service, rate=2, proxies=1), "198.51.100.{}, 203.0.113.1")[-1] == 429
    assert set(asked(_client(service, rate=2, proxies=1), "198.51.100.{}")) == {200}


def test_requests_of_this_machine_are_not_counted(service: Service) -> None:
    client = _client(service, rate=1)
    assert {client.get(SEARCH).status_code for _ in range(4)} == {200}


def test_crawlers_are_kept_out_of_searches_and_let_into_documents(service: Service) -> None:
    client = _client(service)
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt").text.splitlines())
    for path in ("/search?q=a", "/export.csv", SEARCH):
        assert not rules.can_fetch("any", path)
    for path in ("/", "/doc/1", "/help"):
        assert rules.can_fetch("any", path)
