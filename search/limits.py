"""How much one query may ask of the machine: what is beyond is left out, and the reader is told.

Limits are settings, read once and passed in. Of time there is one Deadline for a whole answer: whoever does something
long asks it in between, and is stopped by an exception that the engine turns into what it has found by then.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from index.errors import OutOfTime
from index.settings import Settings

__all__ = ["LIMITS", "NEVER", "Deadline", "Limits"]


_DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a query: its characters and words, how deep it nests, the forms of a pattern, and seconds."""

    characters: int = _DEFAULTS.max_characters
    words: int = _DEFAULTS.max_words
    depth: int = _DEFAULTS.max_depth
    forms: int = _DEFAULTS.max_forms
    seconds: float = _DEFAULTS.max_seconds

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Those of *settings*."""
        return cls(
            settings.max_characters, settings.max_words, settings.max_depth, settings.max_forms, settings.max_seconds
        )


LIMITS = Limits()


class Deadline:
    """The moment *seconds* from now by which an answer must be ready; *clock* counts them."""

    __slots__ = ("_clock", "_end")

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    @property
    def passed(self) -> bool:
        """Whether it is over."""
        return self._clock() >= self._end

    def check(self) -> None:
        """Raises OutOfTime when it is over. 0.1 microseconds: cheap beside any posting list."""
        if self._clock() >= self._end:
            raise OutOfTime("the time for this query is over")


NEVER = Deadline(math.inf)
