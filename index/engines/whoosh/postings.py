"""Posting lists as array work: written list after list, read back a range of forms at a time (docs/format.md).

A posting is (form, document) with counts (title, lead, body after the lead, aside) and positions. Counts repeat so much
that each posting names a row of a small table in one byte; a rarer row is looked up among the exceptions.
No step here is taken posting by posting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh import varint
from index.engines.whoosh.format import SectionsWriter
from index.errors import IndexDamaged

__all__ = ["BLOCK", "CODES", "LEAD", "PostingArrays", "Postings", "PostingsWriter", "count_table", "read_postings"]

# Positions of ``text`` below this are its lead (notes on ranking: the first 100 words weigh more).
LEAD = 100
# Postings in a block of the skip table; lists no longer than one block have none.
BLOCK = 128
# Rows of counts that a byte names; CODES itself says: look among the exceptions.
CODES = 255


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
    codes: NDArray[np.uint8]
    doc_bytes: NDArray[np.uint8]
    pos_bytes: NDArray[np.uint8]
    overflow_postings: NDArray[np.uint32]
    overflow_rows: NDArray[np.uint32]
    form_posting: NDArray[np.uint32]
    form_doc: NDArray[np.uint32]
    form_pos: NDArray[np.uint32]


def read_postings(source: PostingArrays, low: int, high: int) -> Postings:
    """The lists of forms *low*..*high*-1. Linear in their size; raises IndexDamaged for what cannot be."""
    first = source.form_posting[low : high + 1].astype(np.int64)
    df = np.diff(first)
    if (df <= 0).any():
        raise IndexDamaged("posting lists overlap")
    total, begin = int(first[-1] - first[0]), first[:-1] - first[0]
    gaps = varint.decode(source.doc_bytes[int(source.form_doc[low]) : int(source.form_doc[high])], count=total)
    docs = np.cumsum(gaps)
    docs -= np.repeat(docs[begin] - gaps[begin], df)
    rows = source.codes[int(first[0]) : int(first[-1])].astype(np.int64)
    inside = slice(*np.searchsorted(source.overflow_postings, [first[0], first[-1]]))
    rows[source.overflow_postings[inside] - first[0]] = source.overflow_rows[inside]
    if len(rows) != total or (docs >= source.documents).any() or (rows >= len(source.counts)).any():
        raise IndexDamaged("a posting names a document or counts that are not there")
    positions = source.counts.sum(axis=1, dtype=np.int64)[rows]
    pos_bytes = source.pos_bytes[int(source.form_pos[low]) : int(source.form_pos[high])]
    stops = varint.ends(pos_bytes)
    if (positions == 0).any() or positions.sum() != len(stops):
        raise IndexDamaged("the positions of a list are more or fewer than its counts say")
    stop = stops[np.cumsum(positions) - 1]
    start = np.concatenate((np.zeros(1, np.int64), stop[:-1])) if total else stop
    return Postings(np.repeat(np.arange(low, high), df), docs, rows, pos_bytes, start, stop - start)


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
        sections.put("counts", counts)
        self.add(Postings(*(np.zeros(0, np.int64),) * 3, np.zeros(0, np.uint8), *(np.zeros(0, np.int64),) * 2))

    def add(self, lists: Postings) -> None:
        """Adds whole *lists*; their positions are taken span by span, so they may lie in another order."""
        begin = np.flatnonzero(np.diff(lists.forms, prepend=-1))
        gaps = np.diff(lists.docs, prepend=0)
        gaps[begin] = lists.docs[begin]
        doc_bytes, doc_size = varint.encode(gaps)
        pos_bytes = varint.copy_spans(lists.pos_bytes, lists.pos_start, lists.pos_size)
        rare = np.flatnonzero(lists.rows >= CODES)
        put = self._sections.put
        put("doc_bytes", doc_bytes)
        put("codes", np.minimum(lists.rows, CODES).astype(np.uint8))
        put("pos_bytes", pos_bytes)
        put("overflow_postings", (rare + self._postings).astype(np.uint32))
        put("overflow_rows", lists.rows[rare].astype(np.uint32))
        df = np.diff(begin, append=len(lists))
        doc_start = np.cumsum(doc_size, dtype=np.int64) - doc_size + self._doc_at
        pos_start = np.cumsum(lists.pos_size, dtype=np.int64) - lists.pos_size + self._pos_at
        self._put_blocks(lists, begin, df, doc_start, pos_start)
        self._lists.append(
            np.stack((lists.forms[begin], begin + self._postings, doc_start[begin], pos_start[begin]), axis=1)
        )
        self._postings += len(lists)
        self._doc_at += len(doc_bytes)
        self._pos_at += len(pos_bytes)

    def finish(self) -> NDArray[np.int64]:
        """Writes where each list starts; returns the forms that have one, in order: they get the numbers 0, 1, …"""
        lists = np.concatenate(self._lists)
        for column, (name, end) in enumerate(
            (("form_posting", self._postings), ("form_doc", self._doc_at), ("form_pos", self._pos_at)), 1
        ):
            if end >= 1 << 32:
                raise OverflowError(f"{name}: a segment of more than 4 GiB")  # merging never makes one this large
            self._sections.put(name, np.append(lists[:, column], end).astype(np.uint32))
        return lists[:, 0]

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
        long = np.flatnonzero(df > BLOCK)
        blocks = -(-df[long] // BLOCK)
        number = np.arange(int(blocks.sum())) - np.repeat(np.cumsum(blocks) - blocks, blocks)
        start = np.repeat(begin[long], blocks) + BLOCK * number
        size = np.minimum(np.repeat(begin[long] + df[long], blocks) - start, BLOCK)
        put("block_list", np.repeat(begin[long] + self._postings, blocks).astype(np.uint32))
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
