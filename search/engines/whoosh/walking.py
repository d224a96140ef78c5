"""The loops over packed forms: those near what was typed, and those that begin with it (docs/format.md).

A damaged table gives a negative count, and no read outside of it. Knows nothing of documents or likelihood.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled
from search.engines.whoosh.distances import U, places_of, reach, row

__all__ = ["MARKS", "key_range", "walk"]

_DEPTH = 64
_BLOCK = 16
# Marks of capitalisation at the end of a key are below this.
MARKS = 4
_BYTES = 1024  # strings longer than that are damage: a form has 64 letters, its key at most two forms


@compiled
def _size(data: NDArray[Any], at: int, end: int) -> tuple[int, int]:
    """The length written at *at*, and where what it measures begins; -1 when that does not fit before *end*."""
    size = shift = 0
    while at < end:
        byte = int(data[at])
        size |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return (size, at) if 0 <= size <= end - at and shift < 42 else (-1, at)
    return -1, at


@compiled
def _order(text: NDArray[Any], at: int, end: int, key: NDArray[Any], more: int) -> int:
    """Whether text[at:end] is before *key* (-1), is it or goes on with a byte below *more* (0), or is after it (1)."""
    same = 0
    while same < end - at and same < len(key) and text[at + same] == key[same]:
        same += 1
    if same == len(key):
        return 0 if same == end - at or text[at + same] < more else 1
    return 1 if same < end - at and text[at + same] > key[same] else -1


@compiled
def key_range(heads: NDArray[Any], data: NDArray[Any], count: int, key: NDArray[Any], more: int) -> tuple[int, int]:
    """The half-open range of numbers whose strings are *key* or go on with a byte below *more*; -1: damaged."""
    low, high = 0, (count + _BLOCK - 1) // _BLOCK
    while low < high:  # the first block whose head is not before key
        middle = (low + high) // 2
        size, at = _size(data, int(heads[middle]) + 1, len(data))
        if size < 0:
            return -1, -1
        if _order(data, at, at + size, key, more) < 0:
            low = middle + 1
        else:
            high = middle
    text = np.zeros(_BYTES, np.uint8)
    number = first = max(low - 1, 0) * _BLOCK
    at = int(heads[number // _BLOCK])
    while number < count and at < len(data):
        shared = int(data[at])
        size, at = _size(data, at + 1, len(data))
        if size < 0 or shared + size > _BYTES:
            return -1, -1
        text[shared : shared + size] = data[at : at + size]
        at += size
        order = _order(text, 0, shared + size, key, more)
        if order > 0:
            break
        number += 1
        first = number if order < 0 else first
    return first, number


@compiled
def _letter(text: NDArray[Any], at: int) -> tuple[int, int]:
    """The code point of the UTF-8 letter at *at*, and where the next begins."""
    byte = int(text[at])
    if byte < 0xC0:
        return byte, at + 1
    size = 2 if byte < 0xE0 else (3 if byte < 0xF0 else 4)
    point = byte & (0x3F >> (size - 1))
    for more in range(1, size):
        point = (point << 6) | (int(text[at + more]) & 0x3F)
    return point, at + size


@compiled
def _begins(heads: NDArray[Any], data: NDArray[Any], block: int, text: NDArray[Any], size: int) -> bool:
    """Whether the first string of a block begins with the first *size* bytes of *text*."""
    length, at = _size(data, int(heads[block]) + 1, len(data))
    same = 0
    while same < size and same < length and data[at + same] == text[same]:
        same += 1
    return same == size


@compiled
def _passed(heads: NDArray[Any], data: NDArray[Any], block: int, blocks: int, text: NDArray[Any], size: int) -> int:
    """The first block from *block* on that may have a string without the first *size* bytes of *text*.

    They are sorted: steps that double, then bisection.
    """
    step = 1
    while block + step < blocks and _begins(heads, data, block + step, text, size):
        block += step
        step *= 2
    while step > 1:
        step //= 2
        if block + step < blocks and _begins(heads, data, block + step, text, size):
            block += step
    return block


@compiled
def walk(  # noqa: C901  # one loop over packed strings; its state in helpers would be copied at every call
    heads: NDArray[Any],
    data: NDArray[Any],
    count: int,
    points: NDArray[Any],
    codes: NDArray[Any],
    extra: NDArray[Any],
    table: NDArray[Any],
    substitutions: NDArray[Any],
    lacks: NDArray[Any],
    special: NDArray[Any],
    budget: int,
    prefix: bool,
    numbers: NDArray[Any],
    groups: NDArray[Any],
    costs: NDArray[Any],
) -> int:
    """Numbers of near forms in order, a group for all shapes of one word, their costs. -1: the table is damaged."""
    typed = len(points)
    rows = np.zeros((_DEPTH + 1, typed + 1), np.int32)
    rows[0, 1:] = np.cumsum(extra)
    live = np.zeros((_DEPTH + 1, 2), np.int64)
    live[0, 1] = (rows[0] <= budget).sum()
    least = np.zeros(_DEPTH + 1, np.int64)
    begun = np.full(_DEPTH + 1, budget + 1, np.int64)  # the cheapest of the beginnings up to a depth
    ends = np.zeros(_DEPTH + 1, np.int64)  # bytes up to a depth
    letters = np.zeros(_DEPTH + 1, np.int64)
    places, elsewhere = places_of(codes, substitutions, lacks)
    text = np.zeros(_BYTES + 4, np.uint8)  # the current string; 4 for a cut letter at its end
    size = depth = found = 0
    dead = 0  # every string that shares this many bytes with the current one costs too much
    word_end = -1
    group = block = 0
    blocks = (count + _BLOCK - 1) // _BLOCK
    while block < blocks:
        if dead:
            block = _passed(heads, data, block, blocks, text, dead)
        at, end = int(heads[block]), int(heads[block + 1])
        for inside in range(min(_BLOCK, count - block * _BLOCK)):
            if at >= end or end > len(data):
                return -1
            shared = int(data[at])
            length: Any = int(data[at + 1]) if at + 1 < end else 0x80
            at += 2
            if length >= 0x80:
                length, at = _size(data, at - 1, end)
            if length < 0 or length > end - at or shared + length > _BYTES or shared > size:
                return -1
            same = shared
            if inside == 0:
                known = dead if dead else size
                while same < length and same < known and data[at + same] == text[same]:
                    same += 1
            size = shared + length
            if dead and same >= dead:
                # What follows is told by the bytes up to there, which stay.
                at += length
                continue
            for i in range(length):
                text[shared + i] = data[at + i]
            at += length
            dead = 0
            if same < word_end:
                word_end = -1
            while ends[depth] > same:
                depth -= 1
            while ends[depth] < size and text[ends[depth]] >= MARKS:
                if depth == _DEPTH:
                    dead = ends[depth]
                    break
                byte, behind = int(text[ends[depth]]), ends[depth] + 1
                letter: Any = byte
                if byte >= 0xE0:
                    letter, behind = _letter(text, ends[depth])
                elif byte >= 0xC0:
                    letter, behind = (byte & 31) << 6 | int(text[behind]) & 63, behind + 1
                depth += 1
                letters[depth], ends[depth] = letter, behind
                code = U(table[letter]) if letter < len(table) else U(len(lacks) - 1)
                if not places[code] & reach(live, depth) and (not prefix or begun[depth - 1] > budget):
                    # As most letters: that none of the rows goes on from here is told without another one.
                    lack: Any = elsewhere[code]
                    if letter == letters[depth - 1]:
                        lack = min(lack, special[0])
                    if least[depth - 1] + lack > budget:
                        dead = ends[depth]
                        break
                least[depth] = row(
                    rows, live, letters, depth, code, points, codes, extra, substitutions, lacks, special, budget
                )
                begun[depth] = min(begun[depth - 1], rows[depth, typed])
                hopeless = least[depth] > budget and least[depth - 1] + special[2] > budget
                if hopeless and (not prefix or begun[depth] > budget):
                    dead = ends[depth]
                    break
            if dead:
                continue
            price = begun[depth] if prefix else rows[depth, typed]
            if price <= budget:
                if found == len(numbers):
                    return found
                if word_end != ends[depth]:
                    group += 1
                word_end = ends[depth]
                numbers[found], groups[found], costs[found] = block * _BLOCK + inside, group, price
                found += 1
        block += 1
    return found
