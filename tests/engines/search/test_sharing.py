"""One searcher for many threads, generations that come and go, files that are let go of, damage that is told."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.documents import Document
from index.errors import IndexDamaged
from search.engines import SORTS, Request, Response
from search.engines.whoosh import kernels
from search.engines.whoosh.blocks import DAMAGED
from search.engines.whoosh.formula import Formula
from search.engines.whoosh.searcher import WhooshSearcher
from search.query import All, Any, Everything, Keyword, Near, Node, Not, Phrase, Wildcard
from search.ranking import RANKING
from tests.engines.contract import ANALYZER, ARCHIVE, word
from tests.engines.search.building import Run, opened, write

WORDS = ("сталь", "стали", "министр", "министра", "Токаев", "город", "города", "хлеб", "премьер-министр", "ждать")


def archive(count: int, seed: int) -> list[Document]:
    chance = random.Random(seed)

    def text(size: int) -> str:
        return " ".join(chance.choice(WORDS) + chance.choice(("", "", ".", ",")) for _ in range(size))

    return [
        Document(f"{seed}-{number}", text(4), text(40), source=f"с{number % 7}", tags=(f"т{number % 5}",))
        for number in range(count)
    ]


def questions() -> list[Request]:
    trees: list[Node] = [
        word("сталь"),
        All((word("министр"), word("город"), Not(word("зима")))),
        Any((word("хлеб"), word("Токаев"), word("ждать"))),
        Phrase((word("сталь"), word("министр"))),
        Near((word("хлеб"), word("зима"), word("город")), 4),
        Wildcard("м*", "м*"),
        All((word("стали"), Keyword("source", ("с3", "с4")))),
        Everything(),
    ]
    return [Request(tree, sort=sort, facets=("source", "tag"), limit=20) for tree in trees for sort in SORTS]


def in_threads(work: Callable[[int], None]) -> None:
    """Runs ``work(0)`` to ``work(9)`` at the same time; raises what one of them raises."""
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(work, range(10)))


def test_ten_threads_on_one_searcher_get_the_answers_that_one_gets() -> None:
    asked = questions()
    with opened([Run(archive(300, 1)), Run(archive(200, 2), deleted=["1-5", "1-6"])], ANALYZER) as alone:
        expected = [alone.search(request) for request in asked]
    with opened([Run(archive(300, 1)), Run(archive(200, 2), deleted=["1-5", "1-6"])], ANALYZER) as shared:

        def work(number: int) -> None:
            order = list(range(len(asked)))
            random.Random(number).shuffle(order)
            for at in order * 3:
                assert shared.search(asked[at]) == expected[at]

        in_threads(work)


def test_generations_come_and_go_under_ten_threads_and_leave_no_file_open(tmp_path: Path) -> None:
    folders = [write(tmp_path / str(seed), [Run(archive(60, seed))], ANALYZER) for seed in range(3)]
    asked = questions()
    expected: list[list[Response]] = []
    for folder in folders:
        searcher = WhooshSearcher(folder)
        expected.append([searcher.search(request) for request in asked])
        searcher.close()

    def work(number: int) -> None:
        chance = random.Random(number)
        for _ in range(15):
            which, at = chance.randrange(3), chance.randrange(len(asked))
            searcher = WhooshSearcher(folders[which])
            assert searcher.search(asked[at]) == expected[which][at]
            searcher.close()

    in_threads(work)
    gc.collect()
    assert held(tmp_path) == []


def held(folder: Path) -> list[str]:
    """Files below *folder* that this process still has open or mapped."""
    mapped = [line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines()]
    links = [path.resolve() for path in Path("/proc/self/fd").iterdir()]
    return [name for name in (*mapped, *map(str, links)) if name.startswith(str(folder))]


def test_open_files_are_seen_by_the_test_above(tmp_path: Path) -> None:
    searcher = WhooshSearcher(write(tmp_path, [Run(ARCHIVE)], ANALYZER))
    assert any(name.endswith(".seg") for name in held(tmp_path))
    searcher.close()


def test_a_search_that_fails_does_not_spoil_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened([Run(archive(50, 1))], ANALYZER) as searcher:
        request = Request(Any((word("сталь"), word("министр"))))
        expected = searcher.search(request)
        broken = np.full_like(searcher._readers[0].segment.doc_bytes, 0xFF)
        with monkeypatch.context() as patched:
            patched.setattr(searcher._readers[0].segment, "doc_bytes", broken)
            with pytest.raises(IndexDamaged, match=r"segment .* posting lists cannot be read"):
                searcher.search(request)
        assert searcher.search(request) == expected


@pytest.mark.parametrize("name", ["pos_bytes", "block_pos", "width_codes", "counts"])
def test_damaged_positions_are_told_of_or_read_as_others_and_the_next_search_is_right(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    chance = np.random.default_rng(1)
    asked = [request for request in questions() if isinstance(request.query, Phrase | Near | Any)]
    with opened([Run(archive(400, 1))], ANALYZER) as searcher:
        expected = [searcher.search(request) for request in asked]
        (reader,) = searcher._readers
        whole, refused = getattr(reader.segment, name), 0
        for size in (8, 9, 100, len(whole)):
            broken = chance.integers(0, 1 << (8 * whole.itemsize - 1), whole.shape).astype(whole.dtype)
            broken = np.minimum(broken, 2**15 - 1) if name == "width_codes" else broken
            with monkeypatch.context() as patched:
                patched.setattr(reader.segment, name, broken[:size] if name == "pos_bytes" else broken)
                patched.setattr(reader, "formula", Formula(reader.segment, reader.formula._averages, RANKING))
                for request in asked:
                    try:
                        searcher.search(request)
                    except IndexDamaged:
                        refused += 1
        assert refused
        assert [searcher.search(request) for request in asked] == expected


def test_random_bytes_for_postings_are_refused_or_read_and_never_written_past_the_end() -> None:
    chance = np.random.default_rng(1)
    documents, lists = 100, 8
    for _ in range(300):
        data = chance.integers(0, 256, chance.integers(1, 60), np.uint8)
        sums, guard = np.zeros((documents + 50, 2), np.float32), np.zeros(100, np.uint64)
        bits = guard[:2]
        docs, values = np.empty(documents + 1, np.int32), np.empty(documents + 1, np.float32)
        starts = chance.integers(0, len(data) + 5, lists)
        rows = np.zeros((lists, 7), np.int64)
        rows[:, 0], rows[:, 1], rows[:, 5], rows[:, 6] = chance.integers(1, 20, lists), starts, 4 * np.arange(lists), 3
        given = data, np.ones((256, 2), np.float32)
        grades = np.ones(4 * lists, np.float32)
        norms = np.ones((documents, 2), np.float32)
        one = kernels.stream(*given, rows[:1], grades, norms, np.float32(1), docs, values)
        assert one == DAMAGED or (np.diff(docs[:one]) > 0).all()
        room = sums, bits, np.zeros(1, np.uint8)
        size = kernels.gather(*given, rows, grades, norms, np.float32(1), *room, docs, values)
        assert size == DAMAGED or (np.diff(docs[:size]) > 0).all()
        assert not sums[documents:].any()
        assert not guard[2:].any()
