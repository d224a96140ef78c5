"""Documents as they were written, packed in zstd blocks of about 16 KB; showing one reads one block.

Larger blocks pack better (64 KB: 9 % less) but unpacking one takes 80 µs instead of 30, and a page shows ten. Each
block carries zstd's own checksum, so that a damaged text is refused and never shown. Knows nothing of postings.
"""

from __future__ import annotations

import datetime as dt
import struct
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence

import numpy as np
import zstandard
from numpy.typing import NDArray

from index.documents import Document
from index.engines.whoosh.format import Sections, SectionsWriter
from index.errors import IndexDamaged

__all__ = ["Stored", "StoredWriter"]

_BLOCK = 16 * 1024
_LEVEL = 3
# A block is 16 KB and one document more (documents.MAX_TEXT characters, 4 bytes each at most, and the rest).
_MOST = 256 * 1024 * 1024


class StoredWriter:
    """Adds sections ``stored.*`` to a sections file, document by document in order of their numbers."""

    def __init__(self, sections: SectionsWriter) -> None:
        self._sections = sections
        self._entries: list[bytes] = []
        self._size = 0
        self._first = [0]
        self._at = [0]
        self._zstd = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
        self._put(b"")

    def add(self, entry: bytes) -> None:
        """Takes in one document as ``packed`` made it."""
        self._entries.append(entry)
        self._size += len(entry)
        if self._size >= _BLOCK:
            self._flush()

    def add_block(self, block: bytes, documents: int) -> None:
        """Takes over a whole packed block of another file with its *documents*, unchanged."""
        self._flush()
        self._end_block(block, documents)

    def finish(self) -> None:
        """Writes what is still held back and the table of blocks."""
        self._flush()
        self._sections.put("stored.at", np.array(self._at, np.uint64))
        self._sections.put("stored.first", np.array(self._first, np.uint32))

    def _flush(self) -> None:
        if self._entries:
            sizes = struct.pack(f"<{len(self._entries)}I", *map(len, self._entries))
            self._end_block(self._zstd.compress(sizes + b"".join(self._entries)), len(self._entries))
            self._entries.clear()
            self._size = 0

    def _end_block(self, block: bytes, documents: int) -> None:
        self._put(block)
        self._at.append(self._at[-1] + len(block))
        self._first.append(self._first[-1] + documents)

    def _put(self, block: bytes) -> None:
        self._sections.put("stored.data", np.frombuffer(block, np.uint8))


class Stored:
    """The packed documents of one file. Every method raises IndexDamaged for a block that cannot be read."""

    def __init__(self, sections: Sections, documents: int) -> None:
        self._where = f"{sections.path}: section 'stored.data'"
        self._at: NDArray[np.uint64] = sections.array("stored.at", "<u8")
        self._first: NDArray[np.uint32] = sections.array("stored.first", "<u4")
        self._data = sections.array("stored.data", "<u1").data
        # Making one takes a quarter of what unpacking a block takes; no two threads may have the same at a time.
        self._unpackers: deque[zstandard.ZstdDecompressor] = deque()
        ends = (len(self._at) == len(self._first) > 0) and (int(self._at[-1]), int(self._first[-1]))
        if ends != (len(self._data), documents):
            raise IndexDamaged(f"{self._where}: its blocks do not hold the {documents} documents")

    def __len__(self) -> int:
        """How many blocks there are."""
        return len(self._at) - 1

    def document(self, number: int) -> Document:
        """The document with that local *number*."""
        block = bisect_right(self._first, number) - 1
        low, high = self.span(block) if 0 <= block < len(self) else (0, 0)
        if not low <= number < high:
            raise IndexDamaged(f"{self._where}: no block holds document {number}")
        data, sizes = self._unpacked(block)
        at = 4 * len(sizes) + sum(sizes[: number - low])
        return unpacked(data[at : at + sizes[number - low]], self._where)

    def span(self, block: int) -> tuple[int, int]:
        """The half-open range of local document numbers in *block*."""
        return int(self._first[block]), int(self._first[block + 1])

    def block(self, block: int) -> bytes:
        """The block as it lies in the file."""
        return bytes(self._data[int(self._at[block]) : int(self._at[block + 1])])

    def entries(self, block: int) -> list[bytes]:
        """The packed documents of *block*."""
        data, sizes = self._unpacked(block)
        return list(_cut(data, 4 * len(sizes), sizes))

    def _unpacked(self, block: int) -> tuple[bytes, tuple[int, ...]]:
        """The sizes of the packed documents of *block*, then those themselves; and the sizes."""
        low, high = self.span(block)
        try:
            raw = self._data[int(self._at[block]) : int(self._at[block + 1])]
            if not 0 <= zstandard.frame_content_size(raw) <= _MOST:
                raise ValueError("impossible size")
            try:
                unpacker = self._unpackers.pop()
            except IndexError:
                unpacker = zstandard.ZstdDecompressor()
            data = unpacker.decompress(raw)
            self._unpackers.append(unpacker)
            sizes = struct.unpack_from(f"<{high - low}I", data)
        except (zstandard.ZstdError, struct.error, ValueError, MemoryError) as error:
            raise IndexDamaged(f"{self._where}: block {block}: {error}") from error
        if len(data) != 4 * len(sizes) + sum(sizes):
            raise IndexDamaged(f"{self._where}: block {block} does not hold its documents")
        return data, sizes


def packed(document: Document) -> bytes:
    """*document* as bytes: two counts, the length of each text, the texts."""
    date = document.date.isoformat() if document.date else ""
    texts = (document.id, document.title, document.text, date, document.url, document.source)
    encoded = [text.encode("utf-8", "surrogatepass") for text in (*texts, *document.authors, *document.tags)]
    counts = (len(document.authors), len(document.tags))
    return struct.pack(f"<{2 + len(encoded)}I", *counts, *map(len, encoded)) + b"".join(encoded)


def unpacked(entry: bytes, where: str) -> Document:
    """The document that ``packed`` made *entry* of."""
    try:
        authors, tags = struct.unpack_from("<2I", entry)
        sizes = struct.unpack_from(f"<{6 + authors + tags}I", entry, 8)
        texts = [text.decode("utf-8", "surrogatepass") for text in _cut(entry, 8 + 4 * len(sizes), sizes)]
        doc_id, title, text, date, url, source, *lists = texts
        day = dt.date.fromisoformat(date) if date else None
    except (struct.error, ValueError, MemoryError, OverflowError) as error:
        raise IndexDamaged(f"{where}: a document cannot be read: {error}") from error
    return Document(doc_id, title, text, day, url, source, tuple(lists[:authors]), tuple(lists[authors:]))


def _cut(data: bytes, at: int, sizes: Sequence[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(data[at : at + size])
        at += size
    return pieces
