"""What the rules of lemmas work on: a form on its way to its lemmas, and the shape of a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from index.text.dictionary import Reading
from index.text.lexicon import Lexicon

__all__ = ["Rule", "Scores", "Word"]

Scores = dict[str, float]


@dataclass(slots=True)
class Word:
    """A form on its way: ``known`` to the dictionary or not, with the readings that no rule has dropped yet.

    ``tags``: the grammemes that any of the readings has.
    """

    form: str
    lower: str
    shape: str
    lexicon: Lexicon
    known: bool = False
    readings: list[Reading] = field(default_factory=list)
    tags: frozenset[str] = frozenset()

    @property
    def is_capitalised(self) -> bool:
        return self.shape != "lower"


class Rule(NamedTuple):
    """``apply`` returns True when the word is settled and no further rule is to look at it.

    A rule with ``needs`` looks only at words that have one of these among their tags.
    """

    name: str
    reason: str
    apply: Callable[[Word, Scores], bool | None]
    needs: frozenset[str] = frozenset()
