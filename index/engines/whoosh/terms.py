"""Terms of a segment as stock Whoosh reads them: lower-cased words with the postings of all their shapes, and values.

Works a term at a time, in NumPy and then Python lists: right, and slow beside our own searcher. Deleted documents are
not in any list, so a term that only they had is gone.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh import varint
from index.engines.whoosh.keys import AFTER_SHAPES, word_of
from index.engines.whoosh.postings import Postings
from index.engines.whoosh.segment import NO_DATE, Segment
from index.records import FIELDS

__all__ = ["Listing", "Terms", "terms_of"]

# Forms whose lists are unpacked at a time while terms are walked; it doubles up to the second.
_STRIDES = (16, 4096)
# Columns of counts that belong to each of FIELDS.
_KINDS = {"title": [0], "text": [1, 2], "aside": [3]}


@dataclass(frozen=True, slots=True)
class Listing:
    """A posting list: live documents ascending, how often the term is in each, its positions (u4) or None."""

    docs: list[int]
    weights: list[float]
    positions: list[bytes] | None = None


class Terms(Protocol):
    """The terms of one field, in order of their bytes."""

    def listing(self, text: bytes) -> Listing | None:
        """The postings of the term, None when no live document has it."""

    def walk(self, start: bytes) -> Iterator[bytes]:
        """Every term from *start* on."""


class WordTerms:
    """Lower-cased words of a text field."""

    def __init__(self, segment: Segment, field: str) -> None:
        self._segment = segment
        self._kinds = _KINDS[field]
        self._before = list(range(self._kinds[0]))

    def listing(self, text: bytes) -> Listing | None:
        """The shapes of the word put together."""
        word = text.decode("utf-8", "replace")
        forms = self._segment.forms
        postings, own, lists = self._own(forms.lower_bound(word), forms.lower_bound(word + AFTER_SHAPES))
        if not len(postings):
            return None
        docs, positions = self._places(lists, postings, own[postings])
        begin = np.flatnonzero(np.diff(docs, prepend=-1))
        size = np.diff(begin, append=len(docs))
        data = positions.astype("<u4").tobytes()
        values = [data[4 * at : 4 * (at + count)] for at, count in zip(begin.tolist(), size.tolist(), strict=True)]
        return Listing(docs[begin].tolist(), size.astype(float).tolist(), values)

    def walk(self, start: bytes) -> Iterator[bytes]:
        """Words that a live document has in this field."""
        forms = self._segment.forms
        low, stride = forms.lower_bound(start.decode("utf-8", "replace")), _STRIDES[0]
        last = b""
        while low < len(forms):
            high = min(low + stride, len(forms))
            postings, _, lists = self._own(low, high)
            present = np.unique(lists.forms[postings]) - low
            keys = forms.keys(low, high)
            for word in (word_of(keys[at]).encode() for at in present.tolist()):
                if word != last and word >= start:  # «слово\0» is before the shapes of «слово», but not before it
                    last = word
                    yield word
            low, stride = high, min(2 * stride, _STRIDES[1])

    def _own(self, low: int, high: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Postings]:
        """The lists of forms *low*..*high*-1, all of them; which postings are of these forms, of live documents and of
        this field, and of every posting how often it is in the field.
        """
        lists = self._segment.postings(np.unique(self._segment.form_lists.lists[low:high]).astype(np.int64))
        own = self._segment.counts[:, self._kinds].sum(axis=1, dtype=np.int64)[lists.rows]
        kept = (own > 0) & (lists.forms >= low) & (lists.forms < high)
        if self._segment.deleted is not None:
            kept &= ~self._segment.deleted[lists.docs]
        return np.flatnonzero(kept), own, lists

    def _places(
        self, lists: Postings, postings: NDArray[np.int64], own: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Document and position of every occurrence in the field, in that order."""
        before = self._segment.counts[:, self._before].sum(axis=1, dtype=np.int64)[lists.rows]
        positions = lists.positions[varint.spans((lists.pos_start + before)[postings], own)]
        docs = np.repeat(lists.docs[postings], own)
        order = np.lexsort((positions, docs))
        return docs[order], positions[order]


class ValueTerms:
    """Whole values: of 'source', 'tag' and 'author', or ids."""

    def __init__(self, segment: Segment, field: str) -> None:
        self._segment = segment
        self._field = field

    def listing(self, text: bytes) -> Listing | None:
        """The documents with the value."""
        terms, lists = self._table
        at = bisect_left(terms, text)
        return _counted(lists(at)) if at < len(terms) and terms[at] == text else None

    def walk(self, start: bytes) -> Iterator[bytes]:
        """Values that a live document has."""
        terms, lists = self._table
        for at in range(bisect_left(terms, start), len(terms)):
            if len(lists(at)):
                yield terms[at]

    @cached_property
    def _table(self) -> tuple[Sequence[bytes], Callable[[int], NDArray[Any]]]:
        """All values in order, and the live documents of each."""
        segment = self._segment
        live = _live(segment)
        if self._field == "id":
            docs = segment.id_docs
            return _encoded(segment.ids.keys(0, len(segment.ids))), lambda at: docs[at : at + 1][
                live[docs[at : at + 1]]
            ]
        column = segment.keyword(self._field)
        starts = column.doc_at.astype(np.int64)
        docs = np.repeat(np.arange(segment.documents, dtype=np.uint32), starts[1:] - starts[:-1])
        kept = live[docs]
        numbers, docs = column.doc_values[kept], docs[kept]
        order = np.argsort(numbers, kind="stable")
        at = np.searchsorted(numbers[order], np.arange(len(column.values) + 1))
        return _encoded(column.values.keys(0, len(column.values))), lambda n: docs[order[at[n] : at[n + 1]]]


class DateTerms:
    """Days, as the bytes that the field makes of them."""

    def __init__(self, segment: Segment, to_bytes: Callable[[dt.datetime], bytes]) -> None:
        self._segment = segment
        self._to_bytes = to_bytes

    def listing(self, text: bytes) -> Listing | None:
        """The documents of the day."""
        day = self._days.get(text)
        return None if day is None else _counted(np.flatnonzero((self._segment.dates == day) & _live(self._segment)))

    def walk(self, start: bytes) -> Iterator[bytes]:
        """Days that a live document has."""
        return (text for text in self._days if text >= start)

    @cached_property
    def _days(self) -> dict[bytes, int]:
        dates = np.unique(self._segment.dates[_live(self._segment)])
        epoch = dt.datetime(1970, 1, 1)  # noqa: DTZ001  # Whoosh's dates know no zones
        days = [day for day in dates.tolist() if day != NO_DATE]
        return {self._to_bytes(epoch + dt.timedelta(days=day)): day for day in days}


def _live(segment: Segment) -> NDArray[np.bool_]:
    return np.ones(segment.documents, bool) if segment.deleted is None else ~segment.deleted


def _counted(docs: NDArray[Any]) -> Listing | None:
    return Listing(docs.tolist(), [1.0] * len(docs)) if len(docs) else None


def _encoded(keys: list[str]) -> list[bytes]:
    return [key.encode("utf-8", "surrogatepass") for key in keys]


def terms_of(segment: Segment, field: str, to_bytes: Callable[[Any], bytes]) -> Terms:
    """The terms of *field*."""
    if field in FIELDS:
        return WordTerms(segment, field)
    return DateTerms(segment, to_bytes) if field == "date" else ValueTerms(segment, field)
