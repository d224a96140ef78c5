"""The model: a Searcher whose code is the definition of what a query means. Small and obvious, slow, all in memory.

Every node is answered for one document at a time by the words that stand in it. Other engines are right when they agree
with this one: the same documents, scores to 1e-5, the same counts (tests/engines/contract.py).
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from index.documents import Document
from index.records import FIELDS, Record
from index.text import SKETCH, Analyzer
from index.text.function_words import is_function_word
from index.text.roots import root
from search.correct.plain import PlainNeighbours
from search.engines import (
    NO_DAY,
    Bucket,
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
from search.engines.meaning import (
    MAX_FORMS,
    Fields,
    Leaf,
    Term,
    content_words,
    demands,
    keyword_key,
    leaves,
    regex,
    timeline,
    typed,
)
from search.query import (
    Aimed,
    All,
    Any,
    Between,
    Boosted,
    Everything,
    Fuzzy,
    Keyword,
    Near,
    Node,
    Not,
    Phrase,
    SameSentence,
    Wildcard,
    Word,
)
from search.ranking import LEAD, RANKING, Averages, Counts, Ranking, Saturation, idf, nearness, score

__all__ = ["MemorySearcher"]

Span = tuple[int, int]
_EPOCH = dt.date(1970, 1, 1).toordinal()


class _Token(NamedTuple):
    form: str
    position: int
    sentence: int


@dataclass(frozen=True)
class _Text:
    """One document as it is searched: its tokens by field, and lengths in words (a compound counts its parts)."""

    document: Document
    tokens: dict[str, list[_Token]]
    lengths: dict[str, int]
    sketch: NDArray[np.uint8]

    @cached_property
    def forms(self) -> frozenset[str]:
        """Its distinct forms."""
        return frozenset(token.form for name in FIELDS for token in self.tokens[name])

    @property
    def day(self) -> int:
        """Days since the beginning of the calendar, 0 without a date."""
        return self.document.date.toordinal() if self.document.date else 0


@dataclass(slots=True)
class _Asked:
    """What scoring a request needs beside the document."""

    form: Saturation
    weights: dict[Leaf, float] = field(default_factory=dict)
    near: int = 0


class MemorySearcher:
    """Answers over *records*; of several with one id the last counts."""

    def __init__(self, records: Iterable[Record], analyzer: Analyzer, *, ranking: Ranking = RANKING) -> None:
        self._analyzer = analyzer
        self._ranking = ranking
        self._texts = {record.document.id: _text(record, analyzer) for record in records}
        titles, texts = ([text.lengths[name] for text in self._texts.values()] for name in ("title", "text"))
        size = max(1, len(self._texts))
        self._kept: dict[Wildcard | Fuzzy, frozenset[str]] = {}
        self._averages = Averages(title=sum(titles) / size, text=sum(texts) / size)

    def search(self, request: Request) -> Response:
        asked = _Asked(self._ranking.saturation(content_words(request.query)))
        looked_for = any(True for _ in typed(request.query))
        if looked_for and request.sort == "relevance" and not isinstance(request.after, Place):
            asked.near = self._ranking.depth
        scores: dict[str, float] = {}
        late = False
        for doc_id, text in self._texts.items():
            if late := request.deadline.passed:
                break
            found = self._score(request.query, text, FIELDS, asked)
            if found is not None and all(self._score(f, text, FIELDS, asked) is not None for f in request.filters):
                scores[doc_id] = found
        order = self._order(request, scores, asked)
        matches = [self._texts[doc_id].document for doc_id in scores]
        hits, folded, following = self._page(request, order, scores, asked.near)
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

    def _order(self, request: Request, scores: dict[str, float], asked: _Asked) -> list[str]:
        """Ids in order of the answer; the best by matches alone get what else adds, and are put in order again."""
        ids = sorted(scores)
        ids.sort(key=lambda doc_id: -self._texts[doc_id].day)
        if request.sort == "date":
            # Documents without a date come last in either direction.
            ids.sort(key=lambda doc_id: self._texts[doc_id].day or 10**9)
        elif request.sort == "relevance":
            ids.sort(key=lambda doc_id: -scores[doc_id])
            best = ids[: asked.near]
            for doc_id in best:
                scores[doc_id] += self._nearness(request.query, self._texts[doc_id], asked)
                scores[doc_id] += sum(self._kin(leaf, self._texts[doc_id], asked) for leaf in typed(request.query))
            ids[: asked.near] = sorted(best, key=lambda doc_id: -scores[doc_id])
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
            sketches = np.array([self._texts[doc_id].sketch for doc_id in window]).reshape(-1, SKETCH)
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

    def _score(self, node: Node, text: _Text, fields: Fields, asked: _Asked) -> float | None:
        """The score of *node* in one document, None where it does not match. *fields*: where words are looked for."""

        def parts_of(parts: Iterable[Node]) -> list[float]:
            return [s for part in parts if (s := self._score(part, text, fields, asked)) is not None]

        match node:
            case Word() | Wildcard() | Fuzzy():
                return self._word(Leaf(node, fields), text, asked)
            case Phrase(parts) | Near(parts, _) | SameSentence(parts):
                return sum(parts_of(parts)) if self._stands(node, text, fields) else None
            case All(parts):
                required, extra = demands(parts)
                found = parts_of(required)
                return sum(found) + sum(parts_of(extra)) if len(found) == len(required) else None
            case Any(parts, implied):
                return (max if implied else sum)(found) if (found := parts_of(parts)) else None
            case Aimed(name, part):
                return self._score(part, text, (name,), asked)
            case Boosted(part, factor):
                found_one = self._score(part, text, fields, asked)
                return None if found_one is None else factor * found_one
            case _:
                return 0.0 if self._passes(node, text, fields, asked) else None

    def _passes(self, node: Node, text: _Text, fields: Fields, asked: _Asked) -> bool:
        """Whether the document matches a node that never scores."""
        match node:
            case Not(part):
                return self._score(part, text, fields, asked) is None
            case Keyword(name, values):
                here = {keyword_key(value) for value in _values(text.document, name)}
                return not here.isdisjoint(map(keyword_key, values))
            case Between(first, last):
                date = text.document.date
                return date is not None and (first is None or first <= date) and (last is None or date <= last)
            case Everything():
                return True
            case _:
                return False

    def _word(self, leaf: Leaf, text: _Text, asked: _Asked) -> float | None:
        return self._counted(leaf, text, asked, self._grade) if self._has(leaf, text) else None

    def _kin(self, leaf: Leaf, text: _Text, asked: _Asked) -> float:
        """What the counts of a word gain by those of forms that only share its root."""

        def grade(term: Term, form: str) -> float:
            return self._grade(term, form) or self._root_grade(term, form)

        return self._counted(leaf, text, asked, grade) - self._counted(leaf, text, asked, self._grade)

    def _counted(self, leaf: Leaf, text: _Text, asked: _Asked, grade: Callable[[Term, str], float]) -> float:
        counts: defaultdict[str, float] = defaultdict(float)
        for name in leaf.fields:
            for token in text.tokens[name]:
                place = name if name != "text" else "lead" if token.position < LEAD else "body"
                counts[place] += grade(leaf.term, token.form)
        title, length = text.lengths["title"], text.lengths["text"]
        return score(
            Counts(**counts),
            idf=self._weight(leaf, asked),
            title=title,
            text=length,
            averages=self._averages,
            form=asked.form,
            ranking=self._ranking,
        )

    def _weight(self, leaf: Leaf, asked: _Asked) -> float:
        """The idf of a word; documents are counted in the fields it is looked for in."""
        if leaf not in asked.weights:
            asked.weights[leaf] = idf(len(self._texts), sum(self._has(leaf, text) for text in self._texts.values()))
        return asked.weights[leaf]

    def _has(self, leaf: Leaf, text: _Text) -> bool:
        return any(self._grade(leaf.term, token.form) for name in leaf.fields for token in text.tokens[name])

    def _root_grade(self, term: Term, form: str) -> float:
        """What a form that does not match counts all the same, by the root of its likeliest lemma."""
        if not isinstance(term, Word) or term.exact or not term.lemmas:
            return 0.0
        return self._ranking.root if root(term.lemmas[0].text) == root(self._analyzer.lemmas(form)[0].text) else 0.0

    def _grade(self, term: Term, form: str) -> float:
        """How well a surface form matches, 0 for not at all. Case never matters to the form itself."""
        if not isinstance(term, Word) and term.most is not None and form not in self._frequent(term):
            return 0.0
        low = form.lower()
        match term:
            case Wildcard():
                return float(regex(term.pattern).fullmatch(low) is not None)
            case Fuzzy():
                slips = OSA.distance(term.form.lower(), low)
                return 1 / (1 + slips) if slips <= term.distance else 0.0
            case Word():
                if low == term.form.lower():
                    return self._ranking.typed
                ours = [] if term.exact else [lemma.text for lemma in term.lemmas]
                theirs = [lemma.text for lemma in self._analyzer.lemmas(form)]
                if ours and theirs and ours[0] == theirs[0]:
                    return self._ranking.likeliest
                return 0.0 if set(ours).isdisjoint(theirs) else self._ranking.shared

    def _frequent(self, term: Wildcard | Fuzzy) -> frozenset[str]:
        """The forms of *term* that may count: the most frequent of those that match."""
        if term not in self._kept:
            every = replace(term, most=None)
            found = Counter(form for text in self._texts.values() for form in text.forms if self._grade(every, form))
            self._kept[term] = frozenset(sorted(found, key=lambda form: (-found[form], form))[: term.most])
        return self._kept[term]

    def _stands(self, node: Phrase | Near | SameSentence, text: _Text, fields: Fields) -> bool:
        """Whether the parts stand together in one field. Two parts may be met by the same word, but for a phrase."""
        return any(self._spans(node, text.tokens[name], name) for name in fields)

    def _spans(self, node: Node, tokens: list[_Token], name: str) -> set[Span]:
        """Where *node* stands in a field, as half-open positions; nodes that are not about places stand nowhere."""
        match node:
            case Word() | Wildcard() | Fuzzy():
                return {(token.position, token.position + 1) for token in tokens if self._grade(node, token.form)}
            case Any(parts):
                return {span for part in parts for span in self._spans(part, tokens, name)}
            case Boosted(part, _):
                return self._spans(part, tokens, name)
            case Aimed(field, part):
                return self._spans(part, tokens, name) if field == name else set()
            case Phrase(parts) | Near(parts, _) | SameSentence(parts) if parts:
                places = [self._spans(part, tokens, name) for part in parts]
                if isinstance(node, Phrase):
                    return _chained(places)
                if isinstance(node, Near):
                    return _windows(places, node.distance)
                return set() if name == "aside" else _together(places, tokens, name)
            case _:
                return set()

    def _nearness(self, query: Node, text: _Text, asked: _Asked) -> float:
        words = list(typed(query))
        fields = [
            sorted(
                (token.position, number)
                for number, leaf in enumerate(words)
                if name in leaf.fields
                for token in text.tokens[name]
                if self._grade(leaf.term, token.form)
            )
            for name in ("title", "text")
        ]
        weights = [self._weight(leaf, asked) for leaf in words]
        length = text.lengths["text"]
        return nearness(fields, weights, text=length, averages=self._averages, form=asked.form, ranking=self._ranking)

    def _statistics(self, leaf: Leaf) -> WordStatistics:
        forms = Counter(form for text in self._texts.values() for form in text.forms)
        found = [Count(form, n) for form, n in forms.items() if self._grade(leaf.term, form)]
        every = leaf.term if isinstance(leaf.term, Word) else replace(leaf.term, most=None)
        cut = any(self._grade(every, form) for form in set(forms) - {count.value for count in found})
        everywhere = Leaf(leaf.term, FIELDS)
        documents = sum(self._has(everywhere, text) for text in self._texts.values())
        found.sort(key=lambda count: (-count.count, count.value))
        return WordStatistics(tuple(found[:MAX_FORMS]), documents, cut)


def _text(record: Record, analyzer: Analyzer) -> _Text:
    fields: dict[str, list[_Token]] = {}
    for name in FIELDS:
        tokens = record.tokens[name]
        rows = zip(tokens.forms.tolist(), tokens.positions.tolist(), tokens.sentences.tolist(), strict=True)
        fields[name] = [_Token(analyzer.form(number), position, sentence) for number, position, sentence in rows]
    lengths = {name: len({token.position for token in tokens}) for name, tokens in fields.items()}
    return _Text(record.document, fields, lengths, record.sketch)


def _chained(places: list[set[Span]]) -> set[Span]:
    """One span from each part, each beginning where the one before it ends."""
    spans = places[0]
    for following in places[1:]:
        spans = {(start, end) for start, middle in spans for begin, end in following if begin == middle}
    return spans


def _windows(places: list[set[Span]], distance: int) -> set[Span]:
    """Windows that begin with a part, hold all of them and at most *distance* further words; the shortest for each."""
    windows = set()
    for start in sorted({start for spans in places for start, _ in spans}):
        # Of each part the match that ends first; of those that end together the shortest.
        chosen = [min(((end, -begin) for begin, end in spans if begin >= start), default=None) for spans in places]
        matches = [match for match in chosen if match]
        end = max(end for end, _ in matches)
        if len(matches) == len(places) and end - start <= distance + sum(end + begin for end, begin in matches):
            windows.add((start, end))
    return windows


def _together(places: list[set[Span]], tokens: list[_Token], name: str) -> set[Span]:
    """Sentences that hold every part; a title is one. Captions and bylines are no sentences."""
    sentences = {token.position: token.sentence if name == "text" else 0 for token in tokens}
    bounds: defaultdict[int, list[int]] = defaultdict(list)
    for position, sentence in sentences.items():
        bounds[sentence].append(position)
    spans = {(min(positions), max(positions) + 1) for positions in bounds.values()}
    return {
        (start, end) for start, end in spans if all(any(start <= a and b <= end for a, b in part) for part in places)
    }


def _values(document: Document, name: str) -> set[str]:
    values = {"source": (document.source,), "tag": document.tags, "author": document.authors}.get(name, ())
    return {value for value in values if value}


def _facet(matches: list[Document], name: str, size: int) -> tuple[Count, ...]:
    found = Counter(value for document in matches for value in _values(document, name))
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Count(value, count) for value, count in ranked[:size])


def _timeline(matches: list[Document]) -> tuple[Bucket, ...]:
    return timeline(Counter(document.date.toordinal() - _EPOCH for document in matches if document.date))
