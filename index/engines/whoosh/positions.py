"""Positions of postings: numbers end to end, as many bits wide as the document needs (docs/format.md).

A field of n words has positions below n, and n is known of every document: nothing else has to say how wide they are,
and none is a gap that would have to be added up. The positions of a posting are of four kinds, one for each of its
counts: title, lead, body, aside; those of the body are counted from its own beginning. Decision 033.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled, leading_zeros
from index.engines.whoosh import bits
from index.errors import IndexDamaged
from index.records import FIELDS

__all__ = ["FREE", "KINDS", "LEAD", "WIDTHS", "Blocks", "block_bytes", "codes_of"]
__all__ += ["packed", "rooms", "unpacked", "widths_of"]

# Positions of ``text`` below this are its lead (notes on ranking: the first 100 words weigh more).
LEAD = 100
KINDS = 4
# How many positions of a posting may take no bits: two of each kind, as a compound's whole may equal its first part
# where both are cut at the most letters. A posting that claims more is damaged, and must not make anybody find room.
FREE = 2 * KINDS
_TITLE, _TEXT, _ASIDE = map(FIELDS.index, ("title", "text", "aside"))
# From where the positions of each kind are counted.
_BASES = (0, 0, LEAD, 0)
# The widths of a document in 15 bits: five each for title, text, aside. A text that has a body has a lead of the
# greatest width, so one number tells both. No field has 2**24 words; were one longer, nothing could be written.
_CODE_BITS, _MOST_WIDTH, _LEAD_WIDTH = 5, 31, (LEAD - 1).bit_length()
Array = NDArray[Any]


def _widths() -> NDArray[np.uint16]:
    codes = np.arange(1 << 3 * _CODE_BITS)
    title, text, aside = (codes >> bits & _MOST_WIDTH for bits in (0, _CODE_BITS, 2 * _CODE_BITS))
    lead = np.minimum(text, _LEAD_WIDTH)
    return np.stack((title, lead, text - lead, aside), axis=1).astype(np.uint16)


# How many bits a position of each kind takes, for each code.
WIDTHS = _widths()


class Blocks(NamedTuple):
    """Blocks of *sizes* postings: document and row of *counts* (rows, 4) of each posting, *widths* of each document.

    All must be inside the tables: loops look things up unchecked.
    """

    sizes: NDArray[np.int64]
    docs: NDArray[np.int64]
    rows: NDArray[np.int64]
    counts: NDArray[np.int64]
    widths: NDArray[np.uint16]


def rooms(lengths: Sequence[Array]) -> NDArray[np.int64]:
    """How many positions each kind has room for, from the lengths of the fields of documents; (documents, 4)."""
    text = lengths[_TEXT].astype(np.int64)
    kinds = lengths[_TITLE], np.minimum(text, LEAD), np.maximum(text - LEAD, 0), lengths[_ASIDE]
    return np.stack([kind.astype(np.int64) for kind in kinds], axis=1)


def codes_of(lengths: Sequence[Array]) -> NDArray[np.uint16]:
    """The row of WIDTHS of every document, from the lengths of its fields. 5 ms for a million documents.

    Searches look widths up by these, as two bytes a document stay in the caches where eight do not.
    """
    codes = np.empty(len(lengths[0]), np.uint16)
    title, text, aside = (lengths[field].astype(np.uint32) for field in (_TITLE, _TEXT, _ASIDE))
    _fill(title, text, aside, codes)
    return codes


def widths_of(lengths: Sequence[Array]) -> NDArray[np.uint16]:
    """How many bits a position of each kind takes, from the lengths of the fields of documents; (documents, 4)."""
    widths: NDArray[np.uint16] = WIDTHS[codes_of(lengths)]
    return widths


def block_bytes(blocks: Blocks) -> NDArray[np.int64]:
    """How many bytes the positions of each block take. Raises IndexDamaged for counts that cannot be."""
    taken = np.empty(len(blocks.sizes), np.int64)
    if not _measure(blocks, taken):
        raise IndexDamaged("a posting has more positions than its document has words")
    return taken


def packed(
    blocks: Blocks, positions: NDArray[np.int32], begin: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of *blocks*, and how many each takes; the *positions* of each posting *begin* there, kind after kind.

    Raises ValueError for a position that its document has no room for.
    """
    taken = block_bytes(blocks)
    out = np.zeros(int(taken.sum()), np.uint8)
    if not _pack(blocks, positions, begin, taken, out):
        raise ValueError("a position is not below the length of its field")
    return out, taken


def unpacked(
    blocks: Blocks, data: NDArray[np.uint8], taken: NDArray[np.int64], room: NDArray[np.int64]
) -> NDArray[np.int32]:
    """The positions of *blocks*, posting after posting; they have *taken* so many bytes, which are all of *data*.

    *room*: ``rooms`` of the document of each posting. Raises IndexDamaged for a position beyond it.
    """
    positions = np.empty(int(blocks.counts.sum(axis=1)[blocks.rows].sum()), np.int32)
    if not _unpack(blocks, bits.words_of(data), taken, room, positions):
        raise IndexDamaged("a position is not below the length of its field")
    return positions


@compiled
def _fill(title: Array, text: Array, aside: Array, codes: Array) -> None:
    """Writes the code of every document; the lengths are below 2**32."""
    most = np.uint64(_MOST_WIDTH)
    for document in range(len(codes)):
        words: Any = np.int64(text[document])
        lead, body = _width(min(words, LEAD)), min(_width(max(words - LEAD, 0)), most - np.uint64(_LEAD_WIDTH))
        own = min(_width(np.int64(title[document])), most), lead + body, min(_width(np.int64(aside[document])), most)
        codes[document] = own[0] | own[1] << np.uint64(_CODE_BITS) | own[2] << np.uint64(2 * _CODE_BITS)


@compiled
def _width(room: Any) -> Any:
    """How many bits a position takes where there is room for so many."""
    return np.uint64(64) - leading_zeros(np.uint64(max(room - 1, 0)))


@compiled
def _measure(blocks: Blocks, taken: Array) -> bool:
    """Writes how many bytes each block takes; False when a posting has more positions than it can have."""
    sizes, docs, rows, counts, widths = blocks
    posting = np.uint64(0)
    for block in range(len(sizes)):
        needed = np.int64(0)
        for _ in range(sizes[block]):
            size, total = np.int64(0), np.int64(0)
            for kind in range(KINDS):
                size += counts[rows[posting], kind] * np.int64(widths[docs[posting], kind])
                total += counts[rows[posting], kind]
            if total > size + FREE:
                return False
            needed += size
            posting += np.uint64(1)
        taken[block] = (needed + 7) >> 3
    return True


@compiled
def _pack(blocks: Blocks, positions: Array, begin: Array, taken: Array, out: Array) -> bool:
    """Writes the blocks; False when a position takes more bits than it may."""
    sizes, docs, rows, counts, widths = blocks
    posting, end = np.uint64(0), np.int64(0)
    for block in range(len(sizes)):
        at, end = end, end + taken[block]
        held, filled = np.uint64(0), np.uint64(0)  # bits that are no whole byte yet
        for _ in range(sizes[block]):
            source = begin[posting]
            for kind in range(KINDS):
                width = np.uint64(widths[docs[posting], kind])
                for _ in range(counts[rows[posting], kind]):
                    value = np.uint64(positions[source] - _BASES[kind])
                    if value >> width:
                        return False
                    source += 1
                    held |= value << filled
                    filled += width
                    while filled >= np.uint64(8):
                        out[at] = held & np.uint64(255)
                        held >>= np.uint64(8)
                        filled -= np.uint64(8)
                        at += 1
            posting += np.uint64(1)
        if filled:
            out[at] = held
    return True


@compiled
def _unpack(blocks: Blocks, words: Array, taken: Array, room: Array, positions: Array) -> bool:
    """Writes the positions; False when one is beyond its room. *words*: ``bits.words_of`` the bytes."""
    sizes, docs, rows, counts, widths = blocks
    posting, used, end = np.uint64(0), np.uint64(0), np.uint64(0)
    for block in range(len(sizes)):
        bit = end
        end += np.uint64(8 * taken[block])
        for _ in range(sizes[block]):
            for kind in range(KINDS):
                width = np.uint64(widths[docs[posting], kind])
                mask = (np.uint64(1) << width) - np.uint64(1)
                for _ in range(counts[rows[posting], kind]):
                    word, shift = bit >> np.uint64(6), bit & np.uint64(63)
                    value = words[word] >> shift
                    value |= words[word + np.uint64(1)] << np.uint64(1) << (np.uint64(63) - shift)
                    value &= mask
                    if value >= np.uint64(room[posting, kind]):
                        return False
                    positions[used] = np.int64(value) + _BASES[kind]
                    used += np.uint64(1)
                    bit += width
            posting += np.uint64(1)
    return True
