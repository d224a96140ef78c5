"""The loops over posting lists: the documents of a word with its counts, and its places in chosen documents.

Each walks the packed lists of all forms of a word (docs/format.md) and never builds one. Every number that comes from a
file is checked before it is used as an index: a damaged segment gives DAMAGED, and never a write to a wrong place.
Numbers are unsigned where they are indexes: numba then leaves out the check for negative ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.engines.whoosh.compiled import byte_at, compiled, trailing_zeros

__all__ = ["DAMAGED", "FIELD_BITS", "POSITION_BITS", "count_live", "gather", "mark", "places", "sentence_starts"]

DAMAGED = -1
# A place is one number: document, field, position. 2**24 positions: MAX_TEXT characters are at most 10 million words.
# The document is told by where it stands among those that were asked for.
POSITION_BITS = 24
FIELD_BITS = 2

U = np.uint64
Array = NDArray[Any]


@compiled
def _number(at: Any, end: Any) -> tuple[Any, Any]:
    """The varint at address *at* and where the next starts. From *end* on: 0, and a place past the end."""
    if at >= end:
        return U(0), end + U(1)
    value = byte_at(at)
    at += U(1)
    if value >= U(128):
        value &= U(127)
        shift = U(7)
        while at < end:
            byte = byte_at(at)
            at += U(1)
            value |= (byte & U(127)) << shift
            if byte < U(128):
                break
            shift += U(7)
    return value, at


@compiled
def _posting(at: Any, end: Any) -> tuple[Any, Any, Any]:
    """Gap of documents and row of counts of the posting at address *at*, and where the next starts."""
    value, at = _number(at, end)
    row = value & U(3)
    if row == U(3):
        more, at = _number(at, end)
        row += more >> U(2)
    return value >> U(2), row, at


@compiled
def gather(
    doc_bytes: Array,
    weights: Array,
    matches: Array,
    df: Array,
    doc_at: Array,
    grades: Array,
    live: Array,
    norms: Array,
    k1: Any,
    sums: Array,
    bits: Array,
    docs: Array,
    values: Array,
) -> Any:
    """Writes the live documents of a word to *docs*, ascending, and tf / (k1 + tf) to *values*; returns how many.

    List i starts at byte doc_at[i], has df[i] postings and counts grades[i]. *weights* (rows, 2) is what a row of
    counts adds to title and body, *matches* (rows) whether it counts at all; *norms* (documents, 2) multiplies them.
    *live* and *bits* have a bit a document; *sums* (documents, 2) and *bits* are zero before and after.
    """
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes))
    for i in range(len(df)):
        at, doc, grade = begin + U(doc_at[i]), U(0), grades[i]
        for _ in range(df[i]):
            gap, row, at = _posting(at, end)
            doc += gap
            if doc >= U(len(norms)) or row >= U(len(matches)):
                return DAMAGED
            if matches[row]:
                sums[doc, U(0)] += grade * weights[row, U(0)]
                sums[doc, U(1)] += grade * weights[row, U(1)]
                bits[doc >> U(6)] |= U(1) << (doc & U(63))
        if at > end:
            return DAMAGED
    found = U(0)
    for word in range(U(len(bits))):
        touched = bits[word]
        if touched != U(0):
            bits[word] = U(0)
            kept = live[word]
            while touched != U(0):
                bit = trailing_zeros(touched)
                touched &= touched - U(1)
                doc = (U(word) << U(6)) | bit
                tf = sums[doc, U(0)] * norms[doc, U(0)] + sums[doc, U(1)] * norms[doc, U(1)]
                sums[doc, U(0)] = 0
                sums[doc, U(1)] = 0
                docs[found] = doc
                values[found] = tf / (k1 + tf)
                found += (kept >> bit) & U(1)
    return np.int64(found)  # with DAMAGED beside an unsigned one it would become a float


@compiled
def mark(doc_bytes: Array, df: Array, doc_at: Array, documents: int, bits: Array) -> int:
    """Sets the bit of each document in any of the lists. Returns 0 or DAMAGED."""
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes))
    for i in range(len(df)):
        at, doc = begin + U(doc_at[i]), U(0)
        for _ in range(df[i]):
            gap, _row, at = _posting(at, end)
            doc += gap
            if doc >= U(documents):
                return DAMAGED
            bits[doc >> U(6)] |= U(1) << (doc & U(63))
        if at > end:
            return DAMAGED
    return 0


@compiled
def count_live(doc_bytes: Array, df: Array, doc_at: Array, live: Array, counts: Array) -> int:
    """Writes to *counts* how many live documents each list has; *live* has a bit a document. Returns 0 or DAMAGED."""
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes))
    for i in range(len(df)):
        at, doc, count = begin + U(doc_at[i]), U(0), U(0)
        for _ in range(df[i]):
            gap, _row, at = _posting(at, end)
            doc += gap
            if doc >= U(64 * len(live)):
                return DAMAGED
            count += (live[doc >> U(6)] >> (doc & U(63))) & U(1)
        if at > end:
            return DAMAGED
        counts[i] = count
    return 0


@compiled
def _grown(found: Array, size: int, room: Any) -> Array:
    """*found*, longer: with room for so many more after the first *size*."""
    grown = np.empty(2 * (size + room), np.int64)
    grown[:size] = found[:size]
    return grown


@compiled
def _in_list(  # noqa: C901  # one loop over one list; cut in two it would keep its state in arrays
    doc_bytes: Array,
    pos_bytes: Array,
    field_counts: Array,
    start: tuple[Any, Any, Any],
    count: int,
    wanted: Array,
    near: Any,
    last: Any,
    fields: int,
    found: Array,
    size: int,
) -> tuple[Array, int]:
    """Adds the places of *count* postings from *start* (document before, doc_at, pos_at) on to *found*.

    wanted[near] is the first that may be met, *last* the last document of these postings.
    """
    doc, at, pos = start
    at, end = U(doc_bytes.ctypes.data) + at, U(doc_bytes.ctypes.data) + U(len(doc_bytes))
    pos, pos_end = U(pos_bytes.ctypes.data) + pos, U(pos_bytes.ctypes.data) + U(len(pos_bytes))
    behind = U(0)
    for _ in range(count):
        gap, row, at = _posting(at, end)
        doc += gap
        if row >= U(len(field_counts)):
            return found, DAMAGED
        total = U(field_counts[row, 0] + field_counts[row, 1] + field_counts[row, 2])
        if U(wanted[near]) > doc:
            behind += total
            continue
        while near < len(wanted) and U(wanted[near]) < doc:
            near += 1
        if near == len(wanted) or U(wanted[near]) > last:
            break
        if U(wanted[near]) > doc:
            behind += total
            continue
        while behind and pos < pos_end:
            behind -= byte_at(pos) < U(128)
            pos += U(1)
        if total > U(len(pos_bytes)):
            return found, DAMAGED
        if size + np.int64(total) > len(found):
            found = _grown(found, size, np.int64(total))
        for field in range(3):
            position = U(0)
            base = ((U(near) << U(FIELD_BITS)) | U(field)) << U(POSITION_BITS)
            for _ in range(field_counts[row, field]):
                gap, pos = _number(pos, pos_end)
                position += gap
                if fields >> field & 1:
                    found[size] = base | (position & U((1 << POSITION_BITS) - 1))
                    size += 1
        near += 1
        if near == len(wanted) or U(wanted[near]) > last:
            break
    return found, size if at <= end and pos <= pos_end else DAMAGED


@compiled
def _arranged(found: Array, documents: int) -> Array:
    """*found* in order, each place once: dealt out by document, then sorted within each, where there are few."""
    shift = FIELD_BITS + POSITION_BITS
    starts = np.zeros(documents + 1, np.int64)
    for place in found:
        starts[(place >> shift) + 1] += 1
    for i in range(documents):
        starts[i + 1] += starts[i]
    used = starts[:-1].copy()
    dealt = np.empty_like(found)
    for place in found:
        document = place >> shift
        at = used[document]
        used[document] += 1
        # Lists of a few forms are in order already, so that little is moved.
        while at > starts[document] and dealt[at - 1] > place:
            dealt[at] = dealt[at - 1]
            at -= 1
        dealt[at] = place
    size = 0
    for i in range(len(dealt)):
        if size == 0 or dealt[size - 1] != dealt[i]:
            dealt[size] = dealt[i]
            size += 1
    return dealt[:size]


@compiled
def places(
    doc_bytes: Array,
    pos_bytes: Array,
    field_counts: Array,
    block_last: Array,
    block_doc: Array,
    block_pos: Array,
    lists: Array,
    wanted: Array,
    fields: int,
) -> Array:
    """The places of a word in the *wanted* documents (ascending), in order, each once.

    A place is one number: which of the wanted documents, field, position. A row of *lists* is one form: df, its start
    in doc_bytes and in pos_bytes, its rows low..high-1 in the block arrays. *field_counts* (rows, 3): a row of counts
    as occurrences in title, text, aside. *fields* has a bit for each field that is asked for. A damaged segment gives
    the single place DAMAGED. Blocks of 128 postings without a wanted document are skipped; in the others each posting
    costs 2-3 ns.
    """
    found, size = np.empty(256, np.int64), 0
    for i in range(len(lists)):
        df, doc_at, pos_at, low, high = lists[i]
        near = 0
        for block in range(max(high - low, 1)):
            start, count, last = (U(0), U(doc_at), U(pos_at)), df, U(1) << U(32)
            if high > low:
                before = U(block_last[low + block - 1]) if block else U(0)
                start = (before, U(block_doc[low + block]), U(block_pos[low + block]))
                count, last = min(df - 128 * block, 128), U(block_last[low + block])
            near += np.searchsorted(wanted[near:], np.int64(start[0]))
            if near == len(wanted):
                break
            if U(wanted[near]) > last:
                continue
            found, size = _in_list(
                doc_bytes, pos_bytes, field_counts, start, count, wanted, near, last, fields, found, size
            )
            if size == DAMAGED:
                return np.full(1, DAMAGED, np.int64)
    return _arranged(found[:size], len(wanted))


@compiled
def sentence_starts(sentence_at: Array, sentence_bytes: Array, docs: Array) -> Array:
    """Places where sentences of the text of *docs* start, in order, the first of each document at position 0."""
    found, size = np.empty(256, np.int64), 0
    begin, end = U(sentence_bytes.ctypes.data), U(sentence_bytes.ctypes.data) + U(len(sentence_bytes))
    for i in range(len(docs)):
        at, stop = begin + U(sentence_at[docs[i]]), min(begin + U(sentence_at[docs[i] + 1]), end)
        if size + np.int64(stop - at) + 1 > len(found):
            found = _grown(found, size, np.int64(stop - at) + 1)
        base = ((U(i) << U(FIELD_BITS)) | U(1)) << U(POSITION_BITS)
        found[size] = base
        size += 1
        position = U(0)
        while at < stop:
            gap, at = _number(at, stop)
            position += gap
            found[size] = base | (position & U((1 << POSITION_BITS) - 1))
            size += 1
    return found[:size]
