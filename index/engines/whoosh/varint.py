"""Whole arrays of LEB128 numbers at once: seven bits a byte, least first, the top bit set on all but the last byte.

Chosen for gaps and sizes, of which most take one byte. Knows nothing of what the numbers mean.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamaged

__all__ = ["copy_spans", "decode", "encode", "ends", "sizes", "spans"]

_MAX_BYTES = 5  # 35 bits: every number here is below 2**32


def sizes(values: NDArray[Any]) -> NDArray[np.uint8]:
    """How many bytes each of *values* (0..2**32-1) takes."""
    result = np.ones(len(values), np.uint8)
    for power in range(1, _MAX_BYTES):
        more = values >= 1 << 7 * power
        if not more.any():
            break
        result += more
    return result


def encode(values: NDArray[Any]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The bytes of *values* (0..2**32-1) one after the other, and how many each takes."""
    width = sizes(values)
    out = np.empty(int(width.sum(dtype=np.int64)), np.uint8)
    if len(out) == len(values):
        out[:] = values
        return out, width
    start = np.cumsum(width, dtype=np.int64) - width
    out[start] = (values & 0x7F) | ((width > 1).astype(np.uint8) << 7)
    rest = np.flatnonzero(width > 1)
    for at in range(1, _MAX_BYTES):
        if not len(rest):
            break
        more = width[rest] > at + 1
        out[start[rest] + at] = ((values[rest] >> 7 * at) & 0x7F) | (more.astype(np.uint8) << 7)
        rest = rest[more]
    return out, width


def ends(data: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Where each number of *data* ends: the index after its last byte."""
    return np.flatnonzero(data < 0x80) + 1


def decode(data: NDArray[np.uint8], *, count: int | None = None) -> NDArray[np.int64]:
    """The numbers in *data*. Raises IndexDamaged when one is cut or too long, or when there are not *count*."""
    if count is not None and count == len(data) and (count == 0 or data.max() < 0x80):
        return data.astype(np.int64)
    stop = ends(data)
    if (len(data) and (not len(stop) or stop[-1] != len(data))) or (count is not None and len(stop) != count):
        raise IndexDamaged("a list of numbers ends in the middle or has another length than it should")
    start = np.empty_like(stop)
    start[:1] = 0
    start[1:] = stop[:-1]
    values = (data[start] & 0x7F).astype(np.int64)
    rest = np.flatnonzero(stop - start > 1)
    for at in range(1, _MAX_BYTES + 1):
        if not len(rest):
            return values
        if at == _MAX_BYTES:
            break
        values[rest] |= (data[start[rest] + at] & 0x7F).astype(np.int64) << 7 * at
        rest = rest[stop[rest] - start[rest] > at + 1]
    raise IndexDamaged("a number of more than five bytes")


def copy_spans(data: NDArray[np.uint8], start: NDArray[np.int64], length: NDArray[Any]) -> NDArray[np.uint8]:
    """``data[start:start+length]`` of every span, one after the other. Takes 8 bytes of memory for each byte copied."""
    copied: NDArray[np.uint8] = data[spans(start, length)]
    return copied


def spans(start: NDArray[np.int64], length: NDArray[Any]) -> NDArray[np.int64]:
    """start, start+1, … for each span, one after the other."""
    size: NDArray[np.int64] = length.astype(np.int64)
    begin = np.cumsum(size) - size
    index = np.repeat(start - begin, size)
    index += np.arange(len(index))
    return index
