"""What a query's formula makes of the counts and lengths of a segment: tables in which the kernels look things up.

Made on first use and then shared by threads: norms cost 2 ms and 8 bytes a document for a million documents, tables of
counts less. The formula itself is search/ranking.py's.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.segment import Segment
from index.records import FIELDS
from search.engines.meaning import Fields
from search.engines.whoosh.blocks import MOST_FACTORS
from search.engines.whoosh.parts import Cache
from search.ranking import Averages, Ranking, Saturation

__all__ = ["CLOSE", "Formula", "Prepared", "bits_of"]

# Four bits name the first rows of counts; tables are at least this long, so that none of these points outside.
_ROWS = 256
# What a match adds at least: too little to be seen in any sum, and enough to tell that there is one.
_LEAST = 1e-30
_FIELD_BITS = {field: 1 << number for number, field in enumerate(FIELDS)}
# Captions and bylines tell nothing by what stands beside them.
CLOSE = sum(_FIELD_BITS.values()) - _FIELD_BITS["aside"]


@cache
def bits_of(fields: Fields) -> int:
    """A bit for each of *fields*, of which there are few sets."""
    return sum(_FIELD_BITS[field] for field in fields)


class Prepared(NamedTuple):
    """What loops look up.

    ``tables``, (sets of fields, rows, 2): what a row of counts adds to title and body where only these fields are
    looked at, more than 0 for a row that matches, whatever the weights. ``norms``, (documents, 2): what that is
    multiplied by.
    """

    tables: NDArray[np.float32]
    norms: NDArray[np.float32]
    k1: np.float32


class Formula:
    """The tables of one segment. ``kind_counts``, (rows, 7): a row of counts as ``blocks.spread`` wants it."""

    def __init__(self, segment: Segment, averages: Averages, ranking: Ranking) -> None:
        self._segment, self._averages, self._ranking = segment, averages, ranking
        padded = np.zeros((max(_ROWS, len(segment.counts)), 4), np.uint32)
        padded[: len(segment.counts)] = segment.counts
        self._counts = padded
        total = padded.sum(axis=1, dtype=np.int64)
        factors = padded[:, ::-1].astype(np.uint16).view(np.int64)[:, 0] * (total <= MOST_FACTORS)
        self.kind_counts = np.column_stack((padded, total, padded.argmax(axis=1), factors))
        self._made = Cache(64)

    def prepared(self, form: Saturation, fields: tuple[Fields, ...]) -> Prepared:
        """The tables of *form*, for several sets of fields."""
        return self._made.get((form, fields), self._prepared, form, fields)

    def _prepared(self, form: Saturation, fields: tuple[Fields, ...]) -> Prepared:
        tables = np.stack([self._table(form, own) for own in fields])
        return Prepared(tables, self._made.get(form, self._norms, form), np.float32(form.k1))

    def _norms(self, form: Saturation) -> NDArray[np.float32]:
        norms = np.empty((self._segment.documents, 2), np.float32)
        averages = (self._averages.title, self._averages.text)
        for column, (b, average) in enumerate(zip((self._ranking.title_b, form.b), averages, strict=True)):
            relative = self._segment.lengths[column] / average if average else np.ones(self._segment.documents)
            norms[:, column] = 1 / (1 - b + b * relative)
        return norms

    def _table(self, form: Saturation, fields: Fields) -> NDArray[np.float32]:
        kept = [name in fields for name in ("title", "text", "text", "aside")]
        title, lead, body, aside = (self._counts * np.array(kept)).astype(np.float64).T
        least = np.where(title + lead + body + aside > 0, _LEAST, 0)
        weighted = form.lead * lead + body + self._ranking.aside * aside
        return np.stack((self._ranking.title * title, np.maximum(weighted, least)), axis=1).astype(np.float32)
