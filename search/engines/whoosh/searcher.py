"""The searcher over segments of our own format: whole posting lists at a time, mapped files, no locks.

    Request -> words gathered in every segment -> their weights -> tree as sets -> order, facets, timeline, words

Everything held is immutable or a cache of derived things, so threads share it; what a search writes to is its own.
Memory: 8 bytes a document for each search that runs at the same time, and once for each saturation; as much for each
document of the last dozen words (reader.py).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from index.documents import Document
from index.engines.whoosh.keywords import KEYWORDS
from index.engines.whoosh.segment import open_generation
from index.errors import OutOfTime
from index.records import FIELDS
from search.engines import Collection, Count, Entry, Neighbours, Place, Request, Response, WordStatistics
from search.engines.folding import WINDOW
from search.engines.meaning import Fields, Leaf, content_words, leaves, timeline, typed
from search.engines.whoosh import words
from search.engines.whoosh.evaluate import Evaluation
from search.engines.whoosh.facets import Column, days
from search.engines.whoosh.nearness import nearer
from search.engines.whoosh.neighbours import NearForms
from search.engines.whoosh.order import behind, ranked
from search.engines.whoosh.page import Page, cut
from search.engines.whoosh.parts import Cache, Found, Scratch
from search.engines.whoosh.reader import Reader
from search.engines.whoosh.terms import word_key
from search.limits import NEVER, Deadline
from search.query import Node, Word
from search.ranking import RANKING, Averages, Ranking, Saturation, idf

__all__ = ["WhooshSearcher"]

_COLUMNS = 16
# Words whose number of documents is kept, 300 bytes each.
_KNOWN = 20_000


# A word where it stands in a tree: the node itself, not what it says, which takes longer to compare than to search.
_Key = tuple[int, Fields]


@dataclass(slots=True)
class _Asked:
    """What one search knows: the words gathered in each segment, waiting to be used, and what each weighs."""

    words: list[Leaf]
    form: Saturation
    scratch: Scratch
    deadline: Deadline
    documents: dict[_Key, int] = field(default_factory=dict)
    weights: dict[_Key, float] = field(default_factory=dict)
    waiting: dict[tuple[_Key, int], Found] = field(default_factory=dict)


class _Words:
    """The words of a query in one segment. A word that only narrows (in a filter, under a Not) has no weight."""

    def __init__(self, reader: Reader, number: int, asked: _Asked) -> None:
        self._reader, self._number, self._asked = reader, number, asked

    def rare(self, leaf: Leaf) -> int:
        return self._asked.documents.get((id(leaf.term), leaf.fields), 1 << 31)

    def weight(self, leaf: Leaf) -> float:
        return self._asked.weights.get((id(leaf.term), leaf.fields), 0.0)

    def found(self, leaf: Leaf) -> Found:
        asked = self._asked
        key = (id(leaf.term), leaf.fields)
        found = asked.waiting.pop((key, self._number), None)
        if found is None:
            found = self._reader.gather(self._reader.word(leaf.term), leaf.fields, asked.form, asked.scratch)
        return Found(found.docs.copy(), found.scores * np.float32(self._factor(leaf)))

    def narrow(self, found: Found, leaf: Leaf, *, required: bool) -> Found:
        asked, lists = self._asked, self._reader.word(leaf.term)
        factor = self._factor(leaf)
        return self._reader.narrow(found, lists, leaf.fields, asked.form, factor, asked.scratch, required=required)

    def _factor(self, leaf: Leaf) -> float:
        return self.weight(leaf) * (self._asked.form.k1 + 1)


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
        self._scratches: deque[Scratch] = deque()

    def search(self, request: Request) -> Response:
        wanted = list(leaves(request.query))
        form = self._ranking.saturation(content_words(request.query))
        asked = _Asked(wanted, form, self._scratch(), request.deadline)
        if isinstance(request.query, Word) and _only_counts(request):
            return self._counted(wanted[0], asked)
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
        wanted = list(leaves(query))
        asked = _Asked(wanted, self._ranking.saturation(content_words(query)), self._scratch(), deadline)
        for leaf in wanted:
            self._weigh(leaf, asked)
        self._scratches.append(asked.scratch)
        matching = (asked.documents[id(leaf.term), leaf.fields] for leaf in wanted)
        kept = (words.kept(leaf.term, self._readers) for leaf in wanted)
        return Collection(self._live, self._averages, tuple(matching), tuple(kept))

    def documents(self, ids: Sequence[str]) -> list[Document]:
        found = (words.document(doc_id, self._readers) for doc_id in ids)
        return [document for document in found if document is not None]

    def close(self) -> None:
        """Lets go of the files; they are unmapped when the last array of them is gone."""
        for reader in self._readers:
            reader.close()
        self._readers.clear()
        self.__dict__.pop("forms", None)
        self._columns = Cache(_COLUMNS)
        self._scratches.clear()

    def _counted(self, leaf: Leaf, asked: _Asked) -> Response:
        """How often a word is met, without a search when it is known: corrections ask it dozens of times a query."""
        try:
            total = self._known.get((word_key(leaf.term), leaf.fields), self._marked, leaf, asked)
        except OutOfTime:
            return Response((), 0, timed_out=True)
        self._scratches.append(asked.scratch)
        return Response((), total)

    def _scratch(self) -> Scratch:
        try:
            return self._scratches.pop()
        except IndexError:
            return Scratch(max((reader.documents for reader in self._readers), default=0))

    def _weigh(self, leaf: Leaf, asked: _Asked) -> None:
        """Finds in how many documents a word is, and from that its weight.

        That takes gathering it in every segment, once: the number is kept, as words are asked again, and then a common
        word beside a rare one need not be gathered at all.
        """
        key = (id(leaf.term), leaf.fields)
        if key not in asked.documents:
            known = (word_key(leaf.term), leaf.fields)
            asked.documents[key] = self._known.get(known, self._gathered, leaf, asked)
            asked.weights[key] = idf(self._live, asked.documents[key])

    def _gathered(self, leaf: Leaf, asked: _Asked) -> int:
        total = 0
        for number, reader in enumerate(self._readers):
            asked.deadline.check()
            found = reader.gather(reader.word(leaf.term), leaf.fields, asked.form, asked.scratch)
            asked.waiting[(id(leaf.term), leaf.fields), number] = found
            total += len(found)
        return total

    def _marked(self, leaf: Leaf, asked: _Asked) -> int:
        """What ``_gathered`` counts, for half of its time where all fields are looked at: nothing is scored."""
        if leaf.fields != FIELDS:
            return self._gathered(leaf, asked)
        total = 0
        for reader in self._readers:
            asked.deadline.check()
            total += reader.count(reader.word(leaf.term))
        return total

    def _all_found(self, request: Request, asked: _Asked) -> tuple[list[Found], bool]:
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
        nothing = Found(np.zeros(0, np.int32), np.zeros(0, np.float32))
        return found + [nothing] * (len(self._readers) - len(found)), late

    def _found(self, request: Request, number: int, asked: _Asked) -> Found:
        """What one segment answers: the query, then the filters."""
        reader = self._readers[number]
        evaluation = Evaluation(reader, asked.scratch, _Words(reader, number, asked), asked.deadline)
        return evaluation.sifted(evaluation.found(request.query, FIELDS), request.filters, FIELDS)

    def _page(self, request: Request, found: list[Found], asked: _Asked, *, late: bool) -> Page:
        """The hits asked for, the best of them in order again by what only they are looked at for."""
        if isinstance(request.after, Place):
            pairs = zip(found, self._readers, strict=True)
            found = [behind(part, reader, request.sort, request.after) for part, reader in pairs]
        start = request.after if isinstance(request.after, int) else request.offset
        folding = request.fold or bool(request.copies)
        count = start + request.limit + (WINDOW if folding else 0)
        near = 0
        wanted = list(typed(request.query))
        if wanted and not late and request.sort == "relevance" and not isinstance(request.after, Place):
            near = self._ranking.depth
        front = ranked(found, self._readers, request.sort, max(count, near))
        if near:
            weights = [asked.weights[id(leaf.term), leaf.fields] for leaf in wanted]
            front = nearer(front, self._readers, wanted, weights, asked.form, self._ranking)
        return cut(front, self._readers, request, start, near=near, matches=sum(map(len, found)))

    def _facet(self, name: str, found: list[Found], size: int) -> tuple[Count, ...]:
        if name not in KEYWORDS or not self._readers:
            return ()
        column: Column = self._columns.get(name, Column, self._readers, name)
        return column.counts(found, size)

    def _told(self, asked: _Asked) -> tuple[tuple[WordStatistics, ...], bool]:
        """The statistics of all words, or none of them and True when the deadline comes first."""
        try:
            return tuple(self._statistics(leaf, asked) for leaf in asked.words), False
        except OutOfTime:
            return (), True

    def _statistics(self, leaf: Leaf, asked: _Asked) -> WordStatistics:
        asked.deadline.check()
        everywhere = Leaf(leaf.term, FIELDS)
        self._weigh(everywhere, asked)
        cut = any(reader.word(leaf.term).cut for reader in self._readers)
        return WordStatistics(words.forms(leaf.term, self._readers), asked.documents[id(leaf.term), FIELDS], cut)


def _only_counts(request: Request) -> bool:
    return not (request.limit or request.words or request.filters or request.facets or request.timeline)
