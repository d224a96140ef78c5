"""Writes a generation: records into segments, deletions into marks, small segments together, all through a Draft.

Memory is bounded: when the buffer has cost its share it is written as a segment of the draft, and publishing merges
what belongs together. Files of the base that stay as they are get inherited. Knows nothing of queries.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.buffer import Buffer
from index.engines.whoosh.format import FORMAT_VERSION, SectionsWriter
from index.engines.whoosh.known import write_known
from index.engines.whoosh.merge import merge
from index.engines.whoosh.segment import Segment, open_generation
from index.engines.whoosh.toc import File, SegmentEntry, Toc, read_toc, write_toc
from index.errors import IndexMismatch
from index.generations import Draft, Generation
from index.records import Record
from index.text import Analyzer, LemmaSet

__all__ = ["Writer"]

# Half of the memory is the buffer's: the other half is for what else a process holds meanwhile.
_SHARE = 0.5
# Segments of one size class (each four times the last) before they are merged: an index of a million documents made of
# daily hundreds has about 15 segments, and each document is written again about 7 times in its life.
_FAN_OUT = 4
_SMALLEST = 1_000
# A segment where more documents than this share are deleted is written anew.
_MOST_DELETED = 0.5
# Keeps every offset in a segment below 2**32.
_MOST_WORDS = 1 << 30


@dataclass(slots=True, eq=False)
class _Part:
    """A segment of the new generation: of the base or of this run. ``deleted`` changes while the run goes on."""

    segment: Segment
    inherited: bool
    deleted: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        marks = self.segment.deleted
        self.deleted = np.zeros(self.segment.documents, bool) if marks is None else marks.copy()

    @property
    def changed(self) -> bool:
        """Whether documents were deleted in this run."""
        return int(self.deleted.sum()) != self.segment.entry.deleted

    @property
    def live(self) -> int:
        """How many documents are not deleted."""
        return len(self.deleted) - int(self.deleted.sum())

    @property
    def words(self) -> int:
        """Words in all fields, those of deleted documents too."""
        return sum(int(words.sum(dtype=np.int64)) for words in self.segment.lengths)


class Writer:
    """An IndexWriter on top of ``draft.base``. Lemmas of forms that the base has are taken from there."""

    def __init__(self, draft: Draft, analyzer: Analyzer, *, memory_mb: int, jobs: int) -> None:
        self._draft = draft
        self._analyzer = analyzer
        self._limit = int(memory_mb * 2**20 * _SHARE)
        self._jobs = jobs
        self._buffer = Buffer()
        self._buffered: dict[str, int] = {}
        self._spilled: set[str] = set()
        self._parts: list[_Part] = []
        self._base: list[_Part] = []
        self._known: list[Segment] = []
        self._gone: list[Segment] = []
        self._written = 0
        if draft.base is not None:
            self._base = [_Part(segment, inherited=True) for segment in open_generation(draft.base.folder)]
            self._parts = list(self._base)
        if draft.previous is not None:
            self._known = self._known_segments(draft.previous)

    def add(self, record: Record) -> None:
        """Takes in *record*; a document with the same id, older or from this run, is replaced."""
        doc_id = record.document.id
        self.delete(doc_id)
        self._buffered[doc_id] = len(self._buffer)
        self._buffer.add(record)
        if self._buffer.cost >= self._limit:
            self._flush()

    def delete(self, doc_id: str) -> None:
        """Takes out the document; one that is not there is no error."""
        buffered = self._buffered.pop(doc_id, None)
        if buffered is not None:
            self._buffer.drop(buffered)
            return
        for part in self._parts if doc_id in self._spilled else self._base:
            number = part.segment.find(doc_id)
            if number >= 0:
                part.deleted[number] = True

    def publish(self) -> Generation:
        """All or nothing, durable when it returns."""
        self._flush()
        self._merge()
        parts = [part for part in self._parts if part.live]
        toc = Toc(self._analyzer.fingerprint, tuple(self._finished(part) for part in parts))
        # Only now: lemmas of what was merged are taken from what it was merged of.
        for segment in self._gone + [part.segment for part in self._parts if not part.inherited and not part.live]:
            self._remove(segment)
        write_toc(self._draft.folder, int(self._draft.name), toc)
        self._close()
        documents = sum(entry.documents - entry.deleted for entry in toc.segments)
        return self._draft.publish(documents=documents, versions={"engine": f"whoosh {FORMAT_VERSION}"})

    def abort(self) -> None:
        """Leaves nothing behind; may be called at any time, also twice and after ``publish``."""
        self._close()
        self._draft.abort()

    def _known_segments(self, previous: Generation) -> list[Segment]:
        """Segments whose lemma tables this analysis made; those of the base where they are the same."""
        if read_toc(previous.folder).analysis != self._analyzer.fingerprint:
            return []
        if previous is self._draft.base:
            return [part.segment for part in self._base]
        try:
            return open_generation(previous.folder)
        except IndexMismatch:
            return []  # of an older format: a rebuild is the way out of it, and needs nothing of it

    def _flush(self) -> None:
        """Writes the buffer as a segment of the draft."""
        if len(self._buffered):
            self._spilled.update(self._buffered)
            path = self._next_path()
            files: dict[str, File] = {}

            def groups(keys: list[str]) -> NDArray[np.int64]:
                files["lem"], likeliest = self._write_lemmas(path.stem, keys)
                return likeliest

            written = self._buffer.write(path, self._analyzer, groups)
            self._known.append(self._add_segment(path, *written, files))
        self._buffer, self._buffered = Buffer(), {}

    def _next_path(self) -> Path:
        self._written += 1
        return self._draft.folder / f"MAIN_{self._draft.name}x{self._written}.seg"

    def _add_segment(
        self, path: Path, identity: int, documents: int, lengths: tuple[int, ...], files: dict[str, File]
    ) -> Segment:
        entry = SegmentEntry(path.stem, documents, 0, lengths, {"seg": File(path.name, identity)} | files)
        self._parts.append(_Part(Segment(self._draft.folder, entry), inherited=False))
        return self._parts[-1].segment

    def _merge(self) -> None:
        """Merges what this run wrote, and with it segments of the base that are of its size or mostly deleted."""
        chosen = _to_merge(self._parts)
        if not chosen:
            return
        sources = [(part.segment, ~part.deleted) for part in chosen]
        self._parts = [part for part in self._parts if part not in chosen]
        path = self._next_path()
        self._add_segment(path, *merge(sources, path), {})
        self._gone = [part.segment for part in chosen if not part.inherited]

    def _remove(self, segment: Segment) -> None:
        """Takes a segment of this run out of the draft again."""
        for file in segment.entry.files.values():
            (self._draft.folder / file.name).unlink()
        segment.close()

    def _finished(self, part: _Part) -> SegmentEntry:
        """Brings the files of *part* into the draft; returns its line in the table of contents."""
        files = dict(part.segment.entry.files)
        fresh: set[str] = set()
        if "lem" not in files or part.segment not in self._known:
            keys = part.segment.forms.keys(0, len(part.segment.forms))
            files["lem"], _ = self._write_lemmas(part.segment.name, keys)
            fresh.add("lem")
        if part.changed:
            files["del"] = self._write_deleted(part)
            fresh.add("del")
        if part.inherited:
            for kind, file in files.items():
                if kind not in fresh:
                    self._draft.inherit(file.name)
        return replace(part.segment.entry, deleted=int(part.deleted.sum()), lengths=_live_words(part), files=files)

    def _write_deleted(self, part: _Part) -> File:
        name = f"{part.segment.name}.{self._draft.name}.del"
        sections = SectionsWriter(self._draft.folder)
        sections.put("deleted", np.packbits(part.deleted))
        return File(name, sections.write(self._draft.folder / name))

    def _write_lemmas(self, segment: str, keys: list[str]) -> tuple[File, NDArray[np.int64]]:
        name = f"{segment}.{self._draft.name}.lem"
        identity, likeliest = write_known(self._draft.folder / name, keys, self._known, self._ask)
        return File(name, identity), likeliest

    def _ask(self, forms: list[str]) -> list[LemmaSet]:
        found = self._analyzer.lemmas_many(forms, jobs=self._jobs)
        return [found[form] for form in forms]

    def _close(self) -> None:
        for segment in [part.segment for part in self._parts] + self._known:
            segment.close()
        self._parts, self._base, self._known = [], [], []


def _to_merge(parts: list[_Part]) -> list[_Part]:
    """The parts to make one of, in order: all of this run; any of the base whose size class is full or half deleted."""
    chosen = [part for part in parts if not part.inherited or part.live < len(part.deleted) * (1 - _MOST_DELETED)]
    rest = [part for part in parts if part not in chosen and part.live]
    while True:
        size = _size_class(sum(part.live for part in chosen))
        peers = [part for part in rest if _size_class(part.live) <= size]
        if len(peers) < _FAN_OUT - 1 or not chosen:
            break
        chosen += peers
        rest = [part for part in rest if part not in peers]
    chosen = [part for part in parts if part in chosen]
    while sum(part.words for part in chosen) > _MOST_WORDS:
        chosen.remove(max(chosen, key=lambda part: part.words))
    return chosen if len(chosen) > 1 or any(part.deleted.any() for part in chosen) else []


def _size_class(documents: int) -> int:
    size = 0
    while documents > _SMALLEST:
        documents //= _FAN_OUT
        size += 1
    return size


def _live_words(part: _Part) -> tuple[int, ...]:
    return tuple(int(words[~part.deleted].sum(dtype=np.int64)) for words in part.segment.lengths)
