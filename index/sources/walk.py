"""Finds the files of a source: a folder, a file or a glob.

A folder is the glob `folder/**`, so that both are one walk: in order of names, and with every folder that cannot be
read reported, because its documents would otherwise pass for deleted ones.

What is no archive is passed over in silence: hidden files, Word's locks (~$…), files called README, unknown kinds.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import takewhile
from pathlib import Path

from index.documents import Rejection
from index.errors import SourceError
from index.sources.files import File, printable
from index.sources.kinds import KNOWN, reader_of

__all__ = ["find"]

_PASSED_OVER = re.compile(r"\.|~\$|readme\b", re.IGNORECASE)
_MAGIC = re.compile(r"[*?\[]")

# What is left of a glob below a folder: its remaining parts. () stands for everything.
_Patterns = frozenset[tuple[str, ...]]


def find(source: Path | str) -> Iterator[File | Rejection]:
    """The files of *source* in order of their names. A path that exists is no glob, whatever its name.

    Links are followed, each folder is read once. Raises SourceError when there is nothing that we read.
    """
    path = Path(source)
    try:
        kind = "folder" if path.is_dir() else "file" if path.exists() or path.is_symlink() else ""
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error
    if kind == "file":
        if reader_of(path.name) is None:
            raise SourceError(f"{path}: not a kind of file that is read; known are {KNOWN}")
        yield File(str(path), _composed(path.name), str(path.parent))
        return
    root = path if kind else Path(*takewhile(lambda part: not _MAGIC.search(part), path.parts))
    if not kind and (root == path or not root.is_dir()):
        raise SourceError(f"{path}: no such file or folder")
    parts = path.parts[len(root.parts) :] or ("**",)
    found = _walk(str(root), "", frozenset([tuple(map(_composed, parts))]), str(root), set())
    first = next(found, None)
    if first is None:
        raise SourceError(f"{path}: no file here of a kind that is read; known are {KNOWN}")
    yield first
    yield from found


def _walk(
    folder: str, name: str, patterns: _Patterns, root: str, seen: set[tuple[int, int]]
) -> Iterator[File | Rejection]:
    try:
        status = os.stat(folder)  # noqa: PTH116 - scandir deals in strings
        if (status.st_dev, status.st_ino) in seen:
            return  # a link leads back here
        seen.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as entries:
            inside = sorted((entry.name, entry.path, entry.is_dir()) for entry in entries)
    except OSError as error:
        yield Rejection(printable(folder), None, f"folder cannot be read: {error.strerror}", cut=True)
        return
    for entry, path, is_folder in inside:
        below = _step(patterns, _composed(entry))
        if not below or _PASSED_OVER.match(entry):
            continue
        if is_folder:
            yield from _walk(path, f"{name}{_composed(entry)}/", below, root, seen)
        elif () in below and reader_of(entry):
            yield File(path, name + _composed(entry), root)


def _step(patterns: _Patterns, name: str) -> _Patterns:
    """What is left of *patterns* below the entry *name*; nothing when it doesn't match."""
    left: set[tuple[str, ...]] = set()
    for pattern in patterns:
        if not pattern:
            left.add(())
        elif pattern[0] == "**":
            left |= {pattern, *_step(frozenset([pattern[1:]]), name)}
        elif fnmatchcase(name, pattern[0]):
            left.add(pattern[1:])
    return frozenset(left)


def _composed(name: str) -> str:
    """*name* as it is typed: macOS writes «й» as «и» and a breve, which no filter would find."""
    return unicodedata.normalize("NFC", name)
