"""The loop behind a phrase of plain words: which documents have them side by side.

See blocks.py for what is said of damage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from index.compiled import compiled
from search.engines.whoosh.batch import lists_of, postings_of
from search.engines.whoosh.blocks import DAMAGED, Array, U
from search.engines.whoosh.placing import FIELD_BITS, POSITION_BITS, places
from search.engines.whoosh.spanning import common

__all__ = ["adjoining"]

_SHIFT = FIELD_BITS + POSITION_BITS
_INSIDE, _POSITION = (1 << _SHIFT) - 1, (1 << POSITION_BITS) - 1


@compiled
def _holding(starts: Array, documents: int) -> Array:
    """Which of so many *documents* have one of *starts*, ascending."""
    holding = np.zeros(documents, np.bool_)
    for start in starts:
        holding[start >> _SHIFT] = True
    return np.flatnonzero(holding)


@compiled
def _starts(places: Array, word: Any) -> Array:
    """Where phrases start whose word of that number, from 0 on, stands at *places*; in place."""
    size = U(0)
    for i in range(len(places)):
        place = places[i]
        places[size] = place - word
        size += U(place & _POSITION >= word)
    return places[:size]


@compiled
def _renumbered(starts: Array, left: Array, documents: int) -> None:
    """Turns *starts*, places in so many *documents*, into places in those that are *left* of them."""
    number = np.empty(documents, np.int64)
    for i in range(len(left)):
        number[left[i]] = i
    for i in range(len(starts)):
        starts[i] = starts[i] & _INSIDE | number[starts[i] >> _SHIFT] << _SHIFT


@compiled
def adjoining(
    doc_bytes: Array,
    pos_bytes: Array,
    kind_counts: Array,
    width_codes: Array,
    widths_of: Array,
    block_last: Array,
    block_doc: Array,
    block_pos: Array,
    words: Array,
    fields: Any,
    documents: Any,
    wanted: Array,
    bits: Array,
    slots: Array,
) -> Array:
    """Which of the *wanted* documents have the *words* (of a Batch) side by side in one of the *fields*, ascending.

    The rarest word first. Nothing is put in order, and from the third word on only those documents are looked at where
    the others stand side by side: few. The other parameters are those of ``places``; a damaged segment gives DAMAGED.
    """
    postings = np.empty(len(words), np.int64)
    for word in range(len(words)):
        postings[word] = postings_of(words, word)
    kept = np.arange(len(wanted))
    starts = np.empty(0, np.int64)
    for number, word in enumerate(np.argsort(postings)):
        if number > 1:
            left = _holding(starts, len(kept))
            _renumbered(starts, left, len(kept))
            kept, wanted = kept[left], wanted[left]
        lists = (block_last, block_doc, block_pos, *lists_of(words, word))
        tables = (doc_bytes, pos_bytes, kind_counts, width_codes, widths_of)
        found = places(*tables, *lists, fields, documents, wanted, False, bits, slots)
        if len(found) and found[0] == DAMAGED:
            return found
        own = _starts(found, word)
        starts = common(starts, own) if number else own
        if not len(starts):
            break
    return kept[_holding(starts, len(kept))]
