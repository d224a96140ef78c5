"""Blocks of posting lists: 128 postings each, whose numbers all have the same width in bits (docs/format.md).

A number is the gap to the document before, the place of the form, the row of counts; rows from 15 on follow behind the
numbers, less 15, in a width of their own. Whole arrays at a time, for writing and merging; searches have loops of their
own. Decision 041.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh import bits
from index.engines.whoosh.grouping import MOST_FORMS
from index.errors import IndexDamaged

__all__ = ["BLOCK", "FAR", "PADDING", "ROW_BITS", "block_sizes", "blocks_of", "packed", "unpacked"]

# Postings in a block, which are unpacked together; lists of more have a row for each block in the skip table.
BLOCK = 128
# Zero bytes behind the last block: a loop may load 8 bytes wherever a number starts.
PADDING = 8
# How many bits of a posting's number are its row; all set: 15, or as much more as follows behind the numbers. Of news
# 97 postings in 100 have a row below 15, and 83 one below 3: with two bits 1.4 MB of 20.8 were less, and a processor
# would guess a branch wrong at every sixth posting.
ROW_BITS = 4
FAR = (1 << ROW_BITS) - 1
# In the first byte of a block, beside the width of its numbers: a byte follows, how many bits of a number are the place
# of its form, which is 0 in the others; then two more bytes follow, how many rows stand behind the numbers and their
# width.
_PLACES, _ROWS_FOLLOW = 64, 128
# What fits into 64 bits however it lies in its first byte; widths beyond it are damage.
_MOST_BITS = 56
_MOST_PLACE = MOST_FORMS.bit_length()


def blocks_of(df: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many blocks lists of *df* postings have."""
    blocks: NDArray[np.int64] = -(-df // BLOCK)
    return blocks


def block_sizes(df: NDArray[np.int64]) -> NDArray[np.int64]:
    """The postings of every block: 128, but of the last of each list what is left."""
    blocks = blocks_of(df)
    sizes = np.full(int(blocks.sum()), BLOCK)
    sizes[np.cumsum(blocks) - 1] = df - BLOCK * (blocks - 1)
    return sizes


def packed(
    gaps: NDArray[np.int64], places: NDArray[np.int64], rows: NDArray[np.int64], df: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of lists of *df* postings each, and how many every block takes."""
    size = block_sizes(df)
    if not len(size):
        return np.zeros(0, np.uint8), size
    start = np.cumsum(size) - size
    place_width = bits.widths(np.maximum.reduceat(places, start))
    placed = place_width > 0
    numbers = (gaps << np.repeat(place_width, size) | places) << ROW_BITS | np.minimum(rows, FAR)
    far = rows >= FAR
    width = bits.widths(np.maximum.reduceat(numbers, start))
    far_width = bits.widths(np.maximum.reduceat(np.where(far, rows - FAR, 0), start))
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
    bits.put(words, _places(8 * (at + head + body), count, far_width), rows[far] - FAR)
    return words.view(np.uint8)[: int(taken.sum())], taken


def unpacked(
    data: NDArray[np.uint8], at: NDArray[np.int64], df: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Gaps, places and rows of lists of *df* postings each, whose blocks start *at* these bytes and end with *data*."""
    size = block_sizes(df)
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
    rows = numbers & FAR
    far = (rows == FAR) & np.repeat(follow, size)
    if (np.bincount(np.repeat(np.arange(len(size)), size)[far], minlength=len(size)) != count).any():
        raise IndexDamaged("a block of postings has more or fewer rows of counts than it should")
    rows[far] += bits.take(words, _places(8 * (at + head + body), count, far_width), np.repeat(far_width, count))
    numbers >>= ROW_BITS
    shift = np.repeat(place_width, size)
    return numbers >> shift, numbers & (1 << shift) - 1, rows


def _places(start: NDArray[np.int64], count: NDArray[np.int64], width: NDArray[np.int64]) -> NDArray[np.int64]:
    """At which bits *count* numbers of *width* bits stand, from *start* on, for each block."""
    number = np.arange(int(count.sum()))
    return np.repeat(start - width * (np.cumsum(count) - count), count) + np.repeat(width, count) * number
