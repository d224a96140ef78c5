"""A table of strings as two arrays: what compiled loops look up in it and add to it.

*entries* has for each string its number, its length and its letters, from place 1 on; *slots* (a power of two, less
than half full) where that is, under the upper half of its sum. A dictionary takes most of a microsecond a word, with
the objects it makes of each; this takes a tenth.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled

__all__ = ["BASIS", "PRIME", "Array", "U", "add", "entry_of", "fits", "put", "rehash", "sum_of", "walk", "written"]

U = np.uint64
# FNV-1a, 64 bits, a character at a time. Equal sums are looked into, so a clash costs time and nothing else.
BASIS, PRIME = U(14695981039346656037), U(1099511628211)
_TAG, _PLACE = U(0xFFFFFFFF00000000), U(0x00000000FFFFFFFF)
Array = NDArray[Any]


@compiled
def put(slots: Array, total: Any, place: Any) -> None:
    """Puts the entry at *place* into the first free slot for its sum."""
    mask = U(len(slots) - 1)
    slot = (total >> U(32)) & mask
    while slots[slot]:
        slot = (slot + U(1)) & mask
    slots[slot] = total & _TAG | place


@compiled
def sum_of(letters: Array, start: Any, end: Any) -> Any:
    total = BASIS
    for i in range(U(start), U(end)):
        total = (total ^ U(letters[i])) * PRIME
    return total


@compiled
def entry_of(slots: Array, entries: Array, total: Any, codes: Array, start: Any, length: Any) -> Any:
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
def fits(entries: Array, slots: Array, count: Any, free: Any, length: Any) -> Any:
    """Whether there is room for one string more."""
    return 2 * (count + 1) < len(slots) and U(free) + length + U(2) <= U(len(entries))


@compiled
def written(entries: Array, free: Any, one: Any, codes: Array, start: Any, length: Any) -> Any:
    """Writes the entry of raw string *one* at place *free*; returns where the next goes."""
    entries[free] = one
    entries[free + U(1)] = length
    for i in range(length):
        entries[free + U(2) + i] = codes[start + i]
    return free + U(2) + length


@compiled
def rehash(entries: Array, free: int, slots: Array) -> None:
    """Puts all entries before *free* into *slots*, which are empty."""
    place = U(1)
    while place < U(free):
        end = place + U(2) + U(entries[place + U(1)])
        put(slots, sum_of(entries, place + U(2), end), place)
        place = end


@compiled
def walk(entries: Array, place: int, free: int, places: Array) -> int:
    """Writes where each entry from *place* to *free* begins to *places*; returns how many there are."""
    found = 0
    while place < free:
        places[found] = place
        place += 2 + int(entries[place + 1])
        found += 1
    return found


@compiled
def add(codes: Array, bounds: Array, entries: Array, slots: Array, state: Array) -> bool:
    """Adds the strings ``codes[bounds[i]:bounds[i + 1]]``, all new; *state*: the next i, strings known, end of entries.

    Returns whether it is done; if not, make room and call again.
    """
    while state[0] < len(bounds) - 1:
        start, end = U(bounds[state[0]]), U(bounds[state[0] + 1])
        if not fits(entries, slots, state[1], state[2], end - start):
            return False
        put(slots, sum_of(codes, start, end), U(state[2]))
        state[2] = written(entries, U(state[2]), state[1], codes, start, end - start)
        state[1] += 1
        state[0] += 1
    return True
