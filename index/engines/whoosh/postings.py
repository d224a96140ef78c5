"""Posting lists as array work: written list after list, read back a range of forms at a time (docs/format.md).

A posting is (form, document) with counts (title, lead, body after the lead, aside) and positions. Counts are a row of a
table, the most frequent first. A posting is one number, the gap to the document before it times four plus the row; rows
from 3 on follow as a number of their own, (row - 3) times four. Two thirds of the postings of news take a byte or two
that way, a quarter less than gaps and rows apart. No step here is taken posting by posting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh import varint
from index.engines.whoosh.format import SectionsWriter
from index.engines.whoosh.offsets import Offsets, put_offsets
from index.errors import IndexDamaged

__all__ = [
    "BLOCK",
    "LEAD",
    "LONG",
    "ROW_BITS",
    "PostingArrays",
    "Postings",
    "PostingsWriter",
    "count_table",
    "read_postings",
]

# Positions of ``text`` below this are its lead (notes on ranking: the first 100 words weigh more).
LEAD = 100
# Postings in a block of the skip table, and up to how many a list has none: reading 1,024 takes 3 µs, and half of all
# blocks would be of shorter lists.
BLOCK = 128
LONG = 1024
# How many bits of a posting's number are its row; all set: the row follows.
ROW_BITS = 2
_FAR = (1 << ROW_BITS) - 1


@dataclass(frozen=True, slots=True)
class Postings:
    """Posting lists of consecutive forms, one after the other; arrays of one element a posting.

    ``forms`` never decreases; ``docs`` rise within a form; ``rows`` number the rows of a counts table; the encoded
    positions of posting i are ``pos_bytes[pos_start[i]:pos_start[i]+pos_size[i]]``.
    """

    forms: NDArray[np.int64]
    docs: NDArray[np.int64]
    rows: NDArray[np.int64]
    pos_bytes: NDArray[np.uint8]
    pos_start: NDArray[np.int64]
    pos_size: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.forms)


class PostingArrays(Protocol):
    """What ``read_postings`` reads of a segment."""

    documents: int
    counts: NDArray[np.uint32]
    doc_bytes: NDArray[np.uint8]
    pos_bytes: NDArray[np.uint8]
    form_postings: Offsets
    form_doc: Offsets
    form_pos: Offsets


def read_postings(source: PostingArrays, low: int, high: int) -> Postings:
    """The lists of forms *low*..*high*-1. Linear in their size; raises IndexDamaged for what cannot be."""
    first = source.form_postings.at(np.arange(low, high + 1))
    df = first[1:] - first[:-1]
    if (df <= 0).any():
        raise IndexDamaged("posting lists overlap")
    total, begin = int(first[-1] - first[0]), first[:-1] - first[0]
    span = np.array([low, high])
    gaps, rows = _split(varint.decode(source.doc_bytes[slice(*source.form_doc.at(span))]))
    if len(rows) != total or (rows >= len(source.counts)).any():
        raise IndexDamaged("postings are more or fewer than there should be, or name counts that are not there")
    docs = np.cumsum(gaps)
    docs -= np.repeat(docs[begin] - gaps[begin], df)
    if (docs >= source.documents).any():
        raise IndexDamaged("a posting names a document that is not there")
    positions = source.counts.sum(axis=1, dtype=np.int64)[rows]
    pos_bytes = source.pos_bytes[slice(*source.form_pos.at(span))]
    stops = varint.ends(pos_bytes)
    if (positions == 0).any() or positions.sum() != len(stops):
        raise IndexDamaged("the positions of a list are more or fewer than its counts say")
    stop = stops[np.cumsum(positions) - 1]
    start = np.concatenate((np.zeros(1, np.int64), stop[:-1])) if total else stop
    return Postings(np.repeat(np.arange(low, high), df), docs, rows, pos_bytes, start, stop - start)


def _split(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Gaps and rows of postings. A number that is a row ends in zero bits, so none is taken for one before a row."""
    far = numbers & _FAR == _FAR
    is_row = np.zeros(len(numbers), bool)
    is_row[1:] = far[:-1]
    heads = numbers[~is_row]
    rows = heads & _FAR
    if far[-1:].any() or (numbers[is_row] & _FAR).any():
        raise IndexDamaged("a posting lacks its row of counts")
    rows[rows == _FAR] += numbers[is_row] >> ROW_BITS
    return heads >> ROW_BITS, rows


def _joined(gaps: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of postings, and how many each takes."""
    far = rows >= _FAR
    number = np.cumsum(far) - far + np.arange(len(rows))
    numbers = np.empty(len(rows) + int(far.sum()), np.int64)
    numbers[number] = gaps << ROW_BITS | np.minimum(rows, _FAR)
    numbers[number[far] + 1] = rows[far] - _FAR << ROW_BITS
    data, width = varint.encode(numbers)
    size = width[number].astype(np.int64)
    size[far] += width[number[far] + 1]
    return data, size


def count_table(
    rows: NDArray[np.uint32], frequencies: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The distinct *rows*, most frequent first, and where each given row stands among them."""
    if not len(rows):
        return rows.reshape(0, 4), np.zeros(0, np.int64)
    distinct, inverse = np.unique(rows, axis=0, return_inverse=True)
    weight = np.bincount(inverse.reshape(-1), frequencies, len(distinct))
    order = np.argsort(-weight, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return distinct[order], place[inverse.reshape(-1)]


class PostingsWriter:
    """Writes lists in order of their forms; every call brings whole lists. *lengths* are those of the documents."""

    def __init__(self, sections: SectionsWriter, counts: NDArray[np.uint32], lengths: NDArray[np.uint32]) -> None:
        self._sections = sections
        self._counts = counts
        self._lengths = lengths
        self._postings = self._doc_at = self._pos_at = 0
        self._lists: list[NDArray[np.int64]] = []
        self._totals = np.zeros(len(counts), np.int64)
        sections.put("counts", counts)
        self.add(Postings(*(np.zeros(0, np.int64),) * 3, np.zeros(0, np.uint8), *(np.zeros(0, np.int64),) * 2))

    def add(self, lists: Postings) -> None:
        """Adds whole *lists*; their positions are taken span by span, so they may lie in another order."""
        begin = np.flatnonzero(np.diff(lists.forms, prepend=-1))
        gaps = np.diff(lists.docs, prepend=0)
        gaps[begin] = lists.docs[begin]
        doc_bytes, doc_size = _joined(gaps, lists.rows)
        pos_bytes = varint.copy_spans(lists.pos_bytes, lists.pos_start, lists.pos_size)
        self._sections.put("doc_bytes", doc_bytes)
        self._sections.put("pos_bytes", pos_bytes)
        self._totals += np.bincount(lists.rows, minlength=len(self._counts))
        df = np.diff(begin, append=len(lists))
        doc_start = np.cumsum(doc_size) - doc_size + self._doc_at
        pos_start = np.cumsum(lists.pos_size) - lists.pos_size + self._pos_at
        self._put_blocks(lists, begin, df, doc_start, pos_start)
        self._lists.append(
            np.stack((lists.forms[begin], begin + self._postings, doc_start[begin], pos_start[begin]), axis=1)
        )
        self._postings += len(lists)
        self._doc_at += len(doc_bytes)
        self._pos_at += len(pos_bytes)

    def finish(self) -> NDArray[np.int64]:
        """Writes where each list starts; returns the forms that have one, in order: they get the numbers 0, 1, …"""
        forms: NDArray[np.int64]
        forms, posting, doc_at, pos_at = np.concatenate(self._lists).T
        put_offsets(self._sections, "form_postings", np.diff(posting, append=self._postings))
        self._sections.put("count_totals", self._totals.astype(np.uint32))
        put_offsets(self._sections, "form_doc", np.diff(doc_at, append=self._doc_at))
        put_offsets(self._sections, "form_pos", np.diff(pos_at, append=self._pos_at))
        return forms

    def _put_blocks(
        self,
        lists: Postings,
        begin: NDArray[np.int64],
        df: NDArray[np.int64],
        doc_start: NDArray[np.int64],
        pos_start: NDArray[np.int64],
    ) -> None:
        """The skip table: of each block of a long list its last document, where it starts, what it has at most."""
        put = self._sections.put
        long = np.flatnonzero(df > LONG)
        blocks = -(-df[long] // BLOCK)
        number = np.arange(int(blocks.sum())) - np.repeat(np.cumsum(blocks) - blocks, blocks)
        start = np.repeat(begin[long], blocks) + BLOCK * number
        size = np.minimum(np.repeat(begin[long] + df[long], blocks) - start, BLOCK)
        put("block_last", lists.docs[start + size - 1].astype(np.uint32))
        put("block_doc", doc_start[start].astype(np.uint32))
        put("block_pos", pos_start[start].astype(np.uint32))
        counts, lengths = self._extremes(lists, start, size)
        put("block_counts", np.minimum(counts, 255).astype(np.uint8))
        put("block_lengths", np.minimum(lengths, 65535).astype(np.uint16))

    def _extremes(self, lists: Postings, start: NDArray[np.int64], size: NDArray[np.int64]) -> tuple[Any, Any]:
        """The greatest count of each kind and the least length of title and text, for each block."""
        if not len(start):
            return np.zeros((0, 4), np.uint32), np.zeros((0, 2), np.uint32)
        at = np.cumsum(size) - size
        inside = np.repeat(start - at, size) + np.arange(int(size.sum()))
        docs, rows = lists.docs[inside], lists.rows[inside]
        counts = [np.maximum.reduceat(self._counts[:, kind][rows], at) for kind in range(4)]
        lengths = [np.minimum.reduceat(self._lengths[field][docs], at) for field in range(2)]
        return np.stack(counts, axis=1), np.stack(lengths, axis=1)
