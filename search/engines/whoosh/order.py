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
    chosen = [leading(_keys(part, reader, sort), len(part), count) for part, reader in zip(found, readers, strict=True)]
    parts = [Found(part.docs[at], part.scores[at]) for part, at in zip(found, chosen, strict=True)]
    if not parts:
        return Ranked(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float64))
    columns = [
        np.concatenate([key() for key in keys])
        for keys in zip(*(_keys(part, reader, sort) for part, reader in zip(parts, readers, strict=True)), strict=True)
    ]
    whole = Ranked(
        np.repeat(np.arange(len(parts)), [len(part) for part in parts]),
        np.concatenate([part.docs for part in parts]),
        np.concatenate([part.scores for part in parts]).astype(np.float64),
    )
    order = np.lexsort([-column for column in reversed(columns)])
    whole = whole.cut(order)
    if len(readers) > 1:
        _settle([column[order] for column in columns[:-1]], whole, readers)
    return whole.cut(slice(0, count))


def leading(keys: Sequence[Key], size: int, count: int) -> NDArray[np.int64]:
    """Indexes of the *count* greatest of *size* things, by the first key, ties by the next; in no order."""
    candidates = np.arange(size)
    sure: list[NDArray[np.int64]] = []
    for key in keys:
        if len(candidates) <= count:
            break
        if count == 0:
            return np.concatenate(sure) if sure else candidates[:0]
        values = key() if len(candidates) == size else key()[candidates]
        least = arrays.best(values, count, np.empty(count, values.dtype))
        greater = candidates[values > least]
        sure.append(greater)
        candidates = candidates[values == least]
        count -= len(greater)
    return np.concatenate([*sure, candidates[:count]])


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
