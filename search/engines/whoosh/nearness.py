"""The second step of ranking: words of the query that stand close together, in the best documents only.

The formula is ``search.ranking.nearness``; here it is one pass over the places of all words in those documents.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.engines.meaning import Leaf
from search.engines.whoosh import arrays
from search.engines.whoosh.order import Ranked
from search.engines.whoosh.parts import Scratch
from search.engines.whoosh.places import DOCUMENT_SHIFT
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
    scratch: Scratch,
) -> Ranked:
    """*front* with the gain of its first ``depth`` added to their scores, and these in order again."""
    best = min(len(front), ranking.depth)
    for number, reader in enumerate(readers):
        rows = np.argsort(front.docs[:best])
        if len(readers) > 1:
            rows = rows[front.readers[rows] == number]
        if len(rows):
            gains = _gains(reader, front.docs[rows], wanted, weights, form, ranking, scratch)
            front.scores[rows] += ranking.proximity * gains
    order = np.arange(len(front))
    order[:best] = np.argsort(-front.scores[:best], kind="stable")
    return front.cut(order)


def _gains(
    reader: Reader,
    docs: NDArray[np.int32],
    wanted: Sequence[Leaf],
    weights: Sequence[float],
    form: Saturation,
    ranking: Ranking,
    scratch: Scratch,
) -> NDArray[np.float64]:
    """What each of *docs*, ascending, gains."""
    # Captions and bylines tell nothing by what stands beside them.
    words = [(reader.word(leaf.term), tuple(name for name in leaf.fields if name != "aside")) for leaf in wanted]
    tag_bits = (len(words) - 1).bit_length()
    places = reader.places(words, docs, scratch, tag_bits=tag_bits)
    gains = np.zeros(len(docs))
    k = ranking.proximity_k1 / reader.norms(form)[docs, 1].astype(np.float64)
    arrays.nearness(places, tag_bits, np.array(weights), k, DOCUMENT_SHIFT, gains)
    return gains * (ranking.proximity_k1 + 1)
