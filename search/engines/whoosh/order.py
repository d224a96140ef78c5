"""Puts what was found in order and cuts out the front: never more is sorted than is asked for.

Order is (score, day, id): by score or day first, ties newer first, then by id. The leading documents of each segment
come from one pass (``arrays.first``); those of several segments are then sorted together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.segment import NO_DATE
from search.engines import Place, Sort
from search.engines.whoosh import arrays
from search.engines.whoosh.parts import Found
from search.engines.whoosh.reader import Reader
from search.engines.whoosh.terms import lower_bound

__all__ = ["Ranked", "behind", "ranked"]


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
    if len(found) == 1:
        return _leading(found[0], readers[0], 0, sort, count)[0]
    parts, keys = [], []
    for number, (part, reader) in enumerate(zip(found, readers, strict=True)):
        leading, own, chosen = _leading(part, reader, number, sort, count)
        parts.append(leading)
        keys.append(own[chosen])
    return _merged(parts, keys, readers).cut(slice(0, count))


def _leading(
    found: Found, reader: Reader, number: int, sort: Sort, count: int
) -> tuple[Ranked, NDArray[np.float32], NDArray[np.uint64]]:
    """The first *count* of one segment, in order; the keys of all found, and where those of the first are."""
    size = min(count, len(found))
    chosen, owner = np.empty(size, np.uint64), np.empty(size, np.int64)
    owner.fill(number)
    docs, scores = np.empty(size, np.int32), np.empty(size)
    keys = _keys(found, reader, sort)
    if size:
        segment = reader.segment
        arrays.first(keys, found.docs, found.scores, segment.dates, segment.id_ranks, chosen, docs, scores)
    return Ranked(owner, docs, scores), keys, chosen


def behind(found: Found, reader: Reader, sort: Sort, place: Place) -> Found:
    """What of *found* comes after *place* in the order of *sort*; linear."""
    number, present = lower_bound(reader.segment.ids, place.id)
    later = reader.segment.id_ranks[found.docs] >= number + present
    days = reader.segment.dates[found.docs]
    if sort == "relevance":
        score = np.float32(place.score)
        later = (days < place.day) | ((days == place.day) & later)
        chosen = (found.scores < score) | ((found.scores == score) & later)
    elif sort == "-date":
        chosen = (days < place.day) | ((days == place.day) & later)
    elif place.day == NO_DATE:
        chosen = (days == NO_DATE) & later
    else:
        chosen = (days > place.day) | (days == NO_DATE) | ((days == place.day) & later)
    return Found(found.docs[chosen], found.scores[chosen])


def _keys(found: Found, reader: Reader, sort: Sort) -> NDArray[np.float32]:
    """What orders *found* first of all, the greatest first. Days are exact in 24 bits."""
    if sort == "relevance":
        return found.scores
    days = reader.segment.dates[found.docs].astype(np.float32)
    # Documents without a date come last in either direction.
    return days if sort == "-date" else np.where(days > NO_DATE, -days, -np.inf).astype(np.float32)


def _merged(parts: Sequence[Ranked], keys: Sequence[NDArray[np.float32]], readers: Sequence[Reader]) -> Ranked:
    """All *parts* in one order. Ids are compared only where all else ties: within a segment they have a rank."""
    if not parts:
        return Ranked(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float64))
    key = np.concatenate(keys)
    day = np.concatenate([readers[number].segment.dates[part.docs] for number, part in enumerate(parts)])
    order = np.lexsort((-day.astype(np.int64), -key))
    columns = (np.concatenate([getattr(part, name) for part in parts])[order] for name in ("readers", "docs", "scores"))
    whole = Ranked(*columns)
    same = (key[order][1:] == key[order][:-1]) & (day[order][1:] == day[order][:-1])
    settled = np.arange(len(whole))
    edges = np.flatnonzero(np.concatenate(([True], ~same, [True])))
    for start, end in pairwise(edges.tolist()):
        if end - start > 1:
            rows = list(range(start, end))
            ids = {at: readers[whole.readers[at]].segment.doc_id(int(whole.docs[at])) for at in rows}
            settled[start:end] = sorted(rows, key=ids.__getitem__)
    return whole.cut(settled)
