"""A sorted table of distinct strings: number -> string in microseconds, string -> number, prefix -> range of numbers.

Front-coded in blocks of 16: each string keeps only what differs from the one before it, which halves Russian word forms
and takes document ids to a fifth. Order is that of UTF-8 bytes, which is the order of Python's str too. Nothing is
loaded: a look-up bisects over the first strings of blocks and unpacks one block.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh import unpacking, varint
from index.engines.whoosh.format import Sections, SectionsWriter
from index.errors import IndexDamaged

__all__ = ["Strings", "put_strings"]

_BLOCK = 16
# Strings from which on a compiled loop unpacks all of a block; of fewer each is spelt by itself.
_MANY = 64
# Bytes of a string that the compiled loops have room for; longer ones are left to Python.
_ROOM = 4096
# The same where a few are asked for: ids, most of them.
_SHORT = 1024
_MOST_SHARED = 255  # one byte holds it, and computing it is a loop of this many steps at most


class Strings:
    """The table stored under *name* in *sections*; immutable."""

    def __init__(self, sections: Sections, name: str) -> None:
        self._where = f"{sections.path}: section {name!r}"
        heads = sections.array(f"{name}.heads", "<u4")
        data = sections.array(f"{name}.data", "<u1")
        self._heads: NDArray[np.uint32] = heads[1:]
        self._packed: NDArray[np.uint8] = data
        self._data = data.data
        self._count = int(heads[0]) if len(heads) else 0
        if len(heads) != _blocks(self._count) + 2 or heads[-1] != len(data):
            raise IndexDamaged(f"{self._where}: {self._count} strings do not fit its size")

    def __len__(self) -> int:
        return self._count

    @property
    def arrays(self) -> tuple[NDArray[np.uint32], NDArray[np.uint8], int]:
        """Starts of the blocks, the packed strings, and how many there are: for loops of one's own (docs/format.md)."""
        return self._heads, self._packed, self._count

    def key(self, number: int) -> str:
        """The string with that *number*, 0..len-1."""
        if not 0 <= number < self._count:
            raise IndexError(number)
        return self._decoded([self._block(number // _BLOCK)[number % _BLOCK]])[0]

    def keys(self, low: int, high: int) -> list[str]:
        """The strings numbered *low*..*high*-1; about a fifth of a microsecond each."""
        low, high = max(low, 0), min(high, self._count)
        if low >= high:
            return []
        if high - low > _MANY:
            return self.keys_of(np.arange(low, high))
        first = low // _BLOCK
        found = [key for block in range(first, (high - 1) // _BLOCK + 1) for key in self._block(block)]
        return self._decoded(found[low - first * _BLOCK : high - first * _BLOCK])

    def keys_of(self, numbers: NDArray[Any]) -> list[str]:
        """The strings with those *numbers*: 3 µs for ten, a fifth of a microsecond each when they are many in order."""
        wanted, size = numbers.astype(np.int64), len(numbers)
        if size < _MANY:
            data, ends = np.empty(size * _SHORT, np.uint8), np.empty(size, np.int64)
            done = unpacking.picked(*self.arrays, wanted, _SHORT, data, ends)
        else:
            data, ends = unpacking.unpacked(*self.arrays, wanted, _ROOM)
            done = len(ends)
        if done < size:
            # One of them is longer than the loop has room for, or cannot be read: that is told one by one.
            return [self.key(number) for number in numbers.tolist()]
        try:
            # All at once: a string by itself takes as long again.
            whole = data[: ends[-1] if size else 0].tobytes().decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise IndexDamaged(f"{self._where}: {error}") from error
        if not whole.isascii() and not unpacking.to_characters(data, ends):
            raise IndexDamaged(f"{self._where}: a string ends within a character")
        stops = ends.tolist()
        return [whole[start:end] for start, end in zip([0, *stops], stops, strict=False)]

    def find_all(self, keys: Sequence[str]) -> NDArray[np.int64]:
        """The number of each of *keys*, which are sorted, or -1. 5 µs each; a fifth of one when they are many."""
        numbers = np.full(len(keys), -1, np.int64)
        if len(keys) * _BLOCK > self._count:
            encoded = [key.encode("utf-8", "surrogatepass") for key in keys]
            ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)))
            joined = np.frombuffer(b"".join(encoded), np.uint8)
            if unpacking.found(self._heads, self._packed, self._count, joined, ends, _ROOM, numbers) == self._count:
                return numbers
        start, last, block = 0, -1, [b""]
        for place, key in enumerate(keys):
            wanted = key.encode("utf-8", "surrogatepass")
            start = self._block_of(wanted, start)
            if start != last and start < _blocks(self._count):
                block, last = self._block(start), start
            if wanted in block:
                numbers[place] = start * _BLOCK + block.index(wanted)
        return numbers

    def find(self, key: str) -> int:
        """The number of *key*, or -1."""
        wanted = key.encode("utf-8", "surrogatepass")
        number = self._lower_bound(wanted)
        if number == self._count or self._block(number // _BLOCK)[number % _BLOCK] != wanted:
            return -1
        return number

    def range(self, prefix: str) -> tuple[int, int]:
        """The half-open range of numbers whose strings start with *prefix*."""
        start = prefix.encode("utf-8", "surrogatepass")
        return self._lower_bound(start), self._lower_bound(start + b"\xff")

    def lower_bound(self, key: str) -> int:
        """The number of the first string that is not before *key*; len when all are."""
        return self._lower_bound(key.encode("utf-8", "surrogatepass"))

    def _lower_bound(self, wanted: bytes) -> int:
        number = self._block_of(wanted, 0)
        if number == _blocks(self._count):
            return self._count
        block = self._block(number)
        inside = next((at for at, key in enumerate(block) if key >= wanted), len(block))
        return number * _BLOCK + inside

    def _block_of(self, wanted: bytes, start: int) -> int:
        """The last block whose head is not after *wanted*, from *start* on: there it is, if anywhere.

        Strides double first, so that looking for many in order costs little for each.
        """
        low, high, stride = start, _blocks(self._count), 1
        while low + stride < high and self._head(low + stride) <= wanted:
            low, stride = low + stride, 2 * stride
        high = min(high, low + stride)
        while high - low > 1:
            middle = (low + high) // 2
            if self._head(middle) <= wanted:
                low = middle
            else:
                high = middle
        return low

    def _head(self, block: int) -> bytes:
        try:
            length, at = _length(self._data, int(self._heads[block]) + 1)
        except IndexError:
            raise IndexDamaged(f"{self._where}: block {block} cannot be read") from None
        return bytes(self._data[at : at + length])

    def _block(self, block: int) -> list[bytes]:
        start, end = int(self._heads[block]), int(self._heads[block + 1])
        keys: list[bytes] = []
        previous = b""
        data, at = bytes(self._data[start:end]), 0
        try:
            for _ in range(min(_BLOCK, self._count - block * _BLOCK)):
                shared, length = data[at], data[at + 1]
                at += 2
                if length >= 0x80:
                    length, at = _length(data, at - 1)
                previous = previous[:shared] + data[at : at + length]
                keys.append(previous)
                at += length
        except IndexError:
            at = -1
        if start + at != end:
            raise IndexDamaged(f"{self._where}: block {block} cannot be read")
        return keys

    def _decoded(self, keys: Iterable[bytes]) -> list[str]:
        try:
            return [key.decode("utf-8", "surrogatepass") for key in keys]
        except UnicodeDecodeError as error:
            raise IndexDamaged(f"{self._where}: {error}") from error


def put_strings(sections: SectionsWriter, name: str, keys: Sequence[str]) -> None:
    """Writes the table of *keys*, which are sorted and distinct."""
    encoded = [key.encode("utf-8", "surrogatepass") for key in keys]
    data = np.frombuffer(b"".join(encoded), np.uint8)
    length = np.fromiter(map(len, encoded), np.int64, len(encoded))
    start = np.cumsum(length) - length
    shared = _shared(data, start, length)
    shared[::_BLOCK] = 0
    suffix, width = varint.encode(length - shared)
    size = 1 + width.astype(np.int64) + (length - shared)
    at: NDArray[np.int64] = np.cumsum(size) - size
    out = np.empty(int(size.sum()), np.uint8)
    out[at] = shared
    out[varint.spans(at + 1, width)] = suffix
    out[varint.spans(at + 1 + width, length - shared)] = varint.copy_spans(data, start + shared, length - shared)
    heads = np.concatenate(([len(encoded)], at[::_BLOCK], [len(out)]))
    sections.put(f"{name}.heads", heads.astype(np.uint32))
    sections.put(f"{name}.data", out)


def _shared(data: NDArray[np.uint8], start: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many first bytes each string has in common with the one before it."""
    shared: NDArray[np.int64] = np.zeros(len(start), np.int64)
    rows = np.arange(1, len(start))
    for at in range(_MOST_SHARED):
        rows = rows[(length[rows] > at) & (length[rows - 1] > at)]
        rows = rows[data[start[rows] + at] == data[start[rows - 1] + at]]
        if not len(rows):
            break
        shared[rows] = at + 1
    return shared


def _length(data: bytes | memoryview, at: int) -> tuple[int, int]:
    """The number that starts at *at*, and where it ends."""
    length = shift = 0
    while True:
        byte = data[at]
        length |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return length, at


def _blocks(count: int) -> int:
    return -(-count // _BLOCK)
