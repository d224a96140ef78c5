"""Tables, a document a row: .csv with a header that names Document's fields, separated by comma, semicolon or tab.

A quote that is never closed swallows the rows after it, and the csv module would hand all of them over as one field.
So it is run strictly, and a row that took several lines to fail counts as an unknown number of lost documents.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from index.documents import MAX_ID, Document, Rejection
from index.sources.files import MAX_BYTES, File, Reader
from index.sources.items import FIELDS, document
from index.sources.unfit import UnfitError

__all__ = ["READER"]

# The csv module's own limit is 131,072 characters a field, for the whole process; _Lines bounds rows instead.
csv.field_size_limit(2 * MAX_BYTES)
# What decides where a row ends; all else can be left out of one that is too large.
_NO_MARKS = re.compile(rb'[^",;\t\n]+')


class _Lines:
    """Lines for csv.reader, and what is wrong with those of a row.

    csv.reader gets quotes and delimiters of a bad row nevertheless: without them it would not find the row's end.
    """

    def __init__(self, file: File) -> None:
        self._lines = file.lines()
        self._size = 0
        self.number = 0
        self.flaw = ""

    def begin(self) -> int:
        """Another row begins with the next line, whose number is returned."""
        self._size = 0
        self.flaw = ""
        return self.number + 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        self._size += len(line)
        if self._size > MAX_BYTES:
            self.flaw = f"a row of more than {MAX_BYTES // 1_000_000} MB; split it"
            line = _NO_MARKS.sub(b"", line)
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError as error:
            self.flaw = f"byte {error.start:,} of line {self.number} is no UTF-8"
            return line.decode("utf-8", "replace")


def _read(file: File) -> Iterator[Document | Rejection]:
    lines = _Lines(file)
    delimiter, header = _header(lines)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    astray = False  # after a broken row: single lines of another width are its debris, not worth a word each
    while True:
        file.line = lines.begin()
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            several = lines.number > file.line
            if several or not astray:
                yield file.rejection(f"broken row: {error}", cut=several)
            astray = True
            continue
        if len(row) == len(header):
            astray = False
            yield _document(dict(zip(header, row, strict=True)), lines.flaw, file)
        elif row and (lines.number > file.line or not astray):
            item = dict(zip(header, row, strict=False))
            yield file.rejection(f"{len(row)} fields, not {len(header)}", doc_id=item.get("id", ""), cut=astray)


def _header(lines: _Lines) -> tuple[str, list[str]]:
    """The delimiter, and the names of the columns; the delimiter is the one that makes most of them known."""
    first = next(lines, "")

    def columns(delimiter: str) -> list[str]:
        try:
            return [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])]
        except csv.Error:
            return []

    delimiter = max(",;\t", key=lambda one: len(set(FIELDS) & set(columns(one))))
    header = columns(delimiter)
    if first and not {"title", "text"} & set(header):
        raise UnfitError(f"its first line names neither title nor text: {first.strip()[:60]!r}")
    return delimiter, header


def _document(item: dict[str, str], wrong: str, file: File) -> Document | Rejection:
    if wrong:
        return file.rejection(wrong, doc_id=item.get("id", "")[:MAX_ID])
    try:
        return document(item, file)
    except UnfitError as error:
        return file.rejection(str(error), doc_id=error.doc_id)


READER = Reader((".csv",), _read, many=True)
