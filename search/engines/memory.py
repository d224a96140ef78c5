"""The model: a Searcher whose code is the definition of what is found, in which order. Small, slow, all in memory.

What a query means in one document is plain.py. Other engines are right when they agree with this one: the same
documents, scores to 1e-5, the same counts (tests/engines/contract.py).
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice

import numpy as np

from index.documents import Document
from index.records import FIELDS, Record
from index.text import SKETCH, Analyzer
from index.text.function_words import is_function_word
from search.correct.plain import PlainNeighbours
from search.engines import (
    NO_DAY,
    Bucket,
    Collection,
    Count,
    Entry,
    Neighbours,
    Place,
    Request,
    Response,
    Scored,
    Sort,
    WordStatistics,
)
from search.engines.folding import WINDOW, leaders
from search.engines.meaning import MAX_FORMS, Leaf, content_words, leaves, timeline, typed
from search.engines.plain import Plain, Scale, worth
from search.engines.texts import text_of, values
from search.limits import NEVER, Deadline
from search.query import Fuzzy, Node, Wildcard, Word
from search.ranking import RANKING, Averages, Ranking, idf

__all__ = ["MemorySearcher"]

_EPOCH = dt.date(1970, 1, 1).toordinal()


class MemorySearcher:
    """Answers over *records*; of several with one id the last counts."""

    def __init__(self, records: Iterable[Record], analyzer: Analyzer, *, ranking: Ranking = RANKING) -> None:
        self._analyzer = analyzer
        self._ranking = ranking
        self._plain = Plain(analyzer, ranking, self._frequent)
        newest = {record.document.id: record for record in records}
        self._texts = {doc_id: text_of(record, analyzer) for doc_id, record in newest.items()}
        self._sketches = {doc_id: record.sketch for doc_id, record in newest.items()}
        titles, texts = ([text.lengths[name] for text in self._texts.values()] for name in ("title", "text"))
        size = max(1, len(self._texts))
        self._kept: dict[Wildcard | Fuzzy, frozenset[str]] = {}
        self._averages = Averages(title=sum(titles) / size, text=sum(texts) / size)

    def search(self, request: Request) -> Response:
        scale = self._scale(request.query)
        near = 0
        looked_for = bool(typed(request.query))
        if looked_for and request.sort == "relevance" and not isinstance(request.after, Place):
            near = self._ranking.depth
        scores: dict[str, float] = {}
        late = False
        for doc_id, text in self._texts.items():
            if late := request.deadline.passed:
                break
            found = [self._plain.shares(node, text, FIELDS, scale) for node in (request.query, *request.filters)]
            if None not in found:
                scores[doc_id] = worth(found[0] or ())
        order = self._order(request, scores, scale, near)
        matches = [self._texts[doc_id].document for doc_id in scores]
        hits, folded, following = self._page(request, order, scores, near)
        return Response(
            hits=hits,
            folded=folded,
            next=None if late else following,
            total=len(scores),
            words=tuple(self._statistics(leaf) for leaf in leaves(request.query)) if request.words and not late else (),
            facets={name: _facet(matches, name, request.facet_size) for name in request.facets},
            timeline=_timeline(matches) if request.timeline else (),
            timed_out=late,
        )

    @cached_property
    def forms(self) -> Neighbours:
        documents: Counter[str] = Counter()
        for text in self._texts.values():
            documents.update({token.form.lower() for name in FIELDS for token in text.tokens[name]})
        return PlainNeighbours(documents, lambda form: self._analyzer.lemmas(form)[0].text)

    def vocabulary(self, prefix: str, limit: int) -> list[Entry]:
        found: Counter[str] = Counter()
        for text in self._texts.values():
            forms = {token.form.lower() for name in FIELDS for token in text.tokens[name]}
            found.update(form for form in forms if form.startswith(prefix))
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return [Entry(form, count) for form, count in ranked[:limit]]

    def phrases(self, beginning: str, limit: int) -> list[Entry]:
        found: Counter[str] = Counter()
        for text in self._texts.values():
            # Of a compound its parts count, which come after its whole.
            words = {token.position: token for token in text.tokens["title"]}
            for at in words:
                for run in (range(at, at + 2), range(at, at + 3)):
                    tokens = [words[place] for place in run if place in words]
                    names = [token.form.lower() for token in tokens]
                    whole = len(tokens) == len(run) and len({token.sentence for token in tokens}) == 1
                    if whole and not any(name.isdigit() or is_function_word(name) for name in (names[0], names[-1])):
                        found[" ".join(names)] += 1
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        starting = (Entry(phrase, count) for phrase, count in ranked if phrase.startswith(beginning))
        return list(islice(starting, limit))

    def documents(self, ids: Sequence[str]) -> list[Document]:
        return [self._texts[doc_id].document for doc_id in ids if doc_id in self._texts]

    def close(self) -> None:
        self._texts.clear()

    def collection(self, query: Node, deadline: Deadline = NEVER) -> Collection:
        deadline.check()
        wanted = leaves(query)
        return Collection(
            documents=len(self._texts),
            averages=self._averages,
            matching=tuple(map(self._matching, wanted)),
            kept=tuple(
                None if isinstance(leaf.term, Word) or leaf.term.most is None else self._frequent(leaf.term)
                for leaf in wanted
            ),
        )

    def _scale(self, query: Node) -> Scale:
        weights: dict[Leaf, float] = {}

        def weight(leaf: Leaf) -> float:
            if leaf not in weights:
                weights[leaf] = idf(len(self._texts), self._matching(leaf))
            return weights[leaf]

        return Scale(self._ranking.saturation(content_words(typed(query))), self._averages, weight)

    def _matching(self, leaf: Leaf) -> int:
        """In how many documents a word is, in its fields."""
        return sum(self._plain.has(leaf, text) for text in self._texts.values())

    def _frequent(self, term: Wildcard | Fuzzy) -> frozenset[str]:
        """The forms of *term* that may count: the most frequent of those that match."""
        if term not in self._kept:
            every = replace(term, most=None)
            forms = (form for text in self._texts.values() for form in text.forms)
            found = Counter(form for form in forms if self._plain.grade(every, form))
            self._kept[term] = frozenset(sorted(found, key=lambda form: (-found[form], form))[: term.most])
        return self._kept[term]

    def _order(self, request: Request, scores: dict[str, float], scale: Scale, near: int) -> list[str]:
        """Ids in order of the answer; the best by matches alone get what else adds, and are put in order again."""
        ids = sorted(scores)
        ids.sort(key=lambda doc_id: -self._texts[doc_id].day)
        if request.sort == "date":
            # Documents without a date come last in either direction.
            ids.sort(key=lambda doc_id: self._texts[doc_id].day or 10**9)
        elif request.sort == "relevance":
            ids.sort(key=lambda doc_id: -scores[doc_id])
            best = ids[:near]
            for doc_id in best:
                text = self._texts[doc_id]
                scores[doc_id] += self._plain.closeness(request.query, text, scale)
                scores[doc_id] += worth(self._plain.kinship(request.query, text, scale))
            ids[:near] = sorted(best, key=lambda doc_id: -scores[doc_id])
        if isinstance(request.after, Place):
            ids = [doc_id for doc_id in ids if self._comes_after(doc_id, scores[doc_id], request.sort, request.after)]
        return ids

    def _comes_after(self, doc_id: str, score: float, sort: Sort, place: Place) -> bool:
        def key(score: float, day: int, doc_id: str) -> tuple[float, float, str]:
            if sort == "relevance":
                return -score, -day, doc_id
            return 0.0, -day if sort == "-date" else day if day != NO_DAY else math.inf, doc_id

        return key(score, self._since_1970(doc_id), doc_id) > key(*place)

    def _since_1970(self, doc_id: str) -> int:
        day = self._texts[doc_id].day
        return day - _EPOCH if day else NO_DAY

    def _page(
        self, request: Request, order: list[str], scores: dict[str, float], near: int
    ) -> tuple[tuple[Scored, ...], int, Place | int | None]:
        """The hits of the page, how many are folded, where the next hits begin."""
        start = request.after if isinstance(request.after, int) else request.offset
        places = list(range(len(order)))
        first = list(places)
        if (request.fold or request.copies) and request.after is None:
            window = order[:WINDOW]
            sketches = np.array([self._sketches[doc_id] for doc_id in window]).reshape(-1, SKETCH)
            days = np.array([self._since_1970(doc_id) for doc_id in window], np.int64)
            first[: len(window)] = leaders(sketches, days).tolist()
        kept = [at for at in places if first[at] == at]
        if request.copies:
            leader = first[order.index(request.copies)] if request.copies in order[:WINDOW] else -1
            kept = [at for at in places if first[at] == leader]
        rows = kept[start : start + request.limit]
        similar = Counter(first)
        hits = tuple(Scored(order[at], scores[order[at]], 0 if request.copies else similar[at] - 1) for at in rows)
        folded = sum(first[at] != at for at in places)
        if request.copies or not rows or rows[-1] + 1 >= len(order):
            return hits, folded, None
        last = rows[-1]
        if last < near:
            return hits, folded, last + 1
        return hits, folded, Place(scores[order[last]], self._since_1970(order[last]), order[last])

    def _statistics(self, leaf: Leaf) -> WordStatistics:
        forms = Counter(form for text in self._texts.values() for form in text.forms)
        found = [Count(form, n) for form, n in forms.items() if self._plain.grade(leaf.term, form)]
        every = leaf.term if isinstance(leaf.term, Word) else replace(leaf.term, most=None)
        cut = any(self._plain.grade(every, form) for form in set(forms) - {count.value for count in found})
        documents = self._matching(Leaf(leaf.term, FIELDS))
        found.sort(key=lambda count: (-count.count, count.value))
        return WordStatistics(tuple(found[:MAX_FORMS]), documents, cut)


def _facet(matches: list[Document], name: str, size: int) -> tuple[Count, ...]:
    found = Counter(value for document in matches for value in values(document, name))
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Count(value, count) for value, count in ranked[:size])


def _timeline(matches: list[Document]) -> tuple[Bucket, ...]:
    return timeline(Counter(document.date.toordinal() - _EPOCH for document in matches if document.date))
