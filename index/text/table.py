"""Remembers how each raw string that is no plain word was cut, so that the tokens of a text are two compiled loops.

Rows lie in a flat array: raw string *i* has the rows ``first[i]:first[i + 1]``. A new one costs some 15 µs. Knows
neither lemmas nor documents.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from index.text import numbering, raws, sentences, spreading
from index.text.strings import Forms, Strings, codes_of

__all__ = ["MAX_RAWS", "Found", "Only", "RawTable"]

# Remembered raw strings, about 140 bytes each. Beyond it all are forgotten: 16 million words of news have 1 million,
# most of them met once, and the frequent half comes back within seconds.
MAX_RAWS = 1_000_000
# 999 999 999 999 999 999: a longer row of groups is a table and not one number.
_MAX_GROUPS = 6

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


class Found(NamedTuple):
    """Raw strings looked up: their numbers, where they begin in their texts, how many each text has, their flags.

    A plain word has the number PLAIN and its row in ``own``. ``whole`` has the index of the first and the last string
    that each was joined of, which differ for a number written in groups: ``own`` and ``begins`` are not joined.
    """

    ids: Ints
    begins: Ints
    sizes: Longs
    flags: Ints
    own: Ints
    whole: Longs


class Only(NamedTuple):
    """The forms that are looked for, with their numbers, and the bits of their beginnings (numbering.starts)."""

    forms: Strings
    beginnings: np.uint64

    @classmethod
    def of(cls, forms: Collection[str], numbers: Collection[int]) -> Self:
        """*forms*, all different, with these *numbers*."""
        codes, bounds = codes_of(forms)
        return cls(Strings.of(codes, bounds, numbers), np.uint64(numbering.starts(codes, bounds)))


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
        self._rows = array("i", [0] * numbering.COLUMNS)
        self._first[0] = 1
        # LINE_BREAK, which has no entry and no row.
        self._strings.places.append(0)
        self._first.append(1)
        self._width.append(0)
        self._flags.append(sentences.flags(raws.PARAGRAPH))

    def look_up(self, texts: Sequence[str], only: Only | None = None) -> Found:
        """The raw strings of *texts* end to end; groups of digits joined. Plain words of other forms than *only* have
        the form UNKNOWN, and are not remembered.
        """
        if len(self) > MAX_RAWS:
            self._reset()
        cut = self._numbered(texts, only)
        joined = np.empty(len(cut.ids), np.bool_)
        if not sentences.told(cut.ids, cut.sizes, _ints(self._flags), cut.flags, joined):
            return cut
        first, last = _runs(joined)
        for run in np.flatnonzero(last - first >= _MAX_GROUPS):
            joined[first[run] : last[run] + 1] = False
        first, last = _runs(joined)
        groups = np.flatnonzero(last != first)
        written = ("".join(self._raws(cut.ids[first[run] : last[run] + 1]))[: raws.MAX_RAW] for run in groups)
        ids, flags = cut.ids[first], cut.flags[first]
        ids[groups] = self._numbered([" ".join(written)]).ids
        flags[groups] = _ints(self._flags)[ids[groups]]
        sizes = np.diff(_bounds(~joined)[_bounds(cut.sizes)])
        return cut._replace(ids=ids, flags=flags, sizes=sizes, whole=np.stack((first, last)))

    def _numbered(self, texts: Sequence[str], only: Only | None = None) -> Found:
        """The raw strings of *texts*, none joined; flags are those of plain words alone."""
        codes, bounds = codes_of(texts)
        ids, begins, flags = np.empty((3, len(codes)), np.int32)
        own = np.empty((len(codes), numbering.COLUMNS), np.int32)
        sizes = np.zeros(len(texts), np.int64)
        found = self._number(codes, bounds, only, (ids, begins, sizes, own, flags))
        cut = Found(ids[:found], begins[:found], sizes, flags[:found], own[:found], _apart(found))
        return self._shortened(texts, cut, only) if (cut.ids == numbering.LONG).any() else cut

    def _number(
        self, codes: NDArray[np.uint32], bounds: Longs, only: Only | None, told: tuple[Ints | Longs, ...]
    ) -> int:
        """Fills the arrays *told* (numbering.number) and learns what is new; returns how many raw strings there are."""
        strings, numbers = self._strings, self._numbers
        if not only:
            numbers.settle()
        forms, beginnings = only or (numbers.table, np.uint64(0))
        state = np.array([0, 0, 0, len(self), strings.free, len(numbers), forms.free], np.int64)
        while True:
            tables = (strings.entries, strings.slots, forms.entries, forms.slots)
            full = numbering.number(codes, bounds, raws.CLASSES, *tables, not only, beginnings, state, *told)
            if full == numbering.DONE:
                break
            if full == numbering.RAWS_FULL:
                strings.grow(int(state[4]))
            else:
                forms.grow(int(state[6]))
        if int(state[6]) > forms.free:
            numbers.take(int(state[6]))
        if int(state[4]) > strings.free:
            self._learn(strings.place(int(state[4])))
        return int(state[2])

    def _shortened(self, texts: Sequence[str], cut: Found, only: Only | None) -> Found:
        """*cut* with what is LONG cut into pieces; seldom, and in texts that are no prose."""
        places = np.flatnonzero(cut.ids == numbering.LONG)
        owners = np.searchsorted(np.cumsum(cut.sizes), places, "right")
        long = [list(raws.long(texts[owner], cut.begins[place])) for owner, place in zip(owners, places, strict=True)]
        counts = np.ones(len(cut.ids), np.int64)
        counts[places] = [len(pieces) for pieces in long]
        ids, begins, flags, own = (
            np.repeat(column, counts, axis=0) for column in (cut.ids, cut.begins, cut.flags, cut.own)
        )
        sizes = cut.sizes.copy()
        np.add.at(sizes, owners, counts[places] - 1)
        pieces = [piece for own_pieces in long for piece in own_pieces]
        holes = ids == numbering.LONG
        short = self._numbered([" ".join(raw for raw, _ in pieces)], only)
        ids[holes], flags[holes], own[holes] = short.ids, short.flags, short.own
        begins[holes] = [start for _, start in pieces]
        return Found(ids, begins, sizes, flags, own, _apart(len(ids)))

    def _raws(self, numbers: Ints) -> list[str]:
        """The raw strings with those *numbers*; LINE_BREAK is none."""
        return self._strings.texts(np.frombuffer(self._strings.places, np.int64)[numbers])

    def _learn(self, places: Longs) -> None:
        """Cuts the new raw strings whose entries begin at *places*."""
        new = self._strings.texts(places)
        cuts = [raws.cut(raw) for raw in new]
        number = self._numbers.number
        for piece in (piece for pieces in cuts for piece in pieces):
            self._rows.extend((number(piece.form), *piece[1:]))
        first = self._first[-1]
        for pieces in cuts:
            first += len(pieces)
            self._first.append(first)
        self._width.extend(pieces[-1].position + 1 if pieces else 0 for pieces in cuts)
        self._flags.extend(map(sentences.flags, new))

    def tokens(self, found: Found, *, offsets: bool) -> tuple[NDArray[np.int32], Longs]:
        """The tokens of the raw strings *found*: form, position, sentence, and start and end if *offsets* are wanted.

        Each is a row; the second array tells where the tokens of each text begin, and the end.
        """
        first = np.frombuffer(self._first, np.int64)
        tokens = np.empty((5 if offsets else 3, spreading.count(found.ids, first)), np.int32)
        bounds = np.empty(len(found.sizes) + 1, np.int64)
        rows = _ints(self._rows).reshape(-1, numbering.COLUMNS)
        ends, widths = sentences.ends(found.flags), _ints(self._width)
        spreading.spread(
            found.ids, found.sizes, ends, found.own, first, widths, rows, found.whole, found.begins, tokens, bounds
        )
        return tokens, bounds


def _apart(count: int) -> Longs:
    """Of each of so many raw strings, none joined, the first and the last that it was joined of: itself."""
    every = np.empty((2, count), np.int64)
    every[:] = np.arange(count)
    return every


def _runs(joined: NDArray[np.bool_]) -> tuple[Longs, Longs]:
    first = np.flatnonzero(~joined)
    return first, np.append(first[1:], len(joined)) - 1


def _bounds(sizes: NDArray[np.int32] | NDArray[np.int64] | NDArray[np.bool_]) -> Longs:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)))


def _ints(values: array[int]) -> Ints:
    return np.frombuffer(values, np.int32)
