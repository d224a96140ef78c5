"""Whether the machine ran at its full speed at a moment: neighbours on it make the same code take twice as long.

A fixed loop is timed between answers. Those between two quick loops tell of the code, all of them of the machine too.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

__all__ = ["calm", "loop"]

# 0.7 ms on a machine of 2021.
_STEPS = 12_000
# Above the quickest loops, of which a fiftieth may be chance.
_CALM, _QUICKEST = 1.15, 0.02


def loop() -> float:
    """Seconds that a piece of work takes which is always the same."""
    began = time.perf_counter()
    total = 0
    for step in range(_STEPS):
        total += step * step % 7
    return time.perf_counter() - began


def calm(loops: Sequence[float]) -> list[bool]:
    """For each stretch between two of *loops* (at least one) whether the machine was at its best at both ends."""
    quick = np.array(loops) <= _CALM * np.quantile(loops, _QUICKEST)
    return list(map(bool, quick[1:] & quick[:-1]))
