"""Posting lists as array work: written list after list, read back a range of forms at a time (docs/format.md).

A posting is (form, document) with counts (title, lead, body after the lead, aside) and positions. Counts are a row of a
table, the most frequent first. A list is cut into blocks of 128 postings. In a block a posting is one number, the gap
to the document before it times four plus the row, and all numbers have the same width in bits; rows from 3 on follow
behind them, less 3, in a width of their own. No step here is taken posting by posting. Decision 041.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh import bits, varint
from index.engines.whoosh.format import SectionsWriter
from index.engines.whoosh.offsets import Offsets, put_offsets
from index.errors import IndexDamaged

__all__ = [
    "BLOCK",
    "LEAD",
    "PADDING",
    "PostingArrays",
    "Postings",
    "PostingsWriter",
    "count_table",
    "read_postings",
]

# Positions of ``text`` below this are its lead (notes on ranking: the first 100 words weigh more).
LEAD = 100
# Postings in a block, which are unpacked together; lists of more have a row for each block in the skip table.
BLOCK = 128
# Zero bytes behind the last block: a loop may load 8 bytes wherever a number starts.
PADDING = 8
# How many bits of a posting's number are its row; all set: 3, or as much more as follows behind the numbers.
_ROW_BITS = 2
_FAR = (1 << _ROW_BITS) - 1
# In the first byte of a block, beside the width of its numbers: two more bytes follow, how many rows stand behind the
# numbers and their width.
_ROWS_FOLLOW = 128
# What fits into 64 bits however it lies in its first byte; widths beyond it are damage.
_MOST_BITS = 56


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
    block_doc: NDArray[np.uint32]

    def blocks(self, first: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of each list, given by its first posting: the half-open range of its rows in the skip table."""


def read_postings(source: PostingArrays, low: int, high: int) -> Postings:
    """The lists of forms *low*..*high*-1. Linear in their size; raises IndexDamaged for what cannot be."""
    first = source.form_postings.at(np.arange(low, high + 1))
    df = first[1:] - first[:-1]
    if (df <= 0).any():
        raise IndexDamaged("posting lists overlap")
    total, begin = int(first[-1] - first[0]), first[:-1] - first[0]
    span = np.array([low, high])
    starts = source.form_doc.at(np.arange(low, high + 1))
    gaps, rows = _unpacked(source.doc_bytes[starts[0] : starts[-1]], _block_starts(source, first, starts), df)
    if (rows >= len(source.counts)).any():
        raise IndexDamaged("a posting names counts that are not there")
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


def _block_starts(source: PostingArrays, first: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where every block of the lists starts, counted from the first list, and where the last one ends."""
    blocks = _blocks(first[1:] - first[:-1])
    at = np.repeat(starts[:-1], blocks)
    several = np.repeat(blocks > 1, blocks)
    low, high = source.blocks(first[:-1][blocks > 1])
    if (high - low != blocks[blocks > 1]).any():
        raise IndexDamaged("lists and skip table do not agree")
    at[several] = source.block_doc[varint.spans(low, high - low)]
    found: NDArray[np.int64] = np.append(at, starts[-1]) - starts[0]
    return found


def _blocks(df: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many blocks lists of *df* postings have."""
    blocks: NDArray[np.int64] = -(-df // BLOCK)
    return blocks


def _block_sizes(df: NDArray[np.int64]) -> NDArray[np.int64]:
    """The postings of every block: 128, but of the last of each list what is left."""
    blocks = _blocks(df)
    sizes = np.full(int(blocks.sum()), BLOCK)
    sizes[np.cumsum(blocks) - 1] = df - BLOCK * (blocks - 1)
    return sizes


def _packed(
    gaps: NDArray[np.int64], rows: NDArray[np.int64], df: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of lists of *df* postings each, and how many every block takes."""
    size = _block_sizes(df)
    if not len(size):
        return np.zeros(0, np.uint8), size
    start = np.cumsum(size) - size
    numbers = gaps << _ROW_BITS | np.minimum(rows, _FAR)
    far = rows >= _FAR
    width = bits.widths(np.maximum.reduceat(numbers, start))
    far_width = bits.widths(np.maximum.reduceat(np.where(far, rows - _FAR, 0), start))
    follow = far_width > 0
    count = np.add.reduceat(far, start, dtype=np.int64) * follow
    head = 1 + 2 * follow
    body = -(-size * width // 8)
    taken = head + body + -(-count * far_width // 8)
    at = np.cumsum(taken) - taken
    words = bits.words_of(np.zeros(int(taken.sum()), np.uint8))
    bits.put(words, 8 * at, width | follow * _ROWS_FOLLOW)
    bits.put(words, 8 * at[follow] + 8, count[follow] | far_width[follow] << 8)
    bits.put(words, _places(8 * (at + head), size, width), numbers)
    far &= np.repeat(follow, size)
    bits.put(words, _places(8 * (at + head + body), count, far_width), rows[far] - _FAR)
    return words.view(np.uint8)[: int(taken.sum())], taken


def _unpacked(
    data: NDArray[np.uint8], at: NDArray[np.int64], df: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Gaps and rows of lists of *df* postings each, whose blocks start *at* these bytes of *data* and end with it."""
    size = _block_sizes(df)
    if at[0] or (np.diff(at) <= 0).any():
        raise IndexDamaged("blocks of postings overlap")
    words, at = bits.words_of(data), at[:-1]
    first = bits.take(words, 8 * at, np.full(len(at), 8))
    follow, width = first >= _ROWS_FOLLOW, first % _ROWS_FOLLOW
    count, far_width = np.zeros_like(first), np.zeros_like(first)
    count[follow] = bits.take(words, 8 * at[follow] + 8, np.full(int(follow.sum()), 8))
    far_width[follow] = bits.take(words, 8 * at[follow] + 16, np.full(int(follow.sum()), 8))
    head, body = 1 + 2 * follow, -(-size * width // 8)
    taken = head + body + -(-count * far_width // 8)
    wide = (width > _MOST_BITS) | (far_width > _MOST_BITS)
    if wide.any() or (taken != np.diff(at, append=len(data))).any():
        raise IndexDamaged("a block of postings has another length than it should")
    numbers = bits.take(words, _places(8 * (at + head), size, width), np.repeat(width, size))
    rows = numbers & _FAR
    far = (rows == _FAR) & np.repeat(follow, size)
    if (np.bincount(np.repeat(np.arange(len(size)), size)[far], minlength=len(size)) != count).any():
        raise IndexDamaged("a block of postings has more or fewer rows of counts than it should")
    rows[far] += bits.take(words, _places(8 * (at + head + body), count, far_width), np.repeat(far_width, count))
    return numbers >> _ROW_BITS, rows


def _places(start: NDArray[np.int64], count: NDArray[np.int64], width: NDArray[np.int64]) -> NDArray[np.int64]:
    """At which bits *count* numbers of *width* bits stand, from *start* on, for each block."""
    number = np.arange(int(count.sum()))
    return np.repeat(start - width * (np.cumsum(count) - count), count) + np.repeat(width, count) * number


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
    """Writes lists in order of their forms; every call brings whole lists."""

    def __init__(self, sections: SectionsWriter, counts: NDArray[np.uint32]) -> None:
        self._sections = sections
        self._counts = counts
        self._postings = self._doc_at = self._pos_at = 0
        self._lists: list[NDArray[np.int64]] = []
        self._totals = np.zeros(len(counts), np.int64)
        sections.put("counts", counts)
        self.add(Postings(*(np.zeros(0, np.int64),) * 3, np.zeros(0, np.uint8), *(np.zeros(0, np.int64),) * 2))

    def add(self, lists: Postings) -> None:
        """Adds whole *lists*; their positions are taken span by span, so they may lie in another order."""
        begin = np.flatnonzero(np.diff(lists.forms, prepend=-1))
        df = np.diff(begin, append=len(lists))
        gaps = np.diff(lists.docs, prepend=0)
        gaps[begin] = lists.docs[begin]
        doc_bytes, block_size = _packed(gaps, lists.rows, df)
        pos_bytes = varint.copy_spans(lists.pos_bytes, lists.pos_start, lists.pos_size)
        self._sections.put("doc_bytes", doc_bytes)
        self._sections.put("pos_bytes", pos_bytes)
        self._totals += np.bincount(lists.rows, minlength=len(self._counts))
        doc_start = np.cumsum(block_size) - block_size + self._doc_at
        pos_start = np.cumsum(lists.pos_size) - lists.pos_size + self._pos_at
        self._put_blocks(lists, df, doc_start, pos_start)
        blocks = _blocks(df)
        first = np.cumsum(blocks) - blocks
        self._lists.append(
            np.stack((lists.forms[begin], begin + self._postings, doc_start[first], pos_start[begin]), axis=1)
        )
        self._postings += len(lists)
        self._doc_at += len(doc_bytes)
        self._pos_at += len(pos_bytes)

    def finish(self) -> NDArray[np.int64]:
        """Writes where each list starts; returns the forms that have one, in order: they get the numbers 0, 1, …"""
        forms: NDArray[np.int64]
        forms, posting, doc_at, pos_at = np.concatenate(self._lists).T
        self._sections.put("doc_bytes", np.zeros(PADDING, np.uint8))
        put_offsets(self._sections, "form_postings", np.diff(posting, append=self._postings))
        self._sections.put("count_totals", self._totals.astype(np.uint32))
        put_offsets(self._sections, "form_doc", np.diff(doc_at, append=self._doc_at))
        put_offsets(self._sections, "form_pos", np.diff(pos_at, append=self._pos_at))
        return forms

    def _put_blocks(
        self,
        lists: Postings,
        df: NDArray[np.int64],
        doc_start: NDArray[np.int64],
        pos_start: NDArray[np.int64],
    ) -> None:
        """The skip table: of each block of a list that has several, its last document and where it starts."""
        put = self._sections.put
        blocks = _blocks(df)
        size = _block_sizes(df)
        start = np.cumsum(size) - size
        several = np.repeat(blocks > 1, blocks)
        put("block_last", lists.docs[(start + size - 1)[several]].astype(np.uint32))
        put("block_doc", doc_start[several].astype(np.uint32))
        put("block_pos", pos_start[start[several]].astype(np.uint32))
