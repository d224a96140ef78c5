"""Documents of a segment as stock Whoosh reads them: lengths, sortable columns, stored fields, deletions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from whoosh import columns
from whoosh.codec import base

from index.engines.whoosh.segment import NO_DATE, Segment
from index.records import FIELDS

__all__ = ["DocumentsReader"]

_DAY = 24 * 60 * 60 * 1_000_000
# Days from the first that Whoosh's dates know to the first of ours.
_FIRST_DAY = dt.date(1970, 1, 1).toordinal() - 1


class DocumentsReader(base.PerDocumentReader):
    """Everything Whoosh asks of a document by its number. Closing it closes the segment."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def close(self) -> None:
        """Lets go of the files."""
        self._segment.close()

    def doc_count(self) -> int:
        """Live documents."""
        return self._segment.live_documents

    def doc_count_all(self) -> int:
        """All documents."""
        return self._segment.documents

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return self._segment.deleted is not None

    def is_deleted(self, docnum: int) -> bool:
        """Whether the document is deleted; Whoosh asks for one after the last too."""
        deleted = self._segment.deleted
        return deleted is not None and docnum < len(deleted) and bool(deleted[docnum])

    def deleted_docs(self) -> list[int]:
        """The deleted documents."""
        deleted = self._segment.deleted
        return [] if deleted is None else np.flatnonzero(deleted).tolist()

    def supports_columns(self) -> bool:
        """It does."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Whether documents can be sorted by the field."""
        return fieldname in ("date", "source")

    def column_reader(self, fieldname: str, column: Any) -> columns.ColumnReader:
        """The value of the field for each document; the column's default where there is none."""
        if fieldname == "date":
            return _Values(self._dates(column.default_value()))
        return _Values(self._sources)

    def field_length(self, fieldname: str) -> int:
        """Words of the field in live documents."""
        return self._segment.live_totals[FIELDS.index(fieldname)] if fieldname in FIELDS else 0

    def min_field_length(self, fieldname: str) -> int:
        """The fewest words of the field that a document has."""
        return int(min(self._lengths(fieldname), default=0))

    def max_field_length(self, fieldname: str) -> int:
        """The most words of the field that a document has."""
        return int(max(self._lengths(fieldname), default=0))

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Words of the field in the document."""
        return int(self._segment.lengths[FIELDS.index(fieldname)][docnum]) if fieldname in FIELDS else default

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The document as it was written; empty fields are left out."""
        document = self._segment.document(docnum)
        date = dt.datetime.combine(document.date, dt.time()) if document.date else None
        values = {
            "id": document.id,
            "title": document.title,
            "text": document.text,
            "url": document.url,
            "source": document.source,
            "date": date,
            "tag": list(document.tags),
            "author": list(document.authors),
        }
        return {name: value for name, value in values.items() if value}

    def _lengths(self, fieldname: str) -> Any:
        return self._segment.lengths[FIELDS.index(fieldname)] if fieldname in FIELDS else ()

    def _dates(self, default: int) -> list[int]:
        days = self._segment.dates.tolist()
        return [default if day == NO_DATE else (day + _FIRST_DAY) * _DAY for day in days]

    @cached_property
    def _sources(self) -> list[bytes]:
        column = self._segment.keyword("source")
        names = [name.encode() for name in column.values.keys(0, len(column.values))]
        at, numbers = column.doc_at.tolist(), column.doc_values.tolist()
        return [names[numbers[start]] if end > start else b"" for start, end in pairwise(at)]


class _Values(columns.ColumnReader):
    """A column in memory."""

    def __init__(self, values: list[Any]) -> None:
        self._values = values
        self._reverse = False

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, docnum: int) -> Any:
        return self._values[docnum]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def sort_key(self, docnum: int) -> Any:
        """What the document sorts by."""
        value = self._values[docnum]
        return -value if self._reverse else value

    def load(self) -> list[Any]:
        """All values."""
        return self._values

    def set_reverse(self) -> None:
        """Numbers sort the other way round from now on."""
        self._reverse = True
