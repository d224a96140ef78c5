"""Where each of many pieces of a stream starts, in a little over a byte a piece instead of four.

Sizes below 255 take a byte; the sum up to every 16th piece is kept, and larger sizes are kept apart, added up. A
look-up adds at most 15 bytes and finds its place among the large ones; many are looked up at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.format import Sections, SectionsWriter
from index.errors import IndexDamaged

__all__ = ["Offsets", "put_offsets"]

_STEP = 16
_LARGE = 255


class Offsets:
    """The table stored under *name*; immutable. There are *pieces* pieces, *end* is where the last one ends."""

    def __init__(self, sections: Sections, name: str, *, pieces: int, end: int) -> None:
        self._sizes: NDArray[np.uint8] = sections.array(f"{name}.sizes", "<u1")
        self._steps: NDArray[np.uint32] = sections.array(f"{name}.steps", "<u4")
        self._large: NDArray[np.uint32] = sections.array(f"{name}.large", "<u4")
        self._large_at: NDArray[np.uint32] = sections.array(f"{name}.large_at", "<u4")
        steps = pieces // _STEP + 1
        fits = len(self._steps) == steps and len(self._sizes) == steps * _STEP
        if not fits or len(self._large_at) != len(self._large) + 1 or int(self.at(np.array([pieces]))[0]) != end:
            raise IndexDamaged(f"{sections.path}: section '{name}.sizes' does not fit its {pieces} pieces")

    @property
    def arrays(self) -> tuple[NDArray[np.uint8], NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32]]:
        """Sizes, steps, numbers of the large ones, sums of those before: for loops of one's own (docs/format.md)."""
        return self._sizes, self._steps, self._large, self._large_at

    def spans(self, numbers: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the pieces with these *numbers* start, and their sizes."""
        sizes = self._sizes[numbers].astype(np.int64)
        for place in np.flatnonzero(sizes == _LARGE).tolist():
            large = int(np.searchsorted(self._large, numbers[place]))
            sizes[place] = int(self._large_at[large + 1]) - int(self._large_at[large])
        return self.at(numbers), sizes

    def at(self, numbers: NDArray[Any]) -> NDArray[np.int64]:
        """Where the pieces with these *numbers* start; the number of pieces itself asks for the end."""
        step = numbers // _STEP
        sizes = self._sizes.reshape(-1, _STEP)[step]
        counted = (np.arange(_STEP) < (numbers % _STEP)[:, None]) & (sizes != _LARGE)
        small = np.where(counted, sizes, 0).sum(axis=1, dtype=np.int64) + self._steps[step]
        found: NDArray[np.int64] = small + self._large_at[np.searchsorted(self._large, numbers)]
        return found


def put_offsets(sections: SectionsWriter, name: str, sizes: NDArray[np.int64]) -> None:
    """Writes the table of pieces with these *sizes*, whose sum is below 2**32."""
    if int(sizes.sum()) >= 1 << 32:
        raise OverflowError(f"{name}: a stream of more than 4 GiB")  # merging never makes one this long
    padded = np.zeros((len(sizes) // _STEP + 1) * _STEP, np.int64)
    padded[: len(sizes)] = sizes
    large = np.flatnonzero(padded >= _LARGE)
    small = np.where(padded >= _LARGE, 0, padded)
    total = np.concatenate((np.zeros(1, np.int64), np.cumsum(small)))
    sections.put(f"{name}.sizes", np.minimum(padded, _LARGE).astype(np.uint8))
    sections.put(f"{name}.steps", total[:-1:_STEP].astype(np.uint32))
    sections.put(f"{name}.large", large.astype(np.uint32))
    large_at = np.concatenate((np.zeros(1, np.int64), np.cumsum(padded[large])))
    sections.put(f"{name}.large_at", large_at.astype(np.uint32))
