"""The loops over packed strings (docs/format.md): many of them unpacked, or found, in one run through the table.

A damaged table gives fewer strings than were asked for, and no read outside of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled

__all__ = ["found", "picked", "to_characters", "unpacked"]

_BLOCK = 16
Array = NDArray[Any]


@compiled
def _head(data: Array, at: Any, size: Any, longest: int) -> tuple[Any, Any, Any]:
    """Of the string at *at*: how many bytes it shares with the one before it, of *size*, how many follow, and where.

    -1 follow where the table is damaged, or the string has more than *longest*.
    """
    if at >= len(data):
        return 0, -1, at
    length: Any = 0
    shared, shift = np.int64(data[at]), 0
    at += 1
    while at < len(data) and shift < 35:
        byte = np.int64(data[at])
        length |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            break
    if shared > size or length > len(data) - at or shared + length > longest:
        return 0, -1, at
    return shared, length, at


@compiled
def _next(data: Array, at: Any, key: Array, size: Any) -> tuple[Any, Any]:
    """Writes the string at *at* over the one before it, of *size* bytes, in *key*; its size, and where the next starts.

    Size -1: the table is damaged.
    """
    shared, length, at = _head(data, at, size, len(key))
    if length < 0:
        return -1, at
    for i in range(length):
        key[shared + i] = data[at + i]
    return shared + length, at + length


@compiled
def unpacked(heads: Array, data: Array, count: int, numbers: Array, longest: int) -> tuple[Array, Array]:
    """The strings with those *numbers* as bytes, and where each ends; quickest in order.

    Stops at a number that is not one of the *count*, and at a string of more than *longest* bytes, as at damage. Blocks
    that are read to their end are seen to end where the next begins.
    """
    key, out = np.zeros(longest, np.uint8), np.empty(16 * len(numbers) + longest, np.uint8)
    ends = np.empty(len(numbers), np.int64)
    used: Any = 0
    number: Any = -2
    at: Any = 0
    size: Any = 0
    for i in range(len(numbers)):
        wanted = np.int64(numbers[i])
        if not 0 <= wanted < count:
            return out[:used], ends[:i]
        if wanted // _BLOCK != number // _BLOCK or wanted < number:
            number, at, size = wanted // _BLOCK * _BLOCK - 1, np.int64(heads[wanted // _BLOCK]), 0
        while number < wanted:
            size, at = _next(data, at, key, size)
            number += 1
            whole = (number + 1) % _BLOCK == 0 or number + 1 == count
            if size < 0 or (whole and at != heads[number // _BLOCK + 1]):
                return out[:used], ends[:i]
        while used + size > len(out):
            out = np.concatenate((out, np.empty_like(out)))
        out[used : used + size] = key[:size]
        used += size
        ends[i] = used
    return out[:used], ends


@compiled
def picked(heads: Array, data: Array, count: int, numbers: Array, longest: int, out: Array, ends: Array) -> int:
    """What ``unpacked`` does, of a few strings here and there: only they are spelt, from those before them backwards.

    Writes them to *out*, which has room for *longest* bytes of each, and to *ends*; returns how many. 0.15 µs each,
    where spelling all of a block up to them takes 0.4. Arrays that came out of the loop would cost a µs each.
    """
    starts, shares = np.empty(_BLOCK, np.int64), np.empty(_BLOCK, np.int64)
    used: Any = 0
    for i in range(len(numbers)):
        wanted = np.int64(numbers[i])
        if not 0 <= wanted < count:
            return i
        block, last = wanted // _BLOCK, wanted % _BLOCK
        at: Any = np.int64(heads[block])
        size: Any = np.int64(0)
        for k in range(last + 1):
            shared, length, at = _head(data, at, size, longest)
            if length < 0:
                return i
            size = shared + length
            starts[k], shares[k] = at, shared
            at += length
        if at > heads[block + 1]:
            return i
        need: Any = size
        row: Any = last
        while need > 0:
            for j in range(shares[row], need):
                out[used + j] = data[starts[row] + j - shares[row]]
            need, row = min(need, shares[row]), row - 1
        used += size
        ends[i] = used
    return len(numbers)


@compiled
def to_characters(data: Array, ends: Array) -> bool:
    """Makes *ends* of strings (not none) that lie end to end in *data*, UTF-8, from bytes to characters.

    Returns whether each ends where a character does.
    """
    at, characters, last = 0, 0, ends[-1]
    for i in range(len(ends)):
        while at < ends[i]:
            characters += data[at] & 0xC0 != 0x80
            at += 1
        if at < last and data[at] & 0xC0 == 0x80:
            return False
        ends[i] = characters
    return True


@compiled
def found(heads: Array, data: Array, count: int, wanted: Array, ends: Array, longest: int, numbers: Array) -> int:
    """Fills *numbers* with those of the strings *wanted*, which ascend one after the other and end at *ends*; -1: none.

    Returns how many of the *count* strings were read: fewer when the table is damaged.
    """
    key = np.zeros(longest, np.uint8)
    at: Any = 0
    size: Any = 0
    start, place = 0, 0
    for number in range(count):
        if place == len(ends):
            return count
        fresh = number % _BLOCK == 0
        if fresh and at != heads[number // _BLOCK]:
            return number
        size, at = _next(data, at, key, 0 if fresh else size)
        if size < 0:
            return number
        while place < len(ends):
            length = ends[place] - start
            same = 0
            while same < size and same < length and key[same] == wanted[start + same]:
                same += 1
            if same < length and (same == size or key[same] < wanted[start + same]):
                break
            numbers[place] = number if same == length == size else -1
            start = ends[place]
            place += 1
    for rest in range(place, len(ends)):
        numbers[rest] = -1
    return count
