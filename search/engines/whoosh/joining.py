"""The loops over the words of an "or" or an "and": one call for all, as many lists are read in less time than a call.

See blocks.py for what is said of damage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from index.compiled import compiled
from search.engines.whoosh.arrays import either
from search.engines.whoosh.batch import lists_of, postings_of, table_of, weight_of
from search.engines.whoosh.blocks import DAMAGED, Array
from search.engines.whoosh.kernels import draw, gather, pour, stream
from search.engines.whoosh.narrowing import narrow

__all__ = ["joined", "united"]


@compiled
def _factor(words: Array, word: int, k1: Any) -> Any:
    """What the saturated counts of a word are multiplied by."""
    return np.float32(weight_of(words, word) * (k1 + 1))


@compiled
def _scored(
    doc_bytes: Array,
    words: Array,
    word: int,
    tables: Array,
    norms: Array,
    k1: Any,
    sums: Array,
    bits: Array,
    summary: Array,
    docs: Array,
    scores: Array,
) -> Any:
    """Writes the documents of a word to *docs*, ascending, and their *scores*; returns how many, or DAMAGED."""
    rows, grades = lists_of(words, word)
    weights = tables[table_of(words, word)]
    if len(rows) == 1:
        size = stream(doc_bytes, weights, rows, grades, norms, k1, docs, scores)
    else:
        size = gather(doc_bytes, weights, rows, grades, norms, k1, sums, bits, summary, docs, scores)
    factor = _factor(words, word, k1)
    for i in range(size):
        scores[i] *= factor
    return size


@compiled
def united(
    doc_bytes: Array,
    words: Array,
    tables: Array,
    norms: Array,
    k1: Any,
    sums: Array,
    bits: Array,
    summary: Array,
    docs: Array,
    scores: Array,
) -> Any:
    """Writes the documents of any of *words* to *docs*, ascending, and their *scores*; returns how many, or DAMAGED.

    *words* are those of a Batch, the others parameters of ``gather``. *docs* has room for one more than there can be.
    """
    room = (sums, bits, summary)
    if len(words) == 1:
        return _scored(doc_bytes, words, 0, tables, norms, k1, *room, docs, scores)
    most = 1
    for word in range(len(words)):
        most += min(postings_of(words, word), len(norms))
    own_docs, own_scores = np.empty(most, np.int32), np.empty(most, np.float32)
    used, before = 0, 0
    for word in range(len(words)):
        left = (own_docs[used:], own_scores[used:])
        size = _scored(doc_bytes, words, word, tables, norms, k1, *room, *left)
        if size == DAMAGED:
            return DAMAGED
        before, used = used, used + size
    if len(words) == 2:
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
    words: Array,
    required: int,
    tables: Array,
    norms: Array,
    k1: Any,
    sums: Array,
    bits: Array,
    summary: Array,
    slots: Array,
    docs: Array,
    scores: Array,
    size: int,
) -> Any:
    """Adds the scores of *words* to those of the first *size* of *docs*; returns how many have the first *required*.

    Where *size* is negative, the documents are those of the first word. Parameters are those of ``united`` and
    ``narrow``.
    """
    for word in range(len(words)):
        if size < 0:
            size = _scored(doc_bytes, words, word, tables, norms, k1, sums, bits, summary, docs, scores)
        else:
            lists = (doc_bytes, tables[table_of(words, word)], block_last, block_doc, *lists_of(words, word))
            found = (sums, bits, slots, docs[:size], scores[:size])
            size = narrow(*lists, norms, k1, _factor(words, word, k1), word < required, *found)
        if size <= 0:
            break
    return size
