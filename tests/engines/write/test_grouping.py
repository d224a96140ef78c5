"""Which forms share a posting list: whatever the grouping, every form has one list and one place in it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.documents import Document
from index.engines.whoosh.format import Sections, SectionsWriter
from index.engines.whoosh.grouping import MOST_FORMS, lists_of, places_of, put_form_lists, read_form_lists, united
from index.engines.whoosh.segment import Segment, open_generation
from index.errors import IndexDamaged
from index.generations import Store
from tests.engines.write.corpora import held, publish

_groups = st.lists(st.integers(0, 6), max_size=60).map(lambda found: np.array(found, np.int64))


@given(_groups)
def test_forms_of_a_group_share_a_list_numbered_by_its_first_form(groups: NDArray[np.int64]) -> None:
    lists = lists_of(groups)
    assert [lists[at] == lists[0] for at in range(len(groups))] == [group == groups[0] for group in groups.tolist()]
    firsts = [lists.tolist().index(number) for number in range(len(set(groups.tolist())))]
    assert firsts == sorted(firsts)


def test_a_group_of_more_forms_than_a_list_may_have_becomes_several() -> None:
    lists = lists_of(np.zeros(2 * MOST_FORMS + 1, np.int64))
    assert np.bincount(lists).tolist() == [MOST_FORMS, MOST_FORMS, 1]


@given(_groups, st.data())
def test_what_is_written_of_lists_is_read_again(groups: NDArray[np.int64], data: st.DataObject) -> None:
    counts = np.array(data.draw(st.lists(st.integers(1, 9), min_size=len(groups), max_size=len(groups))), np.int64)
    lists = lists_of(groups)
    places = places_of(lists, counts)
    with tempfile.TemporaryDirectory() as folder:
        sections = SectionsWriter(Path(folder))
        put_form_lists(sections, lists, places)
        sections.write(Path(folder, "x.seg"))
        table = read_form_lists(Sections(Path(folder, "x.seg")), len(groups))
    assert table.lists.tolist() == lists.tolist()
    assert table.places.tolist() == places.tolist()
    for number in range(len(table.starts) - 1):
        own = table.forms[table.starts[number] : table.starts[number + 1]].tolist()
        assert sorted(own) == np.flatnonzero(lists == number).tolist()
        assert counts[own].tolist() == sorted(counts[own].tolist(), reverse=True)


@given(st.lists(st.integers(0, 8), min_size=12, max_size=12), st.lists(st.integers(0, 8), min_size=12, max_size=12))
def test_forms_that_share_a_list_in_any_part_are_together(one: list[int], other: list[int]) -> None:
    numbers = np.arange(12)
    groups = united(12, [(numbers, np.array(one, np.uint32)), (numbers, np.array(other, np.uint32))])
    # The plain way: a form reaches another by lists of either part, any number of times.
    reached = [{number} for number in range(12)]
    for _ in range(12):
        for found in reached:
            for lists in (one, other):
                named = {lists[number] for number in found}
                found |= {number for number in range(12) if lists[number] in named}
    assert [np.flatnonzero(groups == group).tolist() for group in groups] == [sorted(found) for found in reached]


@pytest.mark.parametrize(
    ("sizes", "steps"),
    [([2], [0, 2]), ([1, 2], [0, 2]), ([2, 0], [0, 2]), ([2], [0, 0]), ([2], [0, 200]), ([2], [1, 2]), ([1, 1], [0])],
)
def test_lists_that_do_not_name_each_form_once_are_refused(tmp_path: Path, sizes: list[int], steps: list[int]) -> None:
    sections = SectionsWriter(tmp_path)
    sections.put("list_sizes", np.array(sizes, np.uint8))
    sections.put("list_forms", np.array(steps, np.uint8))
    sections.write(tmp_path / "x.seg")
    if (sizes, steps) == ([2], [0, 2]):
        assert read_form_lists(Sections(tmp_path / "x.seg"), 2).forms.tolist() == [0, 1]
        return
    with pytest.raises(IndexDamaged, match=r"section 'list_"):
        read_form_lists(Sections(tmp_path / "x.seg"), 2)


def list_of(segment: Segment, key: str) -> int:
    """The number of the list that has the form with that key."""
    return int(segment.form_lists.lists[segment.forms.find(key)])


def test_forms_of_a_lemma_share_a_list_and_go_on_sharing_it_after_merging(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(5):
        texts = [f"мэр города {number}", "мэры, мэрам; стали", "мэра"]
        generation = publish(store, [Document(f"{number}-{at}", "", text) for at, text in enumerate(texts)])
    segments = open_generation(generation.folder)
    for segment in segments:
        assert len({list_of(segment, key) for key in ("мэр", "мэры", "мэрам", "мэра")}) == 1
        assert list_of(segment, "мэр") != list_of(segment, "города")
    assert len(held(generation.folder)["postings"]["мэр"]) == 5
