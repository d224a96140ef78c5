"""The loops over positions: where words stand in chosen documents, and where sentences start.

A place is one number: document, field, position. See blocks.py for what is said of damage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from index.compiled import compiled
from index.engines.whoosh.packing import BLOCK, FAR, PADDING, ROW_BITS
from index.engines.whoosh.positions import FREE, KINDS, LEAD
from search.engines.whoosh.blocks import DAMAGED, Array, U, headed, number, ones, packed_at, sought, spread, widths_at
from search.engines.whoosh.marking import hits_of, mark, slot_of, unmark

__all__ = ["FIELD_BITS", "POSITION_BITS", "arranged", "places", "sentence_starts"]

# 2**24 positions: MAX_TEXT characters are at most 10 million words. The document is told by where it stands among those
# that were asked for.
POSITION_BITS = 24
FIELD_BITS = 2
_POSITION = U((1 << POSITION_BITS) - 1)


@compiled
def arranged(found: Array, documents: int, shift: Any) -> Array:
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
def places(  # noqa: C901  # one hot loop over blocks; see narrowing.narrow
    doc_bytes: Array,
    pos_bytes: Array,
    kind_counts: Array,
    width_codes: Array,
    widths_of: Array,
    block_last: Array,
    block_doc: Array,
    block_pos: Array,
    lists: Array,
    grades: Array,
    fields: Any,
    documents: Any,
    wanted: Array,
    ordered: bool,
    bits: Array,
    slots: Array,
) -> Array:
    """The places of a word in the *wanted* documents (ascending, not none): *ordered*, each once.

    A row of *lists* is one list (``lookup.located``), *grades* what forms count, 0 for those of other words; *fields*
    has a bit for each field that is asked for. *kind_counts*: as ``blocks.spread`` has it; *width_codes*: a row of
    *widths_of* for each document (index/engines/whoosh/positions.py). *bits* and *slots* are as for ``narrow``. A
    damaged segment gives the single place DAMAGED. Blocks of 128 postings without a wanted document are skipped, or
    cost 2 ns a posting; in the others a posting costs 4 ns, a place 10, half of it for its order.
    """
    begin, positions = U(doc_bytes.ctypes.data), U(pos_bytes.ctypes.data)
    end, stop = begin + U(len(doc_bytes) - PADDING), (positions + U(len(pos_bytes) - PADDING)) << U(3)
    damaged, rows = np.full(1, DAMAGED, np.int64), U(len(kind_counts))
    counts, codes, widths = U(kind_counts.ctypes.data), U(width_codes.ctypes.data), U(widths_of.ctypes.data)
    hits, marks, firsts = np.empty(BLOCK + 1, np.uint64), U(bits.ctypes.data), U(slots.ctypes.data)
    mark(wanted, bits, slots)
    found, size = np.empty(4 * len(wanted) + 64, np.int64), np.int64(0)
    asked, chosen, lasts = U(wanted.ctypes.data), U(len(wanted)), U(block_last.ctypes.data)
    for i in range(len(lists)):
        df, low, high, table = U(lists[i, 0]), U(lists[i, 3]), U(lists[i, 4]), U(lists[i, 5])
        block, near = low, U(0)
        while near < chosen:
            block, near, doc = sought(lasts, low, high, block, asked, chosen, near)
            if low < block == high:
                break
            at = begin + (U(block_doc[block]) if low < high else U(lists[i, 1]))
            behind = (positions + (U(block_pos[block]) if low < high else U(lists[i, 2]))) << U(3)
            count = min(df - U(BLOCK) * (block - low), U(BLOCK))
            block += U(1)
            bit, width, shift, far_bit, far_width, far_end = headed(at, end, count, lists[i, 6])
            if bit == U(0):
                return damaged
            mask, far_mask, kinds = ones(width), ones(far_width), ones(shift)
            there, last = hits_of(bit, width, shift, count, doc, marks, U(len(bits)), hits)
            if last >= U(documents):
                return damaged
            # Of the postings so far, *counted*: the bit *behind* their positions. *doc* is the last of them.
            counted: Any = U(0)
            for j in range(there):
                one, number_of = hits[j] >> U(8), hits[j] & U(255)
                pos: Any = U(0)
                row: Any = U(0)
                value: Any = U(0)
                while counted <= number_of:
                    value = packed_at(bit, mask)
                    bit += width
                    doc += value >> shift
                    row = value & U(FAR)
                    if row == U(FAR) and far_bit < far_end:
                        row += packed_at(far_bit, far_mask)
                        far_bit += far_width
                        if row >= rows:
                            return damaged
                    pos = behind
                    behind += spread(counts, row, widths_at(codes, widths, doc))
                    counted += U(1)
                if grades[table + ((value & kinds) >> U(ROW_BITS))] <= 0:
                    continue
                total = U(kind_counts[row, U(4)])
                if behind > stop or total > behind - pos + U(FREE):
                    return damaged
                while size + total >= len(found):
                    found = np.concatenate((found, np.empty_like(found)))
                slot = slot_of(one, marks, firsts) << U(FIELD_BITS)
                if total == U(1):
                    # Most postings; a loop over kinds would guess wrong at every one.
                    only = U(kind_counts[row, U(5)])
                    field = (only + U(1)) >> U(1)
                    position = packed_at(pos, (U(1) << (behind - pos)) - U(1)) + U(LEAD) * U(only == U(2))
                    found[size] = (slot | field) << U(POSITION_BITS) | (position & _POSITION)
                    size += fields >> np.int64(field) & 1
                    continue
                own = widths_at(codes, widths, doc)
                for kind in range(U(KINDS)):
                    field = (kind + U(1)) >> U(1)
                    base, least = (slot | field) << U(POSITION_BITS), U(LEAD) * U(kind == U(2))
                    pos_width = own >> (kind << U(4)) & U(0xFFFF)
                    pos_mask = (U(1) << pos_width) - U(1)
                    for _ in range(kind_counts[row, kind]):
                        found[size] = base | (packed_at(pos, pos_mask) + least & _POSITION)
                        pos += pos_width
                        size += fields >> np.int64(field) & 1
    unmark(wanted, bits)
    if not ordered:
        return found[:size]
    return arranged(found[:size], len(wanted), U(FIELD_BITS + POSITION_BITS))


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
