"""Puts what was found in order and cuts out the front: never more is sorted than is asked for.

Order is (score, day, id): by score or day first, ties newer first, then by id. Of each segment the leading documents
are chosen by one pass for each of the three that is needed, then those of all segments are sorted together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.segment import NO_DATE
from search.engines import Sort
from search.engines.whoosh import arrays
from search.engines.whoosh.reader import Found, Reader

__all__ = ["Ranked", "leading", "ranked"]

Key = Callable[[], NDArray[Any]]


@dataclass(slots=True)
class Ranked:
    """Documents in order, the first ones of all found: which reader each is of, its local number, its score."""

    readers: NDArray[np.int64]
    docs: NDArray[np.int32]
    scores: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.docs)

    def cut(self, chosen: slice | NDArray[np.int64]) -> Ranked:
        """Those *chosen*, in that order."""
        return Ranked(self.readers[chosen], self.docs[chosen], self.scores[chosen])


def ranked(found: Sequence[Found], readers: Sequence[Reader], sort: Sort, count: int) -> Ranked:
    """The first *count* of all that was *found* in the *readers*, in the order of *sort*."""
    if not found or count == 0:
        return Ranked(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float64))
    parts = []
    for part, reader in zip(found, readers, strict=True):
        chosen = leading(_keys(part, reader, sort), len(part), count)
        parts.append(Found(part.docs[chosen], part.scores[chosen]))
    keys = [[key() for key in _keys(part, reader, sort)] for part, reader in zip(parts, readers, strict=True)]
    columns = [_joined(column) for column in zip(*keys, strict=True)]
    order = np.lexsort([-column for column in reversed(columns)])[: count if len(readers) == 1 else None]
    whole = Ranked(
        _joined([np.full(len(part), number) for number, part in enumerate(parts)])[order],
        _joined([part.docs for part in parts])[order],
        _joined([part.scores for part in parts])[order].astype(np.float64),
    )
    if len(readers) > 1:
        _settle([column[order] for column in columns[:-1]], whole, readers)
        return whole.cut(slice(0, count))
    return whole


def leading(keys: Sequence[Key], size: int, count: int) -> NDArray[np.int64]:
    """Indexes of the *count* greatest of *size* things, by the first key, ties by the next; in no order."""
    if size <= count:
        return np.arange(size)
    sure: list[NDArray[np.int64]] = []
    candidates: NDArray[np.int64] | None = None
    for key in keys:
        values = key() if candidates is None else key()[candidates]
        least = arrays.best(values, count, np.empty(count, values.dtype))
        front = np.flatnonzero(values >= least)
        if len(front) == count:
            return _joined([*sure, front if candidates is None else candidates[front]])
        greater = front[values[front] > least]
        equal = front[values[front] == least]
        sure.append(greater if candidates is None else candidates[greater])
        candidates = equal if candidates is None else candidates[equal]
        count -= len(greater)
    raise AssertionError("the last key has no ties")


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _keys(found: Found, reader: Reader, sort: Sort) -> list[Key]:
    """What orders *found*, greatest first, the last key never equal. Computed when needed."""
    segment = reader.segment

    def days() -> NDArray[np.float64]:
        return segment.dates[found.docs].astype(np.float64)

    def oldest() -> NDArray[np.float64]:
        # Documents without a date come last in either direction.
        dates = days()
        return np.where(dates > NO_DATE, -dates, -np.inf)

    def ids() -> NDArray[np.float64]:
        return -segment.id_ranks[found.docs].astype(np.float64)

    first: dict[Sort, list[Key]] = {"relevance": [lambda: found.scores, days], "date": [oldest], "-date": [days]}
    return [*first[sort], ids]


def _settle(columns: Sequence[NDArray[Any]], whole: Ranked, readers: Sequence[Reader]) -> None:
    """Puts runs that tie but for the id in order of id: the order of ids within segments says nothing across them."""
    if not len(whole):
        return
    same = np.ones(len(whole) - 1, bool)
    for column in columns:
        same &= column[1:] == column[:-1]
    edges = np.flatnonzero(np.concatenate(([True], ~same, [True])))
    for start, end in pairwise(edges.tolist()):
        if end - start > 1 and len(set(whole.readers[start:end].tolist())) > 1:
            rows = range(start, end)
            names = [readers[whole.readers[row]].segment.doc_id(int(whole.docs[row])) for row in rows]
            order = np.array([start + at for at in sorted(range(end - start), key=names.__getitem__)])
            whole.readers[start:end] = whole.readers[order]
            whole.docs[start:end] = whole.docs[order]
            whole.scores[start:end] = whole.scores[order]
