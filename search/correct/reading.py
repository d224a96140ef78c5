"""What corrections produce: candidates for one word, and readings of a whole query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Candidate", "Kind", "Reading", "Replaced"]

Kind = Literal["spelling", "layout", "translit", "split"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another writing of a word or a stretch of the query. ``score``: natural logarithm of how likely it was meant."""

    text: str
    kind: Kind
    score: float


@dataclass(frozen=True, slots=True)
class Replaced:
    """``old`` at ``start``..``end`` of the query as typed (half-open, code points) read as ``new``."""

    start: int
    end: int
    old: str
    new: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole query with only its wrong words replaced; operators, quotes and blanks are as typed.

    ``kind`` is that of the first replaced word. ``sure``: no replaced word as typed is one of the index or of the
    dictionary, or the new one is found incomparably more often, so that it may be answered without asking.
    """

    text: str
    kind: Kind
    replaced: tuple[Replaced, ...]
    score: float
    sure: bool

    @classmethod
    def of(cls, query: str, replaced: tuple[Replaced, ...], *, score: float, sure: bool) -> Reading:
        """The reading of *query* with *replaced*, which are in order, do not overlap and are not none."""
        return cls(_rewritten(query, replaced), replaced[0].kind, replaced, score, sure)

    def without(self, query: str, undone: Replaced) -> str:
        """The text of this reading of *query* with one word left as typed."""
        return _rewritten(query, tuple(word for word in self.replaced if word != undone))


def _rewritten(query: str, replaced: tuple[Replaced, ...]) -> str:
    pieces, at = [], 0
    for word in replaced:
        pieces += [query[at : word.start], word.new]
        at = word.end
    return "".join(pieces) + query[at:]
