"""Cuts a page out of the ordered front of all matches: which are folded, which are shown, where the next ones begin."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.text import SKETCH
from search.engines import Place, Request, Scored
from search.engines.folding import WINDOW, leaders
from search.engines.whoosh.order import Ranked
from search.engines.whoosh.reader import Reader

__all__ = ["Page", "cut"]


class Page(NamedTuple):
    """The hits of a page, and what Response says of them."""

    hits: tuple[Scored, ...]
    folded: int
    next: Place | int | None


def cut(front: Ranked, readers: Sequence[Reader], request: Request, start: int, *, near: int, matches: int) -> Page:
    """The page of *request* from *start* on. Closeness has ordered the first *near* of *front*; *matches* are all."""
    if not (request.fold or request.copies) or request.after is not None:
        end = max(start, min(start + request.limit, len(front)))
        last = end - 1 if end > start else -1
        return Page(_hits(front.cut(slice(start, end)), readers), 0, _next(front, readers, last, near, matches))
    window = front.cut(slice(0, WINDOW))
    first = leaders(*_stories(window, readers))
    kept = np.flatnonzero(first == np.arange(len(first)))
    folded = len(first) - len(kept)
    if request.copies:
        rows = np.flatnonzero(first == _leader(window, readers, first, request.copies))[start : start + request.limit]
        return Page(_hits(front.cut(rows), readers), folded, None)
    if start + request.limit > len(kept):
        kept = np.concatenate((kept, np.arange(len(first), len(front))))
    rows = kept[start : start + request.limit]
    # Behind the window nothing is folded, nor counted.
    similar = np.maximum(np.bincount(first, minlength=len(front))[rows] - 1, 0).tolist()
    last = int(rows[-1]) if len(rows) else -1
    return Page(_hits(front.cut(rows), readers, similar), folded, _next(front, readers, last, near, matches))


def _stories(window: Ranked, readers: Sequence[Reader]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Sketch and day of each."""
    if len(readers) == 1:
        segment = readers[0].segment
        return segment.sketches[window.docs], segment.dates[window.docs].astype(np.int64)
    places = list(zip(window.readers.tolist(), window.docs.tolist(), strict=True))
    sketches = np.array([readers[number].segment.sketches[doc] for number, doc in places], np.uint8)
    return sketches.reshape(-1, SKETCH), np.array([readers[number].segment.dates[doc] for number, doc in places])


def _leader(window: Ranked, readers: Sequence[Reader], first: NDArray[np.int64], doc_id: str) -> int:
    """The place that the document with that id is folded under; -1 when it is not in the window."""
    for number, reader in enumerate(readers):
        at = np.flatnonzero((window.readers == number) & (window.docs == reader.segment.find(doc_id)))
        if len(at):
            return int(first[at[0]])
    return -1


def _hits(page: Ranked, readers: Sequence[Reader], similar: Sequence[int] = ()) -> tuple[Scored, ...]:
    if len(readers) == 1:
        ids = readers[0].ids(page.docs)
    else:
        places = zip(page.readers.tolist(), page.docs.tolist(), strict=True)
        ids = [readers[number].segment.doc_id(doc) for number, doc in places]
    rows = zip(ids, page.scores.tolist(), similar or repeat(0, len(ids)), strict=True)
    # As tuples, without a call of Python's for each.
    return tuple(map(tuple.__new__, repeat(Scored), rows))


def _next(front: Ranked, readers: Sequence[Reader], last: int, near: int, matches: int) -> Place | int | None:
    """Where the hits behind the one at *last* begin."""
    if not 0 <= last < min(len(front), matches - 1):
        return None
    if last < near:
        return last + 1
    segment, doc = readers[int(front.readers[last])].segment, int(front.docs[last])
    return Place(float(front.scores[last]), int(segment.dates[doc]), segment.doc_id(doc))
