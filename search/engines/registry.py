"""Opens a generation with the engine that made it. An engine is imported when it is needed."""

from __future__ import annotations

from index.generations import Generation
from search.engines import Searcher

__all__ = ["open_searcher", "warm_up"]


def open_searcher(generation: Generation) -> Searcher:
    """A Searcher over *generation*. Raises IndexDamaged or IndexMismatch."""
    from search.engines.whoosh.searcher import WhooshSearcher

    return WhooshSearcher(generation.folder)


def warm_up() -> None:
    """Compiles what the engine compiles on first use, so that no reader waits for it: half a second, 15-30 s once."""
    from search.engines.whoosh.warm import warm_up as compile_loops

    compile_loops()
