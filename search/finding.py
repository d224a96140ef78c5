"""One query put to an engine: its full matches, what fills a short page, and which limits were reached."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search.ask import Ask
from search.engines import Response, Scored, Searcher, WordStatistics
from search.limits import Deadline, Limits
from search.parse import Parsed
from search.query import All, Node, Not, words
from search.relax import relaxed

__all__ = ["Found", "find"]


@dataclass(frozen=True, slots=True)
class Found:
    """What an engine answered to a *parsed* query. ``rest``: documents that lack a word of it, found by ``loose``."""

    parsed: Parsed
    response: Response
    loose: Node | None = None
    rest: Response | None = None

    @property
    def partial(self) -> tuple[Scored, ...]:
        """The hits of the page that lack a word."""
        return self.rest.hits if self.rest else ()

    @property
    def timed_out(self) -> bool:
        """Whether the time of the query was over before everything was found."""
        return self.response.timed_out or (self.rest is not None and self.rest.timed_out)

    @property
    def counted(self) -> Sequence[WordStatistics]:
        """Those of the words of the tree. Out of time no word was counted, and all weigh the same."""
        return self.response.words or [WordStatistics((), 0)] * len(words(self.parsed.tree))

    def warnings(self, limits: Limits, deadline: Deadline) -> Iterator[str]:
        """What to tell the reader: what the parser has to say, and the limits that only the search could reach."""
        yield from self.parsed.warnings
        for word, own in zip(words(self.parsed.tree), self.counted, strict=True):
            if own.cut:
                yield f"«{word.text}» подходит ко многим словам; искались {limits.forms} самых частых."
        if deadline.passed:
            yield f"Поиск остановлен через {limits.seconds:g} с: показано то, что нашлось за это время."


def find(searcher: Searcher, parsed: Parsed, ask: Ask, deadline: Deadline) -> Found:
    """The page's full matches, and what fills it up when all full matches together are less than a page."""
    request = ask.request(parsed.tree, deadline)
    response = searcher.search(request)
    loose = relaxed(parsed.tree) if response.total < ask.size and not (ask.cursor or response.timed_out) else None
    if loose is None or (ask.copies and response.hits):
        return Found(parsed, response)
    if response.total:
        loose = All((loose, Not(parsed.tree)))
    lacking = dataclasses.replace(
        request,
        query=loose,
        offset=max(0, request.offset - response.total + response.folded),
        limit=ask.size - len(response.hits),
        facets=(),
        timeline=False,
        words=False,
    )
    return Found(parsed, response, loose, searcher.search(lacking))
