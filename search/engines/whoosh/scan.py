"""The loops over packed tables of strings (index/engines/whoosh/strings.py): look-ups, patterns and slips.

Each takes a table as its three arrays. A look-up takes a microsecond where the table's own, in Python, takes twenty;
all 430,000 forms are tried against a pattern in about 20 ms. Damaged tables give no match, and no read outside.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled

__all__ = ["lower_bound", "lower_bounds", "matching", "rooted", "slips"]

_BLOCK = 16
# Keys are at most two forms of 64 letters, ids 500 characters, keywords rarely longer: what is beyond is cut.
_ROOM = 2048
_LETTERS = 72
_STAR, _QUESTION = ord("*"), ord("?")

U = np.uint64
Array = NDArray[Any]


@compiled
def _unpack(data: Array, at: int, key: Array) -> tuple[int, int]:
    """Writes the string packed at *at* over the one before it in *key*; returns its length and the next one's place."""
    if at >= len(data):
        return 0, at
    shared = int(data[at])
    at += 1
    length, shift = 0, 0
    while at < len(data):
        byte = int(data[at])
        at += 1
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128 or shift > 28:
            break
    length = min(length, len(data) - at)
    for i in range(min(length, len(key) - shared)):
        key[shared + i] = data[at + i]
    return min(shared + length, len(key)), at + length


@compiled
def _below(key: Array, size: int, wanted: Array) -> bool:
    for i in range(min(size, len(wanted))):
        if key[i] != wanted[i]:
            return bool(key[i] < wanted[i])
    return size < len(wanted)


@compiled
def lower_bound(heads: Array, data: Array, count: int, wanted: Array) -> tuple[int, bool]:
    """The number of the first string not before *wanted* (bytes), and whether it is *wanted*."""
    key = np.zeros(_ROOM, np.uint8)
    low, high = 0, (count + _BLOCK - 1) // _BLOCK
    while low < high:
        middle = (low + high) // 2
        size, _ = _unpack(data, heads[middle], key)
        if _below(key, size, wanted):
            low = middle + 1
        else:
            high = middle
    # The block whose head is before it may hold it; else it is the next block's head.
    start = max(low - 1, 0)
    number = start * _BLOCK
    at = heads[start] if count else 0
    while number < count:
        size, at = _unpack(data, at, key)
        if not _below(key, size, wanted):
            same = size == len(wanted)
            for i in range(min(size, len(wanted))):
                same &= key[i] == wanted[i]
            return number, same
        number += 1
    return count, False


@compiled
def lower_bounds(heads: Array, data: Array, count: int, wanted: Array, ends: Array) -> tuple[Array, Array]:
    """``lower_bound`` of several strings, which lie one after the other in *wanted* and end at *ends*."""
    numbers, present = np.empty(len(ends), np.int64), np.empty(len(ends), np.bool_)
    begin = 0
    for i in range(len(ends)):
        numbers[i], present[i] = lower_bound(heads, data, count, wanted[begin : ends[i]])
        begin = ends[i]
    return numbers, present


@compiled
def _bare(key: Array, size: int, least: int, suffixes: Array, ends: Array) -> Any:
    """How many bytes are left of a key without the first of *suffixes* that leaves *least* letters."""
    begin = 0
    for i in range(len(ends)):
        length = ends[i] - begin
        at = size - length
        same = at >= least
        # The last byte first: it differs mostly.
        j = length
        while same and j:
            j -= 1
            same = key[at + j] == suffixes[begin + j]
        begin = ends[i]
        if same:
            letters = 0
            for j in range(at):
                letters += key[j] & 0xC0 != 0x80
            if letters >= least:
                return at
    return size


@compiled
def rooted(
    heads: Array, data: Array, low: int, high: int, size: int, suffixes: Array, ends: Array, least: int, rounds: int
) -> Array:
    """Those of the strings *low*..*high*-1, which begin with a root of *size* bytes, whose root that is.

    As index/text/roots.py says; *suffixes*, the longest first, lie one after the other and end at *ends*.
    """
    found, kept = np.empty(max(high - low, 0), np.int64), 0
    if not len(found):
        return found
    key = np.zeros(_ROOM, np.uint8)
    at = int(heads[low // _BLOCK])
    for number in range(low // _BLOCK * _BLOCK, high):
        left, at = _unpack(data, at, key)
        if number < low:
            continue
        for _ in range(rounds):
            left = _bare(key, left, least, suffixes, ends)
        found[kept] = number
        kept += left == size
    return found[:kept]


@compiled
def _letters(key: Array, size: int, letters: Array) -> int:
    """Writes the code points of a key up to its mark of capitalisation; returns how many (at most the room)."""
    count, at = 0, 0
    while at < size and count < len(letters) and key[at] > 3:
        lead = int(key[at])
        extra = (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0)
        code = lead & (0x7F if extra == 0 else 0x3F >> extra)
        for i in range(1, extra + 1):
            code = code << 6 | (int(key[at + i]) & 0x3F if at + i < size else 0)
        letters[count] = code
        count += 1
        at += 1 + extra
    return count


@compiled
def _fits(letters: Array, size: int, pattern: Array) -> bool:
    """Whether *pattern* is all of the letters: one star at a time is tried longer when what follows does not fit."""
    at, place, star, mark = 0, 0, -1, 0
    while at < size:
        if place < len(pattern) and pattern[place] == _STAR:
            star, mark = place, at
            place += 1
        elif place < len(pattern) and (pattern[place] == _QUESTION or pattern[place] == letters[at]):
            at += 1
            place += 1
        elif star >= 0:
            mark += 1
            at, place = mark, star + 1
        else:
            return False
    while place < len(pattern) and pattern[place] == _STAR:
        place += 1
    return place == len(pattern)


@compiled
def matching(heads: Array, data: Array, count: int, low: int, high: int, pattern: Array) -> Array:
    """Numbers from *low*..*high*-1 of forms whose letters fit *pattern* (code points, with * and ?)."""
    found = np.empty(max(high - low, 0), np.int64)
    if not len(found):
        return found
    key, letters = np.zeros(_ROOM, np.uint8), np.zeros(_LETTERS, np.int64)
    size = 0
    at = int(heads[low // _BLOCK])
    for number in range(low // _BLOCK * _BLOCK, min(high, count)):
        length, at = _unpack(data, at, key)
        if number >= low and _fits(letters, _letters(key, length, letters), pattern):
            found[size] = number
            size += 1
    return found[:size]


@compiled
def slips(_heads: Array, data: Array, count: int, word: Array, most: int) -> tuple[Array, Array]:
    """Numbers of forms at most *most* slips from *word* (code points), and how many slips each.

    A slip inserts, deletes or changes a letter or swaps two neighbours, no letter twice (optimal string alignment).
    """
    found, costs = np.empty(256, np.int64), np.empty(256, np.int64)
    key, letters = np.zeros(_ROOM, np.uint8), np.zeros(_LETTERS, np.int64)
    rows = np.empty((3, len(word) + 1), np.int64)
    size, at = 0, 0
    for number in range(count):
        length, at = _unpack(data, at, key)
        letter_count = _letters(key, length, letters)
        if abs(letter_count - len(word)) > most:
            continue
        rows[0] = np.arange(len(word) + 1)
        before, last, row = 2, 2, 0
        for i in range(letter_count):
            before, last, row = last, row, (i + 1) % 3
            rows[row, 0] = i + 1
            least = i + 1
            for j in range(len(word)):
                same = letters[i] == word[j]
                cost = min(rows[last, j + 1] + 1, rows[row, j] + 1, rows[last, j] + (not same))
                if i and j and letters[i] == word[j - 1] and letters[i - 1] == word[j]:
                    cost = min(cost, rows[before, j - 1] + 1)
                rows[row, j + 1] = cost
                least = min(least, cost)
            if least > most:
                break
        else:
            if rows[row, len(word)] <= most:
                if size == len(found):
                    found, costs = np.append(found, found), np.append(costs, costs)
                found[size], costs[size] = number, rows[row, len(word)]
                size += 1
    return found[:size], costs[:size]
