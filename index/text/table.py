"""Remembers how each raw string was cut, so that the tokens of a text are a look-up and a few array operations.

Rows lie in flat arrays: raw string *i* has the rows ``first[i]:first[i + 1]``. 1.8 million words a second on one core
once the strings are known; a new one costs some 10 µs. Knows neither lemmas nor documents.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.text import raws, sentences

__all__ = ["MAX_RAWS", "Expanded", "Forms", "Found", "RawTable"]

# Remembered raw strings, about 250 bytes each. Beyond it all are forgotten: 16 million words of news have 1 million,
# most of them met once, and the frequent half comes back within seconds.
MAX_RAWS = 1_000_000
# 999 999 999 999 999 999: a longer row of groups is a table and not one number.
_MAX_GROUPS = 6

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


class Forms(dict[str, int]):
    """Form -> its number; a new form takes the next. ``texts`` is the way back."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def __missing__(self, form: str) -> int:
        number = self[form] = len(self)
        self.texts.append(form)
        return number


class Found(NamedTuple):
    """Raw strings looked up: their numbers, the flags, and the index of the first and the last string of each.

    First and last differ for a number written in groups, which is one. ``sizes`` counts them for each text.
    """

    ids: Ints
    flags: Ints
    first: Longs
    last: Longs
    sizes: Longs


class Expanded(NamedTuple):
    """One entry a token: its row, the raw string it came from (index into Found), position and sentence in its text."""

    rows: Longs
    owners: Longs
    positions: Ints
    sentences: Ints
    bounds: Longs


class RawTable(dict[str, int]):
    """Raw string -> its number; looking up a new one cuts it."""

    def __init__(self, forms: Forms) -> None:
        super().__init__()
        self._numbers = forms
        self._reset()

    def _reset(self) -> None:
        self.clear()
        self._first, self._width, self._flags = array("q", [0]), array("i"), array("i")
        # A spare row in front: NumPy takes no view of an empty array.
        self._forms, self._positions, self._starts, self._ends = (array("i", [0]) for _ in range(4))
        self._first[0] = 1

    def __missing__(self, raw: str) -> int:
        pieces = raws.cut(raw)
        for form, position, start, end in pieces:
            self._forms.append(self._numbers[form])
            self._positions.append(position)
            self._starts.append(start)
            self._ends.append(end)
        self._first.append(len(self._forms))
        self._width.append(pieces[-1].position + 1 if pieces else 0)
        self._flags.append(sentences.flags(raw))
        number = self[raw] = len(self)
        return number

    def look_up(self, strings: Sequence[str], sizes: Longs) -> Found:
        """The raw *strings* of texts end to end, *sizes* of them in each; groups of digits joined."""
        if len(self) > MAX_RAWS:
            self._reset()
        ids = np.fromiter(map(self.__getitem__, strings), np.int32, len(strings))
        flags = _ints(self._flags)[ids] if len(ids) else ids
        joined = sentences.groups(flags)
        bounds = _bounds(sizes)
        joined[bounds[:-1][sizes > 0]] = False
        if not joined.any():
            every = np.arange(len(ids))
            return Found(ids, flags, every, every, sizes)
        first, last = _runs(joined)
        for run in np.flatnonzero(last - first >= _MAX_GROUPS):
            joined[first[run] : last[run] + 1] = False
        first, last = _runs(joined)
        for run in np.flatnonzero(last != first):
            ids[first[run]] = self["".join(strings[first[run] : last[run] + 1])]
        flags = _ints(self._flags)[ids[first]]
        return Found(ids[first], flags, first, last, np.diff(_bounds(~joined)[bounds]))

    def expand(self, found: Found) -> Expanded:
        """The tokens of the raw strings *found*, in order."""
        ids, sizes = found.ids, found.sizes
        start = np.frombuffer(self._first, np.int64)
        counts = start[ids + 1] - start[ids]
        edges = _bounds(counts)
        owners = np.repeat(np.arange(len(ids)), counts)
        rows = np.arange(edges[-1]) + np.repeat(start[ids] - edges[:-1], counts)
        texts = _bounds(sizes)
        before = _bounds(_ints(self._width)[ids] if len(ids) else ids)
        base = before[:-1] - np.repeat(before[texts[:-1]], sizes)
        positions = _ints(self._positions)[rows] + base[owners].astype(np.int32)
        return Expanded(rows, owners, positions, _sentences(found, counts, texts)[owners], edges[texts])

    def word(self, raw: str) -> tuple[Ints, Ints, Ints, Ints]:
        """The form numbers of one raw string, their positions, starts and ends in it."""
        if len(self) > MAX_RAWS:
            self._reset()
        number = self[raw]
        rows = slice(self._first[number], self._first[number + 1])
        columns = (self._forms, self._positions, self._starts, self._ends)
        forms, positions, starts, ends = (np.array(column[rows], np.int32) for column in columns)
        return forms, positions, starts, ends

    def forms(self, rows: Longs) -> Ints:
        """The form numbers of *rows*."""
        return _ints(self._forms)[rows]

    def offsets(self, rows: Longs) -> tuple[Ints, Ints]:
        """Where the tokens of *rows* start and end in their raw strings."""
        return _ints(self._starts)[rows], _ints(self._ends)[rows]


def _sentences(found: Found, counts: Longs, texts: Longs) -> Ints:
    """The sentence of each raw string, from 0 in each text; strings without words make none."""
    ends = sentences.ends(found.flags)
    ends[texts[1:][found.sizes > 0] - 1] = True
    loose: Longs = np.cumsum(ends) - ends
    worded = np.flatnonzero(counts)
    if worded.size == 0:
        return np.zeros(len(counts), dtype=np.int32)
    dense = np.concatenate(([0], np.cumsum(np.diff(loose[worded]) != 0)))
    opening = dense[np.minimum(np.searchsorted(worded, texts[:-1]), len(worded) - 1)]
    numbers = np.zeros(len(counts), dtype=np.int32)
    numbers[worded] = dense
    return numbers - np.repeat(opening, found.sizes).astype(np.int32)


def _runs(joined: NDArray[np.bool_]) -> tuple[Longs, Longs]:
    first = np.flatnonzero(~joined)
    return first, np.append(first[1:], len(joined)) - 1


def _bounds(sizes: NDArray[np.int32] | NDArray[np.int64] | NDArray[np.bool_]) -> Longs:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)))


def _ints(values: array[int]) -> Ints:
    return np.frombuffer(values, np.int32)
