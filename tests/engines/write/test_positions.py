"""Positions come back as they were put, in as few bits as their fields need; what cannot be is damage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.documents import Document
from index.engines.whoosh.positions import Blocks, packed, rooms, unpacked, widths_of
from index.engines.whoosh.segment import Segment, open_generation
from index.errors import IndexDamaged
from index.generations import Store
from tests.engines.write.corpora import publish

# Longer than any text that is taken in, and the edges of every width that matters.
_LENGTHS = st.sampled_from((0, 1, 2, 3, 99, 100, 101, 102, 103, 228, 229, 10_000_000)) | st.integers(0, 400)
_LEAD = 100


@st.composite
def _posting(draw: st.DrawFn) -> tuple[list[int], list[list[int]]]:
    """The lengths of a document's three fields, and positions of the four kinds; a compound has one position twice."""
    lengths = [draw(_LENGTHS) for _ in range(3)]
    title, text, aside = lengths
    ranges = (0, title), (0, min(text, _LEAD)), (_LEAD, text), (0, aside)
    kinds: list[list[int]] = []
    for low, high in ranges:
        found = draw(st.lists(st.integers(low, high - 1), max_size=4, unique=True)) if high > low else []
        kinds.append(sorted(found + found[:1] * draw(st.booleans())))
    return lengths, kinds


def _blocks(
    postings: list[tuple[list[int], list[list[int]]]], sizes: list[int]
) -> tuple[Blocks, NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Blocks of one document a posting; all positions, where those of each posting begin, how many have room."""
    lengths = [np.array(column, np.int64) for column in zip(*(own for own, _ in postings), strict=True)]
    counts = np.array([[len(kind) for kind in kinds] for _, kinds in postings], np.int64)
    numbers = np.arange(len(postings))
    positions = np.array([position for _, kinds in postings for kind in kinds for position in kind], np.int32)
    begin = np.cumsum(counts.sum(axis=1)) - counts.sum(axis=1)
    blocks = Blocks(np.array(sizes, np.int64), numbers, numbers, counts, widths_of(lengths))
    return blocks, positions, begin, rooms(lengths)


@given(st.lists(_posting(), min_size=1, max_size=12), st.data())
def test_positions_come_back_whatever_the_lengths_of_their_fields(
    postings: list[tuple[list[int], list[list[int]]]], data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, len(postings)))
    sizes = [first, len(postings) - first][: 1 + (first < len(postings))]
    blocks, positions, begin, room = _blocks(postings, sizes)
    written, taken = packed(blocks, positions, begin)
    assert len(written) == taken.sum()
    assert unpacked(blocks, written, taken, room).tolist() == positions.tolist()


@pytest.mark.parametrize(
    ("words", "position", "width"),
    [(1, 0, 0), (2, 1, 1), (3, 2, 2), (64, 63, 6), (100, 99, 7), (101, 100, 0), (228, 227, 7), (10_000_000, 9_999, 24)],
)
def test_a_position_takes_the_bits_that_its_field_needs(words: int, position: int, width: int) -> None:
    kinds: list[list[int]] = [[], [position] * (position < _LEAD), [position] * (position >= _LEAD), []]
    blocks, positions, begin, _ = _blocks([([0, words, 0], kinds)] * 8, [8])
    written, _ = packed(blocks, positions, begin)
    assert len(written) == width


def test_a_position_beyond_its_field_is_not_written() -> None:
    blocks, positions, begin, _ = _blocks([([0, 8, 0], [[], [8], [], []])], [1])
    with pytest.raises(ValueError, match="not below the length"):
        packed(blocks, positions, begin)


def test_a_position_beyond_its_field_is_damage() -> None:
    blocks, positions, begin, _ = _blocks([([0, 8, 0], [[], [5], [], []])], [1])
    written, taken = packed(blocks, positions, begin)
    with pytest.raises(IndexDamaged, match="not below the length"):
        unpacked(blocks, written, taken, np.array([[0, 5, 0, 0]], np.int64))


def _shorter(segment: Segment) -> None:
    segment.pos_bytes = segment.pos_bytes[9:]


def _no_words(segment: Segment) -> None:
    segment.lengths = tuple(np.zeros_like(lengths) for lengths in segment.lengths)


def _fewer_words(segment: Segment) -> None:
    """So few that positions take as many bits as before."""
    title, text, aside = segment.lengths
    segment.lengths = title, text - (text > 3), aside


def _many_positions(segment: Segment) -> None:
    segment.counts = segment.counts + np.uint32(2**32 - 9)


def _blocks_elsewhere(segment: Segment) -> None:
    segment.block_pos = segment.block_pos + np.uint32(1)


@pytest.mark.parametrize("damage", [_shorter, _no_words, _fewer_words, _many_positions, _blocks_elsewhere])
def test_positions_that_do_not_fit_their_segment_are_damage(tmp_path: Path, damage: Callable[[Segment], None]) -> None:
    texts = "Мэр города стал. " * 3, "мэр " * 150
    found = [Document(f"{number}", "Мэр города", texts[number % 2]) for number in range(300)]
    (segment,) = open_generation(publish(Store(tmp_path), found).folder)
    damage(segment)
    with pytest.raises(IndexDamaged, match=r"\.seg: posting lists: "):
        segment.postings(np.arange(segment.lists))


def test_merging_moves_positions_to_other_bits_and_changes_none(tmp_path: Path) -> None:
    """Documents that go shift all bits behind them in their blocks."""
    store = Store(tmp_path)
    found = [Document(f"{number}", "Мэр", "мэр-города стал. " * (number % 40 + 1)) for number in range(400)]
    publish(store, found[:200])
    publish(store, found[200:], [f"{number}" for number in range(0, 200, 3)])
    merged = publish(store, [], [f"{number}" for number in range(1, 200, 3)])
    kept = [document for document in found if int(document.id) >= 200 or int(document.id) % 3 == 2]
    once = publish(Store(tmp_path / "once"), kept)
    assert _read(merged.folder) == _read(once.folder)


def _read(folder: Path) -> list[tuple[str, str, list[int]]]:
    """Form, document and positions of every posting that is not deleted."""
    found = []
    for segment in open_generation(folder):
        keys, lists = segment.forms.keys(0, len(segment.forms)), segment.postings(np.arange(segment.lists))
        ends = np.append(lists.pos_start[1:], len(lists.positions))
        columns = lists.forms, lists.docs, lists.pos_start, ends
        for form, doc, *span in zip(*(column.tolist() for column in columns), strict=True):
            if segment.deleted is None or not segment.deleted[doc]:
                found.append((keys[form], segment.doc_id(doc), lists.positions[slice(*span)].tolist()))
    return sorted(found)


def test_a_compound_whose_whole_is_cut_to_its_parts_stands_twice_at_one_position(tmp_path: Path) -> None:
    long = "а" * 70
    (segment,) = open_generation(publish(Store(tmp_path), [Document("1", f"{long}-{long}", "мэр")]).folder)
    lists = segment.postings(np.arange(segment.lists))
    found = np.split(lists.positions, lists.pos_start[1:])
    assert [0, 0, 1] in [positions.tolist() for positions in found]
