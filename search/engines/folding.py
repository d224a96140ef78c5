"""Which of the best matches tell the same story again: what every engine shares of folding.

Of the first WINDOW matches in order, one whose body is nearly that of an earlier, kept one, dated within a week of it,
is folded under the first such. Whether a match is folded depends on those before it alone, so pages stay consistent.
Beyond the window nothing is folded. Knows nothing of files.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled
from search.engines import NO_DAY

__all__ = ["WINDOW", "leaders"]

# A reader sees 50 pages of ten before a copy can turn up again; 40 µs, ten times that in NumPy.
WINDOW = 500
# Of 32 places of a sketch: an overlap of about .7. Pairs of news that agree in 22 are copies with a few words changed;
# among those that agree in 16 to 20 are formulas with other names and numbers in them.
SAME = 22
# «Выпуск новостей от 20.09» and that of another month differ in a number only: the same story is told again soon.
DAYS = 7
_PAIRS = 16 - (32 - SAME)
# Slots that pairs of places are counted in: by chance one text in eight of 500 shares one in a column.
_SLOTS = 4096

Array = NDArray[Any]


def leaders(sketches: NDArray[np.uint8], days: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each match the place of the one that it is folded under, its own when it is kept.

    *sketches*: a row each (index/text/sketch.py), zeros for a text without words, which is never folded. *days*: since
    1970-01-01, NO_DAY for none; a match without a date is near any.
    """
    found = np.arange(len(sketches))
    rows = np.ascontiguousarray(sketches)
    _lead(rows, rows.view("<u2"), days, found)
    return found


@compiled
def _sharing(pairs: Array) -> Array:
    """In how many columns of *pairs* of neighbouring places each row has what another has, or seems to.

    Of 16 pairs at most 10 can differ where SAME places agree: few rows need a closer look.
    """
    shared = np.zeros(len(pairs), np.int64)
    slots = np.empty(_SLOTS, np.int64)
    for column in range(pairs.shape[1]):
        slots[:] = 0
        for row in range(len(pairs)):
            slots[pairs[row, column] % _SLOTS] += 1
        for row in range(len(pairs)):
            shared[row] += slots[pairs[row, column] % _SLOTS] > 1
    return shared


@compiled
def _lead(sketches: Array, pairs: Array, days: Array, found: Array) -> None:
    """Turns each of *found*, all places in order, into that of the first that tells the same story."""
    shared = _sharing(pairs)
    candidates = [row for row in range(len(sketches)) if shared[row] >= _PAIRS and sketches[row].any()]
    for at, first in enumerate(candidates):
        if found[first] != first:
            continue
        for other in candidates[at + 1 :]:
            if found[other] != other:
                continue
            alike = 0
            for place in range(sketches.shape[1]):
                alike += sketches[first, place] == sketches[other, place]
            near = abs(days[first] - days[other]) <= DAYS or min(days[first], days[other]) == NO_DAY
            if alike >= SAME and near:
                found[other] = first
