"""Posting lists as array work: written list after list, read back many at a time (docs/format.md).

A posting is (form, document) with counts (title, lead, body after the lead, aside) and positions. A list has the
postings of all forms that grouping.py puts together, by document. Counts are a row of a table, the most frequent first.
A list is cut into blocks of 128 postings. In a block a posting is one number: the gap to the document before it, the
place of its form, the row; all numbers have the same width in bits. Rows from 3 on follow behind them, less 3, in a
width of their own. No step here is taken posting by posting. Decisions 030 and 041.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh import bits, varint
from index.engines.whoosh.format import SectionsWriter
from index.engines.whoosh.grouping import MOST_FORMS, FormLists, places_of, put_form_lists
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
# In the first byte of a block, beside the width of its numbers: a byte follows, how many bits of a number are the place
# of its form, which is 0 in the others; then two more bytes follow, how many rows stand behind the numbers and their
# width.
_PLACES, _ROWS_FOLLOW = 64, 128
# What fits into 64 bits however it lies in its first byte; widths beyond it are damage.
_MOST_BITS = 56
_MOST_PLACE = MOST_FORMS.bit_length()


@dataclass(frozen=True, slots=True)
class Postings:
    """Whole posting lists, one after the other; arrays of one element a posting.

    ``lists`` never decrease, ``docs`` neither within a list; ``forms`` of a document come in any order. ``rows`` number
    the rows of a counts table; the encoded positions of posting i are ``pos_bytes[pos_start[i]:pos_start[i]+pos_size[i]]``.
    """

    lists: NDArray[np.int64]
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
    list_doc: Offsets
    list_pos: Offsets
    block_doc: NDArray[np.uint32]

    @property
    def form_lists(self) -> FormLists:
        """Which forms each list has."""

    @property
    def list_posting(self) -> NDArray[np.uint32]:
        """The first posting of each list, and how many there are in all."""

    def blocks(self, first: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of each list, given by its first posting: the half-open range of its rows in the skip table."""


def read_postings(source: PostingArrays, lists: NDArray[np.int64]) -> Postings:
    """The *lists* with those numbers, which ascend. Linear in their size; raises IndexDamaged for what cannot be."""
    first = source.list_posting[lists].astype(np.int64)
    df = source.list_posting[lists + 1] - first
    if (df <= 0).any():
        raise IndexDamaged("posting lists overlap")
    starts, sizes = source.list_doc.spans(lists)
    begin, at = np.cumsum(df) - df, _block_starts(source, first, df, starts, sizes)
    gaps, places, rows = _unpacked(_spans(source.doc_bytes, starts, sizes), at, df)
    if (rows >= len(source.counts)).any():
        raise IndexDamaged("a posting names counts that are not there")
    docs = np.cumsum(gaps)
    docs -= np.repeat(docs[begin] - gaps[begin], df)
    if (docs >= source.documents).any():
        raise IndexDamaged("a posting names a document that is not there")
    positions = source.counts.sum(axis=1, dtype=np.int64)[rows]
    pos_bytes = _spans(source.pos_bytes, *source.list_pos.spans(lists))
    stops = varint.ends(pos_bytes)
    if (positions == 0).any() or positions.sum() != len(stops):
        raise IndexDamaged("the positions of a list are more or fewer than its counts say")
    stop = stops[np.cumsum(positions) - 1]
    start = np.concatenate((np.zeros(1, np.int64), stop[:-1])) if len(lists) else stop
    own = np.repeat(lists, df)
    return Postings(own, _forms(source.form_lists, own, places), docs, rows, pos_bytes, start, stop - start)


def _forms(table: FormLists, lists: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """The form at each place of these lists."""
    at = table.starts[lists] + places
    if (at >= table.starts[lists + 1]).any():
        raise IndexDamaged("a posting names a form that its list does not have")
    return table.forms[at].astype(np.int64)


def _spans(data: NDArray[np.uint8], start: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.uint8]:
    """These pieces of *data*, one after the other; no copy where they lie so."""
    if len(start) and (start[1:] == start[:-1] + size[:-1]).all():
        return data[start[0] : start[-1] + size[-1]]
    return varint.copy_spans(data, start, size)


def _block_starts(
    source: PostingArrays,
    first: NDArray[np.int64],
    df: NDArray[np.int64],
    starts: NDArray[np.int64],
    sizes: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Where every block of the lists starts when these are put together, and where the last one ends."""
    blocks = _blocks(df)
    moved = np.cumsum(sizes) - sizes
    at = np.repeat(moved, blocks)
    several = np.repeat(blocks > 1, blocks)
    low, high = source.blocks(first[blocks > 1])
    if (high - low != blocks[blocks > 1]).any():
        raise IndexDamaged("lists and skip table do not agree")
    at[several] = source.block_doc[varint.spans(low, high - low)] + np.repeat(moved - starts, blocks)[several]
    return np.append(at, sizes.sum())


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
    gaps: NDArray[np.int64], places: NDArray[np.int64], rows: NDArray[np.int64], df: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of lists of *df* postings each, and how many every block takes."""
    size = _block_sizes(df)
    if not len(size):
        return np.zeros(0, np.uint8), size
    start = np.cumsum(size) - size
    place_width = bits.widths(np.maximum.reduceat(places, start))
    placed = place_width > 0
    numbers = (gaps << np.repeat(place_width, size) | places) << _ROW_BITS | np.minimum(rows, _FAR)
    far = rows >= _FAR
    width = bits.widths(np.maximum.reduceat(numbers, start))
    far_width = bits.widths(np.maximum.reduceat(np.where(far, rows - _FAR, 0), start))
    follow = far_width > 0
    count = np.add.reduceat(far, start, dtype=np.int64) * follow
    head = 1 + placed + 2 * follow
    body = -(-size * width // 8)
    taken = head + body + -(-count * far_width // 8)
    at = np.cumsum(taken) - taken
    words = bits.words_of(np.zeros(int(taken.sum()), np.uint8))
    bits.put(words, 8 * at, width | placed * _PLACES | follow * _ROWS_FOLLOW)
    bits.put(words, 8 * at[placed] + 8, place_width[placed])
    bits.put(words, 8 * (at + head)[follow] - 16, count[follow] | far_width[follow] << 8)
    bits.put(words, _places(8 * (at + head), size, width), numbers)
    far &= np.repeat(follow, size)
    bits.put(words, _places(8 * (at + head + body), count, far_width), rows[far] - _FAR)
    return words.view(np.uint8)[: int(taken.sum())], taken


def _unpacked(
    data: NDArray[np.uint8], at: NDArray[np.int64], df: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Gaps, places and rows of lists of *df* postings each, whose blocks start *at* these bytes and end with *data*."""
    size = _block_sizes(df)
    if at[0] or (np.diff(at) <= 0).any():
        raise IndexDamaged("blocks of postings overlap")
    words, at = bits.words_of(data), at[:-1]

    def byte(blocks: NDArray[np.bool_], place: NDArray[np.int64]) -> NDArray[np.int64]:
        """The byte at *place* of those *blocks*, 0 for the others."""
        found = np.zeros(len(at), np.int64)
        found[blocks] = bits.take(words, 8 * place[blocks], np.full(int(blocks.sum()), 8))
        return found

    first = byte(np.ones(len(at), bool), at)
    placed, follow, width = first & _PLACES > 0, first & _ROWS_FOLLOW > 0, first % _PLACES
    head, body = 1 + placed + 2 * follow, -(-size * width // 8)
    place_width, count, far_width = byte(placed, at + 1), byte(follow, at + head - 2), byte(follow, at + head - 1)
    taken = head + body + -(-count * far_width // 8)
    wide = (width > _MOST_BITS) | (far_width > _MOST_BITS) | (place_width > _MOST_PLACE)
    if wide.any() or (taken != np.diff(at, append=len(data))).any():
        raise IndexDamaged("a block of postings has another length than it should")
    numbers = bits.take(words, _places(8 * (at + head), size, width), np.repeat(width, size))
    rows = numbers & _FAR
    far = (rows == _FAR) & np.repeat(follow, size)
    if (np.bincount(np.repeat(np.arange(len(size)), size)[far], minlength=len(size)) != count).any():
        raise IndexDamaged("a block of postings has more or fewer rows of counts than it should")
    rows[far] += bits.take(words, _places(8 * (at + head + body), count, far_width), np.repeat(far_width, count))
    numbers >>= _ROW_BITS
    shift = np.repeat(place_width, size)
    return numbers >> shift, numbers & (1 << shift) - 1, rows


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
    """Writes lists in order of their numbers; every call brings whole lists, of *forms* forms in all."""

    def __init__(self, sections: SectionsWriter, counts: NDArray[np.uint32], forms: int) -> None:
        self._sections = sections
        self._counts = counts
        self._form_count = forms
        self._doc_at = self._pos_at = self._list_count = 0
        self._forms: list[NDArray[np.int64]] = []
        self._lists: list[NDArray[np.int64]] = []
        self._totals = np.zeros(len(counts), np.int64)
        sections.put("counts", counts)
        self.add(Postings(*(np.zeros(0, np.int64),) * 4, np.zeros(0, np.uint8), *(np.zeros(0, np.int64),) * 2))

    def add(self, lists: Postings) -> None:
        """Adds whole *lists*; their positions are taken span by span, so they may lie in another order."""
        begin = np.flatnonzero(np.diff(lists.lists, prepend=-1))
        df = np.diff(begin, append=len(lists))
        gaps = np.diff(lists.docs, prepend=0)
        gaps[begin] = lists.docs[begin]
        doc_bytes, block_size = _packed(gaps, self._placed(lists, begin), lists.rows, df)
        pos_bytes = varint.copy_spans(lists.pos_bytes, lists.pos_start, lists.pos_size)
        self._sections.put("doc_bytes", doc_bytes)
        self._sections.put("pos_bytes", pos_bytes)
        self._totals += np.bincount(lists.rows, minlength=len(self._counts))
        doc_start = np.cumsum(block_size) - block_size + self._doc_at
        pos_start = np.cumsum(lists.pos_size) - lists.pos_size + self._pos_at
        self._put_blocks(lists, df, doc_start, pos_start)
        blocks = _blocks(df)
        first = np.cumsum(blocks) - blocks
        self._lists.append(np.stack((doc_start[first], pos_start[begin]), axis=1))
        self._list_count += len(begin)
        self._doc_at += len(doc_bytes)
        self._pos_at += len(pos_bytes)

    def finish(self) -> NDArray[np.int64]:
        """Writes what is where; returns the forms that have postings, in order: they get the numbers 0, 1, …"""
        doc_at, pos_at = np.concatenate(self._lists).T
        table = np.concatenate(self._forms)
        forms, lists, places, counts = table[np.argsort(table[:, 0])].T
        self._sections.put("doc_bytes", np.zeros(PADDING, np.uint8))
        put_form_lists(self._sections, lists, places)
        put_offsets(self._sections, "form_counts", counts)
        self._sections.put("count_totals", self._totals.astype(np.uint32))
        put_offsets(self._sections, "list_doc", np.diff(doc_at, append=self._doc_at))
        put_offsets(self._sections, "list_pos", np.diff(pos_at, append=self._pos_at))
        return forms

    def _placed(self, lists: Postings, begin: NDArray[np.int64]) -> NDArray[np.int64]:
        """The place of each posting's form in its list; notes the forms, their lists, places and numbers of postings."""
        counts = np.bincount(lists.forms, minlength=self._form_count)
        forms = np.flatnonzero(counts)
        owner, place = np.zeros(self._form_count, np.int64), np.zeros(self._form_count, np.int64)
        owner[lists.forms] = lists.lists
        own = np.searchsorted(lists.lists[begin], owner[forms]) + self._list_count
        place[forms] = places_of(own, counts[forms])
        self._forms.append(np.stack((forms, own, place[forms], counts[forms]), axis=1))
        found: NDArray[np.int64] = place[lists.forms]
        return found

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
