"""Remembers how each raw string was cut, so that the tokens of a text are a look-up and a few array operations.

Rows lie in flat arrays: raw string *i* has the rows ``first[i]:first[i + 1]``. 4 million words a second on one core
once the strings are known; a new one costs some 5 µs. Knows neither lemmas nor documents.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.text import numbering, raws, sentences
from index.text.strings import Forms, Strings

__all__ = ["MAX_RAWS", "Expanded", "Found", "RawTable"]

# Remembered raw strings, about 140 bytes each. Beyond it all are forgotten: 16 million words of news have 1 million,
# most of them met once, and the frequent half comes back within seconds.
MAX_RAWS = 1_000_000
# 999 999 999 999 999 999: a longer row of groups is a table and not one number.
_MAX_GROUPS = 6

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


class Found(NamedTuple):
    """Raw strings looked up: their numbers, the flags, and the index of the first and the last string of each.

    First and last differ for a number written in groups, which is one. ``sizes`` counts them for each text. ``begins``
    is where each string that first and last tell of begins in its text.
    """

    ids: Ints
    flags: Ints
    first: Longs
    last: Longs
    sizes: Longs
    begins: Ints


class Expanded(NamedTuple):
    """One entry a token: its row, the raw string it came from (index into Found), position and sentence in its text."""

    rows: Longs
    owners: Longs
    positions: Ints
    sentences: Ints
    bounds: Longs


class RawTable:
    """Numbers raw strings; a new one is cut. ``len`` counts them, LINE_BREAK included."""

    def __init__(self, forms: Forms) -> None:
        self._numbers = forms
        self._reset()

    def __len__(self) -> int:
        return len(self._flags)

    def _reset(self) -> None:
        self._strings = Strings()
        self._first, self._width, self._flags = array("q", [0]), array("i"), array("i")
        # A spare row in front: NumPy takes no view of an empty array.
        self._forms, self._positions, self._starts, self._ends = (array("i", [0]) for _ in range(4))
        self._first[0] = 1
        # LINE_BREAK, which has no entry and no row.
        self._strings.places.append(0)
        self._first.append(1)
        self._width.append(0)
        self._flags.append(sentences.flags(raws.PARAGRAPH))

    def look_up(self, texts: Sequence[str]) -> Found:
        """The raw strings of *texts* end to end; groups of digits joined."""
        if len(self) > MAX_RAWS:
            self._reset()
        ids, starts, sizes = self._numbered(texts)
        flags = _ints(self._flags)[ids]
        joined = sentences.groups(flags)
        bounds = _bounds(sizes)
        joined[bounds[:-1][sizes > 0]] = False
        if not joined.any():
            every = np.arange(len(ids))
            return Found(ids, flags, every, every, sizes, starts)
        first, last = _runs(joined)
        for run in np.flatnonzero(last - first >= _MAX_GROUPS):
            joined[first[run] : last[run] + 1] = False
        first, last = _runs(joined)
        groups = np.flatnonzero(last != first)
        written = ("".join(self._raws(ids[first[run] : last[run] + 1]))[: raws.MAX_RAW] for run in groups)
        ids[first[groups]] = self._numbered([" ".join(written)])[0]
        flags = _ints(self._flags)[ids[first]]
        return Found(ids[first], flags, first, last, np.diff(_bounds(~joined)[bounds]), starts)

    def _numbered(self, texts: Sequence[str]) -> tuple[Ints, Ints, Longs]:
        """The number of each raw string, where it begins in its text, and how many each text has."""
        bounds = _bounds(np.fromiter(map(len, texts), np.int64, len(texts)))
        codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4")
        ids, starts = np.empty(len(codes), np.int32), np.empty(len(codes), np.int32)
        sizes = np.zeros(len(texts), np.int64)
        strings = self._strings
        state = np.array([0, 0, 0, len(self), strings.free], np.int64)
        while not numbering.number(
            codes, bounds, raws.KINDS, strings.entries, strings.slots, state, ids, starts, sizes
        ):
            strings.grow(int(state[4]))
        found = int(state[2])
        if int(state[4]) > strings.free:
            self._learn(strings.place(int(state[4])))
        ids, starts = ids[:found], starts[:found] - np.repeat(bounds[:-1], sizes).astype(np.int32)
        return self._shortened(texts, ids, starts, sizes) if (ids == numbering.LONG).any() else (ids, starts, sizes)

    def _shortened(self, texts: Sequence[str], ids: Ints, starts: Ints, sizes: Longs) -> tuple[Ints, Ints, Longs]:
        """The same with what is LONG cut into pieces; seldom, and in texts that are no prose."""
        places = np.flatnonzero(ids == numbering.LONG)
        owners = np.searchsorted(np.cumsum(sizes), places, "right")
        cut = [list(raws.long(texts[owner], starts[place])) for owner, place in zip(owners, places, strict=True)]
        counts = np.ones(len(ids), np.int64)
        counts[places] = [len(pieces) for pieces in cut]
        ids, starts, sizes = np.repeat(ids, counts), np.repeat(starts, counts), sizes.copy()
        np.add.at(sizes, owners, counts[places] - 1)
        pieces = [piece for own in cut for piece in own]
        holes = ids == numbering.LONG
        ids[holes] = self._numbered([" ".join(raw for raw, _ in pieces)])[0]
        starts[holes] = [start for _, start in pieces]
        return ids, starts, sizes

    def _raws(self, numbers: Ints) -> list[str]:
        """The raw strings with those *numbers*; LINE_BREAK is none."""
        return self._strings.texts(np.frombuffer(self._strings.places, np.int64)[numbers])

    def _learn(self, places: Longs) -> None:
        """Cuts the new raw strings whose entries begin at *places*: plain words in a loop, the others one by one."""
        forms, starts, ends, flags = self._plain(places)
        others = np.flatnonzero(forms == numbering.NOT_PLAIN)
        counts, widths = np.ones(len(places), np.int64), np.ones(len(places), np.int32)
        pieces: list[tuple[int, int, int, int]] = []
        for other, raw in zip(others.tolist(), self._strings.texts(places[others]), strict=True):
            cut = raws.cut(raw)
            pieces += [(self._numbers[form], position, start, end) for form, position, start, end in cut]
            counts[other], widths[other] = len(cut), cut[-1].position + 1 if cut else 0
            flags[other] = sentences.flags(raw)
        untold = np.flatnonzero(flags == numbering.UNTOLD)
        flags[untold] = [sentences.flags(raw) for raw in self._strings.texts(places[untold])]
        edges = _bounds(counts)
        rows = np.zeros((4, int(edges[-1])), np.int32)
        alone = np.ones(rows.shape[1], bool)
        alone[np.repeat(forms == numbering.NOT_PLAIN, counts)] = False
        plain = forms != numbering.NOT_PLAIN
        rows[0, alone], rows[2, alone], rows[3, alone] = forms[plain], starts[plain], ends[plain]
        if pieces:
            rows[:, ~alone] = np.array(pieces, np.int32).T
        for column, values in zip((self._forms, self._positions, self._starts, self._ends), rows, strict=True):
            column.frombytes(values.tobytes())
        self._first.frombytes((self._first[-1] + edges[1:]).tobytes())
        self._width.frombytes(widths.tobytes())
        self._flags.frombytes(flags.tobytes())

    def _plain(self, places: Longs) -> tuple[Ints, Ints, Ints, Ints]:
        """Of raw strings that are a plain word: its form, its start and end, the flags (numbering.plain)."""
        forms, starts, ends, flags = np.zeros((4, len(places)), np.int32)
        self._numbers.settle()
        table = self._numbers.table
        state = np.array([0, len(self._numbers), table.free], np.int64)
        while not numbering.plain(
            self._strings.entries, places, raws.CLASSES, table.entries, table.slots, state, forms, starts, ends, flags
        ):
            table.grow(int(state[2]))
        self._numbers.take(int(state[2]))
        return forms, starts, ends, flags

    def expand(self, found: Found) -> Expanded:
        """The tokens of the raw strings *found*, in order."""
        ids, first = found.ids, np.frombuffer(self._first, np.int64)
        count = int((first[ids + 1] - first[ids]).sum())
        rows, owners = np.empty((2, count), np.int64)
        positions, told = np.empty((2, count), np.int32)
        bounds = np.empty(len(found.sizes) + 1, np.int64)
        ends, columns = sentences.ends(found.flags), (_ints(self._width), _ints(self._positions))
        numbering.spread(ids, found.sizes, ends, first, *columns, rows, owners, positions, told, bounds)
        return Expanded(rows, owners, positions, told, bounds)

    def forms(self, rows: Longs) -> Ints:
        """The form numbers of *rows*."""
        return _ints(self._forms)[rows]

    def offsets(self, rows: Longs) -> tuple[Ints, Ints]:
        """Where the tokens of *rows* start and end in their raw strings."""
        return _ints(self._starts)[rows], _ints(self._ends)[rows]


def _runs(joined: NDArray[np.bool_]) -> tuple[Longs, Longs]:
    first = np.flatnonzero(~joined)
    return first, np.append(first[1:], len(joined)) - 1


def _bounds(sizes: NDArray[np.int32] | NDArray[np.int64] | NDArray[np.bool_]) -> Longs:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)))


def _ints(values: array[int]) -> Ints:
    return np.frombuffer(values, np.int32)
