"""Writes documents as files for other programs, a line at a time: a table for spreadsheets, JSON lines for the rest.

Nothing is kept: memory is that of one document. Knows nothing of HTTP or of where the documents come from.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import orjson

from index.documents import Document

__all__ = ["COLUMNS", "csv_lines", "ndjson_lines"]

COLUMNS = ("id", "date", "title", "source", "authors", "tags", "url", "text")

# By it Excel tells UTF-8 from the code page of the machine.
_BOM = "\ufeff"
# What a spreadsheet reads as a formula, or skips to come to one (OWASP, CSV injection); full-width forms are read too.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# Excel spills what is longer over the rows below. JSON lines have the whole text.
_CELL = 32_767


def csv_lines(documents: Iterable[Document], *, separator: str = ",") -> Iterator[bytes]:
    """A table by RFC 4180 in UTF-8, a header first; lists are joined by «; ».

    A value that a spreadsheet would take for a formula begins with an apostrophe; one that a cell cannot hold ends
    with «…».
    """
    line = io.StringIO(newline="")
    writer = csv.writer(line, delimiter=separator, lineterminator="\r\n")

    def written(values: Iterable[str]) -> bytes:
        line.seek(0)
        line.truncate()
        writer.writerow(values)
        return line.getvalue().encode("utf-8", "replace")

    yield _BOM.encode() + written(COLUMNS)
    for document in documents:
        yield written(map(_cell, _values(document)))


def ndjson_lines(documents: Iterable[Document]) -> Iterator[bytes]:
    """A JSON object a line, with the keys of COLUMNS in their order; what reindex.py reads as .jsonl."""
    for document in documents:
        day = document.date.isoformat() if document.date else None
        fields = {"date": day, "authors": document.authors, "tags": document.tags}
        yield orjson.dumps({name: fields.get(name, getattr(document, name)) for name in COLUMNS}) + b"\n"


def _values(document: Document) -> Iterator[str]:
    for name in COLUMNS:
        value = getattr(document, name)
        yield "; ".join(value) if isinstance(value, tuple) else str(value or "")


def _cell(value: str) -> str:
    safe = f"'{value}" if value.startswith(_FORMULA) else value
    return safe if len(safe) <= _CELL else safe[: _CELL - 1] + "…"
