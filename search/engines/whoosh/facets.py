"""Counts over all matches, not the page: values of a keyword field, documents a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.segment import NO_DATE
from search.engines import Count
from search.engines.whoosh.arrays import tally
from search.engines.whoosh.parts import Found
from search.engines.whoosh.reader import Reader

__all__ = ["Column", "days"]


class Column:
    """A keyword field over all segments, whose values are numbered together, in order."""

    def __init__(self, readers: Sequence[Reader], field: str) -> None:
        self._columns = [reader.segment.keyword(field) for reader in readers]

    def counts(self, found: Sequence[Found], size: int) -> tuple[Count, ...]:
        """The *size* values that most documents of *found* have, then by value."""
        if len(self._columns) == 1:
            totals = self._tally(0, found[0])
        else:
            totals = np.zeros(len(self._values), np.int64)
            for number, part in enumerate(found):
                totals[self._places[number]] += self._tally(number, part)
        present = np.flatnonzero(totals)
        if len(present) > size:
            # All that tie with the last one stay, for the values to decide.
            least = np.partition(totals[present], -size)[-size] if size else np.inf
            present = present[totals[present] >= least]
        # Stable: equal counts stay in order of values.
        first = present[np.argsort(-totals[present], kind="stable")][:size]
        return tuple(map(Count, self._spelt(first), totals[first].tolist()))

    def _tally(self, number: int, part: Found) -> NDArray[np.int64]:
        column = self._columns[number]
        counts = np.zeros(len(column.values), np.int64)
        tally(part.docs, column.doc_at, column.doc_values, counts)
        return counts

    def _spelt(self, numbers: NDArray[np.int64]) -> list[str]:
        if len(self._columns) == 1:
            return self._columns[0].values.keys_of(numbers)
        return [self._values[number] for number in numbers.tolist()]

    @cached_property
    def _values(self) -> list[str]:
        """The distinct values of all segments; made once for several segments, a microsecond each."""
        return sorted({value for own in self._names for value in own})

    @cached_property
    def _names(self) -> list[list[str]]:
        return [column.values.keys(0, len(column.values)) for column in self._columns]

    @cached_property
    def _places(self) -> list[NDArray[np.int64]]:
        """For each segment where its values stand among all."""
        place = {value: number for number, value in enumerate(self._values)}
        return [np.array([place[value] for value in own], np.int64) for own in self._names]


def days(found: Sequence[Found], readers: Sequence[Reader]) -> Counter[int]:
    """How many documents of *found* each day (since 1970-01-01) has; those without a date are left out."""
    counts: Counter[int] = Counter()
    for part, reader in zip(found, readers, strict=True):
        dates = reader.segment.dates[part.docs]
        dates = dates[dates != NO_DATE]
        if len(dates):
            first = int(dates.min())
            per_day = np.bincount(dates - first)
            present = np.flatnonzero(per_day)
            counts.update(dict(zip((present + first).tolist(), per_day[present].tolist(), strict=True)))
    return counts
