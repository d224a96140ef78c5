"""Neighbours of a form among words held in memory, one by one: what near means, for the model and for tests.

Hundreds of microseconds a word; search/engines/whoosh/neighbours.py gives the same over an index, fast.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from search.correct import slips
from search.engines import Completion, Neighbour

__all__ = ["COST_OF_E", "PlainNeighbours"]

# A factor e in documents outweighs this much in cost: what makes 100 about a slip in 150 words.
COST_OF_E = 20


class PlainNeighbours:
    """Meets Neighbours over *documents*: lower-case form -> documents. *lemma* gives a form's likeliest lemma."""

    def __init__(self, documents: Mapping[str, int], lemma: Callable[[str], str]) -> None:
        self._documents = documents
        self._lemma = lemma

    @property
    def size(self) -> int:
        """See Neighbours."""
        return len(self._documents)

    def documents_with(self, form: str) -> int:
        """See Neighbours."""
        return self._documents.get(form, 0)

    def lemma_of(self, form: str) -> str | None:
        """See Neighbours."""
        return self._lemma(form) if form in self._documents else None

    def neighbours(self, form: str, *, budget: int, limit: int) -> list[Neighbour]:
        """See Neighbours."""
        if not 0 < len(form) <= slips.LONGEST:
            return []
        priced = ((word, documents, slips.cost(form, word)) for word, documents in self._documents.items())
        found = [Neighbour(word, documents, cost) for word, documents, cost in priced if cost <= budget]
        return sorted(found, key=lambda near: (near.cost / COST_OF_E - math.log(near.documents + 1), near.form))[:limit]

    def completions(self, beginning: str, *, budget: int, limit: int) -> list[Completion]:
        """See Neighbours."""
        weights: dict[str, dict[str, float]] = {}
        for word, documents in self._documents.items() if 0 < len(beginning) <= slips.LONGEST else ():
            cost = min(slips.cost(beginning, word[:end]) for end in range(1, len(word) + 1))
            if cost <= budget:
                weights.setdefault(self._lemma(word), {})[word] = documents * math.exp(-cost / COST_OF_E)
        found = [
            Completion(lemma, max(forms, key=lambda form: forms[form]), sum(forms.values()))
            for lemma, forms in weights.items()
        ]
        return sorted(found, key=lambda each: (-each.weight, each.lemma))[:limit]
