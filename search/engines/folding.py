"""Which of the best matches tell the same story again: what every engine shares of folding.

Of the first WINDOW matches in order, one whose body is nearly that of an earlier, kept one, dated within a week of it,
is folded under the first such. Whether a match is folded depends on those before it alone, so pages stay consistent.
Beyond the window nothing is folded. Knows nothing of files.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from search.engines import NO_DAY

__all__ = ["WINDOW", "leaders"]

# A reader sees 50 pages of ten before a copy can turn up again; 0.2 ms.
WINDOW = 500
# Of 32 places of a sketch: an overlap of about .7. Pairs of news that agree in 22 are copies with a few words changed;
# among those that agree in 16 to 20 are formulas with other names and numbers in them.
SAME = 22
# «Выпуск новостей от 20.09» and that of another month differ in a number only: the same story is told again soon.
DAYS = 7
_PAIRS = 16 - (32 - SAME)


def leaders(sketches: NDArray[np.uint8], days: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each match the place of the one that it is folded under, its own when it is kept.

    *sketches*: a row each (index/text/sketch.py), zeros for a text without words, which is never folded. *days*: since
    1970-01-01, NO_DAY for none; a match without a date is near any.
    """
    found = np.arange(len(sketches))
    candidates = np.flatnonzero(_sharing(sketches))
    candidates = candidates[sketches[candidates].any(axis=1)]
    while len(candidates) > 1:
        first, candidates = candidates[0], candidates[1:]
        alike = np.count_nonzero(sketches[candidates] == sketches[first], axis=1) >= SAME
        if not alike.any():
            continue
        own, others = days[first], days[candidates]
        alike &= (np.abs(others - own) <= DAYS) | (np.minimum(others, own) == NO_DAY)
        found[candidates[alike]] = first
        candidates = candidates[~alike]
    return found


def _sharing(sketches: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which rows share enough pairs of neighbouring places with others: the only ones that need a closer look.

    Of 16 pairs at most 10 can differ where SAME places agree; by chance 1 in 16 of 500 texts shares one.
    """
    columns = np.ascontiguousarray(np.ascontiguousarray(sketches).view("<u2").T)
    order = np.argsort(columns, axis=1, kind="stable")
    ordered = np.take_along_axis(columns, order, axis=1)
    same = ordered[:, 1:] == ordered[:, :-1]
    alike = np.zeros(columns.shape, bool)
    alike[:, 1:] = same
    alike[:, :-1] |= same
    shared: NDArray[np.bool_] = np.bincount(order[alike], minlength=len(sketches)) >= _PAIRS
    return shared
