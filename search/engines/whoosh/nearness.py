"""The second step of ranking, for the best documents only: words that stand close together, words of the same root.

The formulas are ``search.ranking.nearness`` and ``score``; here each is a pass over the lists of the words, in which
blocks without any of those documents are skipped.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.engines.meaning import Fields, Leaf
from search.engines.whoosh import arrays
from search.engines.whoosh.order import Ranked
from search.engines.whoosh.parts import Found, Lists, Scratch
from search.engines.whoosh.places import DOCUMENT_SHIFT
from search.engines.whoosh.reader import Reader
from search.query import Word
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
    """*front* with the gains of its first ``depth`` added to their scores, and these in order again."""
    best = min(len(front), ranking.depth)
    for number, reader in enumerate(readers):
        rows = np.argsort(front.docs[:best])
        if len(readers) > 1:
            rows = rows[front.readers[rows] == number]
        docs = front.docs[rows]
        if len(rows) and len(wanted) > 1:
            front.scores[rows] += ranking.proximity * _closeness(reader, docs, wanted, weights, form, ranking, scratch)
        for leaf, weight in zip(wanted, weights, strict=True):
            if len(rows) and isinstance(leaf.term, Word):
                front.scores[rows] += _kinship(reader, docs, leaf.term, leaf.fields, weight, form, scratch)
    order = np.arange(len(front))
    order[:best] = np.argsort(-front.scores[:best], kind="stable")
    return front.cut(order)


def _closeness(
    reader: Reader,
    docs: NDArray[np.int32],
    wanted: Sequence[Leaf],
    weights: Sequence[float],
    form: Saturation,
    ranking: Ranking,
    scratch: Scratch,
) -> NDArray[np.float64]:
    """What each of *docs*, ascending, gains by words that stand close together."""
    # Captions and bylines tell nothing by what stands beside them.
    words = [(reader.word(leaf.term), tuple(name for name in leaf.fields if name != "aside")) for leaf in wanted]
    tag_bits = (len(words) - 1).bit_length()
    places = reader.places(words, docs, scratch, tag_bits=tag_bits)
    gains = np.zeros(len(docs))
    k = ranking.proximity_k1 / reader.norms(form)[docs, 1].astype(np.float64)
    arrays.nearness(places, tag_bits, np.array(weights), k, DOCUMENT_SHIFT, gains)
    return gains * (ranking.proximity_k1 + 1)


def _kinship(
    reader: Reader,
    docs: NDArray[np.int32],
    word: Word,
    fields: Fields,
    weight: float,
    form: Saturation,
    scratch: Scratch,
) -> NDArray[np.float32]:
    """What each of *docs*, ascending, gains by words of the same root: what these add to the counts of the word."""
    alone, kin = reader.word(word), reader.kin(word)
    if kin.own is None:
        return np.zeros(len(docs), np.float32)

    def scores(lists: Lists) -> NDArray[np.float32]:
        found = Found(docs.copy(), np.zeros(len(docs), np.float32))
        return reader.narrow(found, lists, fields, form, weight * (form.k1 + 1), scratch, required=False).scores

    gains: NDArray[np.float32] = scores(kin) - scores(alone)
    return gains
