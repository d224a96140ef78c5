"""Walking the packed forms of an index finds what comparing with every word finds."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.engines.whoosh.format import Sections, SectionsWriter
from index.engines.whoosh.keys import TITLE, UPPER, word_of
from index.engines.whoosh.strings import Strings, put_strings
from index.errors import IndexDamaged
from search.correct import PlainNeighbours, slips
from search.engines.whoosh.neighbours import NearForms
from tests.correct.words import CountedWords

# Few letters, so that words are near each other; й and ё are two bytes that begin alike, 𝒶 has four.
WORDS = st.text(st.sampled_from("аоенсстьйpоы1-𝒶"), min_size=1, max_size=9)
COUNTS = st.dictionaries(WORDS, st.tuples(st.integers(1, 3), st.integers(0, 3)), max_size=80)


class Endings:
    """A lemma table: the lemma of a form is the form without its last letter."""

    def __init__(self, forms: Strings, lemmas: Strings) -> None:
        self._forms = forms
        self.lemmas = lemmas

    def select(self, forms: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
        numbers = [self.lemmas.find(lemma(word_of(self._forms.key(int(form))))) for form in forms]
        return np.ones(len(forms), np.int64), np.array(numbers, np.int64), np.full(len(forms), 255, np.uint8)


def lemma(word: str) -> str:
    return word[:-1]


def packed(counts: Mapping[str, int], folder: Path) -> SimpleNamespace:
    """A segment that has these keys and nothing else."""
    sections = SectionsWriter(folder)
    put_strings(sections, "forms", sorted(counts))
    put_strings(sections, "lemmas", sorted({lemma(word_of(key)) for key in counts}))
    path = folder / "forms.seg"
    sections.put("form_postings", np.cumsum([0, *(counts[key] for key in sorted(counts))]).astype(np.uint32))
    sections.write(path)
    return opened(path)


def opened(path: Path) -> SimpleNamespace:
    file = Sections(path)
    forms = Strings(file, "forms")
    lemmas = Endings(forms, Strings(file, "lemmas"))
    posting = file.array("form_postings", "<u4")
    return SimpleNamespace(files=[file], forms=forms, form_postings=posting, lemma_table=lemmas)


@settings(deadline=None, max_examples=200)
@given(counts=COUNTS, typed=WORDS, budget=st.integers(0, 300), cut=st.booleans())
def test_the_walk_finds_what_comparing_with_every_word_finds(
    counts: dict[str, tuple[int, int]], typed: str, budget: int, cut: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        segments = []
        for number in range(1 + cut):
            keys: dict[str, int] = {}
            for word, (plain, title) in list(counts.items())[number :: 1 + cut]:
                keys[word] = plain
                keys |= {word + TITLE: title} if title else {}
                keys |= {word + UPPER: 1} if title > 1 else {}
            (Path(folder) / str(number)).mkdir()
            segments.append(packed(keys, Path(folder) / str(number)))
        near = NearForms(segments)
        documents = {word: plain + title + (title > 1) for word, (plain, title) in counts.items()}
        model = PlainNeighbours(documents, lemma)
        assert set(near.neighbours(typed, budget=budget, limit=200)) == set(
            model.neighbours(typed, budget=budget, limit=200)
        )
        completed = {each.lemma: each.weight for each in near.completions(typed, budget=budget, limit=200)}
        wanted = {each.lemma: each.weight for each in model.completions(typed, budget=budget, limit=200)}
        assert completed == pytest.approx(wanted)
        for word in (*documents, typed, typed + "а"):
            assert near.documents_with(word) == model.documents_with(word)
            assert near.lemma_of(word) == model.lemma_of(word)


@settings(deadline=None, max_examples=200)
@given(counts=st.dictionaries(WORDS, st.integers(1, 9), min_size=20, max_size=60), data=st.data())
def test_a_damaged_table_is_an_error_or_another_answer_but_never_a_crash(
    counts: dict[str, int], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        packed(counts, Path(folder))
        path = Path(folder) / "forms.seg"
        content = bytearray(path.read_bytes())
        at = data.draw(st.integers(64, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
        path.write_bytes(content)
        # Any other exception, and a read past the end, would fail here.
        with contextlib.suppress(IndexDamaged):
            near = NearForms([opened(path)])
            near.neighbours("анон", budget=200, limit=10)
            near.documents_with("анон")
            near.completions("ан", budget=0, limit=5)


def test_postings_that_end_before_they_begin_are_damage(tmp_path: Path) -> None:
    segment = packed({"анон": 3, "анонс": 2}, tmp_path)
    segment.form_postings = np.array([0, 3, 1], np.uint32)
    with pytest.raises(IndexDamaged):
        NearForms([segment]).neighbours("анон", budget=200, limit=10)


def test_the_cost_of_a_slip_tells_likely_ones_from_unlikely_ones() -> None:
    for likely, unlikely, meant in [
        ("призидент", "прузидент", "президент"),
        ("комисия", "комссия", "комиссия"),
        ("минитср", "минмстро", "министр"),
        ("мигистр", "микистр", "министр"),
        ("учится", "учиттся", "учиться"),
        ("медведеф", "медведем", "медведев"),
        ("министо", "винистр", "министр"),
    ]:
        assert slips.cost(likely, meant) < slips.cost(unlikely, meant), meant


@pytest.mark.parametrize("word", ["", "а" * 41])
def test_nothing_and_what_nobody_types_have_no_neighbours(word: str, sample: CountedWords) -> None:
    assert sample.neighbours(word, budget=300, limit=5) == []


def test_digits_are_never_taken_for_slips() -> None:
    assert slips.cost("covid18", "covid19") > slips.budget("covid18")
