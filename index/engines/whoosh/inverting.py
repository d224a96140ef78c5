"""Tokens turned into posting lists: put in order by list, then cut into postings, whole arrays at a time.

Tokens arrive in order of document, field and position, so one sort by list makes posting lists, but for documents with
several forms of a list. NumPy sorts plain 64-bit numbers several times faster than it finds an order: list and place
are packed into one number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.format import SectionsWriter
from index.engines.whoosh.positions import LEAD, widths_of
from index.engines.whoosh.postings import Postings, PostingsWriter, count_table
from index.records import FIELDS

__all__ = ["fresh", "ordered", "put_postings"]

# Counts below this fit in four bits each; nearly all do.
_SMALL = 16
_TEXT = FIELDS.index("text")


def fresh(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each of *values* differs from the one before it; the first does."""
    marks = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=marks[1:])
    return marks


def _sorted_by(ranks: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The stable order of *ranks* (all below *count*), and them in that order."""
    bits = max(len(ranks) - 1, 1).bit_length()
    if bits + count.bit_length() > 63:
        raise OverflowError(f"{len(ranks)} tokens of {count} lists in one run")
    packed_ranks = ranks << bits
    packed_ranks |= np.arange(len(ranks))
    packed_ranks.sort()
    return packed_ranks & ((1 << bits) - 1), packed_ranks >> bits


def ordered(
    ranks: NDArray[np.int64], places: NDArray[np.int32], lists: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The order of tokens by list, document, form, field and position, and the list of each in that order.

    *lists* is that of each form. Only in documents with several forms of a list does sorting by list not do it all.
    """
    order, own = _sorted_by(lists[ranks], len(lists))
    docs, forms = places[order] // len(FIELDS), ranks[order]
    run = fresh(own) | fresh(docs)
    mixed = np.flatnonzero(fresh(forms) & ~run)
    number = np.cumsum(run)
    several = np.zeros(len(number) + 1, bool)
    several[number[mixed]] = True
    tokens = np.flatnonzero(several[number])
    order[tokens] = order[tokens[np.lexsort((forms[tokens], number[tokens]))]]
    return order, own


def put_postings(
    sections: SectionsWriter,
    forms: int,
    lists: NDArray[np.int64],
    ranks: NDArray[np.int64],
    places: NDArray[np.int32],
    positions: NDArray[np.int32],
    lengths: NDArray[np.uint32],
) -> None:
    """Writes lists of tokens, of so many *forms*; they are in order of list, document, form, field, position.

    *lengths* of the fields of documents: (fields, documents).
    """
    docs = places // len(FIELDS)
    fields = places - docs * len(FIELDS)
    new_posting = fresh(ranks) | fresh(docs)
    begin = np.flatnonzero(new_posting)
    kinds = fields + (fields > _TEXT) + ((fields == _TEXT) & (positions >= LEAD))
    table, rows = _counts(np.cumsum(new_posting) - 1, kinds, len(begin))
    writer = PostingsWriter(sections, table, widths_of(tuple(lengths)), forms)
    writer.add(Postings(lists[begin], ranks[begin], docs[begin].astype(np.int64), rows, positions, begin))
    writer.finish()


def _counts(
    posting: NDArray[np.int64], kinds: NDArray[np.int32], postings: int
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The table of distinct counts, and the row of each posting. Small counts are told apart without sorting."""
    counts = np.bincount(posting * 4 + kinds, minlength=4 * postings).reshape(-1, 4)
    small = (counts < _SMALL).all(axis=1)
    codes = counts[:, 0] << 12 | counts[:, 1] << 8 | counts[:, 2] << 4 | counts[:, 3]
    frequencies = np.bincount(codes[small], minlength=1 << 16)
    used = np.flatnonzero(frequencies)
    of_codes = np.stack([used >> shift & 15 for shift in (12, 8, 4, 0)], axis=1)
    candidates = np.concatenate((of_codes, counts[~small])).astype(np.uint32)
    weights = np.concatenate((frequencies[used], np.ones(int((~small).sum()), np.int64)))
    table, place = count_table(candidates, weights)
    of_code = np.zeros(1 << 16, np.int64)
    of_code[used] = place[: len(used)]
    rows = of_code[np.where(small, codes, 0)]
    rows[~small] = place[len(used) :]
    return table, rows
