"""The table of distances between a typed word and the words of an index, a row for each letter of a beginning.

Rows are kept by depth, so that words with a common beginning share them. What a slip costs: search/correct/slips.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled, inlined

__all__ = ["U", "places_of", "reach", "row"]

U = np.uint64
# More than any budget, and little enough to be added up.
_MUCH = 1 << 28


@inlined
def row(  # noqa: C901  # one loop over letters; see walking.walk
    rows: NDArray[Any],
    live: NDArray[Any],
    letters: NDArray[Any],
    depth: Any,
    code: Any,
    points: NDArray[Any],
    codes: NDArray[Any],
    extra: NDArray[Any],
    substitutions: NDArray[Any],
    lacks: NDArray[Any],
    special: NDArray[Any],
    budget: Any,
) -> Any:
    """Fills the row of the candidate's letter number *depth*, from 1; gives its least cost, _MUCH if above *budget*.

    *code* is where the tables have the letter. Only what can be at most *budget* is filled in: *live* tells between
    which places of a row that is, few.
    """
    twice, at_first, swap = special[0], special[1], special[2]
    letter, wide = letters[depth], len(points) + 1
    lack = lacks[code]
    if depth > 1 and letters[depth - 1] == letter:
        lack = min(lack, twice)
    if depth == 1:
        lack += at_first
    low, stop = live[depth - 1, 0], min(live[depth - 1, 1] + 1, wide)
    if depth > 1 and live[depth - 2, 0] < live[depth - 2, 1]:
        low, stop = min(low, live[depth - 2, 0] + 2), min(max(stop, live[depth - 2, 1] + 2), wide)
    for i in range(wide):
        rows[depth, i] = _MUCH
    least: Any = _MUCH
    first, last, i = wide, 0, low
    while i < wide and (i < stop or rows[depth, i - 1] + extra[i - 1] <= budget):
        cost: Any = rows[depth - 1, i] + lack
        if i > 0:
            own: Any = rows[depth - 1, i - 1]
            if points[i - 1] != letter:
                own += substitutions[U(codes[i - 1]), code]
                if depth == 1 and i == 1:
                    own += at_first
            cost = min(cost, own, rows[depth, i - 1] + extra[i - 1])
        if depth > 1 and i > 1 and points[i - 1] == letters[depth - 1] and points[i - 2] == letter != points[i - 1]:
            cost = min(cost, rows[depth - 2, i - 2] + swap + (at_first if depth == 2 and i == 2 else 0))
        if cost <= budget:
            rows[depth, i] = cost
            least = min(least, cost)
            first, last = min(first, i), i + 1
        i += 1
    live[depth, 0], live[depth, 1] = first, last
    return least


@compiled
def places_of(
    codes: NDArray[Any], substitutions: NDArray[Any], lacks: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Of each code its places in the typed word, a bit each, and the least that a letter costs elsewhere.

    The last code is that of many letters, which may stand anywhere.
    """
    places, prices = np.zeros(len(lacks), np.uint64), lacks.copy()
    for i in range(len(codes)):
        places[codes[i]] |= U(1) << U(i)
        for code in range(len(lacks)):
            if code != codes[i]:
                prices[code] = min(prices[code], substitutions[codes[i], code])
    places[len(lacks) - 1] = ~U(0)
    return places, prices


@inlined
def reach(live: NDArray[Any], depth: Any) -> Any:
    """The places that letter number *depth* may be in its order, or have changed with a neighbour: bits, or more."""
    places = (U(2) << U(live[depth - 1, 1])) - (U(1) << U(live[depth - 1, 0]))
    if depth > 1:
        places |= (U(2) << U(live[depth - 2, 1])) - (U(1) << U(live[depth - 2, 0]))
    return places
