"""The second step of ranking, for the best documents only: words that stand close together, words of the same root.

The formulas are ``search.ranking.nearness`` and ``score``; gains.py computes them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.positions import WIDTHS
from search.engines.meaning import Leaf, Term
from search.engines.whoosh import arrays
from search.engines.whoosh.batch import Batch
from search.engines.whoosh.blocks import DAMAGED
from search.engines.whoosh.formula import CLOSE
from search.engines.whoosh.gains import gained
from search.engines.whoosh.order import Ranked
from search.engines.whoosh.parts import Lists
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
) -> Ranked:
    """*front* with the gains of its first ``depth`` added to their scores, and these in order again."""
    best = min(len(front), ranking.depth)
    if not best or not (len(wanted) > 1 or any(_has_kin(reader, wanted[0]) for reader in readers)):
        return front
    if len(readers) == 1:
        _add_gains(readers[0], front.docs[:best], front.scores[:best], wanted, weights, form, ranking)
    else:
        for number, reader in enumerate(readers):
            rows = np.flatnonzero(front.readers[:best] == number)
            docs, scores = front.docs[rows], front.scores[rows]
            if len(docs):
                _add_gains(reader, docs, scores, wanted, weights, form, ranking)
                front.scores[rows] = scores
    arrays.settle(front.readers, front.docs, front.scores, best)
    return front


def _has_kin(reader: Reader, leaf: Leaf) -> bool:
    """Whether there are other words of the root of a word that stands alone: only then may some document gain."""
    return isinstance(leaf.term, Word) and reader.kin(leaf.term).kin


def _add_gains(
    reader: Reader,
    docs: NDArray[np.int32],
    scores: NDArray[np.float64],
    wanted: Sequence[Leaf],
    weights: Sequence[float],
    form: Saturation,
    ranking: Ranking,
) -> None:
    """Adds to *scores* what each of *docs* (not none) gains by closeness of the words *wanted* and by their roots."""
    # A word by itself stands close to none.
    words = [(_rooted(reader, leaf.term), leaf.fields, weight) for leaf, weight in zip(wanted, weights, strict=True)]
    batch = Batch.of(words, CLOSE if len(wanted) > 1 else 0)
    segment, made = reader.segment, reader.formula.prepared(form, batch.tables)
    fault = gained(
        segment.doc_bytes,
        segment.pos_bytes,
        reader.formula.kind_counts,
        segment.width_codes,
        WIDTHS,
        segment.block_last,
        segment.block_doc,
        segment.block_pos,
        batch.words,
        made.tables,
        made.norms,
        docs,
        form.k1,
        ranking.proximity,
        ranking.proximity_k1,
        scores,
    )
    if fault == DAMAGED:
        raise reader.damaged("postings or positions")


def _rooted(reader: Reader, term: Term) -> Lists:
    """The lists of a word and of others with its root."""
    return reader.kin(term) if isinstance(term, Word) else reader.word(term)
