"""The whole way from a question to an answer, over whatever generation is published. Knows nothing of HTTP.

Ask -> parsed -> Searcher -> page of hits -> stored texts -> marks and snippets -> Answer
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.documents import Document
from index.errors import NotFound, RequestError, SlovoError
from index.generations import Generation
from index.text import Analyzer, Tokens
from search.engines import Request, Response, Scored, Searcher, Sort, WordStatistics
from search.engines.meaning import MAX_FORMS
from search.highlight import Marker, merge
from search.live import Live
from search.parse import Parsed, parse
from search.query import All, Between, Everything, Keyword, Node, Not, words
from search.relax import relaxed
from search.results import Answer, AskedWord, Hit, Mark, Understood
from search.snippets import snippets

__all__ = ["DEPTH", "Ask", "Service", "View"]

# How far a reader can page; beyond it a program wants an export.
DEPTH = 10_000
# Every word that anyone ever typed is remembered; beyond this (300 MB) the memory of a server is begun anew.
_FORMS = 2_000_000
_FACETS = ("source", "tag", "author")


@dataclass(frozen=True, slots=True)
class Ask:
    """What a page of results was asked for. ``page`` counts from 1; dates are included.

    A document comes from one of ``sources`` and has every one of ``tags`` and ``authors``. An empty text asks for all.
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

    def filters(self) -> tuple[Node, ...]:
        """The parameters that narrow, as nodes."""
        nodes: list[Node] = [Keyword("source", self.sources)] if self.sources else []
        nodes += [Keyword("tag", (tag,)) for tag in self.tags]
        nodes += [Keyword("author", (author,)) for author in self.authors]
        if self.first or self.last:
            nodes.append(Between(self.first, self.last))
        return tuple(nodes)


@dataclass(frozen=True, slots=True)
class View:
    """A whole document with what a query matches in it; marks are code points of ``title`` and ``text``."""

    document: Document
    title_marks: tuple[Mark, ...]
    text_marks: tuple[Mark, ...]


class Service:
    """Safe to share between threads. Opens what is published in *folder*, if anything, and goes on watching it.

    *today* is what «вчера» counts from.
    """

    def __init__(
        self, folder: Path, *, lexicons: Sequence[Path] = (), today: Callable[[], dt.date] = dt.date.today
    ) -> None:
        self._lexicons = tuple(lexicons)
        self._analyzer = Analyzer(lexicons=lexicons)
        # One analysis at a time: its form table grows. Under the interpreter's own lock threads gain nothing by more.
        self._analysing = threading.Lock()
        self._today = today
        self._live = Live(folder, self._analyzer.fingerprint)

    @property
    def generation(self) -> Generation | None:
        """The generation being served."""
        return self._live.generation

    @property
    def fault(self) -> SlovoError | None:
        """Why the newest published generation is not the one being served; None when it is."""
        return self._live.fault

    def answer(self, ask: Ask) -> Answer:
        """The page of results for *ask*. Raises NoIndex, IndexMismatch, RequestError."""
        if ask.page * ask.size > DEPTH:
            raise RequestError("page", f"only the first {DEPTH:,} hits can be paged through")
        started = time.perf_counter()
        parsed = self.parsed(ask.text)
        tree = parsed.tree
        if not ask.text.strip():
            tree = Everything()
        with self._live.reading() as (searcher, generation):
            response, rest = _found(searcher, tree, ask)
            weights = [math.log(1 + generation.documents / (1 + word.documents)) for word in response.words]
            with self._analysing:
                marker = Marker(tree, self._analyzer, [_complete(word) for word in response.words])
                page = _Page(searcher, self._analyzer, marker, weights)
                hits = page.hits(response.hits) + page.hits(rest.hits if rest else (), partial=True)
            return Answer(
                query=_understood(ask.text, parsed, tree, response.words),
                total=response.total,
                relaxed=rest.total if rest else 0,
                page=ask.page,
                size=ask.size,
                took_ms=(time.perf_counter() - started) * 1000,
                generation=generation.name,
                hits=hits,
                facets=response.facets,
                timeline=response.timeline,
            )

    def ranked(self, text: str, depth: int) -> tuple[Scored, ...]:
        """The best *depth* documents for the query *text* by score alone, whatever words they lack: for evaluation."""
        tree = self.parsed(text).tree
        with self._live.reading() as (searcher, _):
            return searcher.search(Request(relaxed(tree) or tree, limit=depth, words=False)).hits

    def matches(self, ask: Ask, *, batch: int = 500) -> Iterator[list[Document]]:
        """Every full match of *ask* in its order, *batch* documents at a time; its page and size say nothing.

        All are of one generation, which stays open until the iterator ends or is closed. Memory is that of a batch;
        each costs a search. Raises NoIndex, IndexMismatch with the first.
        """
        tree = self.parsed(ask.text).tree if ask.text.strip() else Everything()
        with self._live.reading() as (searcher, _):
            offset, total = 0, 1
            while offset < total:
                response = searcher.search(Request(tree, ask.filters(), ask.sort, offset, batch, words=False))
                total = response.total
                yield searcher.documents([scored.id for scored in response.hits])
                offset += batch

    def view(self, doc_id: str, text: str = "") -> View:
        """The document, with the matches of the query *text* marked. Raises NotFound, NoIndex."""
        tree = self.parsed(text).tree
        with self._live.reading() as (searcher, _):
            found = searcher.documents([doc_id])
            counted = searcher.search(Request(tree, limit=0)).words
        if not found:
            raise NotFound(f"No document {doc_id!r}")
        document = found[0]
        with self._analysing:
            marker = Marker(tree, self._analyzer, [_complete(word) for word in counted])
            title, body = self._analyzer.tokens(document.title), self._analyzer.tokens(document.text)
            title_marks = merge(title, marker.found(title, "title"))
            return View(document, title_marks, merge(body, marker.found(body, "text")))

    def parsed(self, text: str) -> Parsed:
        """The query tree of *text*, by this service's analysis."""
        with self._analysing:
            if self._analyzer.size > _FORMS:
                self._analyzer = Analyzer(lexicons=self._lexicons)
            return parse(text, self._analyzer, today=self._today())

    def close(self) -> None:
        """Stops watching and closes the generation when its last request ends."""
        self._live.close()


def _found(searcher: Searcher, tree: Node, ask: Ask) -> tuple[Response, Response | None]:
    """The page's full matches, and what fills it up when all full matches together are less than a page."""
    offset = (ask.page - 1) * ask.size
    request = Request(tree, ask.filters(), ask.sort, offset, ask.size, _FACETS, timeline=True)
    response = searcher.search(request)
    loose = relaxed(tree) if response.total < ask.size else None
    if loose is None:
        return response, None
    lacking = dataclasses.replace(
        request,
        query=All((loose, Not(tree))),
        offset=max(0, offset - response.total),
        limit=ask.size - len(response.hits),
        facets=(),
        timeline=False,
        words=False,
    )
    return response, searcher.search(lacking)


@dataclass(frozen=True, slots=True)
class _Page:
    """Turns what an engine found into hits: stored texts, marks, snippets."""

    searcher: Searcher
    analyzer: Analyzer
    marker: Marker
    weights: Sequence[float]

    def hits(self, found: Sequence[Scored], *, partial: bool = False) -> tuple[Hit, ...]:
        scores = {scored.id: scored.score for scored in found}
        documents = self.searcher.documents(list(scores))
        titles = self.analyzer.tokens_many([document.title for document in documents])
        bodies = self.analyzer.tokens_many([document.text for document in documents])
        shown = zip(documents, titles, bodies, strict=True)
        return tuple(self._hit(*each, scores[each[0].id], partial=partial) for each in shown)

    def _hit(self, document: Document, title: Tokens, body: Tokens, score: float, *, partial: bool) -> Hit:
        in_title, in_text = self.marker.found(title, "title"), self.marker.found(body, "text")
        return Hit(
            id=document.id,
            title=document.title,
            title_marks=merge(title, in_title),
            url=document.url,
            source=document.source,
            date=document.date,
            score=score,
            snippets=snippets(document.text, body, in_text, self.weights, title=document.title),
            lacks=self.marker.lacking({hit.leaf for hit in (*in_title, *in_text)}) if partial else (),
        )


def _complete(word: WordStatistics) -> list[str] | None:
    """The forms that the index has of *word*; None when it may have more than are told."""
    return [count.value for count in word.forms] if len(word.forms) < MAX_FORMS else None


def _understood(text: str, parsed: Parsed, tree: Node, statistics: Sequence[WordStatistics]) -> Understood:
    asked = []
    for leaf, counted in zip(words(tree), statistics, strict=True):
        lemmas = tuple(lemma.text for lemma in getattr(leaf, "lemmas", ()))
        asked.append(AskedWord(leaf.text, leaf.start, leaf.end, lemmas, counted.forms, counted.documents))
    return Understood(text, tuple(asked), parsed.warnings)
