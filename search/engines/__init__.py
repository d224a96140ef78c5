"""Engines answer a Request over one generation. Each meets Searcher and leaks nothing of its library."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from index.documents import Document
from search.query import Node

__all__ = ["SORTS", "Bucket", "Count", "Entry", "Request", "Response", "Scored", "Searcher", "Sort", "WordStatistics"]

Sort = Literal["relevance", "date", "-date"]
SORTS: tuple[Sort, ...] = ("relevance", "date", "-date")


@dataclass(frozen=True, slots=True)
class Request:
    """What to find and what to count. ``filters`` narrow but never score; they are part of every count.

    ``offset`` and ``limit`` cut the page out of all matches in order; ``limit`` may be 0 when only counts are wanted.
    ``facets`` names the keyword fields to count ('source', 'tag', 'author'), each with at most ``facet_size`` values.
    ``words`` asks for the statistics of the query's words: with many forms to a word they cost more than the search.
    """

    query: Node
    filters: tuple[Node, ...] = ()
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 10
    facets: tuple[str, ...] = ()
    facet_size: int = 20
    timeline: bool = False
    words: bool = True


class Scored(NamedTuple):
    """A document found, and its score (higher is better; 0 for a query of filters only)."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Count:
    """A value of a facet and in how many of all matches it stands."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """Matches dated ``first``..``last``, both included."""

    first: dt.date
    last: dt.date
    count: int


@dataclass(frozen=True, slots=True)
class WordStatistics:
    """For one leaf of the query, in the order of ``search.query.words``: forms really found, most frequent first.

    Counts are of documents, whatever the rest of the query says and whatever the filters.
    """

    forms: tuple[Count, ...]
    documents: int


@dataclass(frozen=True, slots=True)
class Response:
    """Hits of the page in order (ties: newer first, then by id), the exact total, counts over all matches.

    Facet values come most frequent first, then by value. The timeline has no empty ends; buckets are days, months or
    years, the finest that gives at most 60.
    """

    hits: tuple[Scored, ...]
    total: int
    words: tuple[WordStatistics, ...] = ()
    facets: Mapping[str, tuple[Count, ...]] = field(default_factory=dict)
    timeline: tuple[Bucket, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A surface form of the index, in lower case, and in how many documents it stands."""

    form: str
    documents: int


class Searcher(Protocol):
    """One generation being read; immutable, safe to share between threads."""

    def search(self, request: Request) -> Response:
        """Answers *request*; never raises over what a reader typed."""

    def vocabulary(self, prefix: str, limit: int) -> list[Entry]:
        """Forms that start with *prefix* (folded, lower case), most documents first, then by form; at most *limit*."""

    def documents(self, ids: Sequence[str]) -> list[Document]:
        """The stored documents, as they were written, in the order of *ids*; ids that are not there are left out."""

    def close(self) -> None:
        """Releases files. Searches must have ended."""
