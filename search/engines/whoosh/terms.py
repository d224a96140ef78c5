"""From a word of a query to the forms of a segment that match it, each with its grade.

Forms and lemmas are found in the sorted tables of the segment; a pattern or a slip is looked for among all forms, by
compiled loops over the packed table. Knows nothing of documents.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.segment import Segment
from index.engines.whoosh.strings import Strings
from index.errors import IndexDamaged
from index.text.roots import LEAST, ROUNDS, SUFFIXES, root
from search.engines.meaning import Term
from search.engines.whoosh import lookup, scan
from search.query import Fuzzy, Wildcard, Word
from search.ranking import Ranking

__all__ = ["forms_of", "kin_of", "lower_bound", "shapes", "word_key"]

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


def forms_of(term: Term, segment: Segment, ranking: Ranking) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Numbers of the forms that match *term*, ascending, and how well each does."""
    match term:
        case Word():
            forms, levels = _levels(term, segment, _NONE)
            return forms, _grades(ranking)[levels]
        case Wildcard():
            found = _pattern(term.pattern.lower(), segment)
            return found, np.ones(len(found), np.float32)
        case Fuzzy():
            word = np.array([ord(char) for char in term.form.lower()], np.int64)
            found, slips = scan.slips(*segment.forms.arrays, word, term.distance)
            return found, (1 / (1 + slips)).astype(np.float32)


def kin_of(
    word: Word, segment: Segment, ranking: Ranking
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.bool_]]:
    """Those of ``forms_of`` and, at the grade of a root, all others whose likeliest lemma has the root of the word's.

    Of each whether it is one of ``forms_of`` comes third. A root is how its lemmas begin, so they are neighbours in the
    table of lemmas: no table of roots is needed.
    """
    forms, levels = _levels(word, segment, _of_root(word, segment))
    return forms, _grades(ranking)[levels], levels > lookup.ROOT


def _of_root(word: Word, segment: Segment) -> NDArray[np.int64]:
    """The numbers of the lemmas that have the root of the word."""
    wanted = "" if word.exact or not word.lemmas else root(word.lemmas[0].text)
    if len(wanted) < LEAST:
        # The root of no other lemma: a preposition would have all lemmas of its letter looked through.
        return _NONE
    low, high = _lower_bounds(segment.lemmas, (wanted, wanted + _AFTER_ALL))[0].tolist()
    size = len(wanted.encode("utf-8", "surrogatepass"))
    return scan.rooted(*segment.lemmas.arrays[:2], low, high, size, LEAST, ROUNDS, *_SUFFIXES)


def _levels(word: Word, segment: Segment, kin: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """The forms of *word* and of the lemmas *kin*, ascending, and how well each matches, as a level (lookup.py)."""
    lemmas = _NONE
    if word.lemmas and not word.exact:
        numbers, present = _lower_bounds(segment.lemmas, [lemma.text for lemma in word.lemmas])
        lemmas = np.where(present, numbers, -1)
    typed = word.form.lower()
    (low, high), _ = _lower_bounds(segment.forms, (typed, typed + _AFTER_SHAPES))
    at, data = segment.lemma_table.packed
    forms, levels = lookup.graded(lemmas, kin, low, high, at.arrays, data, len(segment.forms))
    if len(forms) and forms[0] < 0:
        raise IndexDamaged(f"segment {segment.name}: its lemma table names a form that is not there")
    return forms, levels


@lru_cache(maxsize=16)
def _grades(ranking: Ranking) -> NDArray[np.float32]:
    """The grade of each level."""
    grades = np.zeros(4, np.float32)
    grades[[lookup.ROOT, lookup.SHARED, lookup.LIKELIEST, lookup.TYPED]] = (
        ranking.root,
        ranking.shared,
        ranking.likeliest,
        ranking.typed,
    )
    return grades


def shapes(word: str, segment: Segment) -> range:
    """The forms that are *word*, however capitalised."""
    return range(*_lower_bounds(segment.forms, (word, word + _AFTER_SHAPES))[0].tolist())


def lower_bound(table: Strings, key: str) -> tuple[int, bool]:
    """The number of the first string not before *key*, and whether it is *key*."""
    return scan.lower_bound(*table.arrays, np.frombuffer(key.encode("utf-8", "surrogatepass"), np.uint8))


def _lower_bounds(table: Strings, keys: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
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
    low, high = _lower_bounds(segment.forms, (prefix, prefix + _AFTER_ALL))[0].tolist()
    if not pattern[len(prefix) :].strip("*"):
        return np.arange(low, high, dtype=np.int64)
    wanted = np.array([ord(char) for char in pattern], np.int64)
    return scan.matching(*segment.forms.arrays, low, high, wanted)


_NONE = np.zeros(0, np.int64)
_SUFFIXES = _joined(sorted(SUFFIXES, key=len, reverse=True))
