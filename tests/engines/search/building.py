"""Real indexes on disk for tests: written by the product's own writer, opened by its own searcher."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.build import records
from index.documents import Document
from index.engines.whoosh.writer import Writer
from index.generations import Store
from index.text import Analyzer
from search.engines.whoosh.searcher import WhooshSearcher


@dataclass(frozen=True)
class Run:
    """One run of the writer: each makes a segment, until they are merged."""

    added: Sequence[Document] = ()
    deleted: Sequence[str] = ()


def write(folder: Path, runs: Iterable[Run], analyzer: Analyzer) -> Path:
    """The folder of the generation that *runs* lead to."""
    store = Store(folder)
    generation = None
    for run in runs:
        with store.writing():
            writer = Writer(store.begin(generation), analyzer, memory_mb=64, jobs=1)
            for record in records(run.added, analyzer):
                writer.add(record)
            for doc_id in run.deleted:
                writer.delete(doc_id)
            generation = writer.publish()
    assert generation is not None
    return generation.folder


@contextlib.contextmanager
def opened(runs: Iterable[Run], analyzer: Analyzer) -> Iterator[WhooshSearcher]:
    """A searcher over the index that *runs* lead to."""
    with tempfile.TemporaryDirectory() as folder:
        searcher = WhooshSearcher(write(Path(folder), runs, analyzer))
        try:
            yield searcher
        finally:
            searcher.close()
