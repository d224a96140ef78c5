"""The loop over the characters of texts: it cuts them at blanks and numbers what stands between.

A dictionary of strings takes most of a microsecond a word, with the objects it makes of each; this takes a tenth.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled
from index.text.raws import BLANK, LETTER, LINE, MAX_RAW

__all__ = ["LINE_BREAK", "LONG", "number", "rehash"]

# The number of a line break, whichever character it is, and of what is longer than MAX_RAW.
LINE_BREAK, LONG = 0, -1

U = np.uint64
# FNV-1a, 64 bits, a character at a time. Equal sums are looked into, so a clash costs time and nothing else.
_BASIS, _PRIME = U(14695981039346656037), U(1099511628211)
_TAG, _PLACE = U(0xFFFFFFFF00000000), U(0x00000000FFFFFFFF)
Array = NDArray[Any]


@compiled
def _put(slots: Array, total: Any, place: Any) -> None:
    """Puts the entry at *place* into the first free slot for its sum."""
    mask = U(len(slots) - 1)
    slot = (total >> U(32)) & mask
    while slots[slot]:
        slot = (slot + U(1)) & mask
    slots[slot] = total & _TAG | place


@compiled
def _sum(letters: Array, start: Any, end: Any) -> Any:
    total = _BASIS
    for i in range(U(start), U(end)):
        total = (total ^ U(letters[i])) * _PRIME
    return total


@compiled
def _entry(slots: Array, entries: Array, total: Any, codes: Array, start: Any, length: Any) -> Any:
    """The place of the entry with the letters ``codes[start:start + length]``, 0 when there is none."""
    mask = U(len(slots) - 1)
    slot = (total >> U(32)) & mask
    while slots[slot]:
        if slots[slot] & _TAG == total & _TAG:
            place = slots[slot] & _PLACE
            if entries[place + U(1)] == length:
                same = U(0)
                while same < length and entries[place + U(2) + same] == codes[start + same]:
                    same += U(1)
                if same == length:
                    return place
        slot = (slot + U(1)) & mask
    return U(0)


@compiled
def _written(entries: Array, free: Any, one: Any, codes: Array, start: Any, length: Any) -> Any:
    """Writes the entry of raw string *one* at place *free*; returns where the next goes."""
    entries[free] = one
    entries[free + U(1)] = length
    for i in range(length):
        entries[free + U(2) + i] = codes[start + i]
    return free + U(2) + length


@compiled
def number(
    codes: Array,
    bounds: Array,
    kinds: Array,
    entries: Array,
    slots: Array,
    state: Array,
    ids: Array,
    starts: Array,
    sizes: Array,
) -> bool:
    """Writes the number of every raw string to *ids* and where it begins to *starts*; *sizes* counts them by text.

    *codes* are the code points of texts end to end, text i is ``codes[bounds[i]:bounds[i + 1]]``; *kinds* tells what a
    code point is. The table: *entries* has for each raw string its number, its length and its letters, from place 1 on;
    *slots* (a power of two, less than half full) where that is, under the upper half of its sum. New strings are added.
    *state* is where it stands: text, place in *codes*, raw strings found, raw strings known, end of entries. Returns
    whether it is done; if not, the table has no more room: make some and call again.
    """
    last = U(len(kinds) - 1)
    text, place, found, count, free = state[0], U(state[1]), state[2], state[3], U(state[4])
    full = False
    while text < len(sizes) and not full:
        end = U(bounds[text + 1])
        while place < end:
            start = place
            kind = kinds[min(U(codes[place]), last)]
            place += U(1)
            if kind == BLANK:
                continue
            one: Any = LINE_BREAK
            if kind != LINE:
                total = (_BASIS ^ U(codes[start])) * _PRIME
                while place < end and kinds[min(U(codes[place]), last)] == LETTER:
                    total = (total ^ U(codes[place])) * _PRIME
                    place += U(1)
                length = place - start
                long = length > U(MAX_RAW)
                entry = U(0) if long else _entry(slots, entries, total, codes, start, length)
                if long:
                    one = LONG
                elif entry:
                    one = np.int64(entries[entry])
                elif 2 * (count + 1) > len(slots) or free + length + U(2) > U(len(entries)):
                    place, full = start, True
                    break
                else:
                    one, count = count, count + 1
                    _put(slots, total, free)
                    free = _written(entries, free, one, codes, start, length)
            ids[found] = one
            starts[found] = start
            found += 1
            sizes[text] += 1
        if not full:
            text += 1
    state[0], state[1], state[2], state[3], state[4] = text, place, found, count, free
    return not full


@compiled
def rehash(entries: Array, free: int, slots: Array) -> None:
    """Puts all entries before *free* into *slots*, which are empty."""
    place = U(1)
    while place < U(free):
        end = place + U(2) + U(entries[place + U(1)])
        _put(slots, _sum(entries, place + U(2), end), place)
        place = end
