"""The loop of the second step of ranking: what a few chosen documents gain by closeness and by words of the same root.

The formulas are ``search.ranking.nearness`` and ``score``. One pass over the lists of all words of the query, in which
blocks without a chosen document are skipped, and the others left at the last one. See blocks.py for damage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from index.compiled import compiled, prefetch
from index.engines.whoosh.packing import BLOCK, FAR, PADDING, ROW_BITS
from index.engines.whoosh.positions import FREE, KINDS, LEAD
from search.engines.whoosh.batch import fields_of, lists_of, table_of, weight_of
from search.engines.whoosh.blocks import DAMAGED, Array, U, headed, ones, packed_at, sought, spread, widths_at
from search.engines.whoosh.placing import FIELD_BITS, POSITION_BITS, arranged

__all__ = ["gained"]

_POSITION = U((1 << POSITION_BITS) - 1)


@compiled
def _closeness(places: Array, tag_bits: Any, weights: Array, k: Array, gains: Array) -> None:
    """Adds to *gains* what each document gains by closeness, but for the factors of the formula.

    *places* are in order; the lowest *tag_bits* of each say which word of the query stands there.
    """
    gained = np.zeros(len(weights))
    shift = FIELD_BITS + POSITION_BITS + tag_bits
    at = 0
    while at < len(places):
        document = places[at] >> shift
        gained[:] = 0
        before = places[at]
        at += 1
        while at < len(places) and places[at] >> shift == document:
            here, there = before >> tag_bits, places[at] >> tag_bits
            one, other = before - (here << tag_bits), places[at] - (there << tag_bits)
            distance = there - here
            if one != other and distance and here >> POSITION_BITS == there >> POSITION_BITS:
                gained[one] += weights[other] / distance**2
                gained[other] += weights[one] / distance**2
            before = places[at]
            at += 1
        for word in range(len(weights)):
            gains[document] += min(1.0, weights[word]) * gained[word] / (gained[word] + k[document])


@compiled
def _planned(
    row: Array,
    block_doc: Array,
    block_pos: Array,
    begin: Any,
    positions: Any,
    wanted: Any,
    size: Any,
    block_last: Any,
    plan: Array,
) -> int:
    """Writes to *plan* the blocks of a list, a *row* of Lists, that may have one of *wanted*; returns how many.

    Of each: where it and its positions are, the document before it, the range of *wanted* that may be in it, which of
    the list's it is. *begin*, *positions*, *wanted* (so many: *size*) and *block_last* are addresses. All are found
    before one is read, so that memory brings them meanwhile: a tenth of the time of ``gained`` at a million documents.
    """
    low, high, count = U(row[3]), U(row[4]), 0
    block, near = low, U(0)
    while near < size:
        block, after, before = sought(block_last, low, high, block, wanted, size, near)
        if low < block == high:
            break
        at = begin + (U(block_doc[block]) if low < high else U(row[1]))
        pos = positions + (U(block_pos[block]) if low < high else U(row[2]))
        for line in range(U(0), U(192), U(64)):
            prefetch(at + line)
        prefetch(pos)
        prefetch(pos + U(64))
        own = plan[count]
        own[0], own[1], own[2], own[3], own[4], own[5] = at, pos, before, near, after, block - low
        count += 1
        near = after
        block += U(1)
    return count


@compiled
def gained(  # noqa: C901  # one hot loop over blocks; see narrowing.narrow
    doc_bytes: Array,
    pos_bytes: Array,
    kind_counts: Array,
    width_codes: Array,
    widths_of: Array,
    block_last: Array,
    block_doc: Array,
    block_pos: Array,
    words: Array,
    tables: Array,
    norms: Array,
    docs: Array,
    k1: Any,
    close: Any,
    close_k1: Any,
    scores: Array,
) -> Any:
    """Adds to *scores* what each of *docs*, in any order, gains. Returns 0, or DAMAGED for a damaged segment.

    *words* are those of a Batch; forms that are only of the same root have negative grades. *tables* and *norms* are as
    for ``gather``, *kind_counts*, *width_codes* and *widths_of* as for ``places``; *close* is the factor of closeness,
    *close_k1* its saturation.
    """
    begin, positions = U(doc_bytes.ctypes.data), U(pos_bytes.ctypes.data)
    end, stop = begin + U(len(doc_bytes) - PADDING), (positions + U(len(pos_bytes) - PADDING)) << U(3)
    counts, codes, widths = U(kind_counts.ctypes.data), U(width_codes.ctypes.data), U(widths_of.ctypes.data)
    order = np.argsort(docs)
    wanted = docs[order]
    weights = np.empty(len(words))
    for word in range(len(words)):
        weights[word] = weight_of(words, word)
    # Of each word in each document: the counts in title and body of its own forms, and of all of its root.
    sums = np.zeros((len(weights), len(wanted), 4))
    tag_bits, rows = 0, U(len(kind_counts))
    while 1 << tag_bits < len(weights):
        tag_bits += 1
    found, size = np.empty(4 * len(wanted) * len(weights) + 64, np.int64), np.int64(0)
    values, plan = np.empty(BLOCK, np.uint64), np.empty((len(wanted), 6), np.uint64)
    asked, chosen, lasts = U(wanted.ctypes.data), U(len(wanted)), U(block_last.ctypes.data)
    for word in range(len(weights)):
        lists, grades = lists_of(words, word)
        fields, table = fields_of(words, word), tables[table_of(words, word)]
        for i in range(len(lists)):
            df, grade_at = U(lists[i, 0]), U(lists[i, 5])
            for which in range(_planned(lists[i], block_doc, block_pos, begin, positions, asked, chosen, lasts, plan)):
                at, behind, doc = plan[which, 0], plan[which, 1] << U(3), plan[which, 2]
                slot: Any = plan[which, 3]
                after = plan[which, 4]
                count = min(df - U(BLOCK) * plan[which, 5], U(BLOCK))
                bit, width, shift, far_bit, far_width, far_end = headed(at, end, count, lists[i, 6])
                if bit == U(0):
                    return DAMAGED
                mask, far_mask, kinds = ones(width), ones(far_width), ones(shift)
                # Of the postings so far, *counted*: the bit *behind* their positions, the document *passed* last.
                counted: Any = U(0)
                passed: Any = doc
                target = U(wanted[slot])
                for j in range(count):
                    value = packed_at(bit, mask)
                    bit += width
                    doc += value >> shift
                    values[j] = value
                    if doc < target:
                        continue
                    while slot < after and U(wanted[slot]) < doc:
                        slot += U(1)
                    if slot == after:
                        break
                    target = U(wanted[slot])
                    if doc != target:
                        continue
                    pos: Any = U(0)
                    row: Any = U(0)
                    for number_of in range(counted, j + U(1)):
                        passed += values[number_of] >> shift
                        row = values[number_of] & U(FAR)
                        if row == U(FAR) and far_bit < far_end:
                            row += packed_at(far_bit, far_mask)
                            far_bit += far_width
                            if row >= rows:
                                return DAMAGED
                        pos = behind
                        if fields:
                            behind += spread(counts, row, widths_at(codes, widths, passed))
                    counted = j + U(1)
                    grade = grades[grade_at + ((value & kinds) >> U(ROW_BITS))]
                    title, body = abs(grade) * table[row, U(0)], abs(grade) * table[row, U(1)]
                    sums[word, slot, 2] += title
                    sums[word, slot, 3] += body
                    if grade > 0:
                        sums[word, slot, 0] += title
                        sums[word, slot, 1] += body
                    if grade > 0 and fields:
                        total = U(kind_counts[row, U(4)])
                        if behind > stop or total > behind - pos + U(FREE):
                            return DAMAGED
                        while size + total >= len(found):
                            found = np.concatenate((found, np.empty_like(found)))
                        own = widths_at(codes, widths, doc)
                        for kind in range(U(KINDS)):
                            field = (kind + U(1)) >> U(1)
                            base, least = (
                                (U(slot) << U(FIELD_BITS) | field) << U(POSITION_BITS),
                                U(LEAD) * U(kind == U(2)),
                            )
                            pos_width = own >> (kind << U(4)) & U(0xFFFF)
                            pos_mask = (U(1) << pos_width) - U(1)
                            for _ in range(kind_counts[row, kind]):
                                place = base | (packed_at(pos, pos_mask) + least & _POSITION)
                                found[size] = place << U(tag_bits) | U(word)
                                pos += pos_width
                                size += fields >> np.int64(field) & 1
    closeness, scale = np.zeros(len(wanted)), np.empty(len(wanted))
    for slot in range(len(wanted)):
        title_norm, body_norm = norms[U(wanted[slot]), 0], norms[U(wanted[slot]), 1]
        scale[slot] = close_k1 / body_norm
        for word in range(len(weights)):
            here = sums[word, slot]
            one, whole = here[0] * title_norm + here[1] * body_norm, here[2] * title_norm + here[3] * body_norm
            scores[order[slot]] += weights[word] * (k1 + 1) * (whole / (k1 + whole) - one / (k1 + one))
    ordered = arranged(found[:size], len(wanted), U(FIELD_BITS + POSITION_BITS + tag_bits))
    _closeness(ordered, tag_bits, weights, scale, closeness)
    for slot in range(len(wanted)):
        scores[order[slot]] += close * (close_k1 + 1) * closeness[slot]
    return 0
