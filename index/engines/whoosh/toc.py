"""The table of contents of a generation, in the file where Whoosh looks for its own: ``_MAIN_<number>.toc``.

It begins as Whoosh's does, with a version number of ours; then follow length, checksum and JSON. Where Whoosh would
unpickle a schema and segments, data stands here. It names each file with its identity, so that mixed files are noticed.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import xxhash

from index.errors import IndexDamaged, IndexMismatch

__all__ = ["TOC_FORMAT", "TOC_VERSION", "File", "SegmentEntry", "Toc", "parse_toc", "read_toc", "write_toc"]

# What Whoosh reads before it asks for a loader: sizes of int, long and float, -12345 big-endian, then the version.
TOC_VERSION = int.from_bytes(b"SLV1", "big")
_WHOOSH = struct.pack(">BBBiiBBB", 4, 8, 4, -12345, TOC_VERSION, 3, 54, 0)
_FRAME = struct.Struct("<IQ")  # length of the JSON, its checksum
TOC_FORMAT = 1
_HINT = "Run: python reindex.py --rollback or --rebuild"


@dataclass(frozen=True, slots=True)
class File:
    """A file of a segment and the identity of its header."""

    name: str
    identity: int


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment as the table of contents has it: ``lengths`` are words of each field in its live documents.

    ``files`` by kind: 'seg', 'lem', and 'del' where documents are deleted.
    """

    name: str
    documents: int
    deleted: int
    lengths: tuple[int, ...]
    files: Mapping[str, File]


@dataclass(frozen=True, slots=True)
class Toc:
    """What a generation is made of. ``analysis`` is the fingerprint of the analysis its lemma tables come from."""

    analysis: str
    segments: tuple[SegmentEntry, ...]


def read_toc(folder: Path) -> Toc:
    """The table of contents in *folder*. Raises IndexDamaged or IndexMismatch naming the file."""
    paths = sorted(folder.glob("_MAIN_*.toc"))
    if len(paths) != 1:
        raise IndexDamaged(f"{folder}: {len(paths)} tables of contents (_MAIN_*.toc) where one should be. {_HINT}")
    try:
        data = paths[0].read_bytes()
    except OSError as error:
        raise IndexDamaged(f"{paths[0]}: {error}") from error
    if data[: len(_WHOOSH)] != _WHOOSH:
        if data[:7] == _WHOOSH[:7]:
            raise IndexMismatch(f"{paths[0]}: an index of another version or made by Whoosh itself. {_HINT}")
        raise IndexDamaged(f"{paths[0]}: not a table of contents. {_HINT}")
    return parse_toc(data[len(_WHOOSH) :], str(paths[0]))


def parse_toc(data: bytes, where: str) -> Toc:
    """The table of contents in *data*, what follows Whoosh's own preamble."""
    length, checksum = _FRAME.unpack_from(data) if len(data) >= _FRAME.size else (-1, 0)
    body = data[_FRAME.size :]
    if length != len(body) or xxhash.xxh3_64_intdigest(body) != checksum:
        raise IndexDamaged(f"{where}: cut short or changed (checksum). {_HINT}")
    try:
        content = orjson.loads(body)
        if content["format"] != TOC_FORMAT:
            raise IndexMismatch(f"{where}: format {content['format']}, this program reads {TOC_FORMAT}. {_HINT}")
        return Toc(str(content["analysis"]), tuple(_entry(item) for item in content["segments"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(f"{where}: {error!r}. {_HINT}") from error


def write_toc(folder: Path, number: int, toc: Toc) -> None:
    """Writes the table of contents of generation *number* into *folder*."""
    body = orjson.dumps({"format": TOC_FORMAT, **asdict(toc)})
    frame = _FRAME.pack(len(body), xxhash.xxh3_64_intdigest(body))
    (folder / f"_MAIN_{number}.toc").write_bytes(_WHOOSH + frame + body)


def _entry(item: Mapping[str, Any]) -> SegmentEntry:
    files = {kind: File(str(file["name"]), int(file["identity"])) for kind, file in item["files"].items()}
    if "seg" not in files or any("/" in file.name or "\\" in file.name for file in files.values()):
        raise ValueError("files of a segment")
    lengths = tuple(int(length) for length in item["lengths"])
    return SegmentEntry(str(item["name"]), int(item["documents"]), int(item["deleted"]), lengths, files)
