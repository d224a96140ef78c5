"""Answers questions over whatever generation is published, while new ones come and old ones go.

    Ask -> parsed -> Searcher -> page of hits -> stored texts -> marks and snippets -> Answer

A thread looks at INDEX/CURRENT twice a second; a new generation is opened beside the old one, which is closed when its
last request ends. One that cannot be opened is reported, and the old one goes on serving. Knows nothing of HTTP.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.documents import Document
from index.errors import IndexMismatch, NoIndex, NotFound, RequestError, SlovoError
from index.generations import Generation, Store
from index.text import Analyzer
from search.engines import Request, Response, Scored, Searcher, Sort, WordStatistics
from search.engines.registry import open_searcher
from search.highlight import Marker, merge
from search.parse import Parsed, parse
from search.query import Between, Everything, Keyword, Node, Nothing, words
from search.results import Answer, AskedWord, Hit, Mark, Understood
from search.snippets import snippets

__all__ = ["DEPTH", "Ask", "Service", "View"]

log = logging.getLogger("slovo.search")

# How far a reader can page; beyond it a program wants an export.
DEPTH = 10_000
_LOOK_EVERY = 0.5
_FACETS = ("source", "tag", "author")


@dataclass(frozen=True, slots=True)
class Ask:
    """What a page of results was asked for. ``page`` counts from 1; dates are included."""

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
        named = {"source": self.sources, "tag": self.tags, "author": self.authors}
        nodes: list[Node] = [Keyword(field, values) for field, values in named.items() if values]
        if self.first or self.last:
            nodes.append(Between(self.first, self.last))
        return tuple(nodes)


@dataclass(frozen=True, slots=True)
class View:
    """A whole document with what a query matches in it; marks are code points of ``title`` and ``text``."""

    document: Document
    title_marks: tuple[Mark, ...]
    text_marks: tuple[Mark, ...]


class _Reader:
    """One open generation and how many requests use it."""

    def __init__(self, generation: Generation, searcher: Searcher) -> None:
        self.generation = generation
        self.searcher = searcher
        self.users = 0
        self.retired = False


class Service:
    """Safe to share between threads. Opens what is published in *folder*, if anything, and goes on watching it."""

    def __init__(
        self, folder: Path, *, lexicons: Sequence[Path] = (), today: Callable[[], dt.date] = dt.date.today
    ) -> None:
        self._store = Store(folder)
        self._analyzer = Analyzer(lexicons=lexicons)
        self._analysing = threading.Lock()
        self._today = today
        self._lock = threading.Lock()
        self._reader: _Reader | None = None
        self._fault: SlovoError | None = None
        self._seen: tuple[int, int] | None = None
        self._stop = threading.Event()
        self._look()
        self._thread = threading.Thread(target=self._watch, name="slovo-generations", daemon=True)
        self._thread.start()

    @property
    def generation(self) -> Generation | None:
        """The generation being served."""
        reader = self._reader
        return reader.generation if reader else None

    @property
    def fault(self) -> SlovoError | None:
        """Why the newest published generation is not the one being served; None when it is."""
        return self._fault

    def answer(self, ask: Ask) -> Answer:
        """The page of results for *ask*. Raises NoIndex, IndexMismatch, RequestError."""
        if ask.page * ask.size > DEPTH:
            raise RequestError("page", f"only the first {DEPTH:,} hits can be paged through")
        started = time.perf_counter()
        parsed = self.parsed(ask.text)
        tree = parsed.tree
        if isinstance(tree, Nothing) and not ask.text.strip() and ask.filters():
            tree = Everything()
        with self.reading() as (searcher, generation):
            offset = (ask.page - 1) * ask.size
            request = Request(tree, ask.filters(), ask.sort, offset, ask.size, _FACETS, timeline=True)
            response = searcher.search(request)
            hits = self._hits(searcher, response, tree, generation.documents)
            understood = _understood(ask.text, parsed, tree, response.words)
            took = (time.perf_counter() - started) * 1000
            return Answer(
                understood,
                response.total,
                ask.page,
                ask.size,
                took,
                generation.name,
                hits,
                response.facets,
                response.timeline,
            )

    def ranked(self, text: str, depth: int) -> tuple[Scored, ...]:
        """The best *depth* documents for the query *text*, ids and scores only: for evaluation."""
        tree = self.parsed(text).tree
        with self.reading() as (searcher, _):
            return searcher.search(Request(tree, limit=depth)).hits

    def view(self, doc_id: str, text: str = "") -> View:
        """The document, with the matches of the query *text* marked. Raises NotFound, NoIndex."""
        tree = self.parsed(text).tree
        with self.reading() as (searcher, _):
            found = searcher.documents([doc_id])
        if not found:
            raise NotFound(f"No document {doc_id!r}")
        document = found[0]
        with self._analysing:
            marker = Marker(tree, self._analyzer)
            title, body = self._analyzer.tokens(document.title), self._analyzer.tokens(document.text)
            title_marks = merge(title, marker.found(title, "title"))
            return View(document, title_marks, merge(body, marker.found(body, "text")))

    def parsed(self, text: str) -> Parsed:
        """The query tree of *text*, by this service's analysis."""
        with self._analysing:
            return parse(text, self._analyzer, today=self._today())

    @contextlib.contextmanager
    def reading(self) -> Iterator[tuple[Searcher, Generation]]:
        """The current generation, kept open until the block ends, whatever is published meanwhile."""
        with self._lock:
            reader = self._reader
            if reader is None:
                raise self._fault or NoIndex(f"No index in {self._store.folder}")
            reader.users += 1
        try:
            yield reader.searcher, reader.generation
        finally:
            with self._lock:
                reader.users -= 1
                close = reader.retired and not reader.users
            if close:
                reader.searcher.close()

    def close(self) -> None:
        """Stops watching and closes the generation; requests must have ended."""
        self._stop.set()
        self._thread.join()
        self._swap(None)

    def _hits(self, searcher: Searcher, response: Response, tree: Node, documents: int) -> tuple[Hit, ...]:
        scores = {scored.id: scored.score for scored in response.hits}
        weights = [math.log(1 + documents / (1 + word.documents)) for word in response.words]
        with self._analysing:
            marker = Marker(tree, self._analyzer)
            return tuple(
                self._hit(document, scores[document.id], marker, weights)
                for document in searcher.documents(list(scores))
            )

    def _hit(self, document: Document, score: float, marker: Marker, weights: Sequence[float]) -> Hit:
        title, body = self._analyzer.tokens(document.title), self._analyzer.tokens(document.text)
        passages = snippets(document.text, body, marker.found(body, "text"), weights, title=document.title)
        return Hit(
            id=document.id,
            title=document.title,
            title_marks=merge(title, marker.found(title, "title")),
            url=document.url,
            source=document.source,
            date=document.date,
            score=score,
            snippets=passages,
        )

    def _watch(self) -> None:
        while not self._stop.wait(_LOOK_EVERY):
            self._look()

    def _look(self) -> None:
        """Opens the published generation when it is another than the one being served."""
        try:
            status = self._store.pointer.stat()
            stamp = (status.st_ino, status.st_mtime_ns)
            if stamp == self._seen:
                return
            generation = self._store.current()
            if self.generation is None or generation.name != self.generation.name:
                self._swap(_Reader(generation, self._opened(generation)))
                log.info("serving generation %s, %d documents", generation.name, generation.documents)
            self._seen, self._fault = stamp, None
        except FileNotFoundError:
            self._fault = NoIndex(f"No index in {self._store.folder}. Run: python reindex.py DOCUMENTS")
        except SlovoError as error:
            if str(error) != str(self._fault):
                log.error("cannot open the published generation: %s", error)
            self._fault = error

    def _opened(self, generation: Generation) -> Searcher:
        made, used = generation.versions.get("analysis"), self._analyzer.fingerprint
        if made != used:
            raise IndexMismatch(
                f"{generation.folder} was built with analysis {made}, this program uses {used}. Run: python reindex.py"
            )
        return open_searcher(generation)

    def _swap(self, reader: _Reader | None) -> None:
        with self._lock:
            old, self._reader = self._reader, reader
            if old:
                old.retired = True
            close = old is not None and not old.users
        if old and close:
            old.searcher.close()


def _understood(text: str, parsed: Parsed, tree: Node, statistics: Sequence[WordStatistics]) -> Understood:
    asked = []
    for leaf, counted in zip(words(tree), statistics, strict=True):
        lemmas = tuple(lemma.text for lemma in getattr(leaf, "lemmas", ()))
        asked.append(AskedWord(leaf.text, leaf.start, leaf.end, lemmas, counted.forms, counted.documents))
    return Understood(text, tuple(asked), parsed.warnings)
