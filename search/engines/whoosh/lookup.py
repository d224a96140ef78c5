"""The loops from the lemmas of a word to its forms, and from forms to where their lists lie (docs/format.md).

A query word that nobody asked before takes one call, of 15 to 40 µs; NumPy took 300 for the same, as a word has some
twenty forms, too few for whole arrays. Numbers that come from a file are checked before they are indexes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled
from index.engines.whoosh.packing import BLOCK
from search.engines.whoosh.scan import lower_bound, lower_bounds, rooted
from search.engines.whoosh.walking import MARKS, key_range

__all__ = ["LIKELIEST", "ROOT", "SHARED", "TYPED", "listed", "located"]

# How well a form matches, the least first: only the root is the word's; any lemma; the likeliest; as it was typed.
ROOT, SHARED, LIKELIEST, TYPED = 0, 1, 2, 3
_LEVEL_BITS = 2
# Of Offsets and of the lemma table.
_STEP_BITS, _LARGE = 4, 255
_PLACE_BITS, _FIRST = 2, 1

Array = NDArray[Any]


@compiled
def _start(table: tuple[Array, ...], piece: int) -> Any:
    """Where a piece starts: ``Offsets.at``."""
    sizes, steps, large, large_at = table
    step = piece >> _STEP_BITS
    at = np.int64(steps[step])
    for i in range(step << _STEP_BITS, piece):
        size = np.int64(sizes[i])
        at += size if size != _LARGE else 0
    return at + np.int64(large_at[np.searchsorted(large, piece)])


@compiled
def _noted(data: Array, at: int, stop: int, likely: int, other: int, found: Array, size: int) -> int:
    """Adds the forms of a lemma, packed from *at* to *stop*, to *found*; returns how many are there then.

    Those whose likeliest lemma it is get the level *likely*, the others *other*, and none where that is negative.
    """
    form: Any = 0
    while at < stop:
        value: Any = 0
        shift = 0
        while at < stop:
            byte = np.int64(data[at])
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128 or shift > 35:
                break
        form += value >> _PLACE_BITS
        level = likely if value & 3 <= _FIRST else other
        if level >= 0:
            found[size] = form << _LEVEL_BITS | level
            size += 1
    return size


@compiled
def _key(keys: Array, ends: Array, number: int) -> Array:
    """One of several strings, which lie one after the other in *keys* and end at *ends*."""
    return keys[ends[number - 1] if number else 0 : ends[number]]


@compiled
def _graded(
    lemmas: Array,
    kin: Array,
    low: int,
    high: int,
    lemma_at: tuple[Array, ...],
    data: Array,
    forms: int,
) -> tuple[Array, Array]:
    """The forms of a word, ascending, and the best level that each reaches.

    *lemmas*: its numbers in the lemma table, likeliest first, -1 for one that is not there; *kin*: those of its root;
    *low*..*high*-1: the forms that are the word as it was typed. A form that is not there gives the single form -1.
    """
    own = np.concatenate((lemmas, kin))
    starts, stops = np.zeros(len(own), np.int64), np.zeros(len(own), np.int64)
    room = high - low
    for i in range(len(own)):
        if own[i] >= 0:
            starts[i], stops[i] = _start(lemma_at, own[i]), _start(lemma_at, own[i] + 1)
            if not 0 <= starts[i] <= stops[i] <= len(data):
                return np.full(1, -1, np.int64), np.zeros(1, np.uint8)
            room += stops[i] - starts[i]
    found, size = np.empty(room, np.int64), 0
    for i in range(len(own)):
        likely, other = (LIKELIEST if i == 0 else SHARED, SHARED) if i < len(lemmas) else (ROOT, -1)
        size = _noted(data, starts[i], stops[i], likely, other, found, size)
    for form in range(low, high):
        found[size] = form << _LEVEL_BITS | TYPED
        size += 1
    found = found[:size]
    found.sort()
    numbers, levels, kept = np.empty(size, np.int64), np.empty(size, np.uint8), 0
    for i in range(size):
        # Of a form that was found several times the best level comes last.
        if i + 1 == size or found[i + 1] >> _LEVEL_BITS != found[i] >> _LEVEL_BITS:
            numbers[kept] = found[i] >> _LEVEL_BITS
            levels[kept] = found[i] & TYPED
            kept += 1
    if kept and not 0 <= numbers[0] <= numbers[kept - 1] < forms:
        return np.full(1, -1, np.int64), np.zeros(1, np.uint8)
    return numbers[:kept], levels[:kept]


@compiled
def located(
    forms: Array,
    grades: Array,
    form_lists: tuple[Array, Array, Array],
    form_postings: Array,
    first: Array,
    doc_at: tuple[Array, ...],
    pos_at: tuple[Array, ...],
    block_list: Array,
) -> tuple[Array, Array, Array, Array, int]:
    """The lists that have some of *forms* (ascending): a row each, a table of grades, where each form is in that.

    And in how many documents each form is, and the postings of all lists, -1 where one has none. A row: df, start in
    doc_bytes and in pos_bytes, rows low..high-1 in the skip table; where the grades of its forms start in the table, by
    their places, and the greatest place there is room for. *form_lists*: of each form its list and its place, of each
    list where its forms start; *first*: the first posting of each list; *block_list*: that of the list of each row of
    the skip table.
    """
    lists_of, places, starts = form_lists
    own, counts = np.empty(len(forms), np.int64), np.empty(len(forms), np.int64)
    for i in range(len(forms)):
        own[i] = lists_of[forms[i]]
        counts[i] = np.int64(form_postings[forms[i] + 1]) - np.int64(form_postings[forms[i]])
    order = np.argsort(own, kind="mergesort")
    size, room, before = 0, 0, -1
    for i in order:
        if own[i] != before:
            before = own[i]
            size += 1
            room += _power(starts[before + 1] - starts[before])
    rows, table, slots = np.zeros((size, 7), np.int64), np.zeros(room, np.float32), np.empty(len(forms), np.int64)
    at, used, before = -1, 0, -1
    postings: Any = 0
    for i in order:
        number = own[i]
        if number != before:
            before = number
            at += 1
            rows[at, 5] = used
            rows[at, 6] = _power(starts[number + 1] - starts[number]) - 1
            used += rows[at, 6] + 1
            posting = np.int64(first[number])
            df = np.int64(first[number + 1]) - posting
            postings = postings + df if df > 0 <= postings else -1
            rows[at, 0], rows[at, 1], rows[at, 2] = df, _start(doc_at, number), _start(pos_at, number)
            if df > BLOCK:
                low: Any = np.searchsorted(block_list, posting)
                rows[at, 3], rows[at, 4] = low, min(low + (df + BLOCK - 1) // BLOCK, len(block_list))
        slots[i] = rows[at, 5] + places[forms[i]]
        table[slots[i]] = grades[i]
    return rows, table, slots, counts, postings


@compiled
def listed(
    keys: Array,
    ends: Array,
    count: int,
    grades: Array,
    roots: tuple[Array, Array, int, int],
    lemmas: tuple[Array, Array, int],
    lemma_forms: tuple[tuple[Array, ...], Array],
    forms: tuple[Array, Array, int],
    lists: tuple[Any, ...],
) -> tuple[Array, Array, Array, Array, Array, int, bool]:
    """The forms of a word, ascending, and what ``located`` says of them; whether some are only of its root.

    *keys* are its *count* lemmas, likeliest first, the word as it was typed, and where all of its root are wanted, that
    and what comes after everything that begins with it. *grades* are those of the levels, *roots* what ``rooted`` wants
    to know of endings. *lemmas* and *forms* are tables of strings, *lemma_forms* what ``_graded`` reads, *lists*
    what ``located`` does. A damaged table gives the single form -1.
    """
    numbers, present = lower_bounds(*lemmas, keys, ends[:count])
    numbers[~present] = -1
    kin = np.empty(0, np.int64)
    if len(ends) > count + 1:
        root = _key(keys, ends, count + 1)
        low, _ = lower_bound(*lemmas, root)
        high, _ = lower_bound(*lemmas, _key(keys, ends, count + 2))
        kin = rooted(lemmas[0], lemmas[1], low, high, len(root), *roots)
    low, high = key_range(*forms, _key(keys, ends, count), MARKS)
    found, levels = _graded(numbers, kin, low, high, *lemma_forms, forms[2])
    if low < 0 or (len(found) and found[0] < 0):
        found, levels = np.full(1, -1, np.int64), levels[:0]
    own = found[: len(levels)]
    return found, *located(own, grades[levels], *lists), bool((levels == ROOT).any())


@compiled
def _power(count: Any) -> int:
    """The least power of two that is not below *count*: a place of so many bits stays inside a table of that size."""
    power = 1
    while power < count:
        power <<= 1
    return power
