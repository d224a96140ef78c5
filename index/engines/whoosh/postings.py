"""Posting lists as array work: written list after list, read back many at a time (docs/format.md).

A posting is (form, document) with counts (title, lead, body after the lead, aside) and positions. A list has the
postings of all forms that grouping.py puts together, by document, in blocks (packing.py). Counts are a row of a table,
the most frequent first. Nothing here is a Python step for each posting. Decisions 030, 033 and 041.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh import positions, varint
from index.engines.whoosh.format import SectionsWriter
from index.engines.whoosh.grouping import FormLists, places_of, put_form_lists
from index.engines.whoosh.offsets import Offsets, put_offsets
from index.engines.whoosh.packing import PADDING, block_sizes, blocks_of, packed, unpacked
from index.engines.whoosh.positions import Blocks, block_bytes, rooms
from index.errors import IndexDamaged

__all__ = ["PostingArrays", "Postings", "PostingsWriter", "count_table", "read_postings"]


@dataclass(frozen=True, slots=True)
class Postings:
    """Whole posting lists, one after the other; arrays of one element a posting.

    ``lists`` never decrease, ``docs`` neither within a list; ``forms`` of a document come in any order. ``rows`` number
    the rows of a counts table; those of posting i stand in ``positions`` from pos_start[i] on, as many as its row says:
    in title, in text, in aside.
    """

    lists: NDArray[np.int64]
    forms: NDArray[np.int64]
    docs: NDArray[np.int64]
    rows: NDArray[np.int64]
    positions: NDArray[np.int32]
    pos_start: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.forms)


class PostingArrays(Protocol):
    """What ``read_postings`` reads of a segment."""

    documents: int
    lengths: tuple[NDArray[Any], ...]
    counts: NDArray[np.uint32]
    doc_bytes: NDArray[np.uint8]
    pos_bytes: NDArray[np.uint8]
    list_doc: Offsets
    list_pos: Offsets
    block_doc: NDArray[np.uint32]
    block_pos: NDArray[np.uint32]

    @property
    def position_widths(self) -> NDArray[np.uint16]:
        """How many bits a position of each kind takes in each document."""

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
    begin, at = np.cumsum(df) - df, _block_starts(source, source.block_doc, first, df, starts, sizes)
    gaps, places, rows = unpacked(_spans(source.doc_bytes, starts, sizes), at, df)
    if (rows >= len(source.counts)).any():
        raise IndexDamaged("a posting names counts that are not there")
    docs = np.cumsum(gaps)
    docs -= np.repeat(docs[begin] - gaps[begin], df)
    if (docs >= source.documents).any():
        raise IndexDamaged("a posting names a document that is not there")
    counts = source.counts.astype(np.int64)
    blocks = Blocks(block_sizes(df), docs, rows, counts, source.position_widths)
    stood = _positions(source, lists, first, df, blocks)
    own, total = np.repeat(lists, df), counts.sum(axis=1)[rows]
    forms = _forms(source.form_lists, own, places)
    return Postings(own, forms, docs, rows, stood, np.cumsum(total) - total)


def _positions(
    source: PostingArrays, lists: NDArray[np.int64], first: NDArray[np.int64], df: NDArray[np.int64], blocks: Blocks
) -> NDArray[np.int32]:
    """The positions of *lists*; each of their *blocks* must take the bytes that its counts say."""
    starts, sizes = source.list_pos.spans(lists)
    taken = block_bytes(blocks)
    at = _block_starts(source, source.block_pos, first, df, starts, sizes)
    if (np.diff(at) != taken).any():
        raise IndexDamaged("the positions of a list are more or fewer than its counts say")
    room = rooms([lengths[blocks.docs] for lengths in source.lengths])
    return positions.unpacked(blocks, _spans(source.pos_bytes, starts, sizes), taken, room)


def _forms(table: FormLists, lists: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """The form at each place of these lists."""
    at = table.starts[lists] + places
    if (at >= table.starts[lists + 1]).any():
        raise IndexDamaged("a posting names a form that its list does not have")
    forms: NDArray[np.int64] = table.forms[at].astype(np.int64)
    return forms


def _spans(data: NDArray[np.uint8], start: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.uint8]:
    """These pieces of *data*, one after the other; no copy where they lie so."""
    if len(start) and (start[1:] == start[:-1] + size[:-1]).all():
        return data[start[0] : start[-1] + size[-1]]
    return varint.copy_spans(data, start, size)


def _block_starts(
    source: PostingArrays,
    table: NDArray[np.uint32],
    first: NDArray[np.int64],
    df: NDArray[np.int64],
    starts: NDArray[np.int64],
    sizes: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Where every block of the lists starts when these are put together, and where the last one ends.

    *table*: where blocks start, a column of the skip table; *starts* and *sizes* of the lists in the same bytes.
    """
    blocks = blocks_of(df)
    moved = np.cumsum(sizes) - sizes
    at = np.repeat(moved, blocks)
    several = np.repeat(blocks > 1, blocks)
    low, high = source.blocks(first[blocks > 1])
    if (high - low != blocks[blocks > 1]).any():
        raise IndexDamaged("lists and skip table do not agree")
    at[several] = table[varint.spans(low, high - low)] + np.repeat(moved - starts, blocks)[several]
    starts_and_end: NDArray[np.int64] = np.append(at, sizes.sum())
    return starts_and_end


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
    """Writes lists in order of their numbers; every call brings whole lists, of *forms* forms in all.

    *widths*: how many bits positions of each document take (positions.py).
    """

    def __init__(
        self, sections: SectionsWriter, counts: NDArray[np.uint32], widths: NDArray[np.uint16], forms: int
    ) -> None:
        self._sections = sections
        self._counts = counts.astype(np.int64)
        self._widths = widths
        self._form_count = forms
        self._doc_at = self._pos_at = self._list_count = 0
        self._forms: list[NDArray[np.int64]] = []
        self._lists: list[NDArray[np.int64]] = []
        self._totals = np.zeros(len(counts), np.int64)
        sections.put("counts", counts)
        self.add(Postings(*(np.zeros(0, np.int64),) * 4, np.zeros(0, np.int32), np.zeros(0, np.int64)))

    def add(self, lists: Postings) -> None:
        """Adds whole *lists*; their positions are taken posting by posting, so they may lie in another order."""
        begin = np.flatnonzero(np.diff(lists.lists, prepend=-1))
        df = np.diff(begin, append=len(lists))
        gaps = np.diff(lists.docs, prepend=0)
        gaps[begin] = lists.docs[begin]
        doc_bytes, block_size = packed(gaps, self._placed(lists, begin), lists.rows, df)
        blocks = Blocks(block_sizes(df), lists.docs, lists.rows, self._counts, self._widths)
        pos_bytes, pos_size = positions.packed(blocks, lists.positions, lists.pos_start)
        self._sections.put("doc_bytes", doc_bytes)
        self._sections.put("pos_bytes", pos_bytes)
        self._totals += np.bincount(lists.rows, minlength=len(self._counts))
        doc_start = np.cumsum(block_size) - block_size + self._doc_at
        pos_start = np.cumsum(pos_size) - pos_size + self._pos_at
        self._put_blocks(lists, df, doc_start, pos_start)
        first = np.cumsum(blocks_of(df)) - blocks_of(df)
        self._lists.append(np.stack((doc_start[first], pos_start[first]), axis=1))
        self._list_count += len(begin)
        self._doc_at += len(doc_bytes)
        self._pos_at += len(pos_bytes)

    def finish(self) -> NDArray[np.int64]:
        """Writes what is where; returns the forms that have postings, in order: they get the numbers 0, 1, …"""
        doc_at, pos_at = np.concatenate(self._lists).T
        table = np.concatenate(self._forms)
        forms: NDArray[np.int64]
        forms, lists, places, counts = table[np.argsort(table[:, 0])].T
        for name in ("doc_bytes", "pos_bytes"):
            self._sections.put(name, np.zeros(PADDING, np.uint8))
        put_form_lists(self._sections, lists, places)
        put_offsets(self._sections, "form_counts", counts)
        self._sections.put("count_totals", self._totals.astype(np.uint32))
        put_offsets(self._sections, "list_doc", np.diff(doc_at, append=self._doc_at))
        put_offsets(self._sections, "list_pos", np.diff(pos_at, append=self._pos_at))
        return forms

    def _placed(self, lists: Postings, begin: NDArray[np.int64]) -> NDArray[np.int64]:
        """The place of each posting's form in its list; notes the forms, their lists, places and counts."""
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
        blocks = blocks_of(df)
        size = block_sizes(df)
        start = np.cumsum(size) - size
        several = np.repeat(blocks > 1, blocks)
        put("block_last", lists.docs[(start + size - 1)[several]].astype(np.uint32))
        put("block_doc", doc_start[several].astype(np.uint32))
        put("block_pos", pos_start[several].astype(np.uint32))
