"""The searcher over segments of our own format: whole posting lists at a time, mapped files, no locks.

    Request -> words gathered in every segment -> their weights -> tree as sets -> order, facets, timeline, words

Everything held is immutable or a cache of derived things, so threads share it; what a search writes to is its own.
Memory: 8 bytes a document for each search that runs at the same time, and once for each saturation.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from index.documents import Document
from index.engines.whoosh.keywords import KEYWORDS
from index.engines.whoosh.segment import open_generation
from index.errors import OutOfTime
from index.records import FIELDS
from search.engines import Collection, Count, Entry, Neighbours, Place, Request, Response, WordStatistics
from search.engines.folding import WINDOW
from search.engines.meaning import Leaf, content_words, outlined, timeline
from search.engines.whoosh import words
from search.engines.whoosh.asked import Asked, AskedWords
from search.engines.whoosh.evaluate import Evaluation
from search.engines.whoosh.facets import Column, days
from search.engines.whoosh.nearness import nearer
from search.engines.whoosh.neighbours import NearForms
from search.engines.whoosh.order import behind, ranked
from search.engines.whoosh.page import Page, cut
from search.engines.whoosh.parts import Cache, Found, Met, Scratch
from search.engines.whoosh.reader import Reader
from search.engines.whoosh.terms import word_key
from search.limits import NEVER, Deadline
from search.query import Node, Word
from search.ranking import RANKING, Averages, Ranking, idf

__all__ = ["WhooshSearcher"]

_COLUMNS = 16
# Words whose number of documents is kept, 300 bytes each.
_KNOWN = 20_000
# Words whose forms are kept, 3 KB each, or 15 for a pattern: words of queries repeat, and spelling theirs takes 60 µs.
_TOLD = 2_000


class WhooshSearcher:
    """Answers over the generation in *folder*. Raises IndexDamaged or IndexMismatch when it cannot be opened."""

    def __init__(self, folder: Path, *, ranking: Ranking = RANKING) -> None:
        segments = open_generation(folder)
        self._ranking = ranking
        self._live = sum(segment.live_documents for segment in segments)
        title, text, _ = (sum(segment.live_totals[at] for segment in segments) for at in range(len(FIELDS)))
        size = max(1, self._live)
        self._averages = Averages(title=title / size, text=text / size)
        self._readers = [Reader(segment, self._averages, ranking) for segment in segments]
        self._columns = Cache(_COLUMNS)
        self._known = Cache(_KNOWN)
        self._statistics = Cache(_TOLD)
        self._scratches: deque[Scratch] = deque()

    def search(self, request: Request) -> Response:
        asked = self._asked(request.query, request.deadline)
        if isinstance(request.query, Word) and _only_counts(request):
            return self._counted(asked.words[0], asked)
        found, late = self._all_found(request, asked)
        page = self._page(request, found, asked, late=late)
        statistics, later = self._told(asked) if request.words and not late else ((), late)
        response = Response(
            hits=page.hits,
            folded=page.folded,
            next=None if late else page.next,
            total=sum(map(len, found)),
            words=statistics,
            facets={name: self._facet(name, found, request.facet_size) for name in request.facets},
            timeline=timeline(days(found, self._readers)) if request.timeline else (),
            timed_out=late or later,
        )
        # Given back only now: after an error it may not be clean.
        self._scratches.append(asked.scratch)
        return response

    @cached_property
    def forms(self) -> Neighbours:
        """See Searcher. Made when it is first asked for: opening must not wait for it."""
        return NearForms([reader.segment for reader in self._readers])

    def vocabulary(self, prefix: str, limit: int) -> list[Entry]:
        return words.vocabulary(prefix, limit, self._readers)

    def phrases(self, beginning: str, limit: int) -> list[Entry]:
        return words.phrases(beginning, limit, self._readers)

    def collection(self, query: Node, deadline: Deadline = NEVER) -> Collection:
        asked = self._asked(query, deadline)
        for leaf in asked.words:
            self._weigh(leaf, asked)
        self._scratches.append(asked.scratch)
        matching = (asked.of(leaf).documents for leaf in asked.words)
        kept = (words.kept(leaf.term, self._readers) for leaf in asked.words)
        return Collection(self._live, self._averages, tuple(matching), tuple(kept))

    def documents(self, ids: Sequence[str]) -> list[Document]:
        return words.documents(ids, self._readers)

    def close(self) -> None:
        """Lets go of the files; they are unmapped when the last array of them is gone."""
        for reader in self._readers:
            reader.close()
        self._readers.clear()
        self.__dict__.pop("forms", None)
        self._columns = Cache(_COLUMNS)
        self._scratches.clear()

    def _asked(self, query: Node, deadline: Deadline) -> Asked:
        words, written = outlined(query)
        form = self._ranking.saturation(content_words(written))
        return Asked(words, written, form, self._scratch(), deadline)

    def _counted(self, leaf: Leaf, asked: Asked) -> Response:
        """How often a word is met, without a search when it is known: corrections ask it dozens of times a query."""
        try:
            total = self._weigh(leaf, asked).documents
        except OutOfTime:
            return Response((), 0, timed_out=True)
        self._scratches.append(asked.scratch)
        return Response((), total)

    def _scratch(self) -> Scratch:
        try:
            return self._scratches.pop()
        except IndexError:
            return Scratch(max((reader.documents for reader in self._readers), default=0))

    def _weigh(self, leaf: Leaf, asked: Asked) -> Met:
        """Finds in how many documents a word is, and from that its weight.

        That takes its lists in every segment, once: the number is kept, as words are asked again.
        """
        key = (id(leaf.term), leaf.fields)
        met = asked.met.get(key)
        if met is None:
            met = asked.met[key] = self._known.get((word_key(leaf.term), leaf.fields), self._weighed, leaf, asked)
        return met

    def _weighed(self, leaf: Leaf, asked: Asked) -> Met:
        total = 0
        for reader in self._readers:
            asked.deadline.check()
            if leaf.fields == FIELDS:
                total += reader.count(reader.word(leaf.term))
            else:
                total += len(AskedWords(reader, asked).any([leaf]))
        return Met(total, idf(self._live, total))

    def _all_found(self, request: Request, asked: Asked) -> tuple[list[Found], bool]:
        """What each segment answers; nothing from those that the deadline left no time for, and whether there are."""
        found: list[Found] = []
        late = False
        try:
            for leaf in asked.words:
                self._weigh(leaf, asked)
            for number in range(len(self._readers)):
                found.append(self._found(request, number, asked))
        except OutOfTime:
            late = True
            found += [Found.none() for _ in self._readers[len(found) :]]
        return found, late

    def _found(self, request: Request, number: int, asked: Asked) -> Found:
        """What one segment answers: the query, then the filters."""
        reader = self._readers[number]
        evaluation = Evaluation(reader, asked.scratch, AskedWords(reader, asked), asked.deadline)
        return evaluation.sifted(evaluation.found(request.query, FIELDS), request.filters, FIELDS)

    def _page(self, request: Request, found: list[Found], asked: Asked, *, late: bool) -> Page:
        """The hits asked for, the best of them in order again by what only they are looked at for."""
        matches = sum(map(len, found))
        if not matches:
            return Page((), 0, None)
        if isinstance(request.after, Place):
            pairs = zip(found, self._readers, strict=True)
            found = [behind(part, reader, request.sort, request.after) for part, reader in pairs]
        start = request.after if isinstance(request.after, int) else request.offset
        folding = request.fold or bool(request.copies)
        count = start + request.limit + (WINDOW if folding else 0)
        near = 0
        wanted = asked.typed
        if wanted and not late and request.sort == "relevance" and not isinstance(request.after, Place):
            near = self._ranking.depth
        front = ranked(found, self._readers, request.sort, max(count, near))
        if near:
            weights = [asked.of(leaf).weight for leaf in wanted]
            front = nearer(front, self._readers, wanted, weights, asked.form, self._ranking)
        return cut(front, self._readers, request, start, near=near, matches=matches)

    def _facet(self, name: str, found: list[Found], size: int) -> tuple[Count, ...]:
        if name not in KEYWORDS or not any(map(len, found)):
            return ()
        column: Column = self._columns.get(name, Column, self._readers, name)
        return column.counts(found, size)

    def _told(self, asked: Asked) -> tuple[tuple[WordStatistics, ...], bool]:
        """The statistics of all words, or none of them and True when the deadline comes first."""
        try:
            return tuple(self._counted_forms(leaf, asked) for leaf in asked.words), False
        except OutOfTime:
            return (), True

    def _counted_forms(self, leaf: Leaf, asked: Asked) -> WordStatistics:
        return self._statistics.get(word_key(leaf.term), self._forms_counted, leaf, asked)

    def _forms_counted(self, leaf: Leaf, asked: Asked) -> WordStatistics:
        asked.deadline.check()
        documents = self._weigh(Leaf(leaf.term, FIELDS), asked).documents
        lists = [reader.word(leaf.term) for reader in self._readers]
        cut = any(own.cut for own in lists)
        return WordStatistics(words.forms(lists, self._readers), documents, cut)


def _only_counts(request: Request) -> bool:
    return not (request.limit or request.words or request.filters or request.facets or request.timeline)
