"""The parts files are made of give back what was put in, and answer as plain Python does."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.engines.whoosh import varint
from index.engines.whoosh.format import Sections, SectionsWriter
from index.engines.whoosh.keys import AFTER_SHAPES, form_of, key_of, word_of
from index.engines.whoosh.offsets import Offsets, put_offsets
from index.engines.whoosh.strings import Strings, put_strings
from index.errors import IndexDamaged

_numbers = st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 300))
_strings = st.lists(st.text("абвё\x01é😀", max_size=6) | st.text(max_size=3) | st.just("я" * 300), unique=True)


def written(folder: Path, put: Callable[[SectionsWriter], None]) -> Sections:
    """A file with what *put* puts in it."""
    path = folder / "file"
    path.unlink(missing_ok=True)
    writer = SectionsWriter(folder)
    put(writer)
    writer.write(path)
    return Sections(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all examples."""
    return tmp_path_factory.mktemp("parts")


@given(_numbers)
def test_numbers_are_decoded_as_they_were_encoded(numbers: list[int]) -> None:
    data, width = varint.encode(np.array(numbers, np.int64))
    assert varint.decode(data).tolist() == numbers
    assert varint.decode(data, count=len(numbers)).tolist() == numbers
    assert width.tolist() == [max(1, -(-number.bit_length() // 7)) for number in numbers]


@given(_numbers.filter(bool))
def test_a_list_of_numbers_that_is_cut_or_miscounted_is_refused(numbers: list[int]) -> None:
    data, _ = varint.encode(np.array([*numbers, 300], np.int64))
    with pytest.raises(IndexDamaged):
        varint.decode(data[:-1])
    with pytest.raises(IndexDamaged):
        varint.decode(data, count=len(numbers))


def test_a_number_without_end_is_refused() -> None:
    with pytest.raises(IndexDamaged):
        varint.decode(np.array([0xFF] * 5 + [1], np.uint8))


@settings(deadline=None)
@given(_strings, st.lists(st.text("абвё\x01é😀", max_size=4), max_size=20))
def test_a_table_of_strings_answers_as_a_sorted_list(folder: Path, strings: list[str], asked: list[str]) -> None:
    keys = sorted(strings)
    table = Strings(written(folder, lambda sections: put_strings(sections, "x", keys)), "x")
    assert table.keys(0, len(table)) == keys
    assert [table.key(number) for number in range(len(table))] == keys
    assert table.keys(3, 40) == keys[3:40]
    assert table.keys_of(np.arange(0, len(keys), 7)) == keys[::7]
    wanted = sorted({*asked, *keys[::3]})
    places = [keys.index(key) if key in keys else -1 for key in wanted]
    assert [table.find(key) for key in wanted] == places
    assert table.find_all(wanted).tolist() == places
    assert table.find_all(wanted[:1]).tolist() == places[:1]
    for key in wanted:
        assert table.lower_bound(key) == bisect_left(keys, key)
        low, high = table.range(key)
        assert keys[low:high] == [other for other in keys if other.startswith(key)]


@pytest.mark.parametrize("longest", ["", "я" * 200, "я" * 1500, "ж" * 3000])
def test_many_strings_are_found_in_one_run_as_one_by_one(folder: Path, longest: str) -> None:
    keys = sorted({f"{word}{number}" for number in range(100) for word in ("мэр", "я", "")} | {longest})
    table = Strings(written(folder, lambda sections: put_strings(sections, "x", keys)), "x")
    assert table.keys(0, len(keys)) == keys
    assert table.keys(5, 200) == keys[5:200]
    assert table.keys_of(np.arange(3, len(keys), 2)) == keys[3::2]
    assert table.keys_of(np.arange(len(keys))[::-3]) == keys[::-3]
    assert table.keys_of(np.arange(len(keys))[::-9]) == keys[::-9]
    with pytest.raises(IndexError):
        table.keys_of(np.arange(len(keys) + 1))
    wanted = sorted({*keys[::3], *(key + "а" for key in keys), "", "яяя"})
    assert table.find_all(wanted).tolist() == [keys.index(key) if key in keys else -1 for key in wanted]


def test_a_damaged_table_of_many_strings_is_told(folder: Path) -> None:
    keys = sorted(f"мэр{number}" for number in range(200))
    sections = written(folder, lambda sections: put_strings(sections, "x", keys))
    table = Strings(sections, "x")
    table._packed = table._packed.copy()
    table._packed[len(table._packed) // 2 :] = 0xFF
    table._data = table._packed.data
    picked = (lambda: table.keys_of(np.arange(0, 200, 2)), lambda: table.keys_of(np.arange(150, 153)))
    for ask in (lambda: table.keys(0, 200), *picked, lambda: table.find_all(keys)):
        with pytest.raises(IndexDamaged):
            ask()


@settings(deadline=None)
@given(st.lists(st.integers(0, 600) | st.just(255) | st.just(100_000), max_size=70))
def test_offsets_are_the_sums_of_sizes(folder: Path, sizes: list[int]) -> None:
    sections = written(folder, lambda writer: put_offsets(writer, "x", np.array(sizes, np.int64)))
    table = Offsets(sections, "x", pieces=len(sizes), end=sum(sizes))
    assert table.at(np.arange(len(sizes) + 1)).tolist() == [sum(sizes[:at]) for at in range(len(sizes) + 1)]
    with pytest.raises(IndexDamaged):
        Offsets(sections, "x", pieces=len(sizes), end=sum(sizes) + 1)


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1))
def test_a_key_gives_its_form_back_and_all_shapes_of_a_word_are_one_range(form: str) -> None:
    key = key_of(form)
    assert form_of(key) == form
    assert word_of(key) == form.lower()
    assert form.lower() <= key < form.lower() + AFTER_SHAPES


@pytest.mark.parametrize(
    ("form", "key"),
    [
        ("токаев", "токаев"),
        ("Токаев", "токаев\x01"),
        ("ТОКАЕВ", "токаев\x02"),
        ("А", "а\x01"),
        ("2024", "2024"),
        ("İstanbul", "i̇stanbul\x03İstanbul"),
    ],
)
def test_capitals_are_a_mark_behind_the_word(form: str, key: str) -> None:
    assert key_of(form) == key


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 255), max_size=5), min_size=1, max_size=5))
def test_sections_put_piece_by_piece_in_any_order_lie_aligned_and_whole(folder: Path, pieces: list[list[int]]) -> None:
    def put(writer: SectionsWriter) -> None:
        for piece in pieces:
            writer.put("bytes", np.array(piece, np.uint8))
            writer.put("words", np.array(piece, np.uint64))
            writer.put("rows", np.array([piece[:2]] if len(piece) > 1 else [], np.uint16).reshape(-1, 2))

    sections = written(folder, put)
    flat = [number for piece in pieces for number in piece]
    assert sections.array("bytes", "<u1").tolist() == flat
    words = sections.array("words", "<u8")
    assert words.tolist() == flat
    assert not words.flags.writeable
    assert words.flags.aligned
    assert sections.array("rows", "<u2", columns=2).tolist() == [piece[:2] for piece in pieces if len(piece) > 1]
    assert sections.verify() == []
    with pytest.raises(IndexDamaged, match="holds"):
        sections.array("bytes", "<u4")
    with pytest.raises(IndexDamaged, match="missing"):
        sections.array("other", "<u1")
