"""Tells words without content («в», «и», «кто») from the rest, by part of speech.

A document need not hold them for a query of several words to be met. A word in capitals («НА», «ТО») is a name of
something and has content. Cost: one look-up in the dictionary, cached.
"""

from __future__ import annotations

import re
from functools import lru_cache

from index.text.dictionary import readings
from index.text.fold import shape

__all__ = ["is_function_word"]

_CYRILLIC = re.compile("[а-яА-ЯёЁ-]+")
# Parts of speech of OpenCorpora that link or point and name nothing.
_EMPTY = frozenset({"PREP", "CONJ", "PRCL", "INTJ", "NPRO"})
# Adverbs, adjectives and verbs that only shape a question or a sentence; the dictionary calls them content words.
_SHAPING = frozenset(
    "где когда куда откуда почему зачем сколько как какой который чей весь самый свой этот тот такой там тут здесь"
    " так ещё еще уже очень быть являться мочь".replace("ё", "е").split()
)
# A word is empty when its empty readings hold this much of the dictionary's belief («что» yes, «после» yes, «мир» no).
_BELIEF = 0.6


@lru_cache(maxsize=65_536)
def is_function_word(form: str) -> bool:
    """Whether the folded *form* carries no content of its own."""
    if shape(form) == "upper" or not _CYRILLIC.fullmatch(form):
        return False
    found = readings(form.lower())
    total = sum(reading.score for reading in found) or 1.0
    empty = sum(reading.score for reading in found if reading.tags & _EMPTY or reading.lemma in _SHAPING)
    return empty / total >= _BELIEF
