"""Opens a generation with the engine that made it. An engine is imported when it is needed."""

from __future__ import annotations

from index.generations import Generation
from search.engines import Searcher

__all__ = ["open_searcher"]


def open_searcher(generation: Generation) -> Searcher:
    """A Searcher over *generation*. Raises IndexDamaged or IndexMismatch."""
    from search.engines.whoosh.searcher import WhooshSearcher

    return WhooshSearcher(generation.folder)
