"""Distinct strings, each with a number, in two arrays that compiled loops read and add to (entries.py).

No Python object is kept for a string: some 60 bytes each with its letters.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.text import entries

__all__ = ["Forms", "Strings", "codes_of"]

# Strings that there is room for at first, what each takes with its letters and without, and slots, of which less than
# half may be taken.
_ROOM, _LENGTH, _HEAD, _SPARE = 1 << 14, 12, 2, 4


def codes_of(strings: Collection[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The code points of *strings* end to end, and where each begins, and the end."""
    codes = np.frombuffer("".join(strings).encode("utf-32-le", "surrogatepass"), "<u4")
    bounds = np.zeros(len(strings) + 1, np.int64)
    np.fromiter(map(len, strings), np.int64, len(strings)).cumsum(out=bounds[1:])
    return codes, bounds


class Strings:
    """The table of entries.py: ``entries`` up to ``free``, and ``slots`` that tell where a string has its entry."""

    def __init__(self, room: int = _ROOM, letters: int = _ROOM * (_LENGTH - _HEAD)) -> None:
        """Room for a power of two of strings that have so many *letters* together."""
        self.entries, self.slots = np.zeros(1 + room * _HEAD + letters, np.uint32), np.zeros(room * _SPARE, np.uint64)
        self.free = 1
        self.places = array("q")

    @classmethod
    def of(cls, codes: NDArray[np.uint32], bounds: NDArray[np.int64], numbers: Collection[int]) -> Self:
        """A table of strings (``codes_of``), all different: small, so that a loop finds it in the processor's cache."""
        made = cls(1 << len(numbers).bit_length(), len(codes))
        state = np.array([0, 0, 1], np.int64)
        entries.add(codes, bounds, made.entries, made.slots, state)
        made.entries[made.place(int(state[2]))] = list(numbers)
        return made

    def grow(self, free: int) -> None:
        """Makes twice the room; entries end at *free*."""
        self.entries = np.concatenate((self.entries, np.zeros_like(self.entries)))
        self.slots = np.zeros(2 * len(self.slots), np.uint64)
        entries.rehash(self.entries, free, self.slots)

    def place(self, free: int) -> NDArray[np.int64]:
        """Takes in the entries that were added up to *free*: where each begins."""
        places = np.empty((free - self.free) // 2, np.int64)
        places = places[: entries.walk(self.entries, self.free, free, places)]
        self.places.frombytes(places.tobytes())
        self.free = free
        return places

    def texts(self, places: NDArray[np.int64]) -> list[str]:
        """The strings whose entries begin at *places*; decoded together, as one takes most of the time of a hundred."""
        ends = np.cumsum(self.entries[places + 1], dtype=np.int64)
        starts = np.concatenate((np.zeros(1, np.int64), ends))
        sizes = np.diff(starts)
        letters = self.entries[np.arange(starts[-1]) + np.repeat(places + 2 - starts[:-1], sizes)]
        text = letters.tobytes().decode("utf-32-le", "surrogatepass")
        return [text[start:end] for start, end in pairwise(starts.tolist())]


class Forms(dict[str, int]):
    """Form -> its number; a new form takes the next. ``texts`` is the way back.

    Beside it stands the same as a table for compiled loops, which add to it; ``settle`` makes the two agree.
    """

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.table = Strings()
        self._told = 0

    def __missing__(self, form: str) -> int:
        number = self[form] = len(self)
        self.texts.append(form)
        return number

    def number(self, form: str) -> int:
        """The number of *form*, a new one if it has none."""
        return self[form]

    def settle(self) -> None:
        """Adds to the table what was added here since; to be called before a loop adds to it."""
        new = self.texts[self._told :]
        if not new:
            return
        codes, bounds = codes_of(new)
        table = self.table
        state = np.array([0, self._told, table.free], np.int64)
        while not entries.add(codes, bounds, table.entries, table.slots, state):
            table.grow(int(state[2]))
        table.place(int(state[2]))
        self._told = len(self.texts)

    def take(self, free: int) -> None:
        """Adds here what a loop added to the table, which now ends at *free*."""
        for form in self.table.texts(self.table.place(free)):
            self[form] = len(self)
            self.texts.append(form)
        self._told = len(self.texts)
