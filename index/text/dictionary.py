"""The dictionary of Russian (OpenCorpora through pymorphy3), as little of it as the rules of lemmas need.

Nothing else imports pymorphy3. Parsing takes half of the time that new forms cost, with the reader in C (DAWG2).
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.metadata import version
from typing import NamedTuple

import pymorphy3

__all__ = ["VERSION", "Reading", "is_common", "knows", "readings"]

VERSION = f"{version('pymorphy3')}/{version('pymorphy3-dicts-ru')}"

# Grammemes that make a reading a name: first name, surname, patronymic, place, organisation, trade mark.
_NAMES = frozenset({"Name", "Surn", "Patr", "Geox", "Orgn", "Trad"})


_SURROGATES = re.compile("[\ud800-\udfff]")


class Reading(NamedTuple):
    """One way to read a word: its lemma (folded), grammemes, the share of belief the dictionary gives it.

    ``score`` sums to about 1 over the readings of a word; ``is_name`` as of _NAMES.
    """

    lemma: str
    tags: frozenset[str]
    score: float
    is_name: bool


@lru_cache(maxsize=1)
def _morph() -> pymorphy3.MorphAnalyzer:
    # Plain tuples: its own objects for them are a tenth of the time.
    return pymorphy3.MorphAnalyzer(lang="ru", result_type=None)


@lru_cache(maxsize=65_536)
def readings(word: str) -> tuple[Reading, ...]:
    """How the dictionary reads *word* (lower case, Cyrillic), likeliest first; guesses for one it does not know.

    None for a word with half a surrogate pair in it: the dictionary cannot be asked for one.
    """
    if _SURROGATES.search(word):
        return ()
    found = []
    for _, tag, lemma, score, _ in _morph().parse(word):
        tags = tag.grammemes
        found.append(Reading(lemma.replace("ё", "е"), tags, score, bool(_NAMES & tags)))
    return tuple(found)


@lru_cache(maxsize=65_536)
def knows(word: str) -> bool:
    """Whether *word* stands in the dictionary as a form of anything."""
    return not _SURROGATES.search(word) and bool(_morph().word_is_known(word))


@lru_cache(maxsize=65_536)
def is_common(lemma: str) -> bool:
    """Whether *lemma* is the lemma of a common word and of no name or abbreviation, whose forms differ («СПИДом»)."""
    if not knows(lemma):
        return False
    own = [reading for reading in readings(lemma) if reading.lemma == lemma]
    return bool(own) and not any(reading.is_name or "Abbr" in reading.tags for reading in own)
