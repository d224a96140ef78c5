"""The packed lists themselves (docs/format.md): the head of a block, its numbers, varints, blocks that can be skipped.

Every number that comes from a file is checked before it is used as an index: a damaged segment gives DAMAGED, and
never a write to a wrong place. Numbers are unsigned where they are indexes: numba then leaves out the check for
negative ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.compiled import byte_at, compiled, int32_at, uint16_at, uint32_at, uint64_at
from index.engines.whoosh.packing import ROW_BITS

__all__ = ["DAMAGED", "MOST_FACTORS", "Array", "U", "headed", "number", "ones", "packed_at", "sought", "spread"]
__all__ += ["unpacked", "widths_at"]

DAMAGED = -1
U = np.uint64
Array = NDArray[Any]
# A number of a block as wide as this lies within 8 bytes wherever it starts.
_MOST_BITS = U(56)
# Positions of a posting, each of 32 bits at most, whose bits are sure to add up to less than 2**16.
MOST_FACTORS = 2**16 // 32 - 1


@compiled
def number(at: Any, end: Any) -> tuple[Any, Any]:
    """The varint at address *at* and where the next starts. From *end* on: 0, and a place past the end."""
    if at >= end:
        return U(0), end + U(1)
    value = byte_at(at)
    at += U(1)
    if value >= U(128):
        value &= U(127)
        shift = U(7)
        while at < end:
            byte = byte_at(at)
            at += U(1)
            value |= (byte & U(127)) << shift
            if byte < U(128):
                break
            shift += U(7)
    return value, at


@compiled
def packed_at(bit: Any, mask: Any) -> Any:
    """The number that starts at *bit* of memory; *mask* has a one for each of its bits."""
    return uint64_at(bit >> U(3)) >> (bit & U(7)) & mask


@compiled
def widths_at(codes: Any, widths: Any, doc: Any) -> Any:
    """The widths of the positions of *doc*, 16 bits each, the first lowest: those of its code (positions.py)."""
    return uint64_at(widths + U(8) * uint16_at(codes + U(2) * doc))


@compiled
def spread(counts: Any, row: Any, widths: Any) -> Any:
    """How many bits the positions of a posting take: its *row* at the address *counts*, *widths* of its document.

    A row: title, lead, body, aside; all; which kind if there is but one; the counts again as 16-bit numbers, the last
    lowest, or 0 where there are too many. Widths are such numbers too, the first lowest: the top 16 bits of the product
    are the sum of all four products.
    """
    own = counts + U(56) * row
    factors = uint64_at(own + U(48))
    if factors:
        return factors * widths >> U(48)
    bits = U(0)
    for kind in range(U(4)):
        bits += uint64_at(own + U(8) * kind) * (widths >> (kind << U(4)) & U(0xFFFF))
    return bits


@compiled
def ones(width: Any) -> Any:
    """A number whose lowest *width* bits are set."""
    return (U(1) << width) - U(1)


@compiled
def headed(at: Any, end: Any, count: Any, most: Any) -> tuple[Any, Any, Any, Any, Any, Any]:
    """What the head of the block of *count* postings at address *at* says; *most*: the greatest place there may be.

    The bit where its numbers start, or 0 for damage; their width, and how many bits of a number, place and row, are not
    its gap; the bit where far rows start, their width, the bit where they end. The next block starts at the byte after.
    """
    nothing = U(0), U(0), U(0), U(0), U(0), U(0)
    if at >= end:
        return nothing
    head, place_width, far_count, far_width = byte_at(at), U(0), U(0), U(0)
    width = head & U(63)
    at += U(1)
    if head & U(64):
        place_width = byte_at(at)
        at += U(1)
    if head & U(128):
        far_count, far_width = byte_at(at), byte_at(at + U(1))
        at += U(2)
    far_at = at + ((U(count) * width + U(7)) >> U(3))
    far_end = (far_at << U(3)) + far_count * far_width
    places = ones(place_width & U(15))
    if (far_end + U(7)) >> U(3) > end or width > _MOST_BITS or far_width > _MOST_BITS:
        return nothing
    if place_width > U(8) or places > U(most):
        return nothing
    return at << U(3), width, place_width + U(ROW_BITS), far_at << U(3), far_width, far_end


@compiled
def unpacked(bit: Any, width: Any, shift: Any, count: Any, doc: Any, docs: Array, kinds: Array) -> Any:
    """Writes document and kind, place and row, of the *count* numbers of a block; returns the last document.

    *doc* is the document before it, the others are what ``headed`` says. 1 ns a posting; numbers laid out for vector
    instructions (eight lanes) were no more than a sixth faster.
    """
    mask, kind_mask = ones(width), ones(shift)
    for i in range(U(count)):
        value = packed_at(bit, mask)
        bit += width
        doc += value >> shift
        docs[i], kinds[i] = doc, value & kind_mask
    return doc


@compiled
def _reached(wanted: Any, size: Any, near: Any, last: Any) -> Any:
    """The first index from *near* on whose document of *wanted* (an address, *size* of them) is after *last*.

    Mostly near: steps that double, then bisection.
    """
    step, high = U(1), near
    while high < size and U(int32_at(wanted + U(4) * high)) <= last:
        near = high + U(1)
        high += step
        step <<= U(1)
    high = min(high, size)
    while near < high:
        middle = (near + high) >> U(1)
        if U(int32_at(wanted + U(4) * middle)) <= last:
            near = middle + U(1)
        else:
            high = middle
    return near


@compiled
def _skipped(block_last: Any, block: Any, high: Any, doc: Any) -> Any:
    """The first block from *block* on whose last document is not before *doc*, else *high*.

    Last documents lie at the address *block_last*.
    """
    step, near = U(1), block
    while near < high and uint32_at(block_last + U(4) * near) < doc:
        block = near + U(1)
        near += step
        step <<= U(1)
    near = min(near, high)
    while block < near:
        middle = (block + near) >> U(1)
        if uint32_at(block_last + U(4) * middle) < doc:
            block = middle + U(1)
        else:
            near = middle
    return block


@compiled
def sought(block_last: Any, low: Any, high: Any, block: Any, wanted: Any, size: Any, near: Any) -> tuple[Any, Any, Any]:
    """The next block of a list that may have one of *wanted* from index *near* on; *high* when there is none.

    Then the first index whose document is behind it, and the document before it. Rows *low*..*high*-1 of the skip table
    are the list's, and *block* is where to begin; a list that has none is one block, *low*, and has all.
    """
    if low == high:
        return low, size, U(0)
    block = _skipped(block_last, block, high, U(int32_at(wanted + U(4) * near)))
    if block == high:
        return high, size, U(0)
    before = uint32_at(block_last + U(4) * (block - U(1))) if block > low else U(0)
    return block, _reached(wanted, size, near, uint32_at(block_last + U(4) * block)), before
