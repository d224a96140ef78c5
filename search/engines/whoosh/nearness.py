"""The second step of ranking, for the best documents only: words that stand close together, words of the same root.

The formulas are ``search.ranking.nearness`` and ``score``; gains.py computes them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.engines.meaning import Leaf
from search.engines.whoosh.order import Ranked
from search.engines.whoosh.reader import Reader
from search.ranking import Ranking, Saturation

__all__ = ["nearer"]


def nearer(
    front: Ranked,
    readers: Sequence[Reader],
    wanted: Sequence[Leaf],
    weights: Sequence[float],
    form: Saturation,
    ranking: Ranking,
) -> Ranked:
    """*front* with the gains of its first ``depth`` added to their scores, and these in order again."""
    best = min(len(front), ranking.depth)
    if not best or not any(reader.may_gain(wanted) for reader in readers):
        return front
    for number, reader in enumerate(readers):
        rows = front.docs[:best].argsort()
        if len(readers) > 1:
            rows = rows[front.readers[rows] == number]
        if len(rows):
            front.scores[rows] += reader.gains(front.docs[rows], wanted, weights, form, ranking)
    order = (-front.scores[:best]).argsort(kind="stable")
    if best < len(front):
        order = np.concatenate((order, np.arange(best, len(front))))
    return front.cut(order)
