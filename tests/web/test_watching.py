"""What an operator learns: logs, metrics of several workers, the status page, and a stop that breaks nothing off."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

import orjson
import pytest
from flask.testing import FlaskClient
from lxml import html  # type: ignore[import-untyped]  # published without types
from prometheus_client.parser import text_string_to_metric_families

from tests.web.conftest import Running, reindex

SEARCH = f"/api/v1/search?q={quote('сталь')}"


def _read(address: str, **headers: str) -> str:
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as response:
        return str(response.read().decode())


def _samples(text: str) -> dict[tuple[str, str], float]:
    families = text_string_to_metric_families(text)
    return {
        (sample.name, sample.labels.get("route", "")): sample.value
        for family in families
        for sample in family.samples
        if sample.labels.get("status", "200") == "200"
    }


def test_every_request_is_a_line_of_json_with_its_query_hits_and_id(index_folder: Path) -> None:
    running = Running("--index", str(index_folder), environment={"SLOVO_LOG": "json"})
    total = json.loads(_read(running.address + SEARCH, **{"X-Request-ID": "of-a-reader.1"}))["total"]
    _read(f"{running.address}/search?q={quote('x%0Ay')}")
    _status, errors = running.stop()
    lines = [json.loads(line) for line in errors.splitlines()]
    found = next(line for line in lines if line.get("id") == "of-a-reader.1")
    assert (found["status"], found["query"], found["hits"]) == (200, "сталь", total)
    assert found["ms"] >= 0
    assert found["message"] == "GET /api/v1/search"


def test_a_query_cannot_forge_a_line_of_the_log(index_folder: Path) -> None:
    running = Running("--index", str(index_folder), environment={"SLOVO_LOG": "text"})
    _read(f"{running.address}/search?q=%0A2026-01-01+info+forged")
    with pytest.raises(urllib.error.HTTPError):
        _read(f"{running.address}/doc/%0Aforged")
    _status, errors = running.stop()
    assert "forged" in errors
    assert not [line for line in errors.splitlines() if not re.match(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00 info ", line)]


def test_an_answer_names_its_request(client: FlaskClient) -> None:
    assert client.get("/", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"
    for forged in ("a b", "x" * 65, ""):
        assert re.fullmatch("[0-9a-f]{16}", client.get("/", headers={"X-Request-ID": forged}).headers["X-Request-ID"])


def test_the_metrics_of_one_worker_tell_of_all(index_folder: Path) -> None:
    running = Running("--index", str(index_folder), "--workers", "2")
    try:
        asked = 40
        for _ in range(asked):
            _read(running.address + SEARCH)
        _read(f"{running.address}/api/v1/search?q={quote('абвгдеёжз')}")
        seen = [_samples(_read(f"{running.address}/metrics")) for _ in range(6)]
    finally:
        running.stop()
    for samples in seen:
        assert samples["slovo_requests_total", "/api/v1/search"] == asked + 1
        assert samples["slovo_request_seconds_count", "/api/v1/search"] == asked + 1
        assert samples["slovo_queries_without_hits_total", ""] == 1
        assert samples["slovo_generation", ""] == 1
        assert samples["slovo_documents", ""] > 100
        assert samples["slovo_generation_age_seconds", ""] > 0
        assert samples["slovo_reload_failing", ""] == 0


def test_addresses_nobody_has_make_no_new_series(client: FlaskClient) -> None:
    for name in ("a", "b", "c"):
        client.get(f"/nowhere/{name}")
    assert "nowhere" not in client.get("/metrics").text


def test_the_status_page_tells_what_is_served(client: FlaskClient) -> None:
    page = client.get("/status")
    ready = client.get("/readyz").get_json()
    assert page.status_code == 200
    assert ready["generation"] in page.text
    assert str(ready["documents"]) in page.text


def test_the_status_page_tells_how_the_searches_went(index_folder: Path) -> None:
    running = Running("--index", str(index_folder), "--workers", "2")
    try:
        for _ in range(30):
            _read(running.address + SEARCH)
        _read(f"{running.address}/search?q={quote('абвгдеёжз')}")
        page = html.fromstring(_read(f"{running.address}/status"))
    finally:
        running.stop()
    told = {row.xpath("th")[0].text: row.xpath("td")[0].text_content() for row in page.xpath("//tr")}
    assert (told["Поисков"], told["Ничего не нашлось"], told["Сбоев сервера"]) == ("31", "1", "0")
    assert int(told["Запросов"]) >= 31
    assert re.fullmatch(r"[\d,]+ мс", told["Половина поисков быстрее"])


def test_a_generation_that_cannot_be_opened_is_told_of_while_the_older_one_serves(tmp_path: Path) -> None:
    archive, folder = tmp_path / "archive.jsonl", tmp_path / "index"
    archive.write_bytes(orjson.dumps({"id": "1", "text": "Сталь."}))
    reindex(archive, folder)
    running = Running("--index", str(folder))
    try:
        assert json.loads(_read(running.address + SEARCH))["total"] == 1
        (folder / "CURRENT").write_text("000042\n")
        while _samples(_read(f"{running.address}/metrics"))["slovo_reload_failing", ""] != 1:
            time.sleep(0.05)
        assert json.loads(_read(running.address + SEARCH))["total"] == 1
        assert "не открывается" in _read(f"{running.address}/status")
    finally:
        _status, errors = running.stop()
    assert "000042" in errors


def test_a_request_in_flight_ends_before_the_server_does(tmp_path: Path) -> None:
    documents = ({"id": str(number), "text": "Сталь. " * 3_000} for number in range(400))
    (tmp_path / "archive.jsonl").write_bytes(b"\n".join(map(orjson.dumps, documents)))
    reindex(tmp_path / "archive.jsonl", tmp_path / "index")
    running = Running("--index", str(tmp_path / "index"))
    host, _, port = running.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET /export.ndjson HTTP/1.0\r\nHost: slovo\r\n\r\n")
        # More than sockets hold back: the server is in the middle of it when it is told to stop.
        received = connection.recv(1_000)
        stopper = threading.Thread(target=running.stop)
        stopper.start()
        with connection.makefile("rb") as rest:
            received += rest.read()
        stopper.join()
    lines = received.partition(b"\r\n\r\n")[2].splitlines()
    assert len({orjson.loads(line)["id"] for line in lines}) == 400
