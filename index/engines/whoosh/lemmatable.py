"""The lemma table of a segment: which lemmas each of its forms may stand for, and back (docs/format.md).

A file of its own (.lem), derived from the forms alone: a new dictionary or lexicon rewrites it and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.format import Sections, SectionsWriter
from index.engines.whoosh.keywords import narrow
from index.engines.whoosh.strings import Strings, put_strings
from index.errors import IndexDamaged
from index.text import Lemma, LemmaSet

__all__ = ["LemmaTable", "write_lemmas"]

# A reference to a form keeps the lemma's place among the form's lemmas in its two highest bits: 0, 1, 2, or more.
_RANK_BIT = 30
_UNIT = 255
# Every how many forms the place of their entries is kept; between them counts are summed.
_STEP = 64


class LemmaTable:
    """Immutable; numbers of forms are those of the segment it belongs to."""

    def __init__(self, sections: Sections, forms: int) -> None:
        self._where = str(sections.path)
        self.lemmas = Strings(sections, "lemmas")
        self._counts: NDArray[np.uint8] = sections.array("form_counts", "<u1")
        self._steps: NDArray[np.uint32] = sections.array("form_steps", "<u4")
        self._numbers = sections.unsigned("form_lemmas")
        self._weights: NDArray[np.uint8] = sections.array("form_weights", "<u1")
        self._at: NDArray[np.uint32] = sections.array("lemma_at", "<u4")
        self._forms: NDArray[np.uint32] = sections.array("lemma_forms", "<u4")
        entries = len(self._forms)
        fits = len(self._counts) == forms and len(self._steps) == -(-forms // _STEP)
        if not fits or len(self._at) != len(self.lemmas) + 1 or len(self._numbers) != entries != len(self._weights):
            raise IndexDamaged(f"{self._where}: does not fit the {forms} forms of its segment")

    def forms_of(self, lemma: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """The forms that may stand for the lemma with that number, ascending, and the place it has among theirs.

        Place 0: it is the form's likeliest lemma; 3: it is the fourth or a later one.
        """
        packed = self._forms[int(self._at[lemma]) : int(self._at[lemma + 1])]
        forms = (packed & ((1 << _RANK_BIT) - 1)).astype(np.int32)
        if len(forms) and int(forms.max()) >= len(self._counts):
            raise IndexDamaged(f"{self._where}: lemma {lemma} names a form that is not there")
        return forms, (packed >> _RANK_BIT).astype(np.uint8)

    def lemma_set(self, form: int) -> LemmaSet:
        """The lemmas of the form with that number, likeliest first, weights to 1/255."""
        step = form // _STEP
        start = int(self._steps[step]) + int(self._counts[step * _STEP : form].sum(dtype=np.int64))
        numbers = self._numbers[start : start + int(self._counts[form])].tolist()
        weights = self._weights[start : start + int(self._counts[form])].tolist()
        try:
            return tuple(
                Lemma(self.lemmas.key(number), weight / _UNIT) for number, weight in zip(numbers, weights, strict=True)
            )
        except (IndexError, ValueError) as error:
            raise IndexDamaged(f"{self._where}: form {form}: {error}") from error

    def lemma_sets(self) -> Iterator[LemmaSet]:
        """The lemmas of every form in order; about a microsecond each."""
        lemmas = self.lemmas.keys(0, len(self.lemmas))
        entries = zip(self._numbers.tolist(), self._weights.tolist(), strict=True)
        try:
            for count in self._counts.tolist():
                yield tuple(Lemma(lemmas[number], weight / _UNIT) for number, weight in islice(entries, count))
        except IndexError as error:
            raise IndexDamaged(f"{self._where}: {error}") from error


def write_lemmas(path: Path, sets: Sequence[LemmaSet]) -> int:
    """Writes the table of forms 0, 1, … with those *sets*; returns the file's identity."""
    sets = [found[:_UNIT] for found in sets]
    names = sorted({lemma.text for found in sets for lemma in found})
    number = {name: at for at, name in enumerate(names)}
    counts = np.fromiter(map(len, sets), np.int64, len(sets))
    numbers = np.fromiter((number[lemma.text] for found in sets for lemma in found), np.int64)
    weights = np.fromiter((lemma.weight for found in sets for lemma in found), np.float64)
    start = np.cumsum(counts) - counts
    forms = np.repeat(np.arange(len(sets)), counts)
    ranks = np.minimum(np.arange(len(forms)) - np.repeat(start, counts), 3)
    order = np.argsort(numbers, kind="stable")
    sections = SectionsWriter(path.parent)
    put_strings(sections, "lemmas", names)
    sections.put("form_counts", counts.astype(np.uint8))
    sections.put("form_steps", start[::_STEP].astype(np.uint32))
    sections.put("form_lemmas", narrow(numbers))
    sections.put("form_weights", np.clip(np.rint(weights * _UNIT), 1, _UNIT).astype(np.uint8))
    per_lemma = np.bincount(numbers, minlength=len(names))
    sections.put("lemma_at", np.concatenate(([0], np.cumsum(per_lemma))).astype(np.uint32))
    sections.put("lemma_forms", (forms | ranks << _RANK_BIT)[order].astype(np.uint32))
    return sections.write(path)
