"""The one result structure: the page, the JSON and the terminal show nothing that is not in here.

search/wire.py writes it as the JSON of the design.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from index.documents import Document
from search.engines import Bucket, Count

__all__ = ["Answer", "AskedWord", "Correction", "Explanation", "Hit", "Mark", "Part", "Snippet", "Understood", "View"]

Mark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class AskedWord:
    """A word of the query as it was understood; offsets into the text answered.

    ``expansions``: what else is looked for in its place («РК»: «Республика Казахстан»). ``folded``: what it became by
    folding, "" when that changed no more than case. ``typed``: what stood there before a correction, "" without one.
    """

    text: str
    start: int
    end: int
    lemmas: tuple[str, ...]
    forms: tuple[Count, ...]
    documents: int
    expansions: tuple[str, ...] = ()
    folded: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """Another reading of the query, which finds ``total`` documents; ``applied`` when it was the one answered."""

    text: str
    kind: str
    applied: bool
    total: int


@dataclass(frozen=True, slots=True)
class Understood:
    """The query as typed, and as answered: the same but for a correction that was applied.

    ``warnings`` are sentences in the interface's language.
    """

    text: str
    answered: str = ""
    words: tuple[AskedWord, ...] = ()
    warnings: tuple[str, ...] = ()
    correction: Correction | None = None


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage of a document; marks are half-open, in code points of ``text``; nothing is escaped."""

    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What a word, or several together, add to a score; ``detail`` is how that came about, a formula in Russian."""

    text: str
    value: float
    detail: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score, and the parts that add up to it."""

    score: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One document of the page. ``similar``: how many retellings are folded under it.

    ``lacks`` names the words of the query that it does not have, when it fills a page.
    """

    id: str
    title: str
    title_marks: tuple[Mark, ...]
    url: str
    source: str
    date: dt.date | None
    score: float
    snippets: tuple[Snippet, ...]
    similar: int = 0
    lacks: tuple[str, ...] = ()
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A whole document with what a query matches in it; marks are code points of ``title`` and ``text``."""

    document: Document
    title_marks: tuple[Mark, ...]
    text_marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of hits and all that is told about them.

    ``total`` counts full matches, exactly; facets and timeline cover all of those. ``relaxed`` counts documents that
    lack a word: they follow the full matches when those are less than a page. ``folded`` of both are retellings under
    other hits. ``cursor`` leads to the full matches behind these, None at their end.
    ``timed_out``: the query was stopped before all was found; total and counts are of what was found by then.
    """

    query: Understood
    total: int
    page: int
    size: int
    took_ms: float
    generation: str
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[Count, ...]]
    timeline: tuple[Bucket, ...]
    relaxed: int = 0
    folded: int = 0
    cursor: str | None = None
    timed_out: bool = False
