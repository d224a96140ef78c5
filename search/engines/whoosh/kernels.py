"""The loops over posting lists: the documents of a word with its counts, and its places in chosen documents.

Each walks the packed lists of all forms of a word (docs/format.md) and never builds one. Every number that comes from a
file is checked before it is used as an index: a damaged segment gives DAMAGED, and never a write to a wrong place.
Numbers are unsigned where they are indexes: numba then leaves out the check for negative ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.engines.whoosh.compiled import compiled, trailing_zeros

__all__ = ["DAMAGED", "FIELD_BITS", "POSITION_BITS", "count_live", "gather", "mark", "places", "sentence_starts"]

DAMAGED = -1
# A place is one number: document, field, position. 2**24 positions: MAX_TEXT characters are at most 10 million words.
POSITION_BITS = 24
FIELD_BITS = 2

U = np.uint64
Array = NDArray[Any]


@compiled
def _number(data: Array, at: Any) -> tuple[Any, Any]:
    """The varint at *at* and where the next starts. Past the end: 0, and a place past the end."""
    if at >= U(len(data)):
        return U(0), at + U(1)
    value = U(data[at])
    at += U(1)
    if value >= U(128):
        value &= U(127)
        shift = U(7)
        while at < U(len(data)):
            byte = U(data[at])
            at += U(1)
            value |= (byte & U(127)) << shift
            if byte < U(128):
                break
            shift += U(7)
    return value, at


@compiled
def _posting(data: Array, at: Any) -> tuple[Any, Any, Any]:
    """Gap of documents and row of counts of the posting at *at*, and where the next starts."""
    value, at = _number(data, at)
    row = value & U(3)
    if row == U(3):
        more, at = _number(data, at)
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
    for i in range(len(df)):
        at, doc, grade = U(doc_at[i]), U(0), grades[i]
        for _ in range(df[i]):
            gap, row, at = _posting(doc_bytes, at)
            doc += gap
            if doc >= U(len(norms)) or row >= U(len(matches)):
                return DAMAGED
            if matches[row]:
                sums[doc, U(0)] += grade * weights[row, U(0)]
                sums[doc, U(1)] += grade * weights[row, U(1)]
                bits[doc >> U(6)] |= U(1) << (doc & U(63))
        if at > U(len(doc_bytes)):
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
    for i in range(len(df)):
        at, doc = U(doc_at[i]), U(0)
        for _ in range(df[i]):
            gap, _row, at = _posting(doc_bytes, at)
            doc += gap
            if doc >= U(documents):
                return DAMAGED
            bits[doc >> U(6)] |= U(1) << (doc & U(63))
        if at > U(len(doc_bytes)):
            return DAMAGED
    return 0


@compiled
def count_live(doc_bytes: Array, df: Array, doc_at: Array, live: Array, counts: Array) -> int:
    """Writes to *counts* how many live documents each list has; *live* has a bit a document. Returns 0 or DAMAGED."""
    for i in range(len(df)):
        at, doc, count = U(doc_at[i]), U(0), U(0)
        for _ in range(df[i]):
            gap, _row, at = _posting(doc_bytes, at)
            doc += gap
            if doc >= U(64 * len(live)):
                return DAMAGED
            count += (live[doc >> U(6)] >> (doc & U(63))) & U(1)
        if at > U(len(doc_bytes)):
            return DAMAGED
        counts[i] = count
    return 0


@compiled
def _grown(found: Array, size: int, room: Any) -> Array:
    """*found* with room for so many more after the first *size*."""
    if size + room <= len(found):
        return found
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
    fields: int,
    found: Array,
    size: int,
) -> tuple[Array, int]:
    """Adds the places of *count* postings from *start* (document before, doc_at, pos_at) on to *found*."""
    doc, at, pos = start
    behind = U(0)
    for _ in range(count):
        gap, row, at = _posting(doc_bytes, at)
        doc += gap
        if row >= U(len(field_counts)):
            return found, DAMAGED
        while near < len(wanted) and U(wanted[near]) < doc:
            near += 1
        if near == len(wanted):
            break
        total = U(field_counts[row, 0] + field_counts[row, 1] + field_counts[row, 2])
        if U(wanted[near]) > doc:
            behind += total
            continue
        while behind and pos < U(len(pos_bytes)):
            behind -= U(pos_bytes[pos] < 128)
            pos += U(1)
        if total > U(len(pos_bytes)):
            return found, DAMAGED
        found = _grown(found, size, np.int64(total))
        for field in range(3):
            position = U(0)
            base = ((doc << U(FIELD_BITS)) | U(field)) << U(POSITION_BITS)
            for _ in range(field_counts[row, field]):
                gap, pos = _number(pos_bytes, pos)
                position += gap
                if fields >> field & 1:
                    found[size] = base | position
                    size += 1
    return found, size if at <= U(len(doc_bytes)) and pos <= U(len(pos_bytes)) else DAMAGED


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
    """Every place (document, field, position as one number) of a word in the *wanted* documents, list after list.

    A row of *lists* is one form: df, its start in doc_bytes and in pos_bytes, its rows low..high-1 in the block arrays.
    *wanted* ascends. *field_counts* (rows, 3): a row of counts as occurrences in title, text, aside. *fields* has a bit
    for each field that is asked for. A damaged segment gives the single place DAMAGED. Blocks of 128 postings without a
    wanted document are skipped; in the others each posting costs 2-3 ns.
    """
    found, size = np.empty(256, np.int64), 0
    for i in range(len(lists)):
        df, doc_at, pos_at, low, high = lists[i]
        for block in range(max(high - low, 1)):
            start, count = (U(0), U(doc_at), U(pos_at)), df
            if high > low:
                before = U(block_last[low + block - 1]) if block else U(0)
                start = (before, U(block_doc[low + block]), U(block_pos[low + block]))
                count = min(df - 128 * block, 128)
            near = np.searchsorted(wanted, np.int64(start[0]))
            if near == len(wanted):
                break
            if high > low and U(wanted[near]) > U(block_last[low + block]):
                continue
            found, size = _in_list(doc_bytes, pos_bytes, field_counts, start, count, wanted, near, fields, found, size)
            if size == DAMAGED:
                return np.full(1, DAMAGED, np.int64)
    return found[:size]


@compiled
def sentence_starts(sentence_at: Array, sentence_bytes: Array, docs: Array) -> Array:
    """Places where sentences of the text of *docs* start, ascending, the first of each document at position 0."""
    found = np.empty(256, np.int64)
    size = 0
    for i in range(len(docs)):
        base = ((U(docs[i]) << U(FIELD_BITS)) | U(1)) << U(POSITION_BITS)
        at, end = sentence_at[docs[i]], min(U(sentence_at[docs[i] + 1]), U(len(sentence_bytes)))
        found = _grown(found, size, np.int64(end) - np.int64(at) + 1)
        found[size] = base
        size += 1
        position, shift = U(0), U(0)
        for k in range(at, end):
            byte = U(sentence_bytes[k])
            position += (byte & U(127)) << shift
            shift += U(7)
            if byte < U(128):
                found[size] = base | position
                size += 1
                shift = U(0)
    return found[:size]
