"""The loops that look at a word's postings without gathering them: for documents found by others, or to count them.

See blocks.py for what is said of damage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from index.compiled import compiled, uint64_at
from index.engines.whoosh.packing import BLOCK, FAR, PADDING, ROW_BITS
from search.engines.whoosh.blocks import DAMAGED, Array, U, headed, reached, skipped, unpacked
from search.engines.whoosh.marking import hits_of, mark, slot_of, unmark

__all__ = ["count_live", "cover", "narrow"]


@compiled
def _fars(bit: Any, width: Any, count: Any) -> Any:
    """How many of *count* numbers of a block, which start at *bit*, have their row behind the numbers."""
    mask, far = (U(1) << width) - U(1), U(0)
    for _ in range(count):
        far += U(uint64_at(bit >> U(3)) >> (bit & U(7)) & mask & U(FAR) == U(FAR))
        bit += width
    return far


@compiled
def narrow(  # noqa: C901  # one hot loop over blocks; see unpacked for what could be taken out
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
    documents, rows = U(len(norms)), U(len(weights))
    wanted, size, lasts = U(docs.ctypes.data), U(len(docs)), U(block_last.ctypes.data)
    hits, marks, firsts = np.empty(BLOCK + 1, np.uint64), U(bits.ctypes.data), U(slots.ctypes.data)
    # Which of the documents were met, each once: of one list they come in order, of several all are looked at.
    met, count_met, before = np.empty(size + U(1), np.uint32), U(0), ~U(0)
    only = U(required and len(lists) == 1)
    mark(docs, bits, slots)
    for i in range(len(lists)):
        df, table = U(lists[i, 0]), U(lists[i, 5])
        low, high = U(lists[i, 3]), U(lists[i, 4])
        block, near = low, U(0)
        while near < size:
            at, doc, after = begin + U(lists[i, 1]), U(0), size
            if low < high:
                block = skipped(lasts, block, high, U(docs[near]))
                if block == high:
                    break
                after = reached(wanted, size, near, U(block_last[block]))
                at, doc = begin + U(block_doc[block]), U(block_last[block - U(1)]) if block > low else U(0)
            near = after
            count = min(df - U(BLOCK) * (block - low), U(BLOCK))
            block += U(1)
            bit, width, place_width, far_bit, far_width, far_count = headed(at, end, count, lists[i, 6])
            if bit == U(0):
                return DAMAGED
            mask, far_mask, place_mask = (
                (U(1) << width) - U(1),
                (U(1) << far_width) - U(1),
                (U(1) << place_width) - U(1),
            )
            found, last = hits_of(bit, width, place_width + U(ROW_BITS), count, doc, marks, U(len(bits)), hits)
            if last >= documents:
                return DAMAGED
            for j in range(found):
                one, number = hits[j] >> U(8), hits[j] & U(255)
                at = bit + number * width
                value = uint64_at(at >> U(3)) >> (at & U(7)) & mask
                row = value & U(FAR)
                if row == U(FAR) and far_count:
                    far = far_bit + min(_fars(bit, width, number), far_count - U(1)) * far_width
                    row += uint64_at(far >> U(3)) >> (far & U(7)) & far_mask
                if row >= rows:
                    return DAMAGED
                grade = grades[table + (value >> U(ROW_BITS) & place_mask)]
                title, body = grade * weights[row, U(0)], grade * weights[row, U(1)]
                # What is added up lies side by side, and not all over the documents of the segment.
                slot = slot_of(one, marks, firsts)
                sums[slot, U(0)] += title
                sums[slot, U(1)] += body
                if slot != before:
                    met[count_met] = slot
                    count_met += only
                before = slot
    unmark(docs, bits)
    if not only:
        count_met = size
    kept: Any = U(0)
    for i in range(count_met):
        slot = U(met[i]) if only else U(i)
        one, title, body = U(docs[slot]), sums[slot, U(0)], sums[slot, U(1)]
        if required and title + body == 0:
            continue
        sums[slot, U(0)] = 0
        sums[slot, U(1)] = 0
        tf = title * norms[one, U(0)] + body * norms[one, U(1)]
        docs[kept], scores[kept] = one, scores[slot] + factor * tf / (k1 + tf)
        kept += U(1)
    return np.int64(kept)  # with DAMAGED beside an unsigned one it would become a float


@compiled
def cover(doc_bytes: Array, lists: Array, grades: Array, documents: int, bits: Array) -> int:
    """Sets the bit of each document with one of the forms that count. Returns 0 or DAMAGED."""
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes) - PADDING)
    block_docs, block_rows, places = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    for i in range(len(lists)):
        df, at, doc, table = lists[i, 0], begin + U(lists[i, 1]), U(0), U(lists[i, 5])
        for start in range(0, df, BLOCK):
            count = min(df - start, BLOCK)
            at, _top = unpacked(at, end, count, doc, lists[i, 6], block_docs, block_rows, places)
            doc = block_docs[count - 1]
            if at > end or doc >= U(documents):
                return DAMAGED
            for j in range(U(count)):
                bits[block_docs[j] >> U(6)] |= U(grades[table + places[j]] > 0) << (block_docs[j] & U(63))
    return 0


@compiled
def count_live(doc_bytes: Array, lists: Array, live: Array, counts: Array) -> int:
    """Adds to *counts* the live documents of each form, where *grades* of ``gather`` has it; returns 0 or DAMAGED.

    *live* has a bit a document.
    """
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes) - PADDING)
    block_docs, block_rows, places = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    for i in range(len(lists)):
        df, at, doc, table = lists[i, 0], begin + U(lists[i, 1]), U(0), U(lists[i, 5])
        for start in range(0, df, BLOCK):
            count = min(df - start, BLOCK)
            at, _top = unpacked(at, end, count, doc, lists[i, 6], block_docs, block_rows, places)
            doc = block_docs[count - 1]
            if at > end or doc >= U(64 * len(live)):
                return DAMAGED
            for j in range(U(count)):
                counts[table + places[j]] += (live[block_docs[j] >> U(6)] >> (block_docs[j] & U(63))) & U(1)
    return 0
