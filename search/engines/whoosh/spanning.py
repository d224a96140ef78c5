"""The loops over places and spans: what phrases and windows are made of.

Places are int64 (placing.py), spans two arrays of them. Knows nothing of files.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled
from search.engines.whoosh.placing import POSITION_BITS

__all__ = ["chained", "common", "windows"]

U = np.uint64
# The golden ratio: the highest bits of a product with it are spread evenly (Fibonacci hashing).
_SCATTER = U(0x9E3779B97F4A7C15)
Array = NDArray[Any]


@compiled
def chained(starts: Array, ends: Array, begins: Array, stops: Array, lows: Array, highs: Array) -> int:
    """Writes the spans made of one of *starts*..*ends* and the one of *begins*..*stops* that begins where it ends.

    *ends* ascend, *begins* too, each once. Returns how many; *lows* and *highs* have room for one more than *starts*.
    """
    size = 0
    i: Any = U(0)
    j: Any = U(0)
    while i < U(len(ends)) and j < U(len(begins)):
        here, there = ends[i], begins[j]
        lows[size], highs[size] = starts[i], stops[j]
        size += here == there
        i += U(here <= there)
        j += U(there < here)
    return size


@compiled
def _among(places: Array, others: Array) -> Array:
    """Those of *places* that may be among *others*: all that are, and of the rest a sixteenth. In place, 1.5 ns each.

    A bit for each hash, which lie in the nearest cache where a table of the places themselves would not.
    """
    shift = U(58)
    while U(1) << (U(64) - shift) < U(16 * len(others)):
        shift -= U(1)
    bits = np.zeros(1 << (58 - np.int64(shift)), np.uint64)
    for i in range(len(others)):
        at = (U(others[i]) * _SCATTER) >> shift
        bits[at >> U(6)] |= U(1) << (at & U(63))
    size = U(0)
    for i in range(len(places)):
        place = places[i]
        at = (U(place) * _SCATTER) >> shift
        places[size] = place
        size += bits[at >> U(6)] >> (at & U(63)) & U(1)
    return places[:size]


@compiled
def common(places: Array, others: Array) -> Array:
    """What is in *places* and in *others*; any order, some perhaps twice.

    What both may have in common first, then a table of hashes, at most half full: 2 to 4 ns a place, where putting both
    in order and running through them takes 12. Neither is worth anything afterwards.
    """
    others = _among(others, places)
    places = _among(places, others)
    shift = U(63)
    while U(1) << (U(64) - shift) < U(2 * len(places)):
        shift -= U(1)
    table = np.full(1 << (64 - np.int64(shift)), -1, np.int64)
    last = U(len(table) - 1)
    for i in range(len(places)):
        at = (U(places[i]) * _SCATTER) >> shift
        while table[at] != -1 and table[at] != places[i]:
            at = (at + U(1)) & last
        table[at] = places[i]
    size = U(0)
    for i in range(len(others)):
        place = others[i]
        at = (U(place) * _SCATTER) >> shift
        while table[at] != -1 and table[at] != place:
            at = (at + U(1)) & last
        others[size] = place
        size += U(table[at] == place)
    return others[:size]


@compiled
def windows(starts: Array, ends: Array, bounds: Array, anchors: Array, distance: int) -> tuple[Array, Array]:
    """Windows that begin at one of *anchors* and hold a span of every part and at most *distance* further words.

    Part p has the spans bounds[p]..bounds[p+1]-1 of *starts* (ascending) and *ends*. Of each part the span counts that
    ends first after the anchor, of those that end together the shortest; all lie in one field of one document.
    """
    parts = len(bounds) - 1
    chosen = np.empty(len(starts), np.int64)
    for part in range(parts):
        for i in range(bounds[part + 1] - 1, bounds[part] - 1, -1):
            chosen[i] = i
            if i + 1 < bounds[part + 1] and starts[i] >> POSITION_BITS == starts[i + 1] >> POSITION_BITS:
                later = chosen[i + 1]
                if ends[later] <= ends[i]:
                    chosen[i] = later
    lows, highs = np.empty(len(anchors), np.int64), np.empty(len(anchors), np.int64)
    at = bounds[:parts].copy()
    size = 0
    for anchor in anchors:
        end, words, complete = anchor, 0, True
        for part in range(parts):
            while at[part] < bounds[part + 1] and starts[at[part]] < anchor:
                at[part] += 1
            here = at[part]
            if here == bounds[part + 1] or starts[here] >> POSITION_BITS != anchor >> POSITION_BITS:
                complete = False
                break
            span = chosen[here]
            end = max(end, ends[span])
            words += ends[span] - starts[span]
        if complete and end - anchor <= distance + words:
            lows[size] = anchor
            highs[size] = end
            size += 1
    return lows[:size], highs[:size]
