"""Going on behind the hits that pages reach, while the archive changes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from search.service import Service
from tests.web.conftest import reindex
from web import create_app

SEARCH = "/api/v1/search"


def _json(response: TestResponse) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    found = response.get_json()
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("sort", ["relevance", "-date", "date"])
def test_cursors_lead_through_every_match_once_in_order(client: FlaskClient, sort: str) -> None:
    query = {"q": "год | сталь", "sort": sort, "fold": "0"}
    whole = _json(client.get(SEARCH, query_string={**query, "size": "100"}))
    ids: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        part = _json(client.get(SEARCH, query_string={**query, "size": "9", "cursor": cursor}))
        ids += [hit["id"] for hit in part["hits"]]
        cursor = part["cursor"]
    assert len(ids) == len(set(ids)) == whole["total"]
    assert ids[:100] == [hit["id"] for hit in whole["hits"]]


def test_a_cursor_goes_on_where_it_was_whatever_is_published_meanwhile(tmp_path: Path) -> None:
    archive, folder = tmp_path / "archive.jsonl", tmp_path / "index"

    def publish(numbers: Iterable[int]) -> None:
        days = ({"id": str(n), "text": f"Сталь {n}.", "date": f"2024-01-{n:02}"} for n in numbers)
        archive.write_bytes(b"\n".join(map(orjson.dumps, days)))
        reindex(archive, folder)

    def ask(**query: str) -> dict[str, Any]:
        service = Service(folder)
        try:
            return _json(create_app(service).test_client().get(SEARCH, query_string={"sort": "-date", **query}))
        finally:
            service.close()

    publish(range(5, 21))
    first = ask(q="сталь", size="5")
    # What is added before and taken out behind moves nothing that was to come.
    publish([*range(1, 8), *range(9, 21), *range(21, 29)])
    rest = ask(q="сталь", size="100", cursor=first["cursor"])
    assert first["generation"] != rest["generation"]
    assert [hit["id"] for hit in first["hits"]] == ["20", "19", "18", "17", "16"]
    assert [int(hit["id"]) for hit in rest["hits"]] == [15, 14, 13, 12, 11, 10, 9, 7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("wrong", [{"cursor": "x"}, {"cursor": "W10"}, {"verbatim": "yes"}, {"fold": "2"}])
def test_a_cursor_or_switch_that_is_none_is_refused_by_its_name(client: FlaskClient, wrong: dict[str, str]) -> None:
    response = client.get(SEARCH, query_string={"q": "сталь", **wrong})
    assert response.status_code == 400
    assert response.get_json(force=True)["parameter"] == next(iter(wrong))


def test_a_cursor_belongs_to_its_order_and_to_no_page(client: FlaskClient) -> None:
    cursor = _json(client.get(SEARCH, query_string={"q": "год"}))["cursor"]
    for wrong in ({"sort": "date"}, {"page": "2"}):
        assert client.get(SEARCH, query_string={"q": "год", "cursor": cursor, **wrong}).status_code == 400
