"""The second step of ranking, for the best documents only: words that stand close together, words of the same root.

The formulas are ``search.ranking.nearness`` and ``score``; gains.py computes them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.engines.meaning import Leaf
from search.engines.whoosh.blocks import DAMAGED
from search.engines.whoosh.formula import CLOSE, bits_of
from search.engines.whoosh.gains import gained
from search.engines.whoosh.order import Ranked
from search.engines.whoosh.parts import Lists
from search.engines.whoosh.reader import Reader
from search.query import Word
from search.ranking import Ranking, Saturation

__all__ = ["nearer"]

# The column of a list's row that says where the grades of its forms start.
_GRADES = 5


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
    if not best or not any(_may_gain(reader, wanted) for reader in readers):
        return front
    for number, reader in enumerate(readers):
        rows = front.docs[:best].argsort()
        if len(readers) > 1:
            rows = rows[front.readers[rows] == number]
        if len(rows):
            front.scores[rows] += _gains(reader, front.docs[rows], wanted, weights, form, ranking)
    order = (-front.scores[:best]).argsort(kind="stable")
    if best < len(front):
        order = np.concatenate((order, np.arange(best, len(front))))
    return front.cut(order)


def _may_gain(reader: Reader, wanted: Sequence[Leaf]) -> bool:
    """Whether some document may gain: a word alone stands close to none, and may be the only one of its root."""
    return len(wanted) > 1 or any(isinstance(leaf.term, Word) and reader.kin(leaf.term).kin for leaf in wanted)


def _gains(
    reader: Reader,
    docs: NDArray[np.int32],
    wanted: Sequence[Leaf],
    weights: Sequence[float],
    form: Saturation,
    ranking: Ranking,
) -> NDArray[np.float64]:
    """What each of *docs* (ascending, not none) gains by closeness of the words *wanted* and by their roots."""
    words = [reader.kin(leaf.term) if isinstance(leaf.term, Word) else reader.word(leaf.term) for leaf in wanted]
    tables = tuple({leaf.fields: None for leaf in wanted})
    # A word by itself stands close to none.
    close = CLOSE if len(wanted) > 1 else 0
    asked = [
        (len(own.rows), bits_of(leaf.fields) & close, tables.index(leaf.fields))
        for own, leaf in zip(words, wanted, strict=True)
    ]
    segment = reader.segment
    found: NDArray[np.float64] = gained(
        segment.doc_bytes,
        segment.pos_bytes,
        reader.formula.field_counts,
        segment.block_last,
        segment.block_doc,
        segment.block_pos,
        *_joined(words),
        np.array(asked),
        reader.formula.tables(form, tables),
        np.array(weights),
        reader.formula.norms(form),
        docs,
        form.k1,
        ranking.proximity,
        ranking.proximity_k1,
    )
    if found[0] == DAMAGED:
        raise reader.damaged("postings or positions")
    return found


def _joined(words: Sequence[Lists]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The lists of all *words* and what their forms count, in one table."""
    if len(words) == 1:
        return words[0].rows, words[0].grades
    rows = np.concatenate([lists.rows for lists in words])
    before = np.cumsum([0, *(len(lists.grades) for lists in words[:-1])])
    rows[:, _GRADES] += np.repeat(before, [len(lists.rows) for lists in words])
    return rows, np.concatenate([lists.grades for lists in words])
