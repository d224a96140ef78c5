"""Walks the forms of a generation for those a slip or two away from what was typed.

The forms are sorted, so neighbours in the table share beginnings: the rows of the distance table for a shared one are
kept, and when a beginning already costs too much, every form with it is passed over, whole blocks at a time. Nothing is
made on opening; at 483,000 forms 0.4 to 0.7 ms for one slip, 2 to 4 for those of a long word, by machine. Costs:
search/correct/slips.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.format import Sections
from index.engines.whoosh.keys import word_of
from index.engines.whoosh.strings import Strings
from index.errors import IndexDamaged
from search.correct import slips
from search.correct.plain import COST_OF_E
from search.engines import Completion, Neighbour
from search.engines.whoosh.walking import MARKS, key_range, walk

__all__ = ["Forms", "Lemmas", "NearForms"]

# Forms kept of one walk, before the likeliest are chosen: the neighbours of short words and prefixes may be thousands.
_ROOM = 32_768
_COMPLETED = 512
# An argument and no constant: compiled code is kept, and would not notice that slips.py changed.
_SPECIAL = np.array([slips.TWICE, slips.FIRST, slips.SWAP], np.int32)


class Forms(Protocol):
    """The part of a Segment that is read here: its first file holds the packed table ``forms``."""

    files: list[Sections]
    forms: Strings

    @property
    def form_postings(self) -> NDArray[np.uint32]:
        """Where the postings of a form begin, one more at the end."""

    @property
    def lemma_table(self) -> Lemmas:
        """The lemmas of the forms."""


class Lemmas(Protocol):
    """The part of a LemmaTable that is read here."""

    @property
    def lemmas(self) -> Strings:
        """The distinct lemmas."""

    def select(self, forms: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
        """Of these *forms*: how many lemmas each has, then their numbers and their weights, likeliest first."""


@dataclass(frozen=True, slots=True)
class _Table:
    """The packed forms of one segment; ``ends``: where the postings of a form begin, one more at the end."""

    name: str
    segment: Forms
    heads: NDArray[Any]
    data: NDArray[Any]
    ends: NDArray[np.uint32]

    @property
    def count(self) -> int:
        """How many forms there are."""
        return len(self.ends) - 1

    def shapes(self, form: str) -> tuple[int, int]:
        """The half-open range of numbers of the lower-case *form* in all its capitalisations."""
        return self._range(form, MARKS)

    def beginning(self, prefix: str) -> tuple[int, int]:
        """The half-open range of numbers of the forms that begin with *prefix*."""
        return self._range(prefix, 256)

    def documents(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """In how many documents each form stands."""
        documents: NDArray[np.int64] = self.ends[numbers + 1].astype(np.int64) - self.ends[numbers]
        if len(documents) and documents.min() < 0:
            raise self.damaged()
        return documents

    def first_lemmas(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """The number of the likeliest lemma of each form."""
        counts, lemmas, _ = self.segment.lemma_table.select(numbers)
        if len(counts) and not counts.min():
            raise self.damaged()
        first: NDArray[np.int64] = lemmas[np.cumsum(counts) - counts]
        return first

    def lemma(self, number: int) -> str:
        """The lemma with that number."""
        try:
            return self.segment.lemma_table.lemmas.key(number)
        except IndexError:
            raise self.damaged() from None

    def _range(self, form: str, more: int) -> tuple[int, int]:
        key = np.frombuffer(form.encode("utf-8", "surrogatepass"), np.uint8)
        low, high = key_range(self.heads, self.data, self.count, key, more)
        if low < 0:
            raise self.damaged()
        return low, high

    def damaged(self) -> IndexDamaged:
        """What to raise when the packed forms make no sense."""
        return IndexDamaged(f"{self.name}: its forms or their lemmas cannot be read")


class NearForms:
    """Meets search.engines.Neighbours over the *segments* of a generation. Holds no state, so threads may share it.

    Documents are summed over shapes and segments, the deleted included: right to a few parts in a hundred.
    """

    def __init__(self, segments: Iterable[Forms]) -> None:
        self._tables = []
        for segment in segments:
            file = segment.files[0]
            heads, data = file.array("forms.heads", "<u4")[1:], file.array("forms.data", "<u1")
            self._tables.append(_Table(f"{file.path}", segment, heads, data, segment.form_postings))

    @property
    def size(self) -> int:
        """How many forms there are, those of several segments counted in each."""
        return sum(table.count for table in self._tables)

    def documents_with(self, form: str) -> int:
        """In how many documents the lower-case *form* stands, in any capitalisation. About 5 µs a segment."""
        found = 0
        for table in self._tables:
            low, high = table.shapes(form)
            found += int(table.ends[high]) - int(table.ends[low])
        return found

    def lemma_of(self, form: str) -> str | None:
        """The likeliest lemma of the lower-case *form* in the capitalisation that is met most; None when it is not met.

        The first call after opening takes 0.1 s at half a million forms, for the table from forms to lemmas.
        """
        best, lemma = 0, None
        for table in self._tables:
            numbers = np.arange(*table.shapes(form))
            documents = table.documents(numbers)
            if len(numbers) and documents.max() > best:
                best = int(documents.max())
                first = table.first_lemmas(numbers[documents.argmax()][None])
                lemma = table.lemma(int(first[0]))
        return lemma

    def neighbours(self, form: str, *, budget: int, limit: int) -> list[Neighbour]:
        """See search.engines.Neighbours."""
        merged: dict[str, tuple[int, int]] = {}
        for table in self._tables if 0 < len(form) <= slips.LONGEST else ():
            numbers, groups, costs = _walked(table, form, budget, prefix=False)
            first = np.flatnonzero(np.diff(groups, prepend=-1))
            documents = np.add.reduceat(table.documents(numbers), first) if len(first) else numbers
            for row in np.argsort(costs[first] / COST_OF_E - np.log(documents + 1.0), kind="stable")[:limit]:
                word = word_of(table.segment.forms.key(int(numbers[first[row]])))
                before = merged[word][0] if word in merged else 0
                merged[word] = before + int(documents[row]), int(costs[first[row]])
        found = [Neighbour(word, documents, cost) for word, (documents, cost) in merged.items()]
        found.sort(key=lambda near: (near.cost / COST_OF_E - np.log(near.documents + 1.0), near.form))
        return found[:limit]

    def completions(self, beginning: str, *, budget: int, limit: int) -> list[Completion]:
        """See search.engines.Neighbours. Looks at the _COMPLETED most frequent forms of each segment."""
        merged: dict[str, Completion] = {}
        for table in self._tables if 0 < len(beginning) <= slips.LONGEST else ():
            for new in _completed(table, beginning, budget, limit):
                old = merged.get(new.lemma, new)
                form = max(old, new, key=lambda each: each.weight).form
                weight = new.weight + (old.weight if old is not new else 0.0)
                merged[new.lemma] = Completion(new.lemma, form, weight)
        return sorted(merged.values(), key=lambda each: (-each.weight, each.lemma))[:limit]


def _completed(table: _Table, beginning: str, budget: int, limit: int) -> list[Completion]:
    if budget:
        numbers, _, costs = _walked(table, beginning, budget, prefix=True)
        weights = table.documents(numbers) * np.exp(-costs / COST_OF_E)
    else:
        numbers = np.arange(*table.beginning(beginning))
        weights = table.documents(numbers).astype(np.float64)
    if len(numbers) > _COMPLETED:
        best = np.sort(np.argpartition(-weights, _COMPLETED)[:_COMPLETED])
        numbers, weights = numbers[best], weights[best]
    lemmas, place = np.unique(table.first_lemmas(numbers), return_inverse=True)
    sums = np.bincount(place, weights)
    found = []
    for row in np.argsort(-sums, kind="stable")[:limit]:
        form = numbers[np.argmax(np.where(place == row, weights, -1.0))]
        lemma = table.lemma(int(lemmas[row]))
        found.append(Completion(lemma, word_of(table.segment.forms.key(int(form))), float(sums[row])))
    return found


def _walked(table: _Table, form: str, budget: int, *, prefix: bool) -> tuple[NDArray[np.int64], ...]:
    """Forms near *form*: their numbers, a number for all shapes of one word, their costs."""
    points, rows = slips.codes(form)
    extra = np.array(slips.extras(form), np.int32)
    numbers, groups, costs = (np.empty(_ROOM, np.int64) for _ in range(3))
    tables = slips.CODES, slips.SUBSTITUTIONS, slips.LACKS, _SPECIAL
    packed = table.heads, table.data, table.count
    count = walk(*packed, points, rows, extra, *tables, budget, prefix, numbers, groups, costs)
    if count < 0:
        raise table.damaged()
    return numbers[:count], groups[:count], costs[:count]
