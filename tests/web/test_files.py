"""Exports and feeds as other programs read them."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import feedparser
import orjson
import pandas  # type: ignore[import-untyped]  # its stubs are a package of their own, for one call
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]  # published without types

from index.documents import Document
from search.export import COLUMNS, csv_lines, ndjson_lines
from search.service import Ask, Service
from tests.web.conftest import ROOT, reindex

_ATOM = "{http://www.w3.org/2005/Atom}"


def _total(client: FlaskClient, **query: str) -> int:
    return int(client.get("/api/v1/search", query_string=query).json["total"])  # type: ignore[index]  # always JSON


@pytest.mark.parametrize("query", [{"q": "год"}, {"q": "сталь", "tag": "металлургия"}, {"from": "2025"}, {}])
def test_an_export_has_every_match_once_and_in_the_order_of_the_search(
    client: FlaskClient, query: dict[str, str]
) -> None:
    lines = client.get("/export.ndjson", query_string={**query, "sort": "-date"}).data.splitlines()
    ids = [orjson.loads(line)["id"] for line in lines]
    shown = client.get("/api/v1/search", query_string={**query, "sort": "-date", "size": "100", "fold": "0"}).get_json()
    assert len(ids) == len(set(ids)) == _total(client, **query) > 0
    assert ids[:100] == [hit["id"] for hit in shown["hits"][: shown["total"]]]


@pytest.mark.parametrize("separator", ["comma", "semicolon"])
def test_pandas_reads_the_table_back_as_it_was(client: FlaskClient, separator: str) -> None:
    body = client.get("/export.csv", query_string={"q": "год", "separator": separator}).data
    assert body.startswith(b"\xef\xbb\xbf")
    sign = {"comma": ",", "semicolon": ";"}[separator]
    table = pandas.read_csv(io.BytesIO(body), sep=sign, encoding="utf-8-sig", keep_default_na=False, dtype=str)
    lines = client.get("/export.ndjson", query_string={"q": "год"}).data.splitlines()
    assert tuple(table.columns) == COLUMNS
    for row, line in zip(table.to_dict("records"), map(orjson.loads, lines), strict=True):
        assert (row["id"], row["date"]) == (line["id"], line["date"] or "")
        assert row["text"].replace("\r\n", "\n").removeprefix("'") == line["text"]


def test_what_is_exported_can_be_indexed_again(client: FlaskClient, tmp_path: Path) -> None:
    exported = client.get("/export.ndjson").data
    (tmp_path / "archive.jsonl").write_bytes(exported)
    reindex(tmp_path / "archive.jsonl", tmp_path / "index")
    service = Service(tmp_path / "index")
    documents = [document for batch in service.matches(Ask("")) for document in batch]
    service.close()
    assert sorted(ndjson_lines(documents)) == sorted(exported.splitlines(keepends=True))


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_no_cell_of_a_table_is_a_formula_and_every_other_comes_back(text: str) -> None:
    body = b"".join(csv_lines([Document("1", title=text)], separator=";")).decode("utf-8-sig")
    _header, row = csv.reader(io.StringIO(body, newline=""), delimiter=";")
    assert row[2] in (text, f"'{text}")
    assert not row[2].startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


def test_a_cell_holds_what_excel_can_hold() -> None:
    body = b"".join(csv_lines([Document("1", text="а" * 50_000)])).decode("utf-8-sig")
    assert max(map(len, list(csv.reader(io.StringIO(body)))[1])) == 32_767


def test_a_stream_takes_the_memory_of_a_batch_and_not_of_the_archive() -> None:
    def many(count: int) -> Iterator[Document]:
        return (Document(str(number), text="Сталь. " * 200) for number in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        for _line in csv_lines(many(count)):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(10)
    assert peak(4_000) < 2 * peak(400)


def test_an_export_is_of_one_generation_whatever_is_published_meanwhile(tmp_path: Path) -> None:
    archive, folder = tmp_path / "archive.jsonl", tmp_path / "index"
    archive.write_bytes(b"\n".join(orjson.dumps({"id": f"a{n}", "text": "Сталь."}) for n in range(30)))
    reindex(archive, folder)
    service = Service(folder)
    batches = service.matches(Ask("сталь"), batch=10)
    ids = [document.id for document in next(batches)]
    before = service.generation
    archive.write_bytes(b"\n".join(orjson.dumps({"id": f"b{n}", "text": "Сталь."}) for n in range(30)))
    reindex(archive, folder)
    while service.generation == before:
        pass
    ids += [document.id for batch in batches for document in batch]
    fresh = [document.id for batch in service.matches(Ask("сталь")) for document in batch]
    service.close()
    assert sorted(ids) == sorted(f"a{n}" for n in range(30))
    assert sorted(fresh) == sorted(f"b{n}" for n in range(30))


def test_the_feed_is_valid_and_newest_first(client: FlaskClient) -> None:
    response = client.get("/search.atom", query_string={"q": "сталь"})
    assert response.mimetype == "application/atom+xml"
    feed = feedparser.parse(response.data)
    assert not feed.bozo
    assert feed.version == "atom10"
    updated = [entry.updated for entry in feed.entries]
    assert updated == sorted(updated, reverse=True)
    assert len(feed.entries) == _total(client, q="сталь")


def test_the_feed_has_what_the_standard_demands(client: FlaskClient) -> None:
    """RFC 4287, 4.1.1 and 4.1.2: what a feed and an entry must have, once each, and dates of RFC 3339."""
    schema = etree.RelaxNG(etree.parse(ROOT / "tests/web/atom.rng"))
    for query in ({"q": "сталь"}, {"q": "абвгдеёжз"}, {}, {"q": "<&>"}):
        schema.assertValid(etree.fromstring(client.get("/search.atom", query_string=query).data))


def test_the_schema_refuses_a_feed_without_what_the_standard_demands(client: FlaskClient) -> None:
    schema = etree.RelaxNG(etree.parse(ROOT / "tests/web/atom.rng"))
    for missing in ("id", "updated", "title"):
        feed = etree.fromstring(client.get("/search.atom", query_string={"q": "сталь"}).data)
        entry = feed.find(f"{_ATOM}entry")
        entry.remove(entry.find(f"{_ATOM}{missing}"))
        assert not schema.validate(feed), missing


def test_ids_of_entries_stay_the_same_from_query_to_query(client: FlaskClient) -> None:
    def ids(text: str) -> dict[str, str]:
        feed = etree.fromstring(client.get("/search.atom", query_string={"q": text}).data)
        entries = feed.findall(f"{_ATOM}entry")
        return {entry.find(f"{_ATOM}link").get("href"): entry.findtext(f"{_ATOM}id") for entry in entries}

    one, other = ids("сталь"), ids("сталь | чугун")
    assert len(set(other.values())) == len(other) > len(one) > 0
    assert one.items() <= other.items()


def test_hostile_documents_stay_text_in_feeds_and_tables(hostile: FlaskClient) -> None:
    feed = feedparser.parse(hostile.get("/search.atom").data)
    assert not feed.bozo
    assert "<script" not in "".join(entry.summary for entry in feed.entries)
    assert all(entry.link.startswith("http://localhost/doc/") for entry in feed.entries)
    rows = csv.reader(io.StringIO(hostile.get("/export.csv").data.decode("utf-8-sig"), newline=""))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@"))]


def test_a_browser_learns_where_to_send_a_query(client: FlaskClient) -> None:
    root = etree.fromstring(client.get("/opensearch.xml").data)
    templates = [url.get("template") for url in root.findall("{*}Url")]
    assert "http://localhost/search?q={searchTerms}" in templates
    assert 1 <= len(root.findtext("{*}ShortName")) <= 16
    page = client.get("/").text
    assert 'type="application/opensearchdescription+xml"' in page
    assert client.get(templates[0].replace("{searchTerms}", "сталь")).status_code == 200


def test_a_browser_learns_where_suggestions_are_and_gets_them_in_its_own_form(client: FlaskClient) -> None:
    root = etree.fromstring(client.get("/opensearch.xml").data)
    (url,) = [url for url in root.findall("{*}Url") if url.get("type") == "application/x-suggestions+json"]
    assert url.get("rel") == "suggestions"
    response = client.get(url.get("template").replace("{searchTerms}", "метал"))
    assert response.mimetype == "application/x-suggestions+json"
    typed, texts, told = orjson.loads(response.data)
    assert typed == "метал"
    assert len(texts) == len(told) > 0
    assert all(text.startswith("метал") for text in texts)
