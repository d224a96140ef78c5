"""Which engines there are, by the name that settings use. An engine is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable

from index.engines import IndexWriter
from index.generations import Draft
from index.settings import Settings
from index.text import Analyzer

__all__ = ["ENGINES", "writer_factory"]

ENGINES = ("whoosh",)


def writer_factory(settings: Settings) -> Callable[[Draft, Analyzer], IndexWriter]:
    """How to open a writer of the engine that *settings* name."""
    from index.engines.whoosh.writer import Writer

    def open_writer(draft: Draft, analyzer: Analyzer) -> IndexWriter:
        return Writer(draft, analyzer, memory_mb=settings.memory_mb, jobs=settings.jobs)

    return open_writer
