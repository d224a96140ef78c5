"""From a word of a query to the forms of a segment that match it, each with its grade.

Forms and lemmas are found in the sorted tables of the segment; a pattern or a slip is looked for among all forms, by
compiled loops over the packed table. Knows nothing of documents.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.segment import Segment
from index.engines.whoosh.strings import Strings
from index.text.roots import LEAST, root
from search.engines.meaning import Term
from search.engines.whoosh import scan
from search.query import Fuzzy, Wildcard, Word
from search.ranking import Ranking

__all__ = ["forms_of", "kin_of", "lower_bound", "shapes", "strings", "word_key"]

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
            return _word(term, segment, ranking)
        case Wildcard():
            found = _pattern(term.pattern.lower(), segment)
            return found, np.ones(len(found), np.float32)
        case Fuzzy():
            word = np.array([ord(char) for char in term.form.lower()], np.int64)
            found, slips = scan.slips(*segment.forms.arrays, word, term.distance)
            return found, (1 / (1 + slips)).astype(np.float32)


def _word(word: Word, segment: Segment, ranking: Ranking) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Weaker grades first, so that better ones overwrite them."""
    likeliest: list[NDArray[Any]] = []
    grades: dict[int, float] = {}
    for place, lemma in enumerate(() if word.exact else word.lemmas):
        number, present = lower_bound(segment.lemmas, lemma.text)
        if present:
            forms, ranks = segment.lemma_forms(number)
            grades.update(dict.fromkeys(forms.tolist(), ranking.shared))
            if place == 0:
                likeliest.append(forms[ranks == 0])
    for forms in likeliest:
        grades.update(dict.fromkeys(forms.tolist(), ranking.likeliest))
    grades.update(dict.fromkeys(shapes(word.form.lower(), segment), ranking.typed))
    numbers = np.fromiter(grades, np.int64, len(grades))
    order = np.argsort(numbers)
    return numbers[order], np.fromiter(grades.values(), np.float32, len(grades))[order]


def kin_of(word: Word, segment: Segment, ranking: Ranking) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Those of ``forms_of`` and, at the grade of a root, all others whose likeliest lemma has the root of the word's.

    A root is how its lemmas begin, so they are neighbours in the table of lemmas: no table of roots is needed.
    """
    forms, grades = _word(word, segment, ranking)
    if word.exact or not word.lemmas:
        return forms, grades
    wanted = root(word.lemmas[0].text)
    if len(wanted) < LEAST:
        # The root of no other lemma: a preposition would have all lemmas of its letter looked through.
        return forms, grades
    low, high = (lower_bound(segment.lemmas, key)[0] for key in (wanted, wanted + _AFTER_ALL))
    kin = np.array([root(lemma) == wanted for lemma in strings(segment.lemmas, np.arange(low, high))], bool)
    found, lemmas = segment.lemma_table.likeliest(low, high)
    others = np.setdiff1d(found[kin[lemmas - low]], forms)
    numbers = np.concatenate((forms, others))
    order = np.argsort(numbers)
    return numbers[order], np.concatenate((grades, np.full(len(others), ranking.root, np.float32)))[order]


def shapes(word: str, segment: Segment) -> range:
    """The forms that are *word*, however capitalised."""
    return range(lower_bound(segment.forms, word)[0], lower_bound(segment.forms, word + _AFTER_SHAPES)[0])


def lower_bound(table: Strings, key: str) -> tuple[int, bool]:
    """The number of the first string not before *key*, and whether it is *key*."""
    return scan.lower_bound(*table.arrays, np.frombuffer(key.encode("utf-8", "surrogatepass"), np.uint8))


def _pattern(pattern: str, segment: Segment) -> NDArray[np.int64]:
    """A plain prefix is a range of forms; any other pattern is tried on the forms with its beginning."""
    prefix = re.split("[*?]", pattern, maxsplit=1)[0]
    if prefix == pattern:
        return np.array(shapes(pattern, segment), np.int64)
    low, high = segment.forms.range(prefix)
    if not pattern[len(prefix) :].strip("*"):
        return np.arange(low, high, dtype=np.int64)
    wanted = np.array([ord(char) for char in pattern], np.int64)
    return scan.matching(*segment.forms.arrays, low, high, wanted)


def strings(table: Strings, numbers: NDArray[Any]) -> list[str]:
    """The strings of *table* with those *numbers*."""
    data, ends = scan.unpacked(*table.arrays[:2], numbers)
    text = data.tobytes()
    return [text[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise([0, *ends.tolist()])]
