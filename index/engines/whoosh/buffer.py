"""Analysed documents held in memory until they are written as a segment; inverting.py makes posting lists of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.documents import Document
from index.engines.whoosh import varint
from index.engines.whoosh.format import SectionsWriter
from index.engines.whoosh.grouping import lists_of
from index.engines.whoosh.inverting import fresh, ordered, put_postings
from index.engines.whoosh.keys import key_of
from index.engines.whoosh.keywords import narrow, put_keywords
from index.engines.whoosh.phrases import put_phrases, repeated
from index.engines.whoosh.segment import NO_DATE
from index.engines.whoosh.stored import packed, put_stored
from index.engines.whoosh.strings import put_strings
from index.records import FIELDS, Record
from index.text import SKETCH, Analyzer

__all__ = ["Buffer", "Groups", "put_dates", "put_ids"]

# Keys of forms, sorted -> a number for each, the same for those that are to share a posting list.
Groups = Callable[[list[str]], NDArray[np.int64]]

_EPOCH = dt.date(1970, 1, 1).toordinal()
_START = 1 << 16
# Bytes of memory for each token while a segment is written (measured 105-120), and for each byte of stored text.
_TOKEN_COST, _TEXT_COST, _DOCUMENT_COST = 128, 2, 1000
_TITLE, _TEXT = FIELDS.index("title"), FIELDS.index("text")


class Buffer:
    """Documents 0, 1, … in order of ``add``; ``drop`` takes one out again. ``cost`` is the memory needed, in bytes."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self._dates: list[int] = []
        self._keywords: dict[str, list[tuple[str, ...]]] = {"source": [], "tag": [], "author": []}
        self._entries: list[bytes] = []
        self._sketches: list[NDArray[np.uint8]] = []
        self._sizes: list[int] = []
        self._dropped: set[int] = set()
        self._tokens = np.empty((3, _START), np.int32)  # form, position, sentence
        self._used = 0
        self.cost = 0

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, record: Record) -> None:
        """Takes in *record*; ids must differ but for dropped ones."""
        document = record.document
        entry = packed(document)
        for name in FIELDS:
            tokens = record.tokens[name]
            size = len(tokens.forms)
            self._sizes.append(size)
            if not size:
                continue
            start, end = self._used, self._used + size
            if end > self._tokens.shape[1]:
                self._grow(end)
            self._tokens[0, start:end] = tokens.forms
            self._tokens[1, start:end] = tokens.positions
            self._tokens[2, start:end] = tokens.sentences
            self._used = end
            self.cost += size * _TOKEN_COST
        self._sketches.append(record.sketch)
        self._add_document(document, entry)

    def drop(self, number: int) -> None:
        """Takes document *number* out again."""
        self._dropped.add(number)

    def write(self, path: Path, analyzer: Analyzer, groups: Groups) -> tuple[int, int, tuple[int, ...]]:
        """Writes the segment file; returns its identity, its number of documents and the words of each field.

        *groups* says which keys of forms are to share posting lists.
        """
        self._discard()
        sections = SectionsWriter(path.parent)
        put_stored(sections, len(self._entries), self._entries.__getitem__)
        self._entries.clear()
        put_dates(sections, np.array(self._dates, np.int32))
        sections.put("sketches", np.array(self._sketches, np.uint8).reshape(-1, SKETCH))
        put_ids(sections, self.ids)
        for field, values in self._keywords.items():
            put_keywords(sections, field, values)
        lengths = self._put_tokens(sections, analyzer, groups)
        return sections.write(path), len(self.ids), tuple(int(total) for total in lengths.sum(axis=1, dtype=np.int64))

    def _add_document(self, document: Document, entry: bytes) -> None:
        self.ids.append(document.id)
        self._dates.append(document.date.toordinal() - _EPOCH if document.date else NO_DATE)
        self._keywords["source"].append((document.source,))
        self._keywords["tag"].append(document.tags)
        self._keywords["author"].append(document.authors)
        self._entries.append(entry)
        self.cost += len(entry) * _TEXT_COST + _DOCUMENT_COST

    def _grow(self, needed: int) -> None:
        grown = np.empty((3, max(needed, 2 * self._tokens.shape[1])), np.int32)
        grown[:, : self._used] = self._tokens[:, : self._used]
        self._tokens = grown

    def _discard(self) -> None:
        """Removes the dropped documents from every array."""
        if not self._dropped:
            return
        kept = [number for number in range(len(self.ids)) if number not in self._dropped]
        sizes = np.array(self._sizes, np.int64).reshape(-1, len(FIELDS))
        live = np.zeros(len(self.ids), bool)
        live[kept] = True
        tokens = self._tokens[:, : self._used][:, np.repeat(live, sizes.sum(axis=1))]
        self._tokens, self._used = tokens, tokens.shape[1]
        self._sizes = sizes[kept].reshape(-1).tolist()
        self.ids = [self.ids[number] for number in kept]
        self._dates = [self._dates[number] for number in kept]
        self._entries = [self._entries[number] for number in kept]
        self._sketches = [self._sketches[number] for number in kept]
        self._keywords = {field: [values[number] for number in kept] for field, values in self._keywords.items()}
        self._dropped.clear()

    def _put_tokens(self, sections: SectionsWriter, analyzer: Analyzer, groups: Groups) -> NDArray[np.uint32]:
        """Writes everything made of tokens; returns the lengths."""
        used = slice(0, self._used)
        forms, positions = self._tokens[0, used], self._tokens[1, used]
        places = np.repeat(np.arange(len(self._sizes), dtype=np.int32), self._sizes)  # len(FIELDS) * document + field
        lengths = self._lengths(places, positions)
        for field, words in zip(FIELDS, lengths, strict=True):
            sections.put(f"{field}.lengths", narrow(words))
        self._put_sentences(sections, places, positions, self._tokens[2, used])
        keys, ranks = _sorted_forms(forms, analyzer)
        self._put_phrases(sections, keys, ranks, places)
        order, lists = ordered(ranks, places, lists_of(groups(keys)))
        put_postings(sections, len(keys), lists, ranks[order], places[order], positions[order], lengths)
        put_strings(sections, "forms", keys)
        return lengths

    def _put_phrases(
        self, sections: SectionsWriter, keys: list[str], ranks: NDArray[np.int64], places: NDArray[np.int32]
    ) -> None:
        """What titles repeat. Of a compound its parts count: its whole stands at the position of the first."""
        positions, sentences = self._tokens[1, : self._used], self._tokens[2, : self._used]
        alone = (np.diff(positions, append=-1) != 0) | (np.diff(places, append=-1) != 0)
        rows = np.flatnonzero(alone & (places % len(FIELDS) == _TITLE))
        new = (np.diff(places[rows], prepend=-1) != 0) | (np.diff(sentences[rows], prepend=-1) != 0)
        put_phrases(sections, repeated(keys, ranks[rows], np.cumsum(new), len(self.ids)))

    def _lengths(self, places: NDArray[np.int32], positions: NDArray[np.int32]) -> NDArray[np.uint32]:
        """Words of each field: its distinct positions, so that a compound counts its parts and not its whole."""
        new = fresh(positions) | fresh(places)
        words = np.bincount(places[new], minlength=len(self._sizes))
        return words.reshape(-1, len(FIELDS)).T.astype(np.uint32)

    def _put_sentences(
        self,
        sections: SectionsWriter,
        places: NDArray[np.int32],
        positions: NDArray[np.int32],
        sentences: NDArray[np.int32],
    ) -> None:
        """Where sentences of ``text`` start, but for the first of each document: gaps of positions."""
        start = np.flatnonzero(fresh(sentences) & ~fresh(places))
        start = start[places[start] % len(FIELDS) == _TEXT]
        docs, at = places[start] // len(FIELDS), positions[start].astype(np.int64)
        gaps = np.where(np.diff(docs, prepend=-1) != 0, at, np.diff(at, prepend=0))
        data, width = varint.encode(gaps)
        sections.put("sentence_sizes", narrow(np.bincount(docs, width, len(self.ids)).astype(np.int64)))
        sections.put("sentence_bytes", data)


def put_dates(sections: SectionsWriter, dates: NDArray[np.int32]) -> None:
    """Writes the days of documents, counted from the day before the first; 0 is none."""
    dated = dates != NO_DATE
    first = int(dates[dated].min()) if dated.any() else 0
    sections.put("first_day", np.array([first], np.int32))
    sections.put("dates", narrow(np.where(dated, dates.astype(np.int64) - first + 1, 0)))


def put_ids(sections: SectionsWriter, ids: list[str]) -> None:
    """Writes the table of document ids and both ways between a document's number and its id's place."""
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.uint32)
    ranks = np.empty(len(ids), np.uint32)
    ranks[order] = np.arange(len(ids), dtype=np.uint32)
    put_strings(sections, "ids", [ids[number] for number in order.tolist()])
    sections.put("id_ranks", ranks)


def _sorted_forms(forms: NDArray[np.int32], analyzer: Analyzer) -> tuple[list[str], NDArray[np.int64]]:
    """The distinct keys of *forms*, sorted, and the place among them of each token's form."""
    present = np.zeros(int(forms.max()) + 1 if len(forms) else 0, bool)
    present[forms] = True
    numbers = np.flatnonzero(present)
    number_of = {key_of(analyzer.form(number)): number for number in numbers.tolist()}
    keys = sorted(number_of)
    place = np.zeros(len(present), np.int64)
    place[np.fromiter(map(number_of.__getitem__, keys), np.int64, len(keys))] = np.arange(len(keys))
    return keys, place[forms]
