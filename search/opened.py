"""What is derived from one open generation, on first use: words for corrections, suggestions, readings remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial

from index.errors import OutOfTime
from index.generations import Generation
from index.text import Analyzer
from search.correct import Chosen, IndexVocabulary, choose, looks_right, readings
from search.engines import Request, Searcher
from search.engines.meaning import demands
from search.limits import NEVER, Deadline
from search.phrases import TitlePhrases
from search.query import All, Node
from search.suggest import Suggester, Suggestion

__all__ = ["Opened"]

# Queries whose other readings are remembered, for their next pages and for other readers; some 500 bytes each.
_REMEMBERED = 2_048
# Completions whose documents are remembered; some 200 bytes each.
_COUNTED = 16_384
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
        self._counted: dict[str, int] = {}
        self._readings: dict[tuple[str, int, tuple[str, ...]], Chosen | None] = {}

    def count(self, text: str, deadline: Deadline = NEVER) -> int:
        """How many documents the query *text* finds. Raises OutOfTime."""
        tree = self._parse(text)
        required = demands(tree.parts)[0] if isinstance(tree, All) else ()
        # What only scores narrows nothing, and no order is wanted: half the time of a search.
        tree = All(tuple(required)) if len(required) > 1 else required[0] if required else tree
        request = Request(tree, sort="-date", limit=0, words=False, deadline=deadline)
        response = self.searcher.search(request)
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
            others = [] if right else readings(text, self._vocabulary, keep=keep, deadline=deadline)
            known[key] = choose(found, others, partial(self.count, deadline=deadline))
        return known[key]

    def suggest(self, text: str, limit: int, deadline: Deadline = NEVER) -> list[Suggestion]:
        """See search.suggest.Suggester.suggest."""
        return self._suggester.suggest(text, limit, deadline)

    def _completed(self, text: str, deadline: Deadline = NEVER) -> int:
        """``count``, remembered: what is typed goes on, and so do many of its completions."""
        counted = self._counted
        if text not in counted:
            if len(counted) >= _COUNTED:
                counted = self._counted = {}
            counted[text] = self.count(text, deadline)
        return counted[text]

    def _lemma(self, form: str) -> str:
        return self.searcher.forms.lemma_of(form) or form

    @cached_property
    def _vocabulary(self) -> IndexVocabulary:
        return IndexVocabulary(self.searcher, self._analyzer, self.generation.documents)

    @cached_property
    def _suggester(self) -> Suggester:
        phrases = TitlePhrases(self.searcher, self._completed, self._lemma)
        return Suggester(self._vocabulary, phrases=phrases, count=self._completed)
