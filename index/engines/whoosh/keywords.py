"""Columns of a segment: for each document any number of values (source, tag, author) out of a sorted table of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.format import Sections, SectionsWriter
from index.engines.whoosh.strings import Strings, put_strings
from index.errors import IndexDamaged

__all__ = ["KEYWORDS", "Keywords", "merge_keywords", "narrow", "put_keywords"]

# The keyword fields of a document, as queries name them.
KEYWORDS = ("source", "tag", "author")


class Keywords:
    """The column *field*: document d has the values numbered ``doc_values[doc_at[d]:doc_at[d+1]]`` in ``values``."""

    def __init__(self, sections: Sections, field: str, documents: int) -> None:
        self.values = Strings(sections, field)
        self.doc_values: NDArray[Any] = sections.unsigned(f"{field}.values")
        self._counts: NDArray[Any] = sections.unsigned(f"{field}.counts")
        self._where = f"{sections.path}: section '{field}.values'"
        if len(self._counts) != documents:
            raise IndexDamaged(f"{self._where}: {len(self._counts)} documents where {documents} are")

    @cached_property
    def doc_at(self) -> NDArray[np.uint32]:
        """Where the values of each document start, one element more than documents."""
        at = np.concatenate((np.zeros(1, np.int64), np.cumsum(self._counts, dtype=np.int64)))
        most = int(self.doc_values.max()) if len(self.doc_values) else -1
        if at[-1] != len(self.doc_values) or most >= len(self.values):
            raise IndexDamaged(f"{self._where}: values of documents are more, fewer or others than there are")
        return at.astype(np.uint32)

    def of(self, number: int) -> list[str]:
        """The values of the document with that local *number*, sorted."""
        inside = self.doc_values[int(self.doc_at[number]) : int(self.doc_at[number + 1])]
        return [self.values.key(int(value)) for value in inside]


def put_keywords(sections: SectionsWriter, field: str, documents: Sequence[tuple[str, ...]]) -> None:
    """Writes the column of *documents*, each given by its values as written; empty and repeated ones are left out."""
    known = {values: sorted({value for value in values if value}) for values in set(documents)}  # few, and repeated
    table = sorted(set().union(*known.values()))
    number = {value: at for at, value in enumerate(table)}
    counts = np.fromiter((len(known[values]) for values in documents), np.int64, len(documents))
    flat = np.fromiter((number[value] for values in documents for value in known[values]), np.int64)
    _put(sections, field, table, flat, counts)


def merge_keywords(sections: SectionsWriter, field: str, columns: Sequence[tuple[Keywords, NDArray[np.bool_]]]) -> None:
    """Writes one column of several, one after the other, without the documents whose mark is False."""
    names = [column.values.keys(0, len(column.values)) for column, _ in columns]
    table = sorted(set().union(*names))
    number = {value: at for at, value in enumerate(table)}
    flat, counts = [], []
    for (column, live), own in zip(columns, names, strict=True):
        at = column.doc_at.astype(np.int64)
        size = at[1:] - at[:-1]
        place = np.fromiter(map(number.__getitem__, own), np.int64, len(own))
        kept = np.repeat(live, size)
        flat.append(place[column.doc_values[kept]])
        counts.append(size[live])
    _put(sections, field, table, np.concatenate(flat), np.concatenate(counts))


def _put(
    sections: SectionsWriter, field: str, table: list[str], flat: NDArray[np.int64], counts: NDArray[np.int64]
) -> None:
    used, flat = np.unique(flat, return_inverse=True)  # a value that only deleted documents had is gone
    put_strings(sections, field, [table[value] for value in used])
    sections.put(f"{field}.values", narrow(flat))
    sections.put(f"{field}.counts", narrow(counts))


def narrow(values: NDArray[Any]) -> NDArray[Any]:
    """*values* in the narrowest unsigned type that holds them."""
    most = int(values.max()) if len(values) else 0
    return values.astype(np.uint8 if most < 1 << 8 else np.uint16 if most < 1 << 16 else np.uint32)
