"""A sections file: named, aligned, checksummed arrays behind a header that is checked on opening (docs/format.md).

Every binary file of a generation is one. Opening maps it and reads the header alone; ``verify`` reads every byte.
Nothing in it can be run: names, numbers and types from a short list. Knows nothing of what the arrays mean.
"""

from __future__ import annotations

import mmap
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from index.errors import IndexDamaged, IndexMismatch

__all__ = ["FORMAT_VERSION", "Sections", "SectionsWriter"]

FORMAT_VERSION = 5
_MAGIC = b"\x89SLOVO\r\n"  # as PNG: a byte over 127 and a line end, so that a transfer as text is noticed
_HEAD = struct.Struct("<8sIIQQ")  # magic, version, sections, bytes of the file, checksum of the rest of the header
_ENTRY = struct.Struct("<24s8sIIQQQ")  # name, type, columns, 0, offset, bytes, checksum
_ALIGN = 64  # a cache line; also what vector instructions want
_TYPES = ("<u1", "<u2", "<u4", "<u8", "<i4")
_SPOOL = 1 << 20


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a section lies; offset and length in bytes."""

    dtype: str
    columns: int
    offset: int
    length: int
    checksum: int


class Sections:
    """A sections file being read. ``identity`` tells it from every other: the checksum of its header.

    Raises IndexDamaged when it is missing, cut or changed, IndexMismatch when it is of another format or, with
    *identity*, another file than was meant. Arrays stay valid as long as somebody holds them.
    """

    def __init__(self, path: Path, *, identity: int | None = None) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
            raise IndexDamaged(f"{path}: {error}") from error
        self.identity, self._entries = self._header()
        if identity is not None and identity != self.identity:
            raise IndexMismatch(f"{path}: this is not the file that belongs here (identity). {_HINT}")

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def array(self, name: str, dtype: str, *, columns: int = 1) -> NDArray[Any]:
        """The section as a read-only array over the mapped file; two-dimensional when it has several columns."""
        entry = self._entries.get(name)
        if entry is None:
            raise self._damaged(f"section {name!r} is missing")
        if (entry.dtype, entry.columns) != (dtype, columns):
            raise self._damaged(f"section {name!r} holds {entry.columns} x {entry.dtype}, not {columns} x {dtype}")
        return self._view(entry)

    def unsigned(self, name: str) -> NDArray[Any]:
        """The section as an array of whichever unsigned type it was written in."""
        dtype = self._entries[name].dtype if name in self._entries else "<u4"
        return self.array(name, dtype)

    def sizes(self) -> dict[str, int]:
        """Bytes of each section."""
        return {name: entry.length for name, entry in self._entries.items()}

    def verify(self) -> list[str]:
        """What is wrong with the contents, a line each; reads every byte."""
        found = []
        end = _HEAD.size + _ENTRY.size * len(self._entries)
        for name, entry in self._entries.items():
            if any(self._map[end : entry.offset]):
                found.append(f"{self.path}: bytes before section {name!r} changed")
            end = entry.offset + entry.length
            if xxhash.xxh3_64_intdigest(memoryview(self._map)[entry.offset : end]) != entry.checksum:
                found.append(f"{self.path}: section {name!r} changed (checksum)")
        if any(self._map[end:]):
            found.append(f"{self.path}: bytes after the last section changed")
        return found

    def _header(self) -> tuple[int, dict[str, _Entry]]:
        size = len(self._map)
        if size < _HEAD.size:
            raise self._damaged(f"cut short: {size} bytes")
        magic, version, count, length, checksum = _HEAD.unpack_from(self._map)
        if magic != _MAGIC:
            raise self._damaged("not a file of this index (magic number)")
        if version != FORMAT_VERSION:
            raise IndexMismatch(
                f"{self.path}: written in format {version}, this program reads {FORMAT_VERSION}. "
                "Run: python reindex.py --rebuild"
            )
        if length != size:
            raise self._damaged(f"{size} bytes, its header says {length}")
        end = _HEAD.size + _ENTRY.size * count
        if end > size or _header_checksum(self._map[:end]) != checksum:
            raise self._damaged("header changed (checksum)")
        entries: dict[str, _Entry] = {}
        for name, dtype, columns, _, *rest in _ENTRY.iter_unpack(self._map[_HEAD.size : end]):
            entry = _Entry(dtype.rstrip(b"\0").decode("latin-1"), columns, *rest)
            key = name.rstrip(b"\0").decode("latin-1")
            if not _possible(entry, end, size) or key in entries:
                raise self._damaged(f"section {key!r} cannot lie there")
            entries[key] = entry
            end = entry.offset + entry.length
        return checksum, entries

    def _view(self, entry: _Entry) -> NDArray[Any]:
        dtype = np.dtype(entry.dtype)
        flat = np.frombuffer(self._map, dtype, entry.length // dtype.itemsize, entry.offset)
        return flat if entry.columns == 1 else flat.reshape(-1, entry.columns)

    def _damaged(self, what: str) -> IndexDamaged:
        return IndexDamaged(f"{self.path}: {what}. {_HINT}")


_HINT = "Run: python reindex.py --verify, then --rollback or --rebuild"


def _possible(entry: _Entry, after: int, size: int) -> bool:
    if entry.dtype not in _TYPES or not entry.columns or entry.offset % _ALIGN:
        return False
    row = np.dtype(entry.dtype).itemsize * entry.columns
    return entry.offset >= after and entry.offset + entry.length <= size and entry.length % row == 0


def _header_checksum(header: bytes) -> int:
    """Over the header but for the checksum itself, its last 8 fixed bytes."""
    return xxhash.xxh3_64_intdigest(header[: _HEAD.size - 8] + header[_HEAD.size :])


@dataclass(slots=True)
class _Part:
    """A section being written: kept in memory up to _SPOOL bytes, then in an unnamed temporary file."""

    dtype: str
    columns: int
    spool: IO[bytes]
    hasher: Any
    length: int = 0


class SectionsWriter:
    """Collects sections in any order, several at a time and piece by piece; ``write`` makes the file of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: dict[str, _Part] = {}

    def put(self, name: str, array: NDArray[Any]) -> None:
        """Adds *array* to the end of section *name*, which the first call makes, with that type and width."""
        dtype = array.dtype.newbyteorder("<").str.replace("|", "<")
        columns = array.shape[1] if array.ndim == 2 else 1
        part = self._parts.get(name)
        if part is None:
            spool = tempfile.SpooledTemporaryFile(max_size=_SPOOL, dir=str(self._folder))  # noqa: SIM115  # closed by write
            part = self._parts[name] = _Part(dtype, columns, spool, xxhash.xxh3_64())
        if (part.dtype, part.columns) != (dtype, columns) or dtype not in _TYPES:
            raise ValueError(f"section {name!r}: {columns} x {dtype} where {part.columns} x {part.dtype} was begun")
        data = np.ascontiguousarray(array, dtype=dtype).reshape(-1).view(np.uint8).data
        part.spool.write(data)
        part.hasher.update(data)
        part.length += len(data)

    def write(self, path: Path) -> int:
        """Writes the file and forgets the sections; returns its identity. Making it durable is the draft's part."""
        offset = _HEAD.size + _ENTRY.size * len(self._parts)
        entries = []
        for name, part in self._parts.items():
            offset = _aligned(offset)
            entries.append(
                _ENTRY.pack(
                    name.encode(), part.dtype.encode(), part.columns, 0, offset, part.length, part.hasher.intdigest()
                )
            )
            offset += part.length
        head = _HEAD.pack(_MAGIC, FORMAT_VERSION, len(entries), offset, 0)
        table = b"".join(entries)
        identity = _header_checksum(head + table)
        with path.open("xb") as file:
            file.write(_HEAD.pack(_MAGIC, FORMAT_VERSION, len(entries), offset, identity) + table)
            for part in self._parts.values():
                file.write(bytes(_aligned(file.tell()) - file.tell()))
                part.spool.seek(0)
                while chunk := part.spool.read(_SPOOL):
                    file.write(chunk)
        self.abort()
        return identity

    def abort(self) -> None:
        """Forgets everything."""
        for part in self._parts.values():
            part.spool.close()
        self._parts.clear()


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGN) * _ALIGN
