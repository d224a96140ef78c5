"""The lemma table of a new segment: what earlier segments know of its forms is taken over, the rest is asked for.

Morphology takes 70 µs a form; taking over takes a hundredth of that, so a rerun needs no dictionary at all for most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.keys import form_of
from index.engines.whoosh.lemmatable import lemma_arrays, put_lemmas
from index.engines.whoosh.segment import Segment
from index.text import LemmaSet

__all__ = ["write_known"]

Ask = Callable[[list[str]], Sequence[LemmaSet]]


@dataclass(frozen=True, slots=True)
class _Found:
    """Lemmas of the forms at ``places``: of each how many, then their numbers among ``names`` and weights (1/255)."""

    places: NDArray[np.int64]
    counts: NDArray[np.int64]
    names: Sequence[str]
    numbers: NDArray[np.int64]
    weights: NDArray[np.uint8]


def write_known(path: Path, keys: Sequence[str], known: Sequence[Segment], ask: Ask) -> tuple[int, NDArray[np.int64]]:
    """Writes the lemma table of the forms with these *keys*.

    Returns the file's identity and the number of each form's likeliest lemma. *ask* gives the lemma sets of the surface
    forms that none of *known* has, in their order.
    """
    found = []
    missing = np.arange(len(keys))
    for segment in known:
        if len(missing):
            numbers = segment.forms.find_all([keys[place] for place in missing.tolist()])
            found.append(_taken(segment, missing[numbers >= 0], numbers[numbers >= 0]))
            missing = missing[numbers < 0]
    if len(missing):
        sets = ask([form_of(keys[place]) for place in missing.tolist()])
        found.append(_Found(missing, *lemma_arrays(sets)))
    return _write(path, len(keys), found)


def _taken(segment: Segment, places: NDArray[np.int64], forms: NDArray[np.int64]) -> _Found:
    table = segment.lemma_table
    counts, numbers, weights = table.select(forms)
    used, numbers = np.unique(numbers, return_inverse=True)
    return _Found(places, counts, table.lemmas.keys_of(used), numbers, weights)


def _write(path: Path, forms: int, found: Sequence[_Found]) -> tuple[int, NDArray[np.int64]]:
    # Runs that are in order already: sorting only merges them.
    names = sorted(dict.fromkeys(name for part in found for name in part.names))
    number = dict(zip(names, range(len(names)), strict=True))
    counts = np.zeros(forms, np.int64)
    owners, numbers, weights = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.uint8)]
    for part in found:
        counts[part.places] = part.counts
        own = np.fromiter((number[name] for name in part.names), np.int64, len(part.names))
        owners.append(np.repeat(part.places, part.counts))
        numbers.append(own[part.numbers])
        weights.append(part.weights)
    order = np.argsort(np.concatenate(owners), kind="stable")
    numbered = np.concatenate(numbers)[order]
    identity = put_lemmas(path, names, counts, numbered, np.concatenate(weights)[order])
    return identity, numbered[np.cumsum(counts) - counts]
