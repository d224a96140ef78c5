"""The fields as stock Whoosh sees them: built here each time, never read from disk as objects.

Words of a text field are its forms in lower case; a query's text is cut and folded by the analysis documents had.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from whoosh import fields, formats
from whoosh.analysis.acore import Token
from whoosh.analysis.analyzers import Analyzer as WhooshAnalyzer

from index.errors import IndexMismatch
from index.text import Analyzer

__all__ = ["READ_ONLY", "PublishedSchema", "schema"]

READ_ONLY = (
    "A published generation never changes, and Whoosh's own writer would pickle. Run: python reindex.py DOCUMENTS"
)


class PublishedSchema(fields.Schema):
    """A schema that Whoosh's writer cannot commit with."""

    def clean(self) -> None:
        """Whoosh's first step of writing a table of contents."""
        raise IndexMismatch(READ_ONLY)


class PositionList(formats.Positions):
    """Positions of a posting as little-endian 32-bit numbers, where Whoosh's own would unpickle a list."""

    def encode(self, poslist: Iterable[int]) -> bytes:
        """The value of a posting with these positions."""
        return np.fromiter(poslist, "<u4").tobytes()

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """The positions of a posting, ascending."""
        positions: list[int] = np.frombuffer(valuestring, "<u4").tolist()
        return positions

    def decode_frequency(self, valuestring: bytes) -> int:
        """How many positions there are."""
        return len(valuestring) // 4


class Folding(WhooshAnalyzer):
    """Cuts a query's text into forms in lower case, as the index has them."""

    def __call__(self, value: str, *, positions: bool = False, chars: bool = False, **_: Any) -> Iterator[Any]:
        """Whoosh's tokens of *value*; like Whoosh's own analysers it changes and gives one token again and again."""
        analyzer = _analyzer()
        found = analyzer.tokens(value)
        token = Token(positions, chars, removestops=True)
        columns = (found.forms, found.positions, found.starts, found.ends)
        for form, position, start, end in zip(*(column.tolist() for column in columns), strict=True):
            token.text, token.boost, token.stopped = analyzer.form(form).lower(), 1.0, False
            token.pos, token.startchar, token.endchar = position, start, end
            yield token


class Day(fields.DATETIME):
    """A day without time, at full precision only; a document without one sorts last and is grouped under None."""

    def __init__(self) -> None:
        super().__init__(stored=True, sortable=True)
        self.shift_step = 0

    def from_column_value(self, x: Any) -> dt.datetime | None:  # type: ignore[override]  # None: no date
        """The day of a value of the column."""
        missing = self.default_column().default_value()  # type: ignore[no-untyped-call]
        return None if x == missing else super().from_column_value(x)


@lru_cache(maxsize=1)
def _analyzer() -> Analyzer:
    return Analyzer()


def schema() -> PublishedSchema:
    """The fields of every index of ours."""
    return PublishedSchema(
        id=fields.ID(stored=True, unique=True),
        title=_text(),
        text=_text(),
        aside=_text(),
        source=fields.ID(stored=True, sortable=True),
        tag=fields.ID(stored=True),
        author=fields.ID(stored=True),
        date=Day(),
        url=fields.STORED(),
    )


def _text() -> fields.TEXT:
    field = fields.TEXT(analyzer=Folding(), stored=True)
    field.format = PositionList()
    return field
