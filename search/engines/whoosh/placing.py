"""The loops over positions: where words stand in chosen documents, and where sentences start.

A place is one number: document, field, position. See blocks.py for what is said of damage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from index.compiled import compiled
from index.engines.whoosh.packing import BLOCK, PADDING
from search.engines.whoosh.blocks import DAMAGED, Array, U, number, past, reached, skipped, unpacked

__all__ = ["FIELD_BITS", "POSITION_BITS", "places", "sentence_starts"]

NO_ROOM = -2
# 2**24 positions: MAX_TEXT characters are at most 10 million words. The document is told by where it stands among those
# that were asked for.
POSITION_BITS = 24
FIELD_BITS = 2
_POSITION = U((1 << POSITION_BITS) - 1)


@compiled
def _placed(
    block: tuple[Array, Array, Array],
    count: Any,
    span: tuple[Any, Any],
    field_counts: Array,
    fields: Any,
    bits: Array,
    slots: Array,
    found: Array,
    size: Any,
) -> Any:
    """Adds to *found*, after *size* places, those of wanted documents in an unpacked block; returns how many then.

    *block*: its documents, rows, and 0 for a posting whose form does not count. *span* is where the positions of the
    block start and where all end. Returns NO_ROOM when *found* is too short.
    """
    block_docs, block_rows, counts = block
    pos, end = span
    behind = U(0)
    for j in range(U(count)):
        one, row = block_docs[j], block_rows[j]
        total = field_counts[row, U(3)]
        if not bits[one >> U(6)] >> (one & U(63)) & U(1) or counts[j] == 0:
            behind += U(total)
            continue
        slot = U(slots[one])
        pos = past(pos, end, behind)
        behind = U(0)
        if size + total >= len(found):
            return NO_ROOM if total <= end - pos else DAMAGED
        slot <<= U(FIELD_BITS)
        if total == 1:
            # Most postings; a loop over fields would guess wrong at every one.
            field = field_counts[row, U(4)]
            gap, pos = number(pos, end)
            place = (slot | U(field)) << U(POSITION_BITS) | (gap & _POSITION)
            found[size] = place
            size += fields >> field & 1
            continue
        for field in range(3):
            position = U(0)
            base = (slot | U(field)) << U(POSITION_BITS)
            for _ in range(field_counts[row, U(field)]):
                gap, pos = number(pos, end)
                position += gap
                found[size] = base | (position & _POSITION)
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
    grades: Array,
    fields: int,
    wanted: Array,
    arranged: bool,
    bits: Array,
    slots: Array,
) -> Array:
    """The places of a word in the *wanted* documents (ascending, not none): *arranged*, in order, each once.

    A row of *lists* is one list (``lookup.located``), *grades* what forms count, 0 for those of other words; *fields*
    has a bit for each field that is asked for. *field_counts* (rows, 5): a row of counts as occurrences in title, text,
    aside, all, and the field when there is but one. *bits* and *slots*, for each document, are zero before and after. A
    damaged segment gives the single place DAMAGED. Blocks of 128 postings without a wanted document are skipped; in the
    others a posting costs 3 ns, a place 10, half of it for its order.
    """
    begin, positions = U(doc_bytes.ctypes.data), U(pos_bytes.ctypes.data)
    end, stop = begin + U(len(doc_bytes) - PADDING), positions + U(len(pos_bytes))
    block_docs, block_rows, counts = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    for i in range(len(wanted)):
        slots[U(wanted[i])] = i
        bits[U(wanted[i]) >> U(6)] |= U(1) << (U(wanted[i]) & U(63))
    found, size = np.empty(4 * len(wanted) + 64, np.int64), 0
    asked, chosen, lasts = U(wanted.ctypes.data), U(len(wanted)), U(block_last.ctypes.data)
    for i in range(len(lists)):
        df, low, high, table = U(lists[i, 0]), U(lists[i, 3]), U(lists[i, 4]), U(lists[i, 5])
        block, near = low, U(0)
        while near < chosen:
            at, pos, doc, after = begin + U(lists[i, 1]), positions + U(lists[i, 2]), U(0), chosen
            if low < high:
                block = skipped(lasts, block, high, U(wanted[near]))
                if block == high:
                    break
                after = reached(asked, chosen, near, U(block_last[block]))
                at, pos = begin + U(block_doc[block]), positions + U(block_pos[block])
                doc = U(block_last[block - U(1)]) if block > low else U(0)
            near = after
            count = min(df - U(BLOCK) * (block - low), U(BLOCK))
            block += U(1)
            at, top = unpacked(at, end, count, doc, lists[i, 6], block_docs, block_rows, counts)
            if at > end or block_docs[count - 1] >= U(len(slots)) or top >= U(len(field_counts)):
                return np.full(1, DAMAGED, np.int64)
            for j in range(count):
                counts[j] = grades[table + counts[j]] > 0
            block_of, span = (block_docs, block_rows, counts), (pos, stop)
            then = _placed(block_of, count, span, field_counts, fields, bits, slots, found, size)
            while then == NO_ROOM:
                found = np.concatenate((found, np.empty_like(found)))
                then = _placed(block_of, count, span, field_counts, fields, bits, slots, found, size)
            if then == DAMAGED:
                return np.full(1, DAMAGED, np.int64)
            size = then
    for i in range(len(wanted)):
        slots[U(wanted[i])] = 0
        bits[U(wanted[i]) >> U(6)] = U(0)
    if not arranged:
        return found[:size]
    return _arranged(found[:size], len(wanted), U(FIELD_BITS + POSITION_BITS))


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
            gap, at = number(at, stop)
            position += gap
            found[size] = base | (position & _POSITION)
            size += 1
    return found[:size]
