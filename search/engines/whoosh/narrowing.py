"""The loops that look at a word's postings without gathering them: for documents found by others, or to count them.

See blocks.py for what is said of damage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from index.compiled import add_row, bits_set, compiled, times_row
from index.engines.whoosh.packing import BLOCK, FAR, PADDING, ROW_BITS
from search.engines.whoosh.blocks import DAMAGED, Array, U, headed, ones, packed_at, sought, unpacked
from search.engines.whoosh.kernels import adding
from search.engines.whoosh.marking import hits_of, mark, slot_of, unmark

__all__ = ["count_live", "count_together", "narrow"]


@compiled
def _fars(bit: Any, width: Any, count: Any) -> Any:
    """How many of *count* numbers of a block, which start at *bit*, have their row behind the numbers."""
    mask, far = ones(width), U(0)
    for _ in range(count):
        far += U(packed_at(bit, mask) & U(FAR) == U(FAR))
        bit += width
    return far


@compiled
def narrow(  # noqa: C901  # one hot loop over blocks; see blocks.py for what could be taken out
    doc_bytes: Array,
    weights: Array,
    block_last: Array,
    block_doc: Array,
    lists: Array,
    grades: Array,
    norms: Array,
    k1: Any,
    factor: Any,
    required: bool,
    sums: Array,
    bits: Array,
    slots: Array,
    docs: Array,
    scores: Array,
) -> Any:
    """Adds *factor* times the saturated count of a word to the *scores* of *docs*; returns how many are kept.

    Where it is *required*, only documents with the word are. Parameters are those of ``gather`` and ``places``; *bits*
    has a power of two of words, *slots* may have any content. Blocks without a document are skipped, and nothing is
    written but for documents that are there already: a common word beside a rare one costs about 2 ns a posting, or
    less.
    """
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes) - PADDING)
    documents, rows, adds = U(len(norms)), U(len(weights)), adding(weights, grades)
    wanted, size, lasts = U(docs.ctypes.data), U(len(docs)), U(block_last.ctypes.data)
    hits, marks, firsts = np.empty(BLOCK + 1, np.uint64), U(bits.ctypes.data), U(slots.ctypes.data)
    mark(docs, bits, slots)
    for i in range(len(lists)):
        df, table = U(lists[i, 0]), U(lists[i, 5])
        low, high = U(lists[i, 3]), U(lists[i, 4])
        block, near = low, U(0)
        while near < size:
            block, near, doc = sought(lasts, low, high, block, wanted, size, near)
            if low < block == high:
                break
            at = begin + (U(block_doc[block]) if low < high else U(lists[i, 1]))
            count = min(df - U(BLOCK) * (block - low), U(BLOCK))
            block += U(1)
            bit, width, shift, far_bit, far_width, far_end = headed(at, end, count, lists[i, 6])
            if bit == U(0):
                return DAMAGED
            mask, far_mask, kinds = ones(width), ones(far_width), ones(shift)
            found, last = hits_of(bit, width, shift, count, doc, marks, U(len(bits)), hits)
            if last >= documents:
                return DAMAGED
            # Of the first *counted* numbers, how many have their row behind.
            counted: Any = U(0)
            fars: Any = U(0)
            for j in range(found):
                one, number = hits[j] >> U(8), hits[j] & U(255)
                kind = packed_at(bit + number * width, mask) & kinds
                # What is added up lies side by side, and not all over the documents of the segment.
                slot = slot_of(one, marks, firsts)
                if kind & U(FAR) == U(FAR) and far_bit < far_end:
                    fars += _fars(bit + counted * width, width, number - counted)
                    row = U(FAR) + packed_at(min(far_bit + fars * far_width, far_end - far_width), far_mask)
                    counted, fars = number + U(1), fars + U(1)
                    if row >= rows:
                        return DAMAGED
                    grade = grades[table + (kind >> U(ROW_BITS))]
                    sums[slot, U(0)] += grade * weights[row, U(0)]
                    sums[slot, U(1)] += grade * weights[row, U(1)]
                else:
                    add_row(sums, slot, adds, (table << U(ROW_BITS)) + kind)
    unmark(docs, bits)
    kept: Any = U(0)
    for slot in range(size):
        one = U(docs[slot])
        tf = times_row(sums, U(slot), norms, one)
        if required and tf == 0:
            continue
        sums[slot, U(0)] = 0
        sums[slot, U(1)] = 0
        docs[kept], scores[kept] = one, scores[slot] + factor * tf / (k1 + tf)
        kept += U(1)
    return np.int64(kept)  # with DAMAGED beside an unsigned one it would become a float


@compiled
def count_together(doc_bytes: Array, lists: Array, grades: Array, documents: int, live: Array) -> Any:
    """How many live documents have one of the forms that count, or DAMAGED. *live* has a bit a document."""
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes) - PADDING)
    own, kinds = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    bits = np.zeros(len(live), np.uint64)
    for i in range(len(lists)):
        df, at, doc, table = lists[i, 0], begin + U(lists[i, 1]), U(0), U(lists[i, 5])
        for start in range(0, df, BLOCK):
            count = min(df - start, BLOCK)
            bit, width, shift, _, _, far_end = headed(at, end, count, lists[i, 6])
            if bit == U(0):
                return DAMAGED
            at, doc = (far_end + U(7)) >> U(3), unpacked(bit, width, shift, count, doc, own, kinds)
            if doc >= U(documents):
                return DAMAGED
            for j in range(U(count)):
                grade = grades[table + (kinds[j] >> U(ROW_BITS))]
                bits[own[j] >> U(6)] |= U(grade > 0) << (own[j] & U(63))
    found = U(0)
    for word in range(len(live)):
        found += bits_set(bits[word] & live[word])
    return np.int64(found)  # with DAMAGED beside an unsigned one it would become a float


@compiled
def count_live(doc_bytes: Array, lists: Array, live: Array, counts: Array) -> int:
    """Adds to *counts* the live documents of each form, where *grades* of ``gather`` has it; returns 0 or DAMAGED.

    *live* has a bit a document.
    """
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes) - PADDING)
    own, kinds = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    for i in range(len(lists)):
        df, at, doc, table = lists[i, 0], begin + U(lists[i, 1]), U(0), U(lists[i, 5])
        for start in range(0, df, BLOCK):
            count = min(df - start, BLOCK)
            bit, width, shift, _, _, far_end = headed(at, end, count, lists[i, 6])
            if bit == U(0):
                return DAMAGED
            at, doc = (far_end + U(7)) >> U(3), unpacked(bit, width, shift, count, doc, own, kinds)
            if doc >= U(64 * len(live)):
                return DAMAGED
            for j in range(U(count)):
                alive = (live[own[j] >> U(6)] >> (own[j] & U(63))) & U(1)
                counts[table + (kinds[j] >> U(ROW_BITS))] += alive
    return 0
