"""What does an archive hold? Folders, files and globs in; Documents and Rejections out, in the order of the files.

    walk: source -> File    kinds: File -> Reader    one module a kind: File -> items    items: item -> Document

One bad file, line or row is a Rejection, and the rest goes on; only a source that isn't there at all is an error.
All is streamed: memory holds one document at a time, and the ids seen so far. Knows nothing of analysis or of an index.

Ids. A file that is one document is named by its path below the source, «Степной вестник/2026-02-17-sovet.txt»; below a
glob's fixed part for a glob, its bare name for a single file. Items of other files bring their own ids, or else urls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from index.documents import Document, Rejection, flaw
from index.sources.files import File
from index.sources.kinds import reader_of
from index.sources.unfit import UnfitError
from index.sources.walk import find

__all__ = ["Progress", "read"]

Progress = Callable[[int, int], None]


def read(sources: Sequence[Path | str], *, progress: Progress | None = None) -> Iterator[Document | Rejection]:
    """The documents of *sources*, each fit to be indexed, and what was refused.

    *progress* is called with the bytes read and the bytes there are, as they lie on disk: after each file and for every
    256 KB or so of content; it should return at once. Asking for it costs a walk over the files beforehand.
    Raises SourceError, before anything is read, for a source that does not exist or holds nothing that is read.
    """
    for source in sources:
        next(find(source))
    return _documents(sources, progress)


def _documents(sources: Sequence[Path | str], progress: Progress | None) -> Iterator[Document | Rejection]:
    ids = _Ids()
    total = sum(map(_size, _files(sources))) if progress else 0
    done = 0
    for file in _files(sources):
        if isinstance(file, Rejection):
            yield file
            continue
        if progress:
            file.advance = _meter(progress, done, total)
        yield from _checked(file, ids)
        if progress:
            done += _size(file)
            progress(done, total)


def _checked(file: File, ids: _Ids) -> Iterator[Document | Rejection]:
    """What *file* holds; documents that have a flaw or another's id are rejected."""
    reader = reader_of(file.path)
    assert reader is not None, "find() yields files of known kinds"
    try:
        for item in reader.read(file):
            if isinstance(item, Rejection):
                yield item
            elif reason := flaw(item):
                yield file.rejection(reason, doc_id=item.id)
            elif first := ids.first(item.id, file):
                # Without doc_id: the first one is in, and no older version of it has to stay.
                yield file.rejection(f"duplicate id {item.id!r}, first in {first}")
            else:
                yield item
    except UnfitError as error:
        yield file.rejection(str(error), doc_id="" if reader.many else file.name, cut=reader.many)


class _Ids:
    """Where each id was first seen.

    63 bytes an id (measured with a million) on top of the ids themselves, which the run keeps for its ledger anyway:
    the place is one number.
    """

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._places = [""]

    def first(self, doc_id: str, file: File) -> str | None:
        """Where *doc_id* stood first; None when it is seen first now, in *file*."""
        if (there := self._seen.get(doc_id)) is not None:
            place, line = self._places[there >> 32], there & 0xFFFF_FFFF
            return f"{place}{doc_id}" if place.endswith("/") else f"{place}:{line}" if line else place
        # Of a million files that are a document each, only their folder is kept.
        place = f"{file.root}/" if doc_id == file.name else file.path
        if place != self._places[-1]:
            self._places.append(place)
        self._seen[doc_id] = (len(self._places) - 1) << 32 | (file.line or 0)
        return None


def _files(sources: Sequence[Path | str]) -> Iterator[File | Rejection]:
    for source in sources:
        yield from find(source)


def _size(file: File | Rejection) -> int:
    try:
        return 0 if isinstance(file, Rejection) else Path(file.path).stat().st_size
    except OSError:
        return 0  # reading it says what is wrong with it


def _meter(progress: Progress, done: int, total: int) -> Callable[[int], None]:
    return lambda read: progress(done + read, total)
