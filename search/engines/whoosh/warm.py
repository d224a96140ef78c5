"""Compiles every loop of the searcher before anybody waits for it: ``python -m search.engines.whoosh.warm``.

Writes an index of a few documents to a temporary folder and asks it one of everything. 15 to 30 s the first time, half
a second when the machine code is kept already.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index.build import records
from index.documents import Document
from index.engines.whoosh.writer import Writer
from index.generations import Store
from index.text import Analyzer, Lemma, entries
from index.text.strings import Forms
from search.engines import Request
from search.engines.whoosh import arrays
from search.engines.whoosh.searcher import WhooshSearcher
from search.query import All, Any, Between, Fuzzy, Keyword, Near, Node, Not, Phrase, SameSentence, Wildcard, Word

__all__ = ["warm_up"]


def warm_up() -> float:
    """Compiles what is not compiled yet; returns the seconds it took."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        searcher = WhooshSearcher(_written(Path(folder)))
        for tree in _trees():
            for sort in ("relevance", "-date"):
                searcher.search(Request(tree, sort=sort, facets=("source", "tag", "author"), timeline=True))
        searcher.search(Request(next(_trees()), fold=True))
        searcher.vocabulary("с", 1)
        searcher.forms.neighbours("слава", budget=200, limit=1)
        searcher.forms.completions("сл", budget=0, limit=1)
        searcher.close()
    # A few documents never fill the table of raw strings, nor have they a form that is no plain word.
    entries.rehash(np.zeros(2, np.uint32), 1, np.zeros(2, np.uint64))
    forms = Forms()
    forms.number("как-то")
    forms.settle()
    docs, scores = np.zeros(1, np.int32), np.zeros(1, np.float32)
    arrays.both(docs, scores, docs, scores, docs, scores)
    # A column has the narrowest type for its values, so the counting loop is compiled for each.
    for narrow in (np.uint8, np.uint16, np.uint32):
        values = np.zeros(1, narrow)
        values.setflags(write=False)
        arrays.tally(np.zeros(1, np.int32), np.array([0, 1], np.uint32), values, np.zeros(1, np.int64))
    return time.perf_counter() - started


def _written(folder: Path) -> Path:
    """The folder of an index in two segments with something deleted, so that every path is taken."""
    analyzer = Analyzer()
    store = Store(folder)
    day = dt.date(2024, 1, 1)
    generation = None
    for run, deleted in (("ab", ""), ("c", "a")):
        documents = [Document(name, "Слово", "Слово слово. Два слова.", day, "", "с", ("а",), ("т",)) for name in run]
        with store.writing():
            writer = Writer(store.begin(generation), analyzer, memory_mb=16, jobs=1)
            for record in records(documents, analyzer):
                writer.add(record)
            for name in deleted:
                writer.delete(name)
            generation = writer.publish()
    assert generation is not None
    return generation.folder


def _trees() -> Iterator[Node]:
    one, two = (Word(form, form, (Lemma(form, 1.0),), optional=form == "два") for form in ("слово", "два"))
    yield from (
        one,
        Word("слово", "слово", (Lemma("слово", 0.5), Lemma("два", 0.5))),  # forms of two lists
        All((one, two)),
        All((one, one)),
        Any((one, one)),
        Any((one, one, one)),
        Any((one, two), implied=True),
        Phrase((one, one)),
        Phrase((Any((one, two)), one)),
    )
    yield from (Near((one, one), 1), SameSentence((one, one)), Wildcard("с*о", "с*о"), Fuzzy("слава", "слава", 1))
    yield from (All((one, Not(two))), Keyword("tag", ("т",)), Between(dt.date(2023, 1, 1), None))


if __name__ == "__main__":
    print(f"Search loops compiled in {warm_up():.1f} s", file=sys.stderr)
