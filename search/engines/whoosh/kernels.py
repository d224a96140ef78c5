"""The loops over posting lists: the documents of a word with its counts, and its places in chosen documents.

Each walks the packed lists of all forms of a word (docs/format.md) and never builds one. Every number that comes from a
file is checked before it is used as an index: a damaged segment gives DAMAGED, and never a write to a wrong place.
Numbers are unsigned where they are indexes: numba then leaves out the check for negative ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.postings import BLOCK, PADDING
from search.engines.whoosh.compiled import bits_set, byte_at, compiled, trailing_zeros, uint64_at

__all__ = [
    "DAMAGED",
    "FIELD_BITS",
    "POSITION_BITS",
    "count_live",
    "draw",
    "gather",
    "mark",
    "narrow",
    "places",
    "pour",
    "sentence_starts",
]

DAMAGED, NO_ROOM = -1, -2
# A place is one number: document, field, position. 2**24 positions: MAX_TEXT characters are at most 10 million words.
# The document is told by where it stands among those that were asked for.
POSITION_BITS = 24
FIELD_BITS = 2

U = np.uint64
_POSITION = U((1 << POSITION_BITS) - 1)
# A number of a block as wide as this lies within 8 bytes wherever it starts.
_MOST_BITS = U(56)
_TOPS = U(0x8080808080808080)
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
def _unpacked(at: Any, end: Any, count: int, doc: Any, docs: Array, rows: Array) -> tuple[Any, Any]:
    """Writes documents and rows of counts of the block of *count* postings at address *at* to *docs* and *rows*.

    *doc* is the document before it. Returns where the next block starts, or a place past *end* for damage, and the
    greatest row, 3 if there is none above. 1.5 ns a posting; numbers laid out for vector instructions (eight lanes)
    were no more than a sixth faster.
    """
    head, far_count, far_width = byte_at(at), U(0), U(0)
    width = head & U(127)
    at += U(1)
    if head >= U(128):
        far_count, far_width = byte_at(at), byte_at(at + U(1))
        at += U(2)
    far_at = at + ((U(count) * width + U(7)) >> U(3))
    after = far_at + ((far_count * far_width + U(7)) >> U(3))
    if after > end or width > _MOST_BITS or far_width > _MOST_BITS:
        return end + U(1), U(0)
    mask = (U(1) << width) - U(1)
    bit = at << U(3)
    for i in range(U(count)):
        number = uint64_at(bit >> U(3)) >> (bit & U(7)) & mask
        bit += width
        doc += number >> U(2)
        docs[i] = doc
        rows[i] = number & U(3)
    most = U(3)
    if far_count:
        mask = (U(1) << far_width) - U(1)
        bit, stop = far_at << U(3), (far_at << U(3)) + far_count * far_width
        for i in range(U(count)):
            if rows[i] == U(3) and bit < stop:
                rows[i] += uint64_at(bit >> U(3)) >> (bit & U(7)) & mask
                most = max(most, rows[i])
                bit += far_width
    return after, most


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
def gather(
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

    A row of *lists* is one form: df, its start in doc_bytes; *grades* is what it counts. *weights* (rows, 2) is what a
    row of counts adds to title and body, *matches* (rows) whether it counts at all; *norms* (documents, 2) multiplies
    them.
    *live* and *bits* have a bit a document, *summary* a byte for 64 words of those; *sums* (documents, 2), *bits* and
    *summary* are zero before and after. 3.5 ns a posting, of which unpacking is 1.5, and 3 a document.
    """
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes) - PADDING)
    block_docs, block_rows = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    for i in range(len(lists)):
        df, at, doc, grade = lists[i, 0], begin + U(lists[i, 1]), U(0), grades[i]
        for start in range(0, df, BLOCK):
            count = min(df - start, BLOCK)
            if at >= end:
                return DAMAGED
            at, most = _unpacked(at, end, count, doc, block_docs, block_rows)
            doc = block_docs[count - 1]
            if at > end or doc >= U(len(norms)) or most >= U(len(matches)):
                return DAMAGED
            _touch(summary, block_docs, count)
            for j in range(U(count)):
                one, row = block_docs[j], block_rows[j]
                if matches[row]:
                    # Read both before writing either: the compiler cannot know that they are not the same.
                    title, body = sums[one, U(0)], sums[one, U(1)]
                    more_title, more_body = weights[row, U(0)], weights[row, U(1)]
                    sums[one, U(0)] = title + grade * more_title
                    sums[one, U(1)] = body + grade * more_body
                    bits[one >> U(6)] |= U(1) << (one & U(63))
    kept = U(0)
    for i in range(_drained(bits, summary, docs)):
        one = U(docs[i])
        title, body = sums[one, U(0)], sums[one, U(1)]
        sums[one, U(0)] = 0
        sums[one, U(1)] = 0
        docs[kept] = one
        values[kept] = title * norms[one, U(0)] + body * norms[one, U(1)]
        kept += (live[one >> U(6)] >> (one & U(63))) & U(1)
    for i in range(kept):
        # A loop of its own, for eight divisions at a time.
        values[i] = values[i] / (k1 + values[i])
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
def _reached(near: int, wanted: Array, last: Any) -> Any:
    """The first index from *near* on whose document of *wanted*, ascending, is after *last*: mostly near."""
    step, high = 1, near
    while high < len(wanted) and wanted[high] <= last:
        near = high + 1
        high += step
        step *= 2
    return near + np.searchsorted(wanted[near : min(high, len(wanted))], last, "right")


@compiled
def narrow(  # noqa: C901  # one hot loop over blocks; see _unpacked for what could be taken out
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
    block_docs, block_rows = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    for i in range(len(docs)):
        bits[U(docs[i]) >> U(6)] |= U(1) << (U(docs[i]) & U(63))
    for i in range(len(lists)):
        df, doc_at, _, low, high = lists[i]
        grade, near = grades[i], 0
        for block in range(low, max(high, low + 1)):
            at, doc, after = begin + U(doc_at), U(0), len(docs)
            count = min(df - BLOCK * (block - low), BLOCK)
            if low < high:
                after = _reached(near, docs, np.int64(block_last[block]))
                if after == near:
                    continue
                at, doc = begin + U(block_doc[block]), U(block_last[block - 1]) if block > low else U(0)
            near = after
            if at >= end:
                return DAMAGED
            at, most = _unpacked(at, end, count, doc, block_docs, block_rows)
            if at > end or block_docs[count - 1] >= U(len(slots)) or most >= U(len(matches)):
                return DAMAGED
            for j in range(U(count)):
                one, row = block_docs[j], block_rows[j]
                # Bits lie in the nearest cache, and most postings end here.
                if bits[one >> U(6)] >> (one & U(63)) & U(1) and matches[row]:
                    sums[one, U(0)] += grade * weights[row, U(0)]
                    sums[one, U(1)] += grade * weights[row, U(1)]
                    slots[one] = 1
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
def mark(doc_bytes: Array, lists: Array, documents: int, bits: Array) -> int:
    """Sets the bit of each document in any of the lists. Returns 0 or DAMAGED."""
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes) - PADDING)
    block_docs, block_rows = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    for i in range(len(lists)):
        df, at, doc = lists[i, 0], begin + U(lists[i, 1]), U(0)
        for start in range(0, df, BLOCK):
            count = min(df - start, BLOCK)
            if at >= end:
                return DAMAGED
            at, _most = _unpacked(at, end, count, doc, block_docs, block_rows)
            doc = block_docs[count - 1]
            if at > end or doc >= U(documents):
                return DAMAGED
            for j in range(U(count)):
                bits[block_docs[j] >> U(6)] |= U(1) << (block_docs[j] & U(63))
    return 0


@compiled
def count_live(doc_bytes: Array, lists: Array, live: Array, counts: Array) -> int:
    """Writes to *counts* how many live documents each list has; *live* has a bit a document. Returns 0 or DAMAGED."""
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes) - PADDING)
    block_docs, block_rows = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    for i in range(len(lists)):
        df, at, doc, found = lists[i, 0], begin + U(lists[i, 1]), U(0), U(0)
        for start in range(0, df, BLOCK):
            count = min(df - start, BLOCK)
            if at >= end:
                return DAMAGED
            at, _most = _unpacked(at, end, count, doc, block_docs, block_rows)
            doc = block_docs[count - 1]
            if at > end or doc >= U(64 * len(live)):
                return DAMAGED
            for j in range(U(count)):
                found += (live[block_docs[j] >> U(6)] >> (block_docs[j] & U(63))) & U(1)
        counts[i] = found
    return 0


@compiled
def _past(pos: Any, end: Any, count: Any) -> Any:
    """Where the varint after *count* others starts, from address *pos* on; counts ends of numbers by eights."""
    while count >= U(8) and pos + U(8) <= end:
        count -= bits_set(~uint64_at(pos) & _TOPS)
        pos += U(8)
    while count and pos < end:
        count -= U(byte_at(pos) < U(128))
        pos += U(1)
    return pos


@compiled
def _placed(
    block_docs: Array,
    block_rows: Array,
    count: Any,
    span: tuple[Any, Any],
    field_counts: Array,
    asked: tuple[Any, Any, Any],
    bits: Array,
    slots: Array,
    found: Array,
    size: Any,
) -> Any:
    """Adds to *found*, after *size* places, those of wanted documents in an unpacked block; returns how many then.

    *span* is where the positions of the block start and where all end, *asked* the fields, the tag and its bits.
    Returns NO_ROOM when *found* is too short.
    """
    pos, end = span
    fields, tag, shift = asked
    behind = U(0)
    for j in range(U(count)):
        one, row = block_docs[j], block_rows[j]
        total = field_counts[row, U(3)]
        if not bits[one >> U(6)] >> (one & U(63)) & U(1):
            behind += U(total)
            continue
        slot = U(slots[one])
        pos = _past(pos, end, behind)
        behind = U(0)
        if size + total >= len(found):
            return NO_ROOM if total <= end - pos else DAMAGED
        slot <<= U(FIELD_BITS)
        if total == 1:
            # Most postings; a loop over fields would guess wrong at every one.
            field = field_counts[row, U(4)]
            gap, pos = _number(pos, end)
            place = (slot | U(field)) << U(POSITION_BITS) | (gap & _POSITION)
            found[size] = place << shift | tag
            size += fields >> field & 1
            continue
        for field in range(3):
            position = U(0)
            base = (slot | U(field)) << U(POSITION_BITS)
            for _ in range(field_counts[row, U(field)]):
                gap, pos = _number(pos, end)
                position += gap
                found[size] = (base | (position & _POSITION)) << shift | tag
                size += fields >> field & 1
    return size if pos <= end else DAMAGED


@compiled
def _arranged(found: Array, documents: int, shift: Any) -> Array:
    """*found* in order, each place once: dealt out by document, then each moved to its place among the few there.

    The document of a place is what lies above its lowest *shift* bits.
    """
    starts = np.zeros(documents + 2, np.int64)
    for i in range(len(found)):
        starts[(U(found[i]) >> shift) + U(2)] += 1
    for i in range(2, documents + 2):
        starts[i] += starts[i - 1]
    dealt = np.empty_like(found)
    for i in range(len(found)):
        document = (U(found[i]) >> shift) + U(1)
        dealt[U(starts[document])] = found[i]
        starts[document] += 1
    for next_one in range(U(1), U(len(dealt))):
        at: Any = next_one
        place = dealt[at]
        while at > U(0) and dealt[at - U(1)] > place:
            dealt[at] = dealt[at - U(1)]
            at -= U(1)
        dealt[at] = place
    size: Any = U(0)
    before = -1
    for i in range(len(dealt)):
        place = dealt[i]
        dealt[size] = place
        size += U(place != before)
        before = place
    return dealt[:size]


@compiled
def places(  # noqa: C901  # as above
    doc_bytes: Array,
    pos_bytes: Array,
    field_counts: Array,
    block_last: Array,
    block_doc: Array,
    block_pos: Array,
    lists: Array,
    tag_bits: int,
    wanted: Array,
    arranged: bool,
    bits: Array,
    slots: Array,
) -> Array:
    """The places of words in the *wanted* documents (ascending, not none): *arranged*, in order, each once.

    A place is one number: which of the wanted documents, field, position, and in the lowest *tag_bits* the list's tag.
    A row of *lists* is one form: df, its start in doc_bytes and in pos_bytes, its rows low..high-1 in the block arrays,
    a bit for each field that is asked for, its tag. *field_counts* (rows, 5): a row of counts as occurrences in title,
    text, aside, all, and the field when there is but one. *bits* and *slots*, for each document, are zero before and
    after. A damaged segment gives the single place DAMAGED. Blocks of 128 postings without a wanted document are
    skipped; in the others a posting costs 3 ns, a place 10, half of it for its order.
    """
    begin, positions = U(doc_bytes.ctypes.data), U(pos_bytes.ctypes.data)
    end, stop = begin + U(len(doc_bytes) - PADDING), positions + U(len(pos_bytes))
    block_docs, block_rows = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    for i in range(len(wanted)):
        slots[U(wanted[i])] = i
        bits[U(wanted[i]) >> U(6)] |= U(1) << (U(wanted[i]) & U(63))
    found, size = np.empty(4 * len(wanted) + 64, np.int64), 0
    for i in range(len(lists)):
        df, doc_at, pos_at, low, high, fields, tag = lists[i]
        asked = (fields, U(tag), U(tag_bits))
        near = 0
        for block in range(low, max(high, low + 1)):
            at, pos, doc, after = begin + U(doc_at), positions + U(pos_at), U(0), len(wanted)
            count = min(df - BLOCK * (block - low), BLOCK)
            if low < high:
                after = _reached(near, wanted, np.int64(block_last[block]))
                if after == near:
                    continue
                at, pos = begin + U(block_doc[block]), positions + U(block_pos[block])
                doc = U(block_last[block - 1]) if block > low else U(0)
            near = after
            if at >= end:
                return np.full(1, DAMAGED, np.int64)
            at, most = _unpacked(at, end, count, doc, block_docs, block_rows)
            if at > end or block_docs[count - 1] >= U(len(slots)) or most >= U(len(field_counts)):
                return np.full(1, DAMAGED, np.int64)
            span = (pos, stop)
            then = _placed(block_docs, block_rows, count, span, field_counts, asked, bits, slots, found, size)
            while then == NO_ROOM:
                found = np.concatenate((found, np.empty_like(found)))
                then = _placed(block_docs, block_rows, count, span, field_counts, asked, bits, slots, found, size)
            if then == DAMAGED:
                return np.full(1, DAMAGED, np.int64)
            size = then
    for i in range(len(wanted)):
        slots[U(wanted[i])] = 0
        bits[U(wanted[i]) >> U(6)] = U(0)
    if not arranged:
        return found[:size]
    return _arranged(found[:size], len(wanted), U(FIELD_BITS + POSITION_BITS + tag_bits))


@compiled
def sentence_starts(sentence_at: Array, sentence_bytes: Array, docs: Array) -> Array:
    """Places where sentences of the text of *docs* start, in order, the first of each document at position 0."""
    found, size = np.empty(len(docs) + len(sentence_bytes), np.int64), 0
    begin, end = U(sentence_bytes.ctypes.data), U(sentence_bytes.ctypes.data) + U(len(sentence_bytes))
    for i in range(len(docs)):
        at, stop = begin + U(sentence_at[docs[i]]), min(begin + U(sentence_at[docs[i] + 1]), end)
        base = ((U(i) << U(FIELD_BITS)) | U(1)) << U(POSITION_BITS)
        found[size] = base
        size += 1
        position = U(0)
        while at < stop:
            gap, at = _number(at, stop)
            position += gap
            found[size] = base | (position & _POSITION)
            size += 1
    return found[:size]
