"""What one search knows of its words: what each weighs over all segments, and the reading of their lists in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from search.engines.meaning import Fields, Leaf
from search.engines.whoosh.batch import Batch
from search.engines.whoosh.parts import Found, Met, Scratch
from search.engines.whoosh.reader import Reader
from search.limits import Deadline
from search.ranking import Saturation

__all__ = ["Asked", "AskedWords"]

# A word where it stands in a tree: the node itself, not what it says, which takes longer to compare than to search.
_Key = tuple[int, Fields]


@dataclass(slots=True)
class Asked:
    """What one search knows: its words, those that a reader typed, and what each that adds to a score weighs."""

    words: list[Leaf]
    typed: list[Leaf]
    form: Saturation
    scratch: Scratch
    deadline: Deadline
    met: dict[_Key, Met] = field(default_factory=dict)

    def of(self, leaf: Leaf) -> Met:
        """A word that only narrows (in a filter, under a Not) weighs nothing, and is taken for a common one."""
        return self.met.get((id(leaf.term), leaf.fields), _NARROWS)


_NARROWS = Met(1 << 31, 0.0)


class AskedWords:
    """The words of a query in one segment: see evaluate.Words."""

    def __init__(self, reader: Reader, asked: Asked) -> None:
        self._reader, self._asked, self.met = reader, asked, asked.of

    def any(self, leaves: Sequence[Leaf]) -> Found:
        asked = self._asked
        return self._reader.united(self._batch(leaves), asked.form, asked.scratch)

    def all(self, found: Found | None, leaves: Sequence[Leaf], required: int) -> Found:
        asked = self._asked
        return self._reader.joined(found, self._batch(leaves), required, asked.form, asked.scratch)

    def _batch(self, leaves: Sequence[Leaf]) -> Batch:
        return Batch.of([(self._reader.word(leaf.term), leaf.fields, self.met(leaf).weight) for leaf in leaves])
