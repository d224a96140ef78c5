"""Engines answer a Request over one generation. Each meets Searcher and leaks nothing of its library."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from index.documents import Document
from search.limits import NEVER, Deadline
from search.query import Node
from search.ranking import Averages

__all__ = [
    "NO_DAY",
    "SORTS",
    "Bucket",
    "Collection",
    "Completion",
    "Count",
    "Entry",
    "Neighbour",
    "Neighbours",
    "Place",
    "Request",
    "Response",
    "Scored",
    "Searcher",
    "Sort",
    "WordStatistics",
]

Sort = Literal["relevance", "date", "-date"]
SORTS: tuple[Sort, ...] = ("relevance", "date", "-date")


class Place(NamedTuple):
    """Where a hit stands in an order, whatever generation is asked; ``day`` is since 1970-01-01, NO_DAY without a date.

    Orders by date leave the score out of account.
    """

    score: float
    day: int
    id: str


# Earlier than any day of the calendar.
NO_DAY = -(2**31)


@dataclass(frozen=True, slots=True)
class Request:
    """What to find and what to count. ``filters`` narrow but never score; they are part of every count.

    ``offset`` and ``limit`` cut the page out of all matches in order; ``limit`` may be 0 when only counts are wanted.
    ``facets`` names the keyword fields to count ('source', 'tag', 'author'), each with at most ``facet_size`` values.
    ``words`` asks for the statistics of the query's words: with many forms to a word they cost more than the search.

    ``fold`` puts near-duplicates among the best matches under the first of them (folding.py); ``copies`` asks for one
    such hit, by id, and what is folded under it, instead of the rest. ``after`` begins where an earlier response said
    that the next hits are: a number of hits, or a place; then nothing is folded.

    At the ``deadline`` what was found by then is the response.
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
    fold: bool = False
    copies: str = ""
    after: Place | int | None = None
    deadline: Deadline = NEVER


class Scored(NamedTuple):
    """A document found, its score (higher is better; 0 for a query of filters only), how many are folded under it."""

    id: str
    score: float
    similar: int = 0


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

    Counts are of documents, whatever the rest of the query says and whatever the filters. ``cut``: more forms match
    than may count (``Wildcard.most``; of each segment of an index the most frequent do).
    """

    forms: tuple[Count, ...]
    documents: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """Hits of the page in order (ties: newer first, then by id), the exact total, counts over all matches.

    Facet values come most frequent first, then by value. The timeline has no empty ends; buckets are days, months or
    years, the finest that gives at most 60. ``folded``: how many of the total are folded under others; hits are
    counted without them. ``next``: where the hits after these begin, for ``Request.after``, with nothing folded: behind
    a place, or a number of hits where closeness of words has ordered the first; None when there are none.
    ``timed_out``: the deadline came first. Total and counts are then of what was found by then, which matches but may
    not be the best, ``words`` may be missing, and nothing goes on from there.
    """

    hits: tuple[Scored, ...]
    total: int
    words: tuple[WordStatistics, ...] = ()
    facets: Mapping[str, tuple[Count, ...]] = field(default_factory=dict)
    timeline: tuple[Bucket, ...] = ()
    folded: int = 0
    next: Place | int | None = None
    timed_out: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A surface form or a phrase of the index, in lower case, and in how many documents it stands."""

    form: str
    documents: int


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A form of the index, in lower case, in about how many documents it stands, and what the slips to it cost."""

    form: str
    documents: int
    cost: int


@dataclass(frozen=True, slots=True)
class Completion:
    """A word of the index in dictionary form, its most frequent form, and the documents of all its forms, about.

    ``weight`` is less than those documents when there is a slip in what was typed.
    """

    lemma: str
    form: str
    weight: float


class Neighbours(Protocol):
    """The forms of a generation, walked by likeness. ``size``: how many there are, about."""

    @property
    def size(self) -> int: ...

    def documents_with(self, form: str) -> int:
        """In how many documents the lower-case *form* stands, in any capitalisation; 0 when in none. About right."""

    def lemma_of(self, form: str) -> str | None:
        """The likeliest lemma of the lower-case *form*, as it is mostly capitalised here; None when it is not met."""

    def neighbours(self, form: str, *, budget: int, limit: int) -> list[Neighbour]:
        """Forms whose ``slips.cost`` from the lower-case *form* is at most *budget*, itself included, likeliest first.

        At most *limit*, which should be small.
        """

    def completions(self, beginning: str, *, budget: int, limit: int) -> list[Completion]:
        """Words with forms that begin with *beginning*, or with what is within *budget* of it, likeliest first."""


@dataclass(frozen=True, slots=True)
class Collection:
    """What the scores of a query depend on beside the document: live documents, and the mean lengths of their fields.

    For the leaves of the query in order: in how many documents each is, in its fields; and the forms that count of a
    pattern that has too many (``Wildcard.most``), None for all.
    """

    documents: int
    averages: Averages
    matching: tuple[int, ...]
    kept: tuple[Set[str] | None, ...]


class Searcher(Protocol):
    """One generation being read; immutable, safe to share between threads."""

    @property
    def forms(self) -> Neighbours:
        """Its surface forms: what corrections and suggestions are made of."""

    def search(self, request: Request) -> Response:
        """Answers *request*; never raises over what a reader typed."""

    def vocabulary(self, prefix: str, limit: int) -> list[Entry]:
        """Forms that start with *prefix* (folded, lower case), most documents first, then by form; at most *limit*."""

    def phrases(self, beginning: str, limit: int) -> list[Entry]:
        """Phrases of titles that start with *beginning* (lower case), the most repeated first; at most *limit*.

        Two or three words; counts are of titles, about: in a large archive one that stands once may be missing.
        """

    def collection(self, query: Node, deadline: Deadline = NEVER) -> Collection:
        """What the scores of *query* depend on: as quick as finding its words. Raises OutOfTime."""

    def documents(self, ids: Sequence[str]) -> list[Document]:
        """The stored documents, as they were written, in the order of *ids*; ids that are not there are left out."""

    def close(self) -> None:
        """Releases files. Searches must have ended."""
