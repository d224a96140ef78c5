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
from index.errors import NotFound, OutOfTime, RequestError, SlovoError
from index.generations import Generation
from index.text import Analyzer
from search.correct import Chosen
from search.cursor import decoded, encoded
from search.engines import Place, Request, Response, Scored, Searcher, Sort, WordStatistics
from search.highlight import merge
from search.limits import LIMITS, Deadline, Limits
from search.live import Live
from search.opened import Opened
from search.parse import Parsed, parse
from search.present import Presenter, marker_of
from search.query import All, Between, Everything, Keyword, Node, Not, Nothing, words
from search.relax import relaxed
from search.results import Answer, Hit, Mark
from search.similar import like
from search.suggest import Suggestion
from search.understood import understood

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
    ``verbatim``: no other reading is answered. ``keep``: words left as typed, neither corrected nor expanded. ``fold``
    puts retellings under the first of them; ``copies`` asks for one such hit, by id, and what is folded under it.
    ``cursor``, from an answer, leads to the hits behind it; ``page`` is 1 then, and nothing is folded.
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

    *today* is what «вчера» counts from. No query costs more than *limits*; reaching one is told in its warnings.
    """

    def __init__(
        self,
        folder: Path,
        *,
        lexicons: Sequence[Path] = (),
        limits: Limits = LIMITS,
        today: Callable[[], dt.date] = dt.date.today,
    ) -> None:
        self._limits = limits
        self._lexicons = tuple(lexicons)
        self._analyzer = Analyzer(lexicons=lexicons)
        # One analysis at a time: its form table grows. Under the interpreter's own lock threads gain nothing by more.
        self._analysing = threading.Lock()
        self._today = today
        self._derived: Opened | None = None
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
            raise RequestError("page", f"only the first {DEPTH:,} hits can be paged through; then give the cursor")
        after = decoded(ask.cursor, ask.sort) if ask.cursor else None
        started = time.perf_counter()
        deadline = Deadline(self._limits.seconds)
        with self._live.reading() as (searcher, generation):
            opened = self._opened(searcher, generation)
            parsed = self.parsed(ask.text, ask.keep)
            tree = parsed.tree if ask.text.strip() else Everything()
            response, rest = _found(searcher, tree, ask, after, deadline)
            chosen = self._reading(opened, ask, response, deadline)
            if chosen and chosen.applied:
                parsed = self.parsed(chosen.reading.text, ask.keep)
                tree = parsed.tree
                response, rest = _found(searcher, tree, ask, after, deadline)
            # Out of time no word was counted, and all weigh the same.
            counted = response.words or [WordStatistics((), 0)] * len(words(tree))
            weights = [math.log(1 + generation.documents / (1 + word.documents)) for word in counted]
            with self._analysing:
                marker = marker_of(tree, self._analyzer, response.words, deadline)
                present = Presenter(searcher, self._analyzer, marker, weights, deadline)
                hits = present.hits(response.hits, rest.hits if rest else ())
            warnings = (*parsed.warnings, *self._reached(tree, counted, deadline))
            return Answer(
                query=understood(ask.text, dataclasses.replace(parsed, warnings=warnings), tree, counted, chosen),
                total=response.total,
                relaxed=rest.total if rest else 0,
                folded=response.folded + (rest.folded if rest else 0),
                page=ask.page,
                size=ask.size,
                took_ms=(time.perf_counter() - started) * 1000,
                generation=generation.name,
                hits=hits,
                facets=response.facets,
                timeline=response.timeline,
                cursor=encoded(response.next, ask.sort),
            )

    def suggest(self, text: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """At most *limit* completions of the query *text*, best first. Raises NoIndex, IndexMismatch."""
        with self._live.reading() as (searcher, generation):
            return tuple(self._opened(searcher, generation).suggest(text, limit))

    def similar(self, doc_id: str, size: int = 10) -> tuple[Hit, ...]:
        """At most *size* documents most like that one, without marks. Raises NotFound, NoIndex, IndexMismatch."""
        with self._live.reading() as (searcher, generation):
            document = _document(searcher, doc_id)
            with self._analysing:
                tree = like(document, self._analyzer, searcher.forms, generation.documents)
            found = searcher.search(Request(tree, limit=size + 1, words=False, fold=True)).hits
            others = [scored for scored in found if scored.id != doc_id][:size]
            with self._analysing:
                return Presenter(searcher, self._analyzer, marker_of(Nothing(), self._analyzer, ()), ()).hits(others)

    def ranked(self, text: str, depth: int) -> tuple[Scored, ...]:
        """The best *depth* documents for the query *text* by score alone, whatever words they lack: for evaluation."""
        tree = self.parsed(text).tree
        with self._live.reading() as (searcher, _):
            return searcher.search(Request(relaxed(tree) or tree, limit=depth, words=False)).hits

    def matches(self, ask: Ask, *, batch: int = 500) -> Iterator[list[Document]]:
        """Every full match of *ask* in its order, *batch* documents at a time; its page and size say nothing.

        All are of one generation, which stays open until the iterator ends or is closed. Memory is that of a batch;
        each costs a search. Raises NoIndex, IndexMismatch with the first, RequestError when a search takes too long.
        """
        tree = self.parsed(ask.text, ask.keep).tree if ask.text.strip() else Everything()
        with self._live.reading() as (searcher, _):
            request: Request | None = Request(tree, ask.filters(), ask.sort, limit=batch, words=False)
            while request:
                response = searcher.search(dataclasses.replace(request, deadline=Deadline(self._limits.seconds)))
                if response.timed_out:
                    raise RequestError("q", f"takes more than {self._limits.seconds:g} s to find; narrow it")
                yield searcher.documents([scored.id for scored in response.hits])
                request = dataclasses.replace(request, after=response.next) if response.next else None

    def view(self, doc_id: str, text: str = "") -> View:
        """The document, with the matches of the query *text* marked. Raises NotFound, NoIndex."""
        tree = self.parsed(text).tree
        deadline = Deadline(self._limits.seconds)
        with self._live.reading() as (searcher, _):
            document = _document(searcher, doc_id)
            counted = searcher.search(Request(tree, limit=0, deadline=deadline)).words
        with self._analysing:
            marker = marker_of(tree, self._analyzer, counted, deadline)
            title, body = self._analyzer.tokens(document.title), self._analyzer.tokens(document.text)
            try:
                title_marks = merge(title, marker.found(title, "title"))
                return View(document, title_marks, merge(body, marker.found(body, "text")))
            except OutOfTime:
                return View(document, (), ())

    def parsed(self, text: str, keep: Sequence[str] = ()) -> Parsed:
        """The query tree of *text*, by this service's analysis; words of *keep* are not expanded."""
        with self._analysing:
            if self._analyzer.size > _FORMS:
                self._analyzer = Analyzer(lexicons=self._lexicons)
            return parse(text, self._analyzer, today=self._today(), limits=self._limits, keep=keep)

    def _opened(self, searcher: Searcher, generation: Generation) -> Opened:
        """What is derived from the open generation; two threads may make it at once, one of them in vain."""
        if self._derived is None or self._derived.searcher is not searcher:
            self._derived = Opened(searcher, generation, self._analyzer, lambda text: self.parsed(text).tree)
        return self._derived

    def _reading(self, opened: Opened, ask: Ask, response: Response, deadline: Deadline) -> Chosen | None:
        """Another reading of the query worth telling; filters say nothing of how it was written."""
        if ask.verbatim or ask.cursor or not ask.text.strip() or response.timed_out:
            return None
        found = response.total
        try:
            if ask.filters() and not found:
                found = opened.count(ask.text, deadline)
            return opened.reading(ask.text, found, ask.keep, deadline)
        except OutOfTime:
            return None

    def _reached(self, tree: Node, counted: Sequence[WordStatistics], deadline: Deadline) -> Iterator[str]:
        """What to tell the reader of the limits that only the search could reach."""
        for word, own in zip(words(tree), counted, strict=True):
            if own.cut:
                yield f"«{word.text}» подходит ко многим словам; искались {self._limits.forms} самых частых."
        if deadline.passed:
            yield f"Поиск остановлен через {self._limits.seconds:g} с: показано то, что нашлось за это время."

    def close(self) -> None:
        """Stops watching and closes the generation when its last request ends."""
        self._live.close()


def _document(searcher: Searcher, doc_id: str) -> Document:
    found = searcher.documents([doc_id])
    if not found:
        raise NotFound(f"No document {doc_id!r}")
    return found[0]


def _found(
    searcher: Searcher, tree: Node, ask: Ask, after: Place | int | None, deadline: Deadline
) -> tuple[Response, Response | None]:
    """The page's full matches, and what fills it up when all full matches together are less than a page."""
    request = Request(
        tree,
        ask.filters(),
        ask.sort,
        (ask.page - 1) * ask.size,
        ask.size,
        _FACETS,
        timeline=True,
        fold=ask.fold,
        copies=ask.copies,
        after=after,
        deadline=deadline,
    )
    response = searcher.search(request)
    loose = relaxed(tree) if response.total < ask.size and not (ask.cursor or response.timed_out) else None
    if loose is None or (ask.copies and response.hits):
        return response, None
    lacking = dataclasses.replace(
        request,
        query=All((loose, Not(tree))),
        offset=max(0, request.offset - response.total + response.folded),
        limit=ask.size - len(response.hits),
        facets=(),
        timeline=False,
        words=False,
    )
    return response, searcher.search(lacking)
