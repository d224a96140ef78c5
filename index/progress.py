"""Progress of a long run on stderr: a bar with rate and time left on a terminal, a plain line now and then when piped.

Rejections are named as they come, so that a run that is stopped has still said what it met.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from index.documents import Document, Rejection

__all__ = ["Progress"]

# Often enough to see that it lives, seldom enough for a log.
_EVERY = 10.0


class Progress:
    """A context manager; ``follow`` counts what passes, ``bytes`` is told how far the reader is."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._bar: Bar | None = None
        self._done = self._total = self._count = 0
        self._started = self._said = time.monotonic()

    def __enter__(self) -> Progress:
        if self._console.is_terminal:
            columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
            self._bar = Bar(*columns, console=self._console, transient=True)
            self._bar.add_task("")
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def bytes(self, done: int, total: int) -> None:
        """How many bytes of the sources were read, of how many."""
        self._done, self._total = done, total

    def follow(self, items: Iterable[Document | Rejection]) -> Iterator[Document | Rejection]:
        """*items* as they are; names each rejection, shows how far the run is."""
        for self._count, item in enumerate(items, start=1):
            if isinstance(item, Rejection):
                self._console.print(f"rejected: {item}", style="yellow", markup=False, soft_wrap=True)
            if self._count % 500 == 0:
                self._show()
            yield item

    def _show(self) -> None:
        now = time.monotonic()
        elapsed = now - self._started
        text = f"{self._count:,} documents, {self._count / elapsed:,.0f}/s"
        if self._bar:
            task = self._bar.task_ids[0]
            self._bar.update(task, completed=self._done, total=self._total or None, description=text)
        elif now - self._said >= _EVERY:
            self._said = now
            left = elapsed * (self._total - self._done) / self._done if self._done else 0.0
            print(f"{text}, about {left:,.0f} s left", file=sys.stderr, flush=True)
