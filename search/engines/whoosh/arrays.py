"""The loops over sorted arrays of documents: what sets, filters and the front of an answer are made of.

Documents are int32, ascending, each with a score (float32). Knows nothing of files.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled, float_at, int32_at, uint32_at

__all__ = ["add", "both", "dated", "either", "first", "lift", "marked", "settle", "tally", "without"]

U = np.uint64
_STRIDE = 64
# Enough of them for the loop over places to be worth its beginning.
_PLACES = 256
Array = NDArray[Any]


@compiled
def _not_before(docs: Any, size: Any, start: Any, doc: Any) -> Any:
    """The first index from *start* on whose document is not before *doc*; *docs* is an address.

    Steps that double, then bisection: cheap for the next one, and for one far away.
    """
    step, low, high = U(1), start, start
    while high < size and int32_at(docs + U(4) * high) < doc:
        low = high + U(1)
        high += step
        step *= U(2)
    high = min(high, size)
    while low < high:
        middle = (low + high) >> U(1)
        if int32_at(docs + U(4) * middle) < doc:
            low = middle + U(1)
        else:
            high = middle
    return low


@compiled
def both(docs: Array, scores: Array, others: Array, extra: Array, kept: Array, sums: Array) -> int:
    """Writes to *kept* what *docs*, which are fewer, and *others* have in common; to *sums* their scores added.

    Returns how many. Linear in the sum of lengths when they are alike, in the shorter when the longer has much more.
    """
    size, end = 0, U(len(others))
    at: Any = U(0)
    if len(others) > 8 * len(docs):
        for j in range(len(docs)):
            at = _not_before(U(others.ctypes.data), end, at, docs[j])
            if at == end:
                break
            if others[at] == docs[j]:
                kept[size], sums[size] = docs[j], scores[j] + extra[at]
                size += 1
        return size
    i: Any = U(0)
    while i < U(len(docs)) and at < end:
        # No branch to guess wrong: what is not common is overwritten.
        here, there = docs[i], others[at]
        kept[size], sums[size] = here, scores[i] + extra[at]
        size += here == there
        i += U(here <= there)
        at += U(there <= here)
    return size


@compiled
def either(docs: Array, scores: Array, others: Array, extra: Array, found: Array, sums: Array) -> Any:
    """Writes to *found* what is in *docs* or *others*, to *sums* their scores added; returns how many. 2.5 ns each."""
    i: Any = U(0)
    j: Any = U(0)
    size: Any = U(0)
    while i < U(len(docs)) and j < U(len(others)):
        # No branch to guess wrong.
        here, there = docs[i], others[j]
        found[size] = min(here, there)
        sums[size] = (scores[i] if here <= there else np.float32(0)) + (extra[j] if there <= here else np.float32(0))
        i += U(here <= there)
        j += U(there <= here)
        size += U(1)
    for k in range(i, U(len(docs))):
        found[size], sums[size] = docs[k], scores[k]
        size += U(1)
    for k in range(j, U(len(others))):
        found[size], sums[size] = others[k], extra[k]
        size += U(1)
    return np.int64(size)


@compiled
def add(docs: Array, scores: Array, others: Array, extra: Array) -> None:
    """Adds *extra* to the scores of those of *docs* that are in *others*."""
    at, size = U(0), U(len(others))
    for i in range(len(docs)):
        at = _not_before(U(others.ctypes.data), size, at, docs[i])
        if at == size:
            break
        if others[at] == docs[i]:
            scores[i] += extra[at]


@compiled
def lift(docs: Array, scores: Array, others: Array, extra: Array) -> None:
    """Lifts the scores of those of *docs* that are in *others* to *extra* where that is more."""
    at, size = U(0), U(len(others))
    for i in range(len(docs)):
        at = _not_before(U(others.ctypes.data), size, at, docs[i])
        if at == size:
            break
        if others[at] == docs[i]:
            scores[i] = max(scores[i], extra[at])


@compiled
def without(docs: Array, scores: Array, others: Array) -> int:
    """Keeps in *docs* and *scores* what is not in *others*; returns how many."""
    kept, at, size = 0, U(0), U(len(others))
    for i in range(len(docs)):
        doc = docs[i]
        at = _not_before(U(others.ctypes.data), size, at, doc)
        docs[kept] = doc
        scores[kept] = scores[i]
        kept += at == size or others[at] != doc
    return kept


@compiled
def marked(docs: Array, scores: Array, marks: Array) -> Any:
    """Keeps those of *docs* that have a mark; *marks* has one bit a document of the segment."""
    kept: Any = 0
    for i in range(len(docs)):
        doc = docs[i]
        docs[kept] = doc
        scores[kept] = scores[i]
        kept += np.int64((marks[U(doc) >> U(6)] >> (U(doc) & U(63))) & U(1))
    return kept


@compiled
def dated(docs: Array, scores: Array, dates: Array, first: Any, last: Any) -> int:
    """Keeps those of *docs* whose day lies in *first*..*last*."""
    kept = 0
    for i in range(len(docs)):
        doc = docs[i]
        docs[kept] = doc
        scores[kept] = scores[i]
        date = dates[U(doc)]
        kept += (first <= date) and (date <= last)
    return kept


@compiled
def tally(docs: Array, doc_at: Array, doc_values: Array, counts: Array) -> None:
    """Adds to *counts* each value of each of *docs*; document d has doc_values[doc_at[d]:doc_at[d+1]]."""
    for doc in docs:
        for i in range(doc_at[U(doc)], doc_at[U(doc) + U(1)]):
            counts[U(doc_values[i])] += 1


@compiled
def _after(order: tuple[Any, Any, Any, Any], one: Any, other: Any) -> bool:
    """Whether *one* comes after *other* in the order of ``first``: addresses of keys, documents, days and ranks."""
    keys, docs, days, ranks = order
    here, there = float_at(keys + U(4) * one), float_at(keys + U(4) * other)
    if here != there:
        return bool(here < there)
    here_doc, there_doc = U(4) * U(int32_at(docs + U(4) * one)), U(4) * U(int32_at(docs + U(4) * other))
    here_day, there_day = int32_at(days + here_doc), int32_at(days + there_doc)
    if here_day != there_day:
        return bool(here_day < there_day)
    return bool(uint32_at(ranks + here_doc) > uint32_at(ranks + there_doc))


@compiled
def _sink(order: tuple[Any, Any, Any, Any], heap: Array, size: Any, at: Any, new: Any) -> None:
    """Puts *new* at *at* or below it in the first *size* of *heap*, where none comes after the one above it."""
    child = U(2) * at + U(1)
    while child < size:
        if child + U(1) < size and _after(order, heap[child + U(1)], heap[child]):
            child += U(1)
        if not _after(order, heap[child], new):
            break
        heap[at] = heap[child]
        at = child
        child = U(2) * at + U(1)
    heap[at] = new


@compiled
def _heaped(order: tuple[Any, Any, Any, Any], heap: Array, size: Any) -> None:
    """Puts the first *size* of *heap* in such an order."""
    for i in range(size >> U(1)):
        at = (size >> U(1)) - U(1) - i
        _sink(order, heap, size, at, heap[at])


@compiled
def _bound(keys: Array, count: int) -> Any:
    """A key that at least *count* of *keys* are not below: they are dealt out to places, of each the greatest counts.

    Few more than *count* reach it, and only these go through the heap: half of the time for 15,000 scores.
    """
    width = U(max(4 * count, _PLACES))
    if U(len(keys)) < U(4) * width:
        return np.float32(-np.inf)
    tops = keys[:width].copy()
    for start in range(width, U(len(keys)) - width + U(1), width):
        for i in range(width):
            tops[i] = max(tops[i], keys[start + i])
    return np.partition(tops, len(tops) - count)[len(tops) - count]


@compiled
def first(
    keys: Array, docs: Array, scores: Array, days: Array, ranks: Array, chosen: Array, firsts: Array, worth: Array
) -> None:
    """Fills *chosen* (uint64, no more than *docs*) with indexes of those that come first, in order.

    And *firsts* with the documents at these indexes, *worth* with their scores.

    The greatest key (float32) first, then the latest of *days*, then the least of *ranks*; the last two are of all
    documents of the segment. With a heap whose top is the last of those chosen: what is not shown is not sorted.
    """
    order = (U(keys.ctypes.data), U(docs.ctypes.data), U(days.ctypes.data), U(ranks.ctypes.data))
    size, filled = U(len(chosen)), U(0)
    least = _bound(keys, len(chosen))
    start: Any = U(0)
    while start < U(len(docs)):
        stop = min(start + U(_STRIDE), U(len(docs)))
        later = 0
        for i in range(start, stop):
            # Nothing else in the loop, for eight comparisons at a time: most strides have none that come first.
            later += keys[i] >= least
        if later:
            for i in range(start, stop):
                if keys[i] < least:
                    continue
                if filled < size:
                    chosen[filled] = i
                    filled += U(1)
                    if filled == size:
                        _heaped(order, chosen, size)
                elif _after(order, chosen[U(0)], i):
                    _sink(order, chosen, size, U(0), i)
                    least = max(least, keys[chosen[U(0)]])
        start = stop
    for i in range(size):
        left = size - U(1) - i
        last = chosen[left]
        chosen[left] = chosen[U(0)]
        firsts[left], worth[left] = docs[chosen[left]], scores[chosen[left]]
        _sink(order, chosen, left, U(0), last)


@compiled
def settle(readers: Array, docs: Array, scores: Array, size: int) -> None:
    """Puts the first *size* documents in order of *scores* again, the greatest first, ties as they were; in place.

    They are few and nearly in order: each is moved to its place among those before it.
    """
    for i in range(1, size):
        reader, doc, score = readers[i], docs[i], scores[i]
        at = i
        while at and scores[at - 1] < score:
            readers[at], docs[at], scores[at] = readers[at - 1], docs[at - 1], scores[at - 1]
            at -= 1
        readers[at], docs[at], scores[at] = reader, doc, score
