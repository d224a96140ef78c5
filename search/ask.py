"""What can be asked of the service: a query, filters, an order, a page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from search.cursor import decoded
from search.engines import Request, Sort
from search.limits import Deadline
from search.query import Between, Keyword, Node

__all__ = ["DEPTH", "Ask"]

# How far a reader can page; beyond it a program follows cursors, or wants an export.
DEPTH = 10_000
_FACETS = ("source", "tag", "author")


@dataclass(frozen=True, slots=True)
class Ask:
    """What a page of results was asked for. ``page`` counts from 1; dates are included.

    A document comes from one of ``sources`` and has every one of ``tags`` and ``authors``. An empty text asks for all.
    ``verbatim``: no other reading is answered. ``keep``: words left as typed, neither corrected nor expanded. ``fold``
    puts retellings under the first of them; ``copies`` asks for one such hit, by id, and what is folded under it.
    ``cursor``, from an answer, leads to the hits behind it; ``page`` is 1 then, and nothing is folded.
    ``explain``: each hit tells its score term by term, some milliseconds each.
    """

    text: str
    page: int = 1
    size: int = 10
    sort: Sort = "relevance"
    first: dt.date | None = None
    last: dt.date | None = None
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    verbatim: bool = False
    keep: tuple[str, ...] = ()
    fold: bool = True
    copies: str = ""
    cursor: str = ""
    explain: bool = False

    def filters(self) -> tuple[Node, ...]:
        """The parameters that narrow, as nodes."""
        nodes: list[Node] = [Keyword("source", self.sources)] if self.sources else []
        nodes += [Keyword("tag", (tag,)) for tag in self.tags]
        nodes += [Keyword("author", (author,)) for author in self.authors]
        if self.first or self.last:
            nodes.append(Between(self.first, self.last))
        return tuple(nodes)

    def request(self, tree: Node, deadline: Deadline) -> Request:
        """The page for *tree*, with every count. Raises RequestError when the cursor is none of ours."""
        return Request(
            tree,
            self.filters(),
            self.sort,
            (self.page - 1) * self.size,
            self.size,
            _FACETS,
            timeline=True,
            fold=self.fold,
            copies=self.copies,
            after=decoded(self.cursor, self.sort) if self.cursor else None,
            deadline=deadline,
        )
