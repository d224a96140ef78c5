"""Stock Whoosh on our files: importing this lets ``whoosh.index.open_dir`` read a generation, and its queries work.

For tools, comparisons and whoever knows Whoosh; our own searcher reads the same arrays a hundred times faster.
Reading only (docs/decisions/031): Whoosh's writer would hand us lower-cased words one posting at a time, and pickle the
table of contents. Nothing here supports Whoosh's skipping by quality, whose NOT loses hits with it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from whoosh.codec import base
from whoosh.legacy import toc_loaders
from whoosh.matching.mcore import ListMatcher, ReadTooFar
from whoosh.reading import TermInfo, TermNotFound

from index.engines.whoosh import segment as files
from index.engines.whoosh.columns import DocumentsReader
from index.engines.whoosh.fields import READ_ONLY, schema
from index.engines.whoosh.mended import mend
from index.engines.whoosh.terms import Listing, Terms, terms_of
from index.engines.whoosh.toc import TOC_VERSION, SegmentEntry, parse_toc
from index.errors import IndexFault, IndexMismatch
from index.records import FIELDS

__all__ = ["SlovoCodec"]

_INDEXED = ("aside", "author", "date", "id", "source", "tag", "text", "title")
# Postings of the words asked for last; a query asks for each several times (statistics, then matching).
_KEPT = 64


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise IndexMismatch(READ_ONLY)


class SlovoCodec(base.Codec):
    """Opens the parts of one segment; made anew for each reader."""

    per_document_writer = field_writer = postings_writer = postings_reader = new_segment = _refuse

    def __init__(self, entry: SegmentEntry) -> None:
        self._entry = entry
        self._opened: files.Segment | None = None

    def terms_reader(self, storage: Any, segment: Any) -> SlovoTerms:  # noqa: ARG002  # Whoosh's signature
        """Whoosh's view of terms and postings."""
        return SlovoTerms(self._open(storage))

    def per_document_reader(self, storage: Any, segment: Any) -> DocumentsReader:  # noqa: ARG002
        """Whoosh's view of lengths, columns, stored fields and deletions."""
        return DocumentsReader(self._open(storage))

    def _open(self, storage: Any) -> files.Segment:
        if self._opened is None:
            self._opened = files.Segment(Path(storage.folder), self._entry)
        return self._opened


class ViewSegment(base.Segment):
    """A line of the table of contents, as Whoosh's list of segments wants it."""

    # What only a writer asks for.
    set_doc_count = delete_document = is_deleted = deleted_docs = create_file = __reduce__ = _refuse

    def __init__(self, entry: SegmentEntry) -> None:
        self._entry = entry
        self.indexname, _, self.segid = entry.name.partition("_")
        self.compound = False

    def codec(self) -> SlovoCodec:
        """What opens it."""
        return SlovoCodec(self._entry)

    def doc_count_all(self) -> int:
        """Documents, with the deleted ones."""
        return self._entry.documents

    def deleted_count(self) -> int:
        """Deleted documents."""
        return self._entry.deleted


class SlovoTerms(base.TermsReader):
    """Terms of all fields."""

    def __init__(self, segment: files.Segment) -> None:
        self._segment = segment
        fields = schema()
        self._terms = {name: terms_of(segment, name, fields[name].to_bytes) for name in _INDEXED}
        self._listing = lru_cache(_KEPT)(lambda field, text: self._terms[field].listing(text))

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        field, text = term
        return field in self._terms and self._listing(field, text) is not None

    def cursor(self, fieldname: str, fieldobj: Any) -> Cursor:
        """For walking the terms of a field to and fro."""
        return Cursor(self._terms[fieldname], fieldobj, lambda text: self.term_info(fieldname, text))

    def indexed_field_names(self) -> tuple[str, ...]:
        """Fields that have terms."""
        return _INDEXED

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Every term, by field and then by bytes."""
        return ((field, text) for field in _INDEXED for text in self._terms[field].walk(b""))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms of the field that are not before *prefix*."""
        return ((fieldname, text) for text in self._terms[fieldname].walk(prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Every term with its statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """The terms of the field from *prefix* on with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Statistics over live documents. Raises KeyError when none has the term."""
        found = self._listing(fieldname, text) if fieldname in self._terms else None
        if found is None:
            raise KeyError((fieldname, text))
        lengths = [1]
        if fieldname in FIELDS:
            lengths = self._segment.lengths[FIELDS.index(fieldname)][found.docs].tolist()
        return TermInfo(  # type: ignore[no-untyped-call]
            weight=sum(found.weights),
            df=len(found.docs),
            minlength=min(lengths),
            maxlength=max(lengths),
            maxweight=max(found.weights),
            minid=found.docs[0],
            maxid=found.docs[-1],
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Occurrences in live documents."""
        return self.term_info(fieldname, text).weight()

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Live documents that have the term."""
        return self.term_info(fieldname, text).doc_frequency()

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> Matched:
        """The postings of the term."""
        found = self._listing(fieldname, text)
        if found is None:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        return Matched.of(found, format_, scorer, (fieldname, text))

    def close(self) -> None:
        """The documents' reader closes the segment they share."""


class Matched(ListMatcher):
    """A posting list in memory, one for each use, so that threads share no cursor."""

    @classmethod
    def of(cls, found: Listing, format_: Any, scorer: Any, term: tuple[str, bytes]) -> Matched:
        """A matcher at the first of *found*."""
        return cls(found.docs, found.weights, found.positions, format_, scorer, term=term)

    def copy(self) -> Matched:
        """Another at the same place."""
        return Matched(  # type: ignore[no-untyped-call]
            self._ids, self._weights, self._values, self._format, self._scorer, position=self._i, term=self._term
        )

    def supports_block_quality(self) -> bool:
        """Never; see above."""
        return False

    def max_quality(self) -> float:
        """No bound: Whoosh asks some matchers for one even so, and drops them if it is too low."""
        return math.inf

    block_quality = max_quality

    def skip_to(self, id: int) -> None:
        """To the first posting that is not before *id*."""
        if self._i >= len(self._ids):
            raise ReadTooFar
        self._i = bisect_left(self._ids, id, self._i)


class Cursor(base.FieldCursor):
    """Walks the terms of a field; texts are as the field shows them."""

    def __init__(self, terms: Terms, field: Any, info: Any) -> None:
        self._terms = terms
        self._field = field
        self._info = info
        self.first()

    def first(self) -> Any:
        """To the first term."""
        return self._start(b"")

    def find(self, string: Any) -> Any:
        """To the first term that is not before *string*."""
        return self._start(string if isinstance(string, bytes) else self._field.to_bytes(string))

    def next(self) -> Any:
        """To the next term; None after the last."""
        self._text = next(self._walk, None)
        return self.text()

    def text(self) -> Any:
        """The term here; None after the last."""
        return None if self._text is None else self._field.from_bytes(self._text)

    def term_info(self) -> TermInfo:
        """Statistics of the term here."""
        info: TermInfo = self._info(self._text)
        return info

    def is_valid(self) -> bool:
        """Whether there is a term here."""
        return self._text is not None

    def _start(self, text: bytes) -> Any:
        self._walk = self._terms.walk(text)
        return self.next()


def _load(stream: Any, generation: int, given: Any, version: int) -> tuple[Any, list[ViewSegment]]:  # noqa: ARG001
    try:
        toc = parse_toc(stream.read(), str(stream))
    except IndexFault:
        stream.close()  # Whoosh closes it only after success
        raise
    return given or schema(), [ViewSegment(entry) for entry in toc.segments]


toc_loaders[TOC_VERSION] = _load
mend()
