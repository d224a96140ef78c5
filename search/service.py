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
from pathlib import Path

from index.documents import Document
from index.errors import NotFound, OutOfTime, RequestError, SlovoError
from index.generations import Generation
from index.text import Analyzer
from search.ask import DEPTH, Ask
from search.correct import Chosen
from search.cursor import encoded
from search.engines import Request, Response, Scored, Searcher
from search.explain import explained
from search.finding import Found, find
from search.highlight import merge
from search.limits import LIMITS, Deadline, Limits
from search.live import Live
from search.opened import Opened
from search.parse import Parsed, parse
from search.present import Presenter, marker_of
from search.query import Everything, Nothing
from search.relax import relaxed
from search.results import Answer, Hit, View
from search.similar import like
from search.suggest import Suggestion
from search.understood import understood

__all__ = ["DEPTH", "Ask", "Service", "View"]

# Every word that anyone typed or was shown is remembered; beyond this (200 MB) the memory of a server is begun anew.
# News of ten years have 460,000.
_FORMS = 600_000


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
        started = time.perf_counter()
        deadline = Deadline(self._limits.seconds)
        with self._live.reading() as (searcher, generation):
            found = find(searcher, self.parsed(ask.text, ask.keep), ask, deadline)
            chosen = self._reading(self._opened(searcher, generation), ask, found.response, deadline)
            if chosen and chosen.applied:
                found = find(searcher, self.parsed(chosen.reading.text, ask.keep), ask, deadline)
            hits = self._hits(found, searcher, generation, deadline)
            if ask.explain:
                hits = self._explained(hits, found, searcher, deadline)
            response, rest = found.response, found.rest
            warnings = tuple(found.warnings(self._limits, deadline))
            return Answer(
                query=understood(ask.text, found.parsed.tree, found.counted, chosen, warnings),
                total=response.total,
                relaxed=rest.total if rest else 0,
                folded=response.folded + (rest.folded if rest else 0),
                page=ask.page,
                size=ask.size,
                hits=hits,
                facets=response.facets,
                timeline=response.timeline,
                cursor=encoded(response.next, ask.sort),
                timed_out=found.timed_out,
                generation=generation.name,
                took_ms=(time.perf_counter() - started) * 1000,
            )

    def suggest(self, text: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """At most *limit* completions of the query *text*, best first; none when they take longer than the limit.

        Raises NoIndex, IndexMismatch.
        """
        deadline = Deadline(self._limits.seconds)
        with self._live.reading() as (searcher, generation):
            try:
                return tuple(self._opened(searcher, generation).suggest(text, limit, deadline))
            except OutOfTime:
                return ()

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
        tree = self.parsed(ask.text, ask.keep).tree
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
                title_marks = merge(marker.found(title, "title"))
                return View(document, title_marks, merge(marker.found(body, "text")))
            except OutOfTime:
                return View(document, (), ())

    def parsed(self, text: str, keep: Sequence[str] = ()) -> Parsed:
        """The query tree of *text*, by this service's analysis; words of *keep* are not expanded. Empty: everything."""
        if not text.strip():
            return Parsed(Everything())
        with self._analysing:
            if self._analyzer.size > _FORMS:
                self._analyzer = Analyzer(lexicons=self._lexicons)
            return parse(text, self._analyzer, today=self._today(), limits=self._limits, keep=keep)

    def _opened(self, searcher: Searcher, generation: Generation) -> Opened:
        """What is derived from the open generation; two threads may make it at once, one of them in vain."""
        if self._derived is None or self._derived.searcher is not searcher:
            self._derived = Opened(searcher, generation, self._analyzer, lambda words: self.parsed(words).tree)
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

    def _hits(self, found: Found, searcher: Searcher, generation: Generation, deadline: Deadline) -> tuple[Hit, ...]:
        """The hits of the page, marked: full matches, then those that lack a word."""
        weights = [math.log(1 + generation.documents / (1 + word.documents)) for word in found.counted]
        with self._analysing:
            marker = marker_of(found.parsed.tree, self._analyzer, found.response.words, deadline)
            present = Presenter(searcher, self._analyzer, marker, weights, deadline)
            return present.hits(found.response.hits, found.partial)

    def _explained(self, hits: Sequence[Hit], found: Found, searcher: Searcher, deadline: Deadline) -> tuple[Hit, ...]:
        """*hits* with what their scores are made of, as many as there is time for."""
        full = {scored.id for scored in found.response.hits}
        trees = {True: found.parsed.tree, False: found.loose or found.parsed.tree}
        told: list[Hit] = []
        try:
            collections = {whole: searcher.collection(tree, deadline) for whole, tree in trees.items()}
            for hit, document in zip(hits, searcher.documents([hit.id for hit in hits]), strict=True):
                tree, collection = trees[hit.id in full], collections[hit.id in full]
                with self._analysing:
                    sum_of = explained(tree, document, hit.score, collection, self._analyzer, deadline=deadline)
                told.append(dataclasses.replace(hit, explanation=sum_of))
        except OutOfTime:
            told += hits[len(told) :]
        return tuple(told)

    def close(self) -> None:
        """Stops watching and closes the generation when its last request ends."""
        self._live.close()


def _document(searcher: Searcher, doc_id: str) -> Document:
    found = searcher.documents([doc_id])
    if not found:
        raise NotFound(f"No document {doc_id!r}")
    return found[0]
