"""Documents as they were written, each a zstd frame of its own that leans on one dictionary; showing one reads one.

A document of news is a kilobyte, too little to pack by itself (110 MB of 212 for 175,000 of them). The dictionary, of
what many have in common, makes it 72; blocks of 16 KB took 76, and ten times as long to unpack for a page. Each frame
carries zstd's own checksum, so that a damaged text is refused and never shown. Knows nothing of postings.
"""

from __future__ import annotations

import datetime as dt
import struct
from array import array
from collections import deque
from collections.abc import Callable

import numpy as np
import zstandard
from numpy.typing import NDArray

from index.documents import Document
from index.engines.whoosh.format import Sections, SectionsWriter
from index.errors import IndexDamaged

__all__ = ["Stored", "packed", "put_stored"]

_LEVEL = 3
# Beyond this a dictionary gains little (256 KB: 3 %), and each process keeps one for each segment.
_LARGEST = 112 * 1024
# Of few documents a larger share would only be the documents themselves, once more.
_SHARE = 32
_SMALLEST = 1024
# How many documents show what all have in common, and how much of each: a second and 10 MB of news.
_SAMPLES = 8_000
_SAMPLE = 4 * 1024
# Of documents.MAX_TEXT characters, 4 bytes each at most, and the rest.
_MOST = 256 * 1024 * 1024


def put_stored(sections: SectionsWriter, count: int, entry: Callable[[int], bytes]) -> None:
    """Adds sections ``stored.*`` with *count* documents; *entry* gives each of them as ``packed`` made it."""
    dictionary = _trained(count, entry)
    # The number of the dictionary says nothing: there is one.
    zstd = zstandard.ZstdCompressor(_LEVEL, dict_data=_loaded(dictionary), write_checksum=True, write_dict_id=False)
    sections.put("stored.dictionary", np.frombuffer(dictionary, np.uint8))
    sections.put("stored.data", np.zeros(0, np.uint8))
    at = array("Q", [0])
    for number in range(count):
        frame = zstd.compress(entry(number))
        sections.put("stored.data", np.frombuffer(frame, np.uint8))
        at.append(at[-1] + len(frame))
    sections.put("stored.at", np.frombuffer(at, np.uint64))


def _trained(count: int, entry: Callable[[int], bytes]) -> bytes:
    """A dictionary for these documents; empty when they are too few, or have too little in common."""
    samples: list[bytes | bytearray | memoryview[int]] = []
    size = 0
    for number in range(0, count, -(-count // _SAMPLES) or 1):
        sample = entry(number)
        size += len(sample)
        samples.append(sample[:_SAMPLE])
    largest = min(_LARGEST, size * count // max(1, len(samples)) // _SHARE)
    try:
        return zstandard.train_dictionary(largest, samples).as_bytes() if largest >= _SMALLEST else b""
    except zstandard.ZstdError:
        return b""


def _loaded(dictionary: bytes) -> zstandard.ZstdCompressionDict | None:
    return zstandard.ZstdCompressionDict(dictionary) if dictionary else None


class Stored:
    """The packed documents of one file. Every method raises IndexDamaged for one that cannot be read."""

    def __init__(self, sections: Sections, documents: int) -> None:
        self._where = f"{sections.path}: section 'stored.data'"
        self._at: NDArray[np.uint64] = sections.array("stored.at", "<u8")
        self._data = sections.array("stored.data", "<u1").data
        self._dictionary = _loaded(sections.array("stored.dictionary", "<u1").tobytes())
        # No two threads may have the same at a time.
        self._unpackers: deque[zstandard.ZstdDecompressor] = deque()
        if len(self._at) != documents + 1 or int(self._at[-1]) != len(self._data):
            raise IndexDamaged(f"{self._where}: its frames are not those of the {documents} documents")

    def document(self, number: int) -> Document:
        """The document with that local *number*."""
        try:
            return unpacked(self.entry(number))
        except (struct.error, ValueError, MemoryError, OverflowError) as error:
            raise IndexDamaged(f"{self._where}: document {number} cannot be read: {error}") from error

    def entry(self, number: int) -> bytes:
        """The same as ``packed`` made it."""
        if not 0 <= number < len(self._at) - 1:
            raise IndexDamaged(f"{self._where}: no frame holds document {number}")
        try:
            frame = self._data[int(self._at[number]) : int(self._at[number + 1])]
            if not 0 <= zstandard.frame_content_size(frame) <= _MOST:
                raise ValueError("impossible size")
            try:
                unpacker = self._unpackers.pop()
            except IndexError:
                unpacker = zstandard.ZstdDecompressor(self._dictionary)
            entry = unpacker.decompress(frame)
            self._unpackers.append(unpacker)
        except (zstandard.ZstdError, ValueError, MemoryError) as error:
            raise IndexDamaged(f"{self._where}: document {number}: {error}") from error
        return entry


def packed(document: Document) -> bytes:
    """*document* as bytes: two counts, the length of each text, the texts."""
    date = document.date.isoformat() if document.date else ""
    named = (document.id, document.title, document.text, date, document.url, document.source)
    texts = (*named, *document.authors, *document.tags)
    numbers = struct.pack(f"<{2 + len(texts)}I", len(document.authors), len(document.tags), *map(len, texts))
    return numbers + "".join(texts).encode("utf-8", "surrogatepass")


def unpacked(entry: bytes) -> Document:
    """The document that ``packed`` made *entry* of. Raises ValueError, and others of the kind, for anything else."""
    authors, tags = struct.unpack_from("<2I", entry)
    count = 6 + authors + tags
    sizes = struct.unpack_from(f"<{count}I", entry, 8)
    # All at once: a text by itself takes as long again to begin with.
    whole = entry[8 + 4 * count :].decode("utf-8", "surrogatepass")
    texts, at = [], 0
    for size in sizes:
        texts.append(whole[at : at + size])
        at += size
    if at != len(whole):
        raise ValueError(f"{at} characters where there are {len(whole)}")
    doc_id, title, text, date, url, source, *lists = texts
    day = dt.date.fromisoformat(date) if date else None
    return Document(doc_id, title, text, day, url, source, tuple(lists[:authors]), tuple(lists[authors:]))
