"""Bits that say which documents are wanted, and the loop over a block's postings that finds those.

Bits are a power of two of 64-bit words, so that no number of a document, however wrong, points outside.
"""

from __future__ import annotations

from typing import Any

from index.compiled import bits_set, compiled, uint32_at, uint64_at
from search.engines.whoosh.blocks import Array, U, packed_at

__all__ = ["hits_of", "mark", "slot_of", "unmark"]


@compiled
def mark(docs: Array, bits: Array, slots: Array) -> None:
    """Sets the bits of *docs*, which ascend; *slots* gets, for each word of bits, where its documents begin in them."""
    size = U(len(docs))
    for i in range(size):
        # From the last to the first: the first of a word is written last.
        one = U(docs[size - U(1) - i])
        bits[one >> U(6)] |= U(1) << (one & U(63))
        slots[one >> U(6)] = size - U(1) - i


@compiled
def unmark(docs: Array, bits: Array) -> None:
    """Clears the bits of *docs*, which are not none."""
    bits[U(docs[0]) >> U(6) : (U(docs[len(docs) - 1]) >> U(6)) + U(1)] = 0


@compiled
def slot_of(doc: Any, bits: Any, slots: Any) -> Any:
    """Where a document whose bit is set stands among those marked; *bits* and *slots* are addresses."""
    word = doc >> U(6)
    return uint32_at(slots + U(4) * word) + bits_set(uint64_at(bits + U(8) * word) & (U(1) << (doc & U(63))) - U(1))


@compiled
def hits_of(
    bit: Any, width: Any, shift: Any, count: Any, doc: Any, bits: Any, words: Any, hits: Array
) -> tuple[Any, Any]:
    """Writes document and number of those postings of a block whose bit is set.

    Returns how many, and the last document. *bit* is where the numbers of the block start, *shift* how many bits of
    each are not its gap; *bits* the address of so many *words*, a power of two. No branch to guess wrong: what is not
    set is overwritten.
    """
    mask, size = (U(1) << width) - U(1), U(0)
    for j in range(count):
        doc += packed_at(bit, mask) >> shift
        bit += width
        hits[size] = doc << U(8) | U(j)
        size += uint64_at(bits + U(8) * (doc >> U(6) & (words - U(1)))) >> (doc & U(63)) & U(1)
    return size, doc
