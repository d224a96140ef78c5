"""The set of lemmas that a surface form may stand for, the likeliest first.

An ambiguous word keeps every lemma («стали» -> стать | сталь), so that each reading finds it (decision 002).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import pymorphy3

from index.text.fold import shape

__all__ = ["Lemma", "LemmaSet", "lemma_set"]


class Lemma(NamedTuple):
    """A dictionary form, folded and in lower case, with its share of plausibility in (0, 1]."""

    text: str
    weight: float


LemmaSet = tuple[Lemma, ...]


@lru_cache(maxsize=1)
def _morph() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")


def lemma_set(form: str) -> LemmaSet:
    """Every plausible lemma of the folded *form*, likeliest first; never empty."""
    word = form.lower()
    scores: dict[str, float] = {}
    if shape(form) != "upper" or len(word) > 3:
        for parse in _morph().parse(word):
            lemma = parse.normal_form.replace("ё", "е")
            scores[lemma] = scores.get(lemma, 0.0) + parse.score
    total = sum(scores.values()) or 1.0
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    return tuple(Lemma(text, score / total) for text, score in ranked) or (Lemma(word, 1.0),)
