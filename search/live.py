"""Keeps the published generation open while new ones come and old ones go.

A thread looks at INDEX/CURRENT twice a second; a new generation is opened beside the old one, which is closed when its
last request ends. One that cannot be opened is reported, and the old one goes on serving. What an engine derives from
its files on first use is derived by that thread, so that no reader waits for it: 0.3 s for 175,000 documents.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

from index.errors import IndexMismatch, NoIndex, SlovoError
from index.generations import Generation, Store
from index.text import Lemma
from search.engines import Request, Searcher
from search.engines.registry import open_searcher
from search.query import All, Everything, Phrase, SameSentence, Word

__all__ = ["Live"]

log = logging.getLogger("slovo.search")

# The design promises a second between publishing and serving; opening takes milliseconds.
_LOOK_EVERY = 0.5


_WORD = Word("и", "и", (Lemma("и", 1.0),))
# Between them they need norms for short and for long queries, columns, dates, places, sentences, ids.
_FIRST = (
    Request(Everything(), sort="-date", limit=1, facets=("source", "tag", "author"), timeline=True),
    Request(Phrase((_WORD, _WORD)), limit=1, fold=True),
    Request(SameSentence((_WORD, _WORD)), limit=1),
    Request(All((_WORD,) * 5), limit=1),
)


class _Reader:
    """One open generation and how many requests use it."""

    def __init__(self, generation: Generation, searcher: Searcher) -> None:
        self.generation = generation
        self.searcher = searcher
        self.users = 0
        self.retired = False


class Live:
    """The generation being served; safe to share between threads.

    *fingerprint* is that of the analysis that queries will meet: an index of another is refused, never searched.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._store = Store(folder)
        self._fingerprint = fingerprint
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

    @contextlib.contextmanager
    def reading(self) -> Iterator[tuple[Searcher, Generation]]:
        """The current generation, kept open until the block ends, whatever is published meanwhile.

        Raises what keeps it from being opened: NoIndex, IndexMismatch, IndexDamaged.
        """
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
        """Stops watching and closes the generation when its last request ends."""
        self._stop.set()
        self._thread.join()
        self._swap(None)

    def _watch(self) -> None:
        while not self._stop.wait(_LOOK_EVERY):
            try:
                self._look()
            except Exception:  # what nobody foresaw must not end the watch: the next generation may be sound
                log.exception("looking for a new generation failed")

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
        made = generation.versions.get("analysis")
        if made != self._fingerprint:
            raise IndexMismatch(
                f"{generation.folder} was built with analysis {made}, this program uses {self._fingerprint}."
                " Run: python reindex.py"
            )
        return _warmed(open_searcher(generation))

    def _swap(self, reader: _Reader | None) -> None:
        with self._lock:
            old, self._reader = self._reader, reader
            if old:
                old.retired = True
            close = old is not None and not old.users
        if old and close:
            old.searcher.close()


def _warmed(searcher: Searcher) -> Searcher:
    """*searcher* after the first questions; raises IndexDamaged when these find it so."""
    try:
        for request in _FIRST:
            searcher.documents([hit.id for hit in searcher.search(request).hits])
        searcher.forms.neighbours("слава", budget=100, limit=1)
        searcher.forms.lemma_of(_WORD.form)
    except SlovoError:
        searcher.close()
        raise
    return searcher
