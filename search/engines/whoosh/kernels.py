"""The loops over documents and counts: those of a word, those that have another word too, unions, bits.

Each walks the packed lists of all forms of a word and never builds one. See blocks.py for what is said of damage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from index.compiled import compiled, trailing_zeros, uint64_at
from index.engines.whoosh.postings import BLOCK, PADDING
from search.engines.whoosh.blocks import DAMAGED, Array, U, headed, reached, skipped, unpacked

__all__ = ["count_live", "draw", "gather", "mark", "narrow", "pour", "stream"]


# Documents in a block up to which the next one is awaited: an eighth off an "and" of three words.
_FEW = 4


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
def stream(  # noqa: C901  # one hot loop over postings, one over documents
    doc_bytes: Array,
    weights: Array,
    matches: Array,
    lists: Array,
    grades: Array,
    live: Array,
    norms: Array,
    k1: Any,
    docs: Array,
    values: Array,
) -> Any:
    """What ``gather`` does, of a word that is one list: its documents come in order, and nothing is written twice.

    2 ns a posting, and 2 a document.
    """
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes) - PADDING)
    rows, df, at = U(len(matches)), U(lists[0, 0]), begin + U(lists[0, 1])
    table, most = U(lists[0, 5]), lists[0, 6]
    # The documents of a block, after the last one of the block before, which may go on.
    own, title, body = np.empty(BLOCK + 1, np.uint64), np.empty(BLOCK + 1, np.float32), np.empty(BLOCK + 1, np.float32)
    doc, size, kept = U(0), U(0), U(0)
    for start in range(U(0), df, U(BLOCK)):
        count = min(df - start, U(BLOCK))
        bit, width, place_width, far_bit, far_width, far_count = headed(at, end, count, most)
        if bit == U(0):
            return DAMAGED
        far_end = far_bit + far_count * far_width
        at = (far_end + U(7)) >> U(3)
        mask, far_mask = (U(1) << width) - U(1), (U(1) << far_width) - U(1)
        place_mask, shift = (U(1) << place_width) - U(1), place_width + U(2)
        last = own[size - U(1)] if size else ~U(0)
        for _ in range(count):
            value = uint64_at(bit >> U(3)) >> (bit & U(7)) & mask
            bit += width
            doc += value >> shift
            row = value & U(3)
            if row == U(3) and far_bit < far_end:
                row += uint64_at(far_bit >> U(3)) >> (far_bit & U(7)) & far_mask
                far_bit += far_width
                if row >= rows:
                    return DAMAGED
            grade = grades[table + (value >> U(2) & place_mask)]
            if grade == 0 or not matches[row]:
                continue
            if doc != last:
                own[size], title[size], body[size] = doc, grade * weights[row, U(0)], grade * weights[row, U(1)]
                size += U(1)
                last = doc
            else:
                title[size - U(1)] += grade * weights[row, U(0)]
                body[size - U(1)] += grade * weights[row, U(1)]
        if doc >= U(len(norms)):
            return DAMAGED
        if not size:
            continue
        final = size - U(start + count < df)
        for i in range(final):
            one = own[i]
            tf = title[i] * norms[one, U(0)] + body[i] * norms[one, U(1)]
            docs[kept] = one
            values[kept] = tf / (k1 + tf)
            kept += (live[one >> U(6)] >> (one & U(63))) & U(1)
        if final < size:
            own[0], title[0], body[0] = own[final], title[final], body[final]
        size -= final
    return np.int64(kept)  # with DAMAGED beside an unsigned one it would become a float


@compiled
def gather(  # noqa: C901  # one hot loop over postings, one over documents
    doc_bytes: Array,
    weights: Array,
    matches: Array,
    lists: Array,
    grades: Array,
    live: Array,
    norms: Array,
    k1: Any,
    sums: Array,
    bits: Array,
    summary: Array,
    docs: Array,
    values: Array,
) -> Any:
    """Writes the live documents of a word to *docs*, ascending, and tf / (k1 + tf) to *values*; returns how many.

    A row of *lists* is one list (``lookup.located``); *grades* is what forms count, 0 for those of others. *weights*
    (rows, 2) is what a row of counts adds to title and body, *matches* (rows) whether it counts at all; *norms*
    (documents, 2) multiplies them.
    *live* and *bits* have a bit a document, *summary* a byte for 64 words of those; *sums* (documents, 2), *bits* and
    *summary* are zero before and after. 3.5 ns a posting, of which unpacking is 1.5, and 3 a document.
    """
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes) - PADDING)
    block_docs, block_rows, places = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    for i in range(len(lists)):
        df, at, doc, table = lists[i, 0], begin + U(lists[i, 1]), U(0), U(lists[i, 5])
        for start in range(0, df, BLOCK):
            count = min(df - start, BLOCK)
            at, top = unpacked(at, end, count, doc, lists[i, 6], block_docs, block_rows, places)
            doc = block_docs[count - 1]
            if at > end or doc >= U(len(norms)) or top >= U(len(matches)):
                return DAMAGED
            _touch(summary, block_docs, count)
            for j in range(U(count)):
                one, row, grade = block_docs[j], block_rows[j], grades[table + places[j]]
                if grade > 0 and matches[row]:
                    # Read both before writing either: the compiler cannot know that they are not the same.
                    title, body = sums[one, U(0)], sums[one, U(1)]
                    more_title, more_body = weights[row, U(0)], weights[row, U(1)]
                    sums[one, U(0)] = title + grade * more_title
                    sums[one, U(1)] = body + grade * more_body
                    bits[one >> U(6)] |= U(1) << (one & U(63))
    kept = U(0)
    for chunk in range(U(len(summary))):
        if not summary[chunk]:
            continue
        summary[chunk] = 0
        for word in range(chunk << U(6), min((chunk + U(1)) << U(6), U(len(bits)))):
            touched, alive = bits[word], live[word]
            bits[word] = U(0)
            while touched != U(0):
                # All of a document at once: the divisions hide behind the loads.
                bit = trailing_zeros(touched)
                one = (word << U(6)) | bit
                title, body = sums[one, U(0)], sums[one, U(1)]
                sums[one, U(0)] = 0
                sums[one, U(1)] = 0
                tf = title * norms[one, U(0)] + body * norms[one, U(1)]
                docs[kept] = one
                values[kept] = tf / (k1 + tf)
                kept += (alive >> bit) & U(1)
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


@compiled
def narrow(  # noqa: C901  # one hot loop over blocks; see unpacked for what could be taken out
    doc_bytes: Array,
    weights: Array,
    matches: Array,
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

    Where it is *required*, only documents with the word are. Parameters are those of ``gather`` and ``places``. Blocks
    without a document are skipped, and nothing is written but for documents that are there already: a common word
    beside a rare one costs about 2 ns a posting, or less.
    """
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes) - PADDING)
    documents, rows = U(len(slots)), U(len(matches))
    values = np.empty(BLOCK, np.uint64)
    wanted, size, lasts = U(docs.ctypes.data), U(len(docs)), U(block_last.ctypes.data)
    for i in range(len(docs)):
        bits[U(docs[i]) >> U(6)] |= U(1) << (U(docs[i]) & U(63))
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
            slot: Any = near
            near = after
            # Of few documents the next one is awaited: that spares looking at bits, and the rest of the block. 0: no.
            target = U(docs[slot]) if after - slot <= U(_FEW) else U(0)
            count = min(df - U(BLOCK) * (block - low), U(BLOCK))
            block += U(1)
            bit, width, place_width, far_bit, far_width, far_count = headed(at, end, count, lists[i, 6])
            if bit == U(0):
                return DAMAGED
            mask, far_mask = (U(1) << width) - U(1), (U(1) << far_width) - U(1)
            place_mask, shift = (U(1) << place_width) - U(1), place_width + U(2)
            counted: Any = U(0)
            fars: Any = U(0)
            for j in range(count):
                value = uint64_at(bit >> U(3)) >> (bit & U(7)) & mask
                bit += width
                doc += value >> shift
                values[j] = value
                if doc < target:
                    continue
                if target != U(0):
                    while slot < after and U(docs[slot]) < doc:
                        slot += U(1)
                    if slot == after:
                        break
                    target = U(docs[slot])
                if doc >= documents:
                    return DAMAGED
                # Bits lie in the nearest cache, and most postings end here.
                if bits[doc >> U(6)] >> (doc & U(63)) & U(1):
                    row = value & U(3)
                    if row == U(3):
                        # Which of the far rows: counted only when one is wanted.
                        for k in range(counted, j):
                            fars += values[k] & (values[k] >> U(1)) & U(1)
                        counted = j
                        if fars < far_count:
                            far = far_bit + fars * far_width
                            row += uint64_at(far >> U(3)) >> (far & U(7)) & far_mask
                    if row >= rows:
                        return DAMAGED
                    grade = grades[table + (value >> U(2) & place_mask)]
                    if grade > 0 and matches[row]:
                        sums[doc, U(0)] += grade * weights[row, U(0)]
                        sums[doc, U(1)] += grade * weights[row, U(1)]
                        slots[doc] = 1
    kept = 0
    for i in range(len(docs)):
        one = U(docs[i])
        tf = sums[one, U(0)] * norms[one, U(0)] + sums[one, U(1)] * norms[one, U(1)]
        sums[one, U(0)] = 0
        sums[one, U(1)] = 0
        bits[one >> U(6)] = U(0)
        docs[kept] = docs[i]
        scores[kept] = scores[i] + factor * tf / (k1 + tf)
        kept += not required or slots[one]
        slots[one] = 0
    return kept


@compiled
def mark(doc_bytes: Array, lists: Array, grades: Array, documents: int, bits: Array) -> int:
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
    """Adds to *counts* the live documents of each form, where *grades* of ``gather`` has it; *live* has a bit a document.

    Returns 0 or DAMAGED.
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
