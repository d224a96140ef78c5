"""What is derived from one open generation, on first use: words for corrections, suggestions, readings remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial

from index.errors import OutOfTime
from index.generations import Generation
from index.text import Analyzer
from search.correct import Chosen, IndexVocabulary, choose, looks_right, readings
from search.engines import Request, Searcher
from search.limits import NEVER, Deadline
from search.phrases import TitlePhrases
from search.query import Node
from search.suggest import Suggester, Suggestion

__all__ = ["Opened"]

# Queries whose other readings are remembered, for their next pages and for other readers; some 500 bytes each.
_REMEMBERED = 2_048
# A query that finds this share of all documents needs no other reading.
_PLENTY = 0.02


class Opened:
    """The helpers of a service over *searcher*; *parse* makes a tree of a text. Threads may share it."""

    def __init__(
        self, searcher: Searcher, generation: Generation, analyzer: Analyzer, parse: Callable[[str], Node]
    ) -> None:
        self.searcher = searcher
        self.generation = generation
        self._analyzer = analyzer
        self._parse = parse
        self._readings: dict[tuple[str, int, tuple[str, ...]], Chosen | None] = {}

    def count(self, text: str, deadline: Deadline = NEVER) -> int:
        """How many documents the query *text* finds. Raises OutOfTime."""
        response = self.searcher.search(Request(self._parse(text), limit=0, words=False, deadline=deadline))
        if response.timed_out:
            raise OutOfTime(f"{text!r} is not counted yet")
        return response.total

    def reading(self, text: str, found: int, keep: Sequence[str], deadline: Deadline = NEVER) -> Chosen | None:
        """Another reading of *text*, which finds *found* documents, if there is one worth telling. Raises OutOfTime."""
        if found > _PLENTY * self.generation.documents:
            return None
        key, known = (text, found, tuple(keep)), self._readings
        if key not in known:
            if len(known) >= _REMEMBERED:
                known = self._readings = {}
            # A look at the words first: whole readings of a right query take a fifth of its answer's time.
            right = looks_right(text, self._vocabulary)
            others = [] if right else readings(text, self._vocabulary, keep=keep)
            known[key] = choose(found, others, partial(self.count, deadline=deadline))
        return known[key]

    def suggest(self, text: str, limit: int) -> list[Suggestion]:
        """See search.suggest.Suggester.suggest."""
        return self._suggester.suggest(text, limit)

    def _lemma(self, form: str) -> str:
        return self._analyzer.lemmas(form)[0].text

    @cached_property
    def _vocabulary(self) -> IndexVocabulary:
        return IndexVocabulary(self.searcher, self._analyzer)

    @cached_property
    def _suggester(self) -> Suggester:
        return Suggester(
            self._vocabulary, phrases=TitlePhrases(self.searcher, self.count, self._lemma), count=self.count
        )
