"""What a query means in one document, and what it is worth there: the definition that every engine is held to.

A node is answered by the words that stand in the document; of the others a scale tells what must be known. The model
(memory.py) asks it about all documents, an explanation (search/explain.py) about one. Small and obvious, and slow.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from rapidfuzz.distance import OSA

from index.text import Analyzer
from index.text.roots import root
from search.engines import windows
from search.engines.meaning import Fields, Leaf, Term, demands, keyword_key, leaves, no_more, regex, typed
from search.engines.texts import Text, Token, values
from search.engines.windows import Span
from search.limits import NEVER, Deadline
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
from search.ranking import Averages, Counts, Ranking, Saturation, frequency, nearness, score

__all__ = ["Plain", "Scale", "Share", "worth"]

Grade = Callable[[Term, str], float]


@dataclass(frozen=True, slots=True)
class Scale:
    """What the scores of one query depend on beside the document: ``weight`` is the idf of a word in its fields."""

    form: Saturation
    averages: Averages
    weight: Callable[[Leaf], float]


class Share(NamedTuple):
    """What a word adds to a score; ``factor``: what it was multiplied by, as the reader asked."""

    leaf: Leaf
    value: float
    factor: float = 1.0


def worth(shares: Iterable[Share]) -> float:
    """The score that *shares* add up to."""
    return sum(share.value for share in shares)


class Plain:
    """Answers about one document after another. *kept*: which forms count of a pattern that is cut, None for all.

    Raises OutOfTime at the *deadline*, asked at every word: one takes milliseconds.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        ranking: Ranking,
        kept: Callable[[Wildcard | Fuzzy], Container[str] | None],
        deadline: Deadline = NEVER,
    ) -> None:
        self._deadline = deadline
        self._analyzer = analyzer
        self._ranking = ranking
        self._kept = kept

    def shares(self, node: Node, text: Text, fields: Fields, scale: Scale) -> list[Share] | None:
        """What the score of *node* is made of, None where it does not match; words are looked for in *fields*."""

        def of(parts: Iterable[Node]) -> list[list[Share]]:
            return [found for part in parts if (found := self.shares(part, text, fields, scale)) is not None]

        match node:
            case Word() | Wildcard() | Fuzzy():
                leaf = Leaf(node, fields)
                return [Share(leaf, self.value(leaf, text, scale, self.grade))] if self.has(leaf, text) else None
            case Phrase(parts) | Near(parts, _) | SameSentence(parts):
                return list(chain(*of(parts))) if self._stands(node, text, fields) else None
            case All(parts):
                required, extra = demands(parts)
                found = of(required)
                return list(chain(*found, *of(extra))) if len(found) == len(required) else None
            case Any((first, *others), implied=True):
                found = of((first, *(Boosted(part, self._no_more(first, part, fields, scale)) for part in others)))
                return max(found, key=worth) if found else None
            case Any(parts):
                found = of(parts)
                return list(chain(*found)) if found else None
            case Aimed(name, part):
                return self.shares(part, text, (name,), scale)
            case Boosted(part, factor):
                found_one = self.shares(part, text, fields, scale)
                return found_one and [Share(leaf, factor * value, factor * so_far) for leaf, value, so_far in found_one]
            case _:
                return [] if self._passes(node, text, fields, scale) else None

    def value(self, leaf: Leaf, text: Text, scale: Scale, grade: Grade) -> float:
        """What a word counted by *grade* is worth in a document."""
        return score(self.frequency(leaf, text, scale, grade), idf=scale.weight(leaf), form=scale.form)

    def frequency(self, leaf: Leaf, text: Text, scale: Scale, grade: Grade) -> float:
        """How often a word counted by *grade* is in a document, by the formula."""
        counts: defaultdict[str, float] = defaultdict(float)
        for (place, own), count in self.tally(leaf, text, grade).items():
            counts[place] += own * count
        return frequency(
            Counts(**counts),
            title=text.lengths["title"],
            text=text.lengths["text"],
            averages=scale.averages,
            form=scale.form,
            ranking=self._ranking,
        )

    def tally(self, leaf: Leaf, text: Text, grade: Grade) -> Counter[tuple[str, float]]:
        """How often a word is in each place of a document at each grade above 0."""
        self._deadline.check()
        found: Counter[tuple[str, float]] = Counter()
        for name in leaf.fields:
            for (place, form), count in text.occurrences[name].items():
                if own := grade(leaf.term, form):
                    found[place, own] += count
        return found

    def has(self, leaf: Leaf, text: Text) -> bool:
        """Whether a word is in a document."""
        self._deadline.check()
        return any(self.grade(leaf.term, form) for name in leaf.fields for _, form in text.occurrences[name])

    def grade(self, term: Term, form: str) -> float:
        """How well a surface form matches, 0 for not at all. Case never matters to the form itself."""
        if not isinstance(term, Word) and term.most is not None:
            kept = self._kept(term)
            if kept is not None and form not in kept:
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

    def kin_grade(self, term: Term, form: str) -> float:
        """``grade``; and what a form that does not match counts by the root of its likeliest lemma."""
        if (own := self.grade(term, form)) or not isinstance(term, Word) or term.exact or not term.lemmas:
            return own
        return self._ranking.root if root(term.lemmas[0].text) == root(self._analyzer.lemmas(form)[0].text) else 0.0

    def kinship(self, query: Node, text: Text, scale: Scale) -> list[Share]:
        """What each typed word gains, in the second step, by forms that only share its root."""
        return [
            Share(leaf, self.value(leaf, text, scale, self.kin_grade) - self.value(leaf, text, scale, self.grade))
            for leaf in typed(query)
        ]

    def closeness(self, query: Node, text: Text, scale: Scale) -> float:
        """What a document gains, in the second step, by typed words that stand close together."""
        leaves = typed(query)
        fields = [
            sorted(
                (token.position, number)
                for number, leaf in enumerate(leaves)
                if self._in_time() and name in leaf.fields
                for token in text.tokens[name]
                if self.grade(leaf.term, token.form)
            )
            for name in ("title", "text")
        ]
        weights = [scale.weight(leaf) for leaf in leaves]
        length, ranking = text.lengths["text"], self._ranking
        return nearness(fields, weights, text=length, averages=scale.averages, form=scale.form, ranking=ranking)

    def _in_time(self) -> bool:
        self._deadline.check()
        return True

    def _no_more(self, typed: Node, other: Node, fields: Fields, scale: Scale) -> float:
        """The factor of an implied alternative."""
        return no_more(*(sum(map(scale.weight, leaves(node, fields))) for node in (typed, other)))

    def _passes(self, node: Node, text: Text, fields: Fields, scale: Scale) -> bool:
        """Whether the document matches a node that never scores."""
        match node:
            case Not(part):
                return self.shares(part, text, fields, scale) is None
            case Keyword(name, wanted):
                here = {keyword_key(value) for value in values(text.document, name)}
                return not here.isdisjoint(map(keyword_key, wanted))
            case Between(first, last):
                date = text.document.date
                return date is not None and (first is None or first <= date) and (last is None or date <= last)
            case Everything():
                return True
            case _:
                return False

    def _stands(self, node: Phrase | Near | SameSentence, text: Text, fields: Fields) -> bool:
        """Whether the parts stand together in one field. Two parts may be met by the same word, but for a phrase."""
        return any(self._spans(node, text.tokens[name], name) for name in fields)

    def _spans(self, node: Node, tokens: Sequence[Token], name: str) -> set[Span]:
        """Where *node* stands in a field, as half-open positions; nodes that are not about places stand nowhere."""
        match node:
            case Word() | Wildcard() | Fuzzy():
                return {(token.position, token.position + 1) for token in tokens if self.grade(node, token.form)}
            case Any(parts):
                return {span for part in parts for span in self._spans(part, tokens, name)}
            case Boosted(part, _):
                return self._spans(part, tokens, name)
            case Aimed(field, part):
                return self._spans(part, tokens, name) if field == name else set()
            case Phrase(parts) | Near(parts, _) | SameSentence(parts) if parts:
                places = [self._spans(part, tokens, name) for part in parts]
                if isinstance(node, Phrase):
                    return windows.chained(places)
                if isinstance(node, Near):
                    return windows.closest(places, node.distance)
                sentences = {token.position: token.sentence if name == "text" else 0 for token in tokens}
                return set() if name == "aside" else windows.together(places, sentences)
            case _:
                return set()
