"""What passes between the steps of a search: documents found, lists of a word, room to work in, things kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cache", "Found", "Lists", "Met", "Scratch"]

T = TypeVar("T")


class Met(NamedTuple):
    """In how many documents of all segments a word is, and what it weighs."""

    documents: int
    weight: float


@dataclass(slots=True)
class Found:
    """Documents (local numbers, int32, ascending) and their scores (float32). Whoever is given one may change it."""

    docs: NDArray[np.int32]
    scores: NDArray[np.float32]

    @classmethod
    def none(cls) -> Found:
        """No documents."""
        return cls(np.empty(0, np.int32), np.empty(0, np.float32))

    def __len__(self) -> int:
        return len(self.docs)

    def cut(self, size: int) -> Found:
        """The first *size*: what a kernel has kept."""
        return Found(self.docs[:size], self.scores[:size])


@dataclass(frozen=True, slots=True)
class Lists:
    """The posting lists of a word in a segment: form numbers, ascending, and in how many documents each form is.

    ``rows``, (lists, 7): where each list lies (``lookup.located``); ``grades`` (float32): what the forms at each of
    their places count, 0 for forms of other words, negative for those that are only of the same root; ``slots``: where
    in it each of ``forms`` stands. ``postings``: how many the lists have together, no fewer than documents. ``kin``:
    there are forms that are only of the same root. ``cut``: the word has more forms than may count. ``where``: how many
    rows and grades there are, each with the address of the first (Batch).
    """

    forms: NDArray[np.int64]
    df: NDArray[np.int64]
    rows: NDArray[np.int64]
    grades: NDArray[np.float32]
    slots: NDArray[np.int64]
    postings: int
    kin: bool = False
    cut: bool = False
    where: tuple[int, int, int, int] = field(init=False)

    def __post_init__(self) -> None:
        where = len(self.rows), self.rows.ctypes.data, len(self.grades), self.grades.ctypes.data
        object.__setattr__(self, "where", where)


class Scratch:
    """What a kernel needs room for besides its result. One thread at a time has it.

    All is zero between uses but ``slots``, which may have any content.
    """

    def __init__(self, documents: int) -> None:
        self.sums = np.zeros((documents, 2), np.float32)
        # A power of two, so that no number of a document, however wrong, points outside.
        self.bits = np.zeros(1 << (-(-documents // 64) - 1).bit_length(), np.uint64)
        self.summary = np.zeros(-(-documents // 4096), np.uint8)
        self.slots = np.zeros(max(documents, 1), np.int32)


class Cache:
    """The last *size* things that were made, by key. Threads may share it; two may make the same thing at once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._made: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[..., T], *of: Any) -> T:
        """What is kept under *key*, else what ``make(*of)`` makes."""
        try:
            value: T = self._made[key]
        except KeyError:
            value = make(*of)
            self.keep(key, value)
        return value

    def find(self, key: Hashable) -> Any:
        """What is kept under *key*, None when nothing is."""
        return self._made.get(key)

    def keep(self, key: Hashable, value: Any) -> None:
        """Keeps *value*, which is not None, instead of the oldest."""
        self._made[key] = value
        while len(self._made) > self._size:
            try:
                self._made.popitem(last=False)
            except KeyError:
                break
