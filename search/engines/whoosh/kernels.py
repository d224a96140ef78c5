"""The loops over documents and counts: those of a word, and unions.

Each walks the packed lists of all forms of a word and never builds one. Deleted documents are found like any other. See
blocks.py for what is said of damage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from index.compiled import add_row, compiled, prefetch, times_row, trailing_zeros
from index.engines.whoosh.packing import BLOCK, FAR, PADDING, ROW_BITS
from search.engines.whoosh.blocks import DAMAGED, Array, U, headed, ones, packed_at, unpacked

__all__ = ["adding", "draw", "gather", "pour", "stream"]


@compiled
def _touch(summary: Array, docs: Array, count: Any) -> None:
    """Notes in *summary*, a byte for 4,096 documents, where bits of the first *count* of *docs*, ascending, are set."""
    low, high = docs[0] >> U(12), docs[count - 1] >> U(12)
    if high - low < U(count):
        for chunk in range(low, high + U(1)):
            summary[chunk] = 1
    else:
        for j in range(U(count)):
            summary[docs[j] >> U(12)] = 1


@compiled
def _drained(bits: Array, summary: Array, docs: Array) -> Any:
    """Writes the documents whose bits are set to *docs*, ascending, and clears them; returns how many."""
    found = U(0)
    for chunk in range(U(len(summary))):
        if not summary[chunk]:
            continue
        summary[chunk] = 0
        for word in range(chunk << U(6), min((chunk + U(1)) << U(6), U(len(bits)))):
            touched = bits[word]
            bits[word] = U(0)
            while touched != U(0):
                docs[found] = (word << U(6)) | trailing_zeros(touched)
                touched &= touched - U(1)
                found += U(1)
    return found


@compiled
def adding(weights: Array, grades: Array) -> Array:
    """What the low bits of a number, place and row, add to title and body; 0 for a form that does not count."""
    adds = np.empty((len(grades) << ROW_BITS, 2), np.float32)
    for place in range(len(grades)):
        for row in range(1 << ROW_BITS):
            adds[place << ROW_BITS | row, 0] = grades[place] * weights[row, 0]
            adds[place << ROW_BITS | row, 1] = grades[place] * weights[row, 1]
    return adds


@compiled
def stream(
    doc_bytes: Array,
    weights: Array,
    lists: Array,
    grades: Array,
    norms: Array,
    k1: Any,
    docs: Array,
    values: Array,
) -> Any:
    """What ``gather`` does, of a word that is one list: its documents come in order, and nothing is written twice.

    2 ns a posting, and 2 a document. Little in the loops that the processor could guess wrong.
    """
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes) - PADDING)
    df, at, rows = U(lists[0, 0]), begin + U(lists[0, 1]), U(len(weights))
    adds = adding(weights, grades)
    # The documents of a block, after the last one of the block before, which may go on.
    own, sums = np.zeros(BLOCK + 1, np.uint64), np.zeros((BLOCK + 1, 2), np.float32)
    doc, kept, norms_at = U(0), U(0), U(norms.ctypes.data)
    of_title, of_body = np.float32(0), np.float32(0)
    for start in range(U(0), df, U(BLOCK)):
        count = min(df - start, U(BLOCK))
        bit, width, shift, far_bit, far_width, far_end = headed(at, end, count, lists[0, 6])
        if bit == U(0):
            return DAMAGED
        at = (far_end + U(7)) >> U(3)
        mask, far_mask, kinds, size = ones(width), ones(far_width), ones(shift), U(0)
        for _ in range(count):
            value = packed_at(bit, mask)
            bit += width
            kind, gap = value & kinds, value >> shift
            doc += gap
            # In a million documents every one is in another line of the cache, and far away.
            prefetch(norms_at + U(8) * doc)
            more_title, more_body = adds[kind, U(0)], adds[kind, U(1)]
            if value & U(FAR) == U(FAR) and far_bit < far_end:
                row = U(FAR) + packed_at(far_bit, far_mask)
                far_bit += far_width
                if row >= rows:
                    return DAMAGED
                grade = grades[kind >> U(ROW_BITS)]
                more_title, more_body = grade * weights[row, U(0)], grade * weights[row, U(1)]
            # A choice, and no branch: of the documents before it every fifth posting is in one again.
            of_title = (of_title if gap == U(0) else np.float32(0)) + more_title
            of_body = (of_body if gap == U(0) else np.float32(0)) + more_body
            size += U(gap != U(0))
            own[size], sums[size, U(0)], sums[size, U(1)] = doc, of_title, of_body
        if doc >= U(len(norms)):
            return DAMAGED
        final = size + U(start + count == df)
        for i in range(final):
            one = own[i]
            docs[kept] = one
            tf = times_row(sums, i, norms, one)
            values[kept] = tf
            kept += U(tf > 0)
        own[0], sums[0] = own[size], sums[size]
    for i in range(kept):
        values[i] = values[i] / (k1 + values[i])
    return np.int64(kept)  # with DAMAGED beside an unsigned one it would become a float


@compiled
def gather(  # noqa: C901  # one hot loop over postings, one over documents
    doc_bytes: Array,
    weights: Array,
    lists: Array,
    grades: Array,
    norms: Array,
    k1: Any,
    sums: Array,
    bits: Array,
    summary: Array,
    docs: Array,
    values: Array,
) -> Any:
    """Writes the documents of a word to *docs*, ascending, and tf / (k1 + tf) to *values*; returns how many.

    A row of *lists* is one list (``lookup.located``); *grades* is what forms count, 0 for those of others. *weights*
    (rows, 2) is what a row of counts adds to title and body, nothing where it does not count; *norms* (documents, 2)
    multiplies them. *bits* has a bit a document, *summary* a byte for 64 words of those; *sums* (documents, 2), *bits*
    and *summary* are zero before and after. 3.5 ns a posting, of which unpacking is 1.5, and 3 a document.
    """
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes) - PADDING)
    adds, rows = adding(weights, grades), U(len(weights))
    own, kinds = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    for i in range(len(lists)):
        df, at, doc, table = U(lists[i, 0]), begin + U(lists[i, 1]), U(0), U(lists[i, 5])
        for start in range(U(0), df, U(BLOCK)):
            count = min(df - start, U(BLOCK))
            bit, width, shift, far_bit, far_width, far_end = headed(at, end, count, lists[i, 6])
            if bit == U(0):
                return DAMAGED
            at = (far_end + U(7)) >> U(3)
            far_mask, doc = ones(far_width), unpacked(bit, width, shift, count, doc, own, kinds)
            if doc >= U(len(norms)):
                return DAMAGED
            _touch(summary, own, count)
            for j in range(count):
                one, kind = own[j], kinds[j]
                bits[one >> U(6)] |= U(1) << (one & U(63))
                if kind & U(FAR) == U(FAR) and far_bit < far_end:
                    row = U(FAR) + packed_at(far_bit, far_mask)
                    far_bit += far_width
                    if row >= rows:
                        return DAMAGED
                    grade = grades[table + (kind >> U(ROW_BITS))]
                    sums[one, U(0)] += grade * weights[row, U(0)]
                    sums[one, U(1)] += grade * weights[row, U(1)]
                else:
                    add_row(sums, one, adds, (table << U(ROW_BITS)) + kind)
    kept = U(0)
    for chunk in range(U(len(summary))):
        if not summary[chunk]:
            continue
        summary[chunk] = 0
        for word in range(chunk << U(6), min((chunk + U(1)) << U(6), U(len(bits)))):
            touched = bits[word]
            bits[word] = U(0)
            while touched != U(0):
                # All of a document at once: the divisions hide behind the loads.
                one = (word << U(6)) | trailing_zeros(touched)
                tf = times_row(sums, one, norms, one)
                sums[one, U(0)] = 0
                sums[one, U(1)] = 0
                docs[kept] = one
                values[kept] = tf / (k1 + tf)
                # Some may have but forms of other words.
                kept += U(tf > 0)
                touched &= touched - U(1)
    return np.int64(kept)  # with DAMAGED beside an unsigned one it would become a float


@compiled
def pour(docs: Array, scores: Array, sums: Array, bits: Array, summary: Array) -> None:
    """Adds *scores* to ``sums[:, 0]`` and marks *docs*, for ``draw``."""
    for i in range(len(docs)):
        doc = U(docs[i])
        sums[doc, U(0)] += scores[i]
        bits[doc >> U(6)] |= U(1) << (doc & U(63))
        summary[doc >> U(12)] = 1


@compiled
def draw(sums: Array, bits: Array, summary: Array, docs: Array, scores: Array) -> Any:
    """Writes what was poured to *docs*, ascending, and *scores*, and clears it; returns how many."""
    found = _drained(bits, summary, docs)
    for i in range(found):
        doc = U(docs[i])
        scores[i] = sums[doc, U(0)]
        sums[doc, U(0)] = 0
    return np.int64(found)
