"""Sketches: texts that overlap agree in about that share of 32 places, whatever else is analysed with them."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.text import SKETCH, Analyzer

ANALYZER = Analyzer()
WORDS = [f"{a}{b}{c}" for a in "абвгд" for b in "оуые" for c in ("нит", "рак", "лес", "дом", "сон")]


def sketch(*texts: str) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    batch = ANALYZER.stream_many(texts)
    return ANALYZER.sketches(batch.forms, batch.bounds[:-1], batch.bounds[1:])


def test_the_share_of_equal_places_estimates_the_overlap_of_runs_of_three_words() -> None:
    draw = random.Random(1)
    errors = []
    for _ in range(200):
        words = [draw.choice(WORDS) for _ in range(200)]
        changed = [draw.choice(WORDS) if draw.random() < 0.1 else word for word in words]
        one, other = ({tuple(text[at : at + 3]) for at in range(200)} for text in (words, changed))
        agreed = np.equal(*sketch(" ".join(words), " ".join(changed))).mean()
        errors.append(agreed - len(one & other) / len(one | other))
    assert abs(np.mean(errors)) < 0.02
    assert np.std(errors) < 0.11


@given(st.lists(st.text(max_size=40), max_size=6))
def test_a_sketch_does_not_depend_on_the_texts_around(texts: list[str]) -> None:
    together = sketch(*texts)
    assert together.shape == (len(texts), SKETCH)
    for text, row in zip(texts, together, strict=True):
        assert np.array_equal(row, sketch(text)[0])


def test_capitals_and_endings_make_no_other_text_but_words_do() -> None:
    same = sketch("Министр открыл больницу", "министра ОТКРЫЛИ больницами", "Министр закрыл больницу")
    assert np.array_equal(same[0], same[1])
    assert (same[0] == same[2]).mean() < 0.5


def test_a_text_without_words_has_zeros_and_others_do_not() -> None:
    assert not sketch("…")[0].any()
    assert all(row.any() for row in sketch("а", "а б", "а б в", "слово " * 2_000))


def test_what_is_stored_stays_what_it_was() -> None:
    """Sketches of different runs are compared: other numbers need a new format version."""
    assert sketch("Завод выплавил сталь")[0, :8].tolist() == EXPECTED


EXPECTED = [95, 91, 195, 136, 114, 134, 99, 97]
