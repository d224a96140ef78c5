"""What is written is what was analysed, by whatever way it came into the index."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Document
from index.engines.whoosh.segment import open_generation
from index.engines.whoosh.toc import read_toc
from index.engines.whoosh.writer import Writer
from index.generations import Store, faults
from index.text import Analyzer, LemmaSet
from tests.engines.write.corpora import ANALYZER, IDS, analysed, documents, expected, held, publish

Run = tuple[list[Document], list[str], int]
_runs = st.lists(
    st.tuples(st.lists(documents(IDS), max_size=6), st.lists(IDS, max_size=3), st.sampled_from([0, 64])), max_size=5
)


def many(count: int, text: str = "Мэр города стал премьер-министр.") -> list[Document]:
    """*count* documents that differ."""
    return [Document(f"n{number}", f"Токаев {number}", text * (number % 5 + 1)) for number in range(count)]


@settings(max_examples=25, deadline=None)
@given(_runs)
def test_any_sequence_of_adds_updates_and_deletes_equals_an_index_built_at_once(runs: list[Run]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        present: dict[str, Document] = {}
        for added, removed, memory in runs:
            generation = publish(store, added, removed, memory_mb=memory)
            present |= {document.id: document for document in added}
            for doc_id in removed:
                present.pop(doc_id, None)
            assert generation.documents == len(present)
            assert held(generation.folder) == expected(present)
            assert faults(generation) == []
        once = publish(store, present.values(), fresh=True)
        assert held(once.folder) == expected(present)


def test_a_full_build_in_little_memory_gives_one_segment(tmp_path: Path) -> None:
    generation = publish(Store(tmp_path), many(40), memory_mb=0)
    (segment,) = open_generation(generation.folder)
    assert segment.documents == 40
    names = {path.name.split(".")[-1] for path in generation.folder.iterdir()}
    assert names == {"seg", "lem", "toc", "json"}


def test_daily_updates_leave_a_number_of_segments_that_grows_with_the_logarithm(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for day in range(30):
        generation = publish(store, [Document(f"{day}-{number}", "Мэр", "города") for number in range(3)])
    assert generation.documents == 90
    assert len(read_toc(generation.folder).segments) <= 4


def test_a_segment_mostly_deleted_is_written_anew(tmp_path: Path) -> None:
    store = Store(tmp_path)
    publish(store, many(10))
    generation = publish(store, [], [f"n{number}" for number in range(6)])
    (segment,) = open_generation(generation.folder)
    assert (segment.documents, segment.deleted) == (4, None)


def test_an_update_inherits_the_files_of_the_base_and_adds_small_ones(tmp_path: Path) -> None:
    store = Store(tmp_path)
    base = publish(store, many(50))
    update = publish(store, [Document("n3", "Другой", "мэр")])
    old, new = read_toc(update.folder).segments
    assert (old.documents, old.deleted, new.documents) == (50, 1, 1)
    for kind in ("seg", "lem"):
        name = old.files[kind].name
        assert (update.folder / name).stat().st_ino == (base.folder / name).stat().st_ino
    assert read_toc(base.folder).segments[0].deleted == 0


def test_long_lists_have_a_true_skip_table(tmp_path: Path) -> None:
    generation = publish(Store(tmp_path), many(1100))
    (segment,) = open_generation(generation.folder)
    numbers = np.arange(segment.lists)
    first, starts = segment.list_posting.astype(np.int64), segment.list_pos.at(numbers)
    low, high = segment.blocks(first[:-1])
    for number in numbers.tolist():
        df = int(first[number + 1] - first[number])
        assert high[number] - low[number] == (-(-df // 128) if df > 128 else 0)
        postings = segment.postings(numbers[number : number + 1])
        bits = (segment.counts[postings.rows] * segment.position_widths[postings.docs]).sum(axis=1)
        behind = 0
        for block in range(high[number] - low[number]):
            row, inside = low[number] + block, slice(128 * block, 128 * (block + 1))
            assert segment.block_list[row] == first[number]
            assert segment.block_last[row] == postings.docs[inside][-1]
            assert segment.block_pos[row] == starts[number] + behind
            behind += -(-int(bits[inside].sum()) // 8)
    assert any(high > low)


def test_a_count_beyond_any_small_type_is_kept(tmp_path: Path) -> None:
    generation = publish(Store(tmp_path), [Document("1", "мэр", "мэр " * 70_000)])
    (segment,) = open_generation(generation.folder)
    assert segment.counts.tolist() == [[1, 100, 69_900, 0]]
    assert segment.lengths[1].tolist() == [70_000]


class Watched(Analyzer):
    """The analysis, with a note of the forms whose lemmas were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def lemmas_many(self, forms: Iterable[str], *, jobs: int = 1) -> dict[str, LemmaSet]:
        wanted = list(forms)
        self.asked += wanted
        return super().lemmas_many(wanted, jobs=jobs)


def test_lemmas_are_asked_once_and_then_taken_over(tmp_path: Path) -> None:
    store, analyzer = Store(tmp_path), Watched()
    publish(store, [Document("1", "мэр города")], analyzer=analyzer)
    publish(store, [Document("2", "мэр города стали")], analyzer=analyzer)
    publish(store, [Document("1", "мэр города стали")], fresh=True, analyzer=analyzer)
    assert sorted(analyzer.asked) == ["города", "мэр", "стали"]


def test_an_aborted_run_leaves_nothing_and_the_base_as_it_was(tmp_path: Path) -> None:
    store = Store(tmp_path)
    base = publish(store, many(5))
    with store.writing():
        writer = Writer(store.begin(base), ANALYZER, memory_mb=0, jobs=1)
        for record in analysed(many(3)):
            writer.add(record)
        writer.abort()
        writer.abort()
    assert store.current() == base
    assert faults(base) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["000001", "CURRENT", "write.lock"]


def test_what_an_index_without_documents_holds_is_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    publish(store, many(2))
    generation = publish(store, [], ["n0", "n1", "never was"])
    assert generation.documents == 0
    assert open_generation(generation.folder) == []


@pytest.mark.parametrize("doc_id", ["a\U0001f600b", "0", "х" * 500])
def test_ids_of_any_letters_are_found(tmp_path: Path, doc_id: str) -> None:
    (segment,) = open_generation(publish(Store(tmp_path), [Document(doc_id, "мэр"), Document("z", "мэр")]).folder)
    assert segment.doc_id(segment.find(doc_id)) == doc_id
    assert segment.find(doc_id + "!") == -1
