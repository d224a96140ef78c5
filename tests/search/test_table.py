"""The table of queries with the documents they must and must not find holds on every engine and on the model."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.build import build, records
from index.documents import Document
from index.engines.registry import writer_factory
from index.generations import Store
from index.settings import Settings
from index.sources import read
from index.text import Analyzer
from search.engines import Request, Searcher
from search.engines.memory import MemorySearcher
from search.engines.registry import open_searcher
from search.parse import parse

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("table.txt")
EVERYTHING = 1_000


@dataclass(frozen=True)
class Row:
    """One line of the table: what each kind of list says, by its name."""

    line: int
    query: str
    lists: dict[str, list[str]]


def rows() -> list[Row]:
    """The rows of table.txt; its head describes the format."""
    found: list[Row] = []
    for number, line in enumerate(TABLE.read_text("utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        query, *fields = line.split("\t")
        lists = {}
        for field in fields:
            name, _, parts = field.partition(":")
            lists[name] = [part.strip() for part in parts.split(",") if part.strip()]
        if lists.get("must") == ["="]:
            lists["must"] = found[-1].lists["must"]
        query = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), query)
        found.append(Row(number, query, lists))
    return found


ROWS = rows()


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


@pytest.fixture(scope="module")
def sample() -> list[Document]:
    items = list(read([ROOT / "sample"]))
    documents = [item for item in items if isinstance(item, Document)]
    assert len(documents) == len(items) >= 100
    return documents


@pytest.fixture(scope="module", params=["model", "whoosh"])
def searcher(
    request: pytest.FixtureRequest,
    sample: list[Document],
    analyzer: Analyzer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Searcher]:
    if request.param == "model":
        yield MemorySearcher(records(sample, analyzer), analyzer)
        return
    store = Store(tmp_path_factory.mktemp("table") / "index")
    build(sample, store, analyzer=analyzer, open_writer=writer_factory(Settings(engine=request.param)))
    opened = open_searcher(store.current())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def ids(sample: list[Document]) -> Callable[[str], str]:
    """The one id that a part stands for."""

    def of(part: str) -> str:
        (only,) = [document.id for document in sample if part in document.id]
        return only

    return of


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.line}: {row.query}")
def test_a_query_finds_what_it_must_and_nothing_it_must_not(
    row: Row, searcher: Searcher, analyzer: Analyzer, ids: Callable[[str], str]
) -> None:
    tree = parse(row.query, analyzer, today=dt.date(2026, 11, 24)).tree
    found = [hit.id for hit in searcher.search(Request(tree, limit=EVERYTHING)).hits]
    must = {ids(part) for name in ("must", "first", "then") for part in row.lists.get(name, ())}
    assert must <= set(found)
    unwanted = row.lists.get("not", [])
    if unwanted == ["*"]:
        assert set(found) == must
    else:
        assert not {ids(part) for part in unwanted} & set(found)
    for first in map(ids, row.lists.get("first", ())):
        for then in map(ids, row.lists.get("then", ())):
            assert found.index(first) < found.index(then)
