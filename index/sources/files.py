"""One file of a source: its bytes unpacked, its lines, its place in a Rejection. The only module here that opens files.

Everything is bounded: a file is read in blocks, a compressed one is unpacked a sip at a time, a line or a document that
is too large is dropped while it is being read. Whatever a file system or a decompressor says against a file is raised
as UnfitError. Knows no format.
"""

from __future__ import annotations

import io
import lzma
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import zstandard

from index.documents import Document, Rejection
from index.sources.encodings import decode, utf8
from index.sources.unfit import UnfitError

__all__ = ["COMPRESSIONS", "MAX_BYTES", "MAX_MARKUP", "File", "Reader", "printable"]

# More than any document that flaw() lets pass: MAX_TEXT letters of Russian are 40 MB of UTF-8 or UTF-16.
MAX_BYTES = 50_000_000
# The tree of a page takes some twenty times the bytes of its markup: 400 MB here.
MAX_MARKUP = 20_000_000

_BLOCK = 1 << 18
# Compressed bytes unpacked at once. A hostile file makes of them at worst 16 MB (zstd), 4 MB (xz) or 0.5 MB (gzip).
# No slower than 64 KB: the decompressors take 0.2-1.4 s for 217 MB of news either way.
_SIP = 512
# What an .xz file may ask for its dictionary; `xz -9` asks for 65 MB.
_XZ_MEMORY = 1 << 28


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


COMPRESSIONS: dict[str, Callable[[], _Decoder]] = {
    ".gz": lambda: zlib.decompressobj(zlib.MAX_WBITS | 16),
    ".xz": lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY),
    ".zst": lambda: zstandard.ZstdDecompressor().decompressobj(),
}
# What the decompressors raise.
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError)


@dataclass(frozen=True, slots=True)
class Reader:
    """How one kind of file becomes documents.

    ``read`` yields what it finds in file order and raises UnfitError when the rest of the file is lost. ``many`` tells
    files that hold any number of documents, each with its own id, from those that are one document and named by it.
    """

    suffixes: tuple[str, ...]
    read: Callable[[File], Iterator[Document | Rejection]]
    many: bool = False


def _ignore(_: int) -> None:
    """Nobody asked for progress."""


@dataclass(slots=True)
class File:
    """A file that was found. ``path`` opens it; ``name`` is its path below ``root``, the source it was found in.

    ``line`` is where the reader stands, from 1: readers of many documents set it before they yield or raise.
    ``advance`` is told how many of the bytes on disk have been read so far.
    """

    path: str
    name: str
    root: str
    line: int | None = None
    advance: Callable[[int], None] = _ignore

    @property
    def folder(self) -> str:
        """The first folder below the source, or "": an archive is mostly sorted by publisher."""
        first, slash, _ = self.name.partition("/")
        return first if slash else ""

    @property
    def compression(self) -> str:
        """.gz, .xz, .zst or nothing."""
        suffix = os.path.splitext(self.path)[1].lower()  # noqa: PTH122 - a Path would cost as much as reading the file
        return suffix if suffix in COMPRESSIONS else ""

    def rejection(self, reason: str, *, doc_id: str = "", cut: bool = False) -> Rejection:
        """*reason* with this file and the line where the reader stands."""
        return Rejection(printable(self.path), self.line, reason, doc_id, cut)

    def blocks(self) -> Iterator[bytes]:
        """The unpacked bytes, some 256 KB at a time, none of them empty. Raises UnfitError."""
        for position, block in self._blocks():
            self.advance(position)
            yield block

    def content(self, limit: int = MAX_BYTES) -> bytes:
        """All unpacked bytes. Raises UnfitError, when there are more than *limit* before they have been read."""
        try:
            size = 0 if self.compression else os.stat(self.path).st_size  # noqa: PTH116 - as above
        except OSError as error:
            raise UnfitError(f"cannot be read: {error.strerror}") from error
        _check(size, limit)
        held, size = [], 0
        for block in self.blocks():
            size += len(block)
            _check(size, limit)
            held.append(block)
        return b"".join(held)

    def text(self) -> str:
        """All of the file as text, its line ends as they are. Raises UnfitError."""
        return decode(self.content())

    def lines(self) -> Iterator[bytes]:
        """The lines in UTF-8 with their line ends, which only an unfinished last line lacks. Raises UnfitError.

        A line of more than MAX_BYTES comes with its end missing: as a beginning that is longer than MAX_BYTES.
        """
        held: list[bytes] = []
        size = 0
        for block in utf8(self.blocks()):
            lines = io.BytesIO(block).readlines()
            tail = b"" if lines[-1].endswith(b"\n") else lines.pop()
            if lines:
                lines[0] = b"".join((*held, lines[0]))
                held, size = [], 0
                yield from lines
            if tail and size <= MAX_BYTES:
                held.append(tail)
                size += len(tail)
        if held:
            yield b"".join(held)

    def _blocks(self) -> Iterator[tuple[int, bytes]]:
        """Each block after the position that its last byte has on disk, about."""
        new = COMPRESSIONS.get(self.compression)
        try:
            # A pipe would never open, a device never end.
            if not stat.S_ISREG(os.stat(self.path).st_mode):  # noqa: PTH116 - as above
                raise UnfitError("not a regular file")
            with open(self.path, "rb", buffering=_BLOCK) as raw:  # noqa: PTH123 - as above
                for block in _gathered(_unpacked(raw, new)) if new else iter(lambda: raw.read(_BLOCK), b""):
                    yield raw.tell(), block
        except EOFError:
            raise UnfitError(f"the {self.compression} archive breaks off") from None
        except OSError as error:
            raise UnfitError(f"cannot be read: {error.strerror or error}") from error
        except _BROKEN as error:
            raise UnfitError(f"broken {self.compression} archive: {error}") from error


def printable(path: str) -> str:
    """*path* fit for a report: file names may hold bytes that are no UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace").replace("\n", "\\n")


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise UnfitError(f"more than {limit // 1_000_000} MB; split it")


def _unpacked(raw: BinaryIO, new: Callable[[], _Decoder]) -> Iterator[bytes]:
    """Unpacks archives that follow each other in one file, with zeros between them. Raises EOFError."""
    decoder, between = new(), False
    while data := raw.read(_SIP):
        while data := data.lstrip(b"\0") if between else data:
            yield decoder.decompress(data)
            between = decoder.eof
            data = decoder.unused_data if between else b""
            if between:
                decoder = new()
    if not between:
        raise EOFError


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks of _BLOCK or somewhat more; what came before a break is handed over, too."""
    held: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size >= _BLOCK:
                yield b"".join(held)
                held, size = [], 0
    except _BROKEN:
        if size:
            yield b"".join(held)
        raise
    if size:
        yield b"".join(held)
