"""From a word of a query to the forms of a segment that match it, each with its grade.

Forms and lemmas are found in the sorted tables of the segment; a pattern or a slip is looked for among all forms, by
compiled loops over the packed table. Knows nothing of documents.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.segment import Segment
from index.engines.whoosh.strings import Strings
from index.text.roots import LEAST, ROUNDS, SUFFIXES, root
from search.engines.meaning import Term
from search.engines.whoosh import lookup, scan
from search.query import Fuzzy, Wildcard, Word
from search.ranking import Ranking

__all__ = ["ROOTS", "forms_of", "grades_of", "lower_bound", "lower_bounds", "root_of", "shapes", "spelt", "word_key"]

# After every mark of capitalisation that a key may end with (index/engines/whoosh/keys.py).
_AFTER_SHAPES = "\x04"
# After every letter.
_AFTER_ALL = "\U0010ffff"


def word_key(term: Term) -> Hashable:
    """What two words have in common that find the same forms, wherever they stand in a query; quick to make."""
    match term:
        case Word():
            return term.form, term.lemmas, term.exact
        case Wildcard():
            return Wildcard, term.pattern.lower(), term.most
        case Fuzzy():
            return Fuzzy, term.form.lower(), term.distance, term.most


def forms_of(term: Wildcard | Fuzzy, segment: Segment) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Numbers of the forms that match *term*, ascending, and how well each does."""
    match term:
        case Wildcard():
            found = _pattern(term.pattern.lower(), segment)
            return found, np.ones(len(found), np.float32)
        case Fuzzy():
            word = np.array([ord(char) for char in term.form.lower()], np.int64)
            found, slips = scan.slips(*segment.forms.arrays, word, term.distance)
            return found, (1 / (1 + slips)).astype(np.float32)


def root_of(word: Word) -> str:
    """The root by which other words are told that are the word's kin; empty where none are looked for."""
    wanted = "" if word.exact or not word.lemmas else root(word.lemmas[0].text)
    # The root of no other lemma: a preposition would have all lemmas of its letter looked through.
    return wanted if len(wanted) >= LEAST else ""


def spelt(word: Word, wanted: str) -> tuple[NDArray[np.uint8], NDArray[np.int64], int]:
    """What ``lookup.listed`` looks for, for *word* and for all others with the root *wanted*, if that is not empty.

    A root is how its lemmas begin, so they are neighbours in the table of lemmas: no table of roots is needed.
    """
    lemmas = [] if word.exact else [lemma.text for lemma in word.lemmas]
    kin = [wanted, wanted + _AFTER_ALL] if wanted else []
    return *_joined([*lemmas, word.form.lower(), *kin]), len(lemmas)


def grades_of(ranking: Ranking) -> NDArray[np.float32]:
    """The grade of each level (lookup.py), negative where only the root is the word's (Lists)."""
    grades = np.zeros(4, np.float32)
    grades[[lookup.ROOT, lookup.SHARED, lookup.LIKELIEST, lookup.TYPED]] = (
        -ranking.root,
        ranking.shared,
        ranking.likeliest,
        ranking.typed,
    )
    return grades


def shapes(word: str, segment: Segment) -> range:
    """The forms that are *word*, however capitalised."""
    return range(*lower_bounds(segment.forms, (word, word + _AFTER_SHAPES))[0].tolist())


def lower_bound(table: Strings, key: str) -> tuple[int, bool]:
    """The number of the first string not before *key*, and whether it is *key*."""
    return scan.lower_bound(*table.arrays, np.frombuffer(key.encode("utf-8", "surrogatepass"), np.uint8))


def lower_bounds(table: Strings, keys: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """``lower_bound`` of several *keys*."""
    return scan.lower_bounds(*table.arrays, *_joined(keys))


def _joined(keys: Iterable[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """*keys* one after the other, as bytes, and where each ends."""
    encoded = [key.encode("utf-8", "surrogatepass") for key in keys]
    return np.frombuffer(b"".join(encoded), np.uint8), np.array([*accumulate(map(len, encoded))], np.int64)


def _pattern(pattern: str, segment: Segment) -> NDArray[np.int64]:
    """A plain prefix is a range of forms; any other pattern is tried on the forms with its beginning."""
    prefix = re.split("[*?]", pattern, maxsplit=1)[0]
    if prefix == pattern:
        return np.array(shapes(pattern, segment), np.int64)
    low, high = lower_bounds(segment.forms, (prefix, prefix + _AFTER_ALL))[0].tolist()
    if not pattern[len(prefix) :].strip("*"):
        return np.arange(low, high, dtype=np.int64)
    wanted = np.array([ord(char) for char in pattern], np.int64)
    return scan.matching(*segment.forms.arrays, low, high, wanted)


# Endings, the longest first, where each ends, and what else index/text/roots.py says of them.
ROOTS = (*_joined(sorted(SUFFIXES, key=len, reverse=True)), LEAST, ROUNDS)
