"""The lemma table of a segment: which forms each lemma may stand for, and back (docs/format.md).

A file of its own (.lem), derived from the forms alone: a new dictionary or lexicon rewrites it and nothing else. Stored
is the way from lemmas to forms, which searches need; the way back is turned round in memory when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.format import Sections, SectionsWriter
from index.engines.whoosh.offsets import Offsets, put_offsets
from index.engines.whoosh.strings import Strings, put_strings
from index.engines.whoosh.varint import decode, encode, ends, spans
from index.errors import IndexDamaged
from index.text import Lemma, LemmaSet

__all__ = ["LemmaTable", "lemma_arrays", "put_lemmas"]

# The place of a lemma among those of a form: the only one, wholly sure; the first of several, the second, a later one.
_SOLE, _FIRST, _LATER = 0, 1, 3
_PLACE_BITS = 2
_UNIT = 255


class LemmaTable:
    """Immutable; numbers of forms are those of the segment it belongs to."""

    def __init__(self, sections: Sections, forms: int) -> None:
        self._where = str(sections.path)
        self._count = forms
        self.lemmas = Strings(sections, "lemmas")
        self._forms: NDArray[np.uint8] = sections.array("lemma_forms", "<u1")
        self._weights: NDArray[np.uint8] = sections.array("lemma_weights", "<u1")
        self._at = Offsets(sections, "lemma_at", pieces=len(self.lemmas), end=len(self._forms))
        if sections.array("forms", "<u4").tolist() != [forms]:
            raise IndexDamaged(f"{self._where}: does not fit the {forms} forms of its segment")

    def forms_of(self, lemma: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """The forms that may stand for the lemma with that number, ascending, and the place it has among theirs.

        Place 0: it is the form's likeliest lemma; 2: it is the third or a later one.
        """
        entries = self._decoded(self._forms[slice(*self._at.at(np.array([lemma, lemma + 1])))])
        forms = np.cumsum(entries >> _PLACE_BITS)
        if len(forms) and int(forms[-1]) >= self._count:
            raise IndexDamaged(f"{self._where}: lemma {lemma} names a form that is not there")
        places = entries & _LATER
        return forms.astype(np.int32), (places - (places > 0)).astype(np.uint8)

    @property
    def packed(self) -> tuple[tuple[NDArray[Any], ...], NDArray[np.uint8]]:
        """Where the forms of each lemma start (Offsets.arrays), and their bytes: for loops of one's own."""
        return self._at.arrays, self._forms

    def lemma_set(self, form: int) -> LemmaSet:
        """The lemmas of the form with that number, likeliest first, weights to 1/255."""
        at, lemmas, weights = self._by_form
        inside = slice(int(at[form]), int(at[form + 1]))
        pairs = zip(lemmas[inside].tolist(), weights[inside].tolist(), strict=True)
        return tuple(Lemma(self.lemmas.key(number), weight / _UNIT) for number, weight in pairs)

    def lemma_sets(self) -> Iterator[LemmaSet]:
        """The lemmas of every form in order; about a microsecond each."""
        at, numbers, weights = self._by_form
        texts = self.lemmas.keys(0, len(self.lemmas))
        pairs = zip(numbers.tolist(), weights.tolist(), strict=True)
        lemmas = (Lemma(texts[number], weight / _UNIT) for number, weight in pairs)
        return (tuple(islice(lemmas, count)) for count in np.diff(at).tolist())

    def select(self, forms: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
        """Of these *forms*: how many lemmas each has, then their numbers and their weights (1/255), likeliest first."""
        at, lemmas, weights = self._by_form
        counts = at[forms + 1] - at[forms]
        inside = spans(at[forms], counts)
        return counts, lemmas[inside], weights[inside]

    def _decoded(self, data: NDArray[np.uint8]) -> NDArray[np.int64]:
        try:
            return decode(data)
        except IndexDamaged as error:
            raise IndexDamaged(f"{self._where}: {error}") from error

    def _unpacked(self, low: int, high: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The forms of lemmas *low*..*high*-1, the place in each form's lemmas, and how many forms each lemma has."""
        at = self._at.at(np.arange(low, high + 1))
        data = self._forms[at[0] : at[-1]]
        entries, stops = self._decoded(data), ends(data)
        starts = np.searchsorted(stops, at - at[0], "right")
        counts = starts[1:] - starts[:-1]
        if (counts <= 0).any() or counts.sum() != len(entries):
            raise IndexDamaged(f"{self._where}: lemmas have more or fewer forms than they should")
        gaps = entries >> _PLACE_BITS
        forms = np.cumsum(gaps)
        forms -= np.repeat(forms[starts[:-1]] - gaps[starts[:-1]], counts)
        if len(forms) and int(forms.max()) >= self._count:
            raise IndexDamaged(f"{self._where}: names a form that is not there")
        return forms, entries & _LATER, counts

    @cached_property
    def _by_form(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
        """Where each form's lemmas start, their numbers, their weights; 0.1 s for half a million."""
        forms, places, counts = self._unpacked(0, len(self.lemmas))
        several = places != _SOLE
        if int(several.sum()) != len(self._weights):
            raise IndexDamaged(f"{self._where}: lemmas have more or fewer weights than they should")
        weights = np.full(len(forms), _UNIT, np.uint8)
        weights[several] = self._weights
        order = np.lexsort((_UNIT - weights, places, forms))
        at = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(forms, minlength=self._count))))
        return at, np.repeat(np.arange(len(self.lemmas)), counts)[order], weights[order]


def lemma_arrays(
    sets: Sequence[LemmaSet],
) -> tuple[NDArray[np.int64], list[str], NDArray[np.int64], NDArray[np.uint8]]:
    """Of *sets* of forms: how many lemmas each has, the distinct ones, then their numbers and their weights (1/255)."""
    number: dict[str, int] = {}
    counts = np.fromiter(map(len, sets), np.int64, len(sets))
    numbers = np.fromiter((number.setdefault(lemma[0], len(number)) for found in sets for lemma in found), np.int64)
    weights = np.fromiter((lemma[1] for found in sets for lemma in found), np.float64)
    return counts, list(number), numbers, np.clip(np.rint(weights * _UNIT), 1, _UNIT).astype(np.uint8)


def put_lemmas(
    path: Path,
    names: Sequence[str],
    counts: NDArray[np.int64],
    numbers: NDArray[np.int64],
    weights: NDArray[np.uint8],
) -> int:
    """Writes the table: of each form how many lemmas it has, then their numbers among *names* and their weights."""
    forms = np.repeat(np.arange(len(counts)), counts)
    places = np.minimum(np.arange(len(forms)) - np.repeat(np.cumsum(counts) - counts, counts) + _FIRST, _LATER)
    places[(np.repeat(counts, counts) == 1) & (weights == _UNIT)] = _SOLE
    order = np.argsort(numbers, kind="stable")
    per_lemma = np.bincount(numbers, minlength=len(names))
    gaps = np.diff(forms[order], prepend=0)
    begin = np.cumsum(per_lemma) - per_lemma
    gaps[begin] = forms[order][begin]
    data, width = encode(gaps << _PLACE_BITS | places[order])
    sections = SectionsWriter(path.parent)
    sections.put("forms", np.array([len(counts)], np.uint32))
    put_strings(sections, "lemmas", names)
    put_offsets(sections, "lemma_at", np.bincount(numbers[order], width, len(names)).astype(np.int64))
    sections.put("lemma_forms", data)
    sections.put("lemma_weights", weights[order][places[order] != _SOLE])
    return sections.write(path)
