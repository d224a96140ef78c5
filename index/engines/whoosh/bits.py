"""Whole arrays of numbers of any width in bits, put into a stream of bytes and taken out of it again.

The stream is a row of bits, the lowest of each byte first, so that a 64-bit word loaded at any byte and shifted gives
the number that starts there. Knows nothing of what the numbers mean.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["put", "take", "widths", "words_of"]

_WORD = 64


def widths(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many bits each of *values* (0..2**53-1) takes; none for 0."""
    return np.frexp(values)[1].astype(np.int64)


def words_of(data: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """A copy of the stream as words to take from, with a word of zeros behind it."""
    padded = np.zeros((len(data) // 8 + 2) * 8, np.uint8)
    padded[: len(data)] = data
    return padded.view("<u8")


def put(words: NDArray[np.uint64], at: NDArray[np.int64], values: NDArray[Any]) -> None:
    """Writes *values* at the bits *at*, which ascend; the bits are zero before, and no two values share one."""
    if not len(at):
        return
    word, shift, value = at // _WORD, (at % _WORD).astype(np.uint64), values.astype(np.uint64)
    begin = np.flatnonzero(np.diff(word, prepend=-1))
    words[word[begin]] |= np.bitwise_or.reduceat(value << shift, begin)
    over = value >> np.uint64(1) >> np.uint64(_WORD - 1) - shift
    spilt = np.flatnonzero(over)  # of a word one at most: its last
    words[word[spilt] + 1] |= over[spilt]


def take(words: NDArray[np.uint64], at: NDArray[np.int64], width: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of *width* bits (at most 62) that start at the bits *at*."""
    word, shift = at // _WORD, (at % _WORD).astype(np.uint64)
    value = words[word] >> shift
    value |= words[word + 1] << np.uint64(1) << np.uint64(_WORD - 1) - shift
    value &= (np.uint64(1) << width.astype(np.uint64)) - np.uint64(1)
    return value.astype(np.int64)
