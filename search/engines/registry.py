"""Opens a generation with the engine that made it. An engine is imported when it is needed."""

from __future__ import annotations

from functools import cache

from index.generations import Generation
from search.engines import Searcher

__all__ = ["open_searcher", "warm_up"]


def open_searcher(generation: Generation) -> Searcher:
    """A Searcher over *generation*. Raises IndexDamaged or IndexMismatch.

    The first of a process is compiled before it is handed out: what a query may take must not go to compiling.
    """
    from search.engines.whoosh.searcher import WhooshSearcher

    warm_up()
    return WhooshSearcher(generation.folder)


@cache
def warm_up() -> None:
    """Compiles what the engine compiles on first use, so that no reader waits for it: half a second, 15-30 s once.

    Once for a process and for those that it forks.
    """
    from search.engines.whoosh.warm import warm_up as compile_loops

    compile_loops()
