"""The loops over the characters of texts: they cut them at blanks, number what stands between, and fold plain words.

A dictionary of strings takes most of a microsecond a word, with the objects it makes of each; this takes a tenth. A
table of strings (strings.py) is two arrays: *entries* has for each its number, its length and its letters, from place 1
on; *slots* (a power of two, less than half full) where that is, under the upper half of its sum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled
from index.text.fold import MAX_LETTERS
from index.text.raws import BLANK, DIGITS, LATIN, LETTER, LINE, MAX_RAW, OTHER, STOP
from index.text.sentences import LOWER, UPPER

__all__ = ["LINE_BREAK", "LONG", "NOT_PLAIN", "UNTOLD", "add", "number", "plain", "rehash", "walk"]

# The number of a line break, whichever character it is, and of what is longer than MAX_RAW.
LINE_BREAK, LONG = 0, -1
# In place of a form: it is no plain word. In place of flags: a digit, or a stop, of which what is around it tells more.
NOT_PLAIN, UNTOLD = -1, -1

U = np.uint64
# FNV-1a, 64 bits, a character at a time. Equal sums are looked into, so a clash costs time and nothing else.
_BASIS, _PRIME = U(14695981039346656037), U(1099511628211)
_TAG, _PLACE = U(0xFFFFFFFF00000000), U(0x00000000FFFFFFFF)
_A, _RUSSIAN_A, _YO, _SMALL_YO, _YE, _SMALL_YE = (U(ord(letter)) for letter in "aаЁёЕе")
# From a capital to its small letter, in both alphabets.
_SMALLER = U(32)
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
def _fits(entries: Array, slots: Array, count: Any, free: Any, length: Any) -> Any:
    """Whether there is room for one string more."""
    return 2 * (count + 1) < len(slots) and U(free) + length + U(2) <= U(len(entries))


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
    code point is. Raw strings that *entries* and *slots* do not have are added. *state* is where it stands: text, place
    in *codes*, raw strings found, raw strings known, end of entries. Returns whether it is done; if not, the table has
    no more room: make some and call again.
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
                elif not _fits(entries, slots, count, free, length):
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
        if not _fits(entries, slots, state[1], state[2], end - start):
            return False
        _put(slots, _sum(codes, start, end), U(state[2]))
        state[2] = _written(entries, U(state[2]), state[1], codes, start, end - start)
        state[1] += 1
        state[0] += 1
    return True


@compiled
def _folded(letters: Array, start: Any, end: Any, small: Any, word: Array) -> Any:
    """Writes the folded form of the plain word ``letters[start:end]`` to *word*; returns its length (fold.py).

    Small letters are those from *small* on.
    """
    length = min(end - start, U(MAX_LETTERS))
    capitals = U(0)
    for i in range(length):
        letter = U(letters[start + i])
        letter = _SMALL_YE if letter == _SMALL_YO else _YE if letter == _YO else letter
        capitals += U(letter < small)
        word[i] = letter
    if capitals == length and length > U(1):
        return length
    for i in range(U(1), length):
        if word[i] < small:
            word[i] += _SMALLER
    return length


@compiled
def plain(
    letters: Array,
    places: Array,
    classes: Array,
    entries: Array,
    slots: Array,
    state: Array,
    forms: Array,
    starts: Array,
    ends: Array,
    flags: Array,
) -> bool:
    """Of each raw string that is a plain word: its form, where that starts and ends, its flags.

    Raw strings are the entries of *letters* at *places*; *classes* tells letters, digits and what may be around them.
    *entries* and *slots* are the table of forms, to which new ones are added. Other raw strings get NOT_PLAIN; flags
    are UNTOLD where there is a stop or a digit. *state*: the next raw string, forms known, end of *entries*. Returns
    whether it is done; if not, make room and call again.
    """
    last = U(len(classes) - 1)
    word = np.empty(MAX_LETTERS, np.uint32)
    while state[0] < len(places):
        raw = state[0]
        start = U(places[raw]) + U(2)
        stop = start + U(letters[start - U(1)])
        low = start
        stops = False
        while low < stop and classes[min(U(letters[low]), last)] <= STOP:
            stops |= classes[min(U(letters[low]), last)] == STOP
            low += U(1)
        high, kind = low, U(OTHER)
        if low < stop:
            kind = U(classes[min(U(letters[low]), last)])
        while high < stop and classes[min(U(letters[high]), last)] == kind:
            high += U(1)
        end = high
        while high < stop and classes[min(U(letters[high]), last)] <= STOP:
            stops |= classes[min(U(letters[high]), last)] == STOP
            high += U(1)
        forms[raw] = NOT_PLAIN
        if high == stop and kind != OTHER:
            small = _A if kind == LATIN else _RUSSIAN_A
            length = _folded(letters, low, end, small, word)
            total = _sum(word, U(0), length)
            entry = _entry(slots, entries, total, word, U(0), length)
            if entry:
                forms[raw] = entries[entry]
            elif _fits(entries, slots, state[1], state[2], length):
                forms[raw] = state[1]
                _put(slots, total, U(state[2]))
                state[2] = _written(entries, U(state[2]), state[1], word, U(0), length)
                state[1] += 1
            else:
                return False
            starts[raw], ends[raw] = low - start, end - start
            lower = U(letters[low]) >= small
            flags[raw] = UNTOLD if stops or kind == DIGITS else LOWER if lower else UPPER
        state[0] += 1
    return True
