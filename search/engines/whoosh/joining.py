"""The loops over the words of an "or" or an "and": one call for all, as many lists are read in less time than a call.

See blocks.py for what is said of damage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from index.compiled import compiled
from search.engines.whoosh.arrays import either
from search.engines.whoosh.blocks import DAMAGED, Array
from search.engines.whoosh.kernels import draw, gather, pour, stream
from search.engines.whoosh.narrowing import narrow

__all__ = ["joined", "united"]


@compiled
def _scored(
    doc_bytes: Array,
    rows: Array,
    grades: Array,
    weights: Array,
    norms: Array,
    k1: Any,
    factor: Any,
    sums: Array,
    bits: Array,
    summary: Array,
    docs: Array,
    scores: Array,
) -> Any:
    """Writes the documents of a word to *docs*, ascending, and their scores; returns how many, or DAMAGED."""
    if len(rows) == 1:
        size = stream(doc_bytes, weights, rows, grades, norms, k1, docs, scores)
    else:
        size = gather(doc_bytes, weights, rows, grades, norms, k1, sums, bits, summary, docs, scores)
    for i in range(size):
        scores[i] *= factor
    return size


@compiled
def _postings(rows: Array, documents: int) -> Any:
    """How many documents the lists *rows* of a word may have."""
    return min(rows[:, 0].sum(), documents)


@compiled
def united(
    doc_bytes: Array,
    rows: Array,
    grades: Array,
    words: Array,
    tables: Array,
    norms: Array,
    k1: Any,
    factors: Array,
    sums: Array,
    bits: Array,
    summary: Array,
    docs: Array,
    scores: Array,
) -> Any:
    """Writes the documents of any of *words* to *docs*, ascending, and their *scores*; returns how many, or DAMAGED.

    Words and their lists are those of a Batch (parts.py), *factors* what their saturated counts are multiplied by, the
    others parameters of ``gather``. *docs* has room for one more than there can be.
    """
    first, last = 0, words[0, 0]
    if len(words) == 1:
        room = (sums, bits, summary, docs, scores)
        return _scored(doc_bytes, rows, grades, tables[words[0, 2]], norms, k1, factors[0], *room)
    most = 1
    for word in range(len(words)):
        last = first + words[word, 0]
        most += _postings(rows[first:last], len(norms))
        first = last
    own_docs, own_scores = np.empty(most, np.int32), np.empty(most, np.float32)
    first, used, before = 0, 0, 0
    for word in range(len(words)):
        last = first + words[word, 0]
        stop = words[word + 1, 3] if word + 1 < len(words) else len(grades)
        own = (rows[first:last], grades[words[word, 3] : stop], tables[words[word, 2]])
        room = (sums, bits, summary, own_docs[used:], own_scores[used:])
        size = _scored(doc_bytes, *own, norms, k1, factors[word], *room)
        if size == DAMAGED:
            return DAMAGED
        first, before, used = last, used, used + size
        if len(words) == 2 and word == 1:
            one, other = slice(0, before), slice(before, used)
            return either(own_docs[one], own_scores[one], own_docs[other], own_scores[other], docs, scores)
    # Not word by word: the room that sums are poured into is the one that words are gathered in.
    pour(own_docs[:used], own_scores[:used], sums, bits, summary)
    return draw(sums, bits, summary, docs, scores)


@compiled
def joined(
    doc_bytes: Array,
    block_last: Array,
    block_doc: Array,
    rows: Array,
    grades: Array,
    words: Array,
    required: Array,
    tables: Array,
    norms: Array,
    k1: Any,
    factors: Array,
    sums: Array,
    bits: Array,
    summary: Array,
    slots: Array,
    docs: Array,
    scores: Array,
    size: int,
) -> Any:
    """Adds the scores of *words* to those of the first *size* of *docs*; returns how many have all that are *required*.

    Where *size* is negative, the documents are those of the first word. Parameters are those of ``united`` and
    ``narrow``.
    """
    first = 0
    for word in range(len(words)):
        last = first + words[word, 0]
        stop = words[word + 1, 3] if word + 1 < len(words) else len(grades)
        own, graded, weights = rows[first:last], grades[words[word, 3] : stop], tables[words[word, 2]]
        first = last
        if size < 0:
            room = (sums, bits, summary, docs, scores)
            size = _scored(doc_bytes, own, graded, weights, norms, k1, factors[word], *room)
        else:
            lists = (doc_bytes, weights, block_last, block_doc, own, graded)
            size = narrow(
                *lists, norms, k1, factors[word], required[word], sums, bits, slots, docs[:size], scores[:size]
            )
        if size <= 0:
            break
    return size
