"""Why a hit has its score: the sum, term by term, by the definition of search/engines/plain.py, for any engine.

A document is read as it is stored, and the engine tells only what lies outside of it (``Searcher.collection``). About
5 microseconds a word of the document and of the query.
"""

from __future__ import annotations

from collections.abc import Iterator

from index.build import records
from index.documents import Document
from index.records import FIELDS
from index.text import Analyzer
from search.engines import Collection
from search.engines.meaning import Leaf, content_words, leaves, typed
from search.engines.plain import Plain, Scale, Share, worth
from search.engines.texts import text_of
from search.limits import NEVER, Deadline
from search.query import Node
from search.ranking import RANKING, Ranking, idf, norm
from search.results import Explanation, Part

__all__ = ["explained"]

# How the page calls places of a document and grades of a match; Russian, as warnings are.
_PLACES = {"title": "в заголовке", "lead": "в начале", "body": "дальше в тексте", "aside": "в подписях"}


def explained(
    query: Node,
    document: Document,
    score: float,
    collection: Collection,
    analyzer: Analyzer,
    ranking: Ranking = RANKING,
    deadline: Deadline = NEVER,
) -> Explanation:
    """What the *score* is made of that an engine gave *document* for *query*; *collection* is of the same query.

    Values of the parts add up to the score, to the precision of float32. An engine looks at what stands close together,
    and at words of the same root, in the best documents only: whether it did so in this one, its score tells.
    Raises OutOfTime.
    """
    return _Explainer(query, document, collection, analyzer, ranking, deadline).explanation(score)


class _Explainer:
    def __init__(
        self,
        query: Node,
        document: Document,
        collection: Collection,
        analyzer: Analyzer,
        ranking: Ranking,
        deadline: Deadline,
    ) -> None:
        self._query = query
        self._collection = collection
        self._ranking = ranking
        wanted = leaves(query)
        self._matching = dict(zip(wanted, collection.matching, strict=True))
        kept = {leaf.term: forms for leaf, forms in zip(wanted, collection.kept, strict=True)}
        self._plain = Plain(analyzer, ranking, kept.get, deadline)
        self._text = text_of(next(records([document], analyzer)), analyzer)
        self._scale = Scale(ranking.saturation(content_words(typed(query))), collection.averages, self._weight)

    def explanation(self, score: float) -> Explanation:
        shares = self._plain.shares(self._query, self._text, FIELDS, self._scale) or []
        parts = [self._word(share) for share in shares]
        gains = list(self._gains())
        gained = sum(part.value for part in gains)
        if abs(score - worth(shares) - gained) < abs(score - worth(shares)):
            parts += gains
        return Explanation(sum(part.value for part in parts), tuple(parts))

    def _weight(self, leaf: Leaf) -> float:
        """The idf of a word. One under a Not has no number of documents, and no part in a score."""
        return idf(self._collection.documents, self._matching.get(leaf, 0))

    def _gains(self) -> Iterator[Part]:
        """What the second step adds."""
        close = self._plain.closeness(self._query, self._text, self._scale)
        if close:
            words = dict.fromkeys(leaf.term.text for leaf in typed(self._query))
            yield Part(
                " ".join(words), close, f"стоят рядом: {_n(self._ranking.proximity)} × сумма по idf / расстояние²"
            )
        for leaf, value, _ in self._plain.kinship(self._query, self._text, self._scale):
            if value:
                yield Part(leaf.term.text, value, self._kin(leaf))

    def _kin(self, leaf: Leaf) -> str:
        alone, kin = (self._frequency(leaf, kin=kin) for kin in (False, True))
        return f"однокоренные слова по {_n(self._ranking.root)}: tf {_n(alone)} → {_n(kin)}"

    def _frequency(self, leaf: Leaf, *, kin: bool = False) -> float:
        grade = self._plain.kin_grade if kin else self._plain.grade
        return self._plain.frequency(leaf, self._text, self._scale, grade)

    def _word(self, share: Share) -> Part:
        leaf, factor = share.leaf, share.factor
        k1, tf = self._scale.form.k1, self._frequency(leaf)
        found = f"найдено в {self._matching[leaf]} из {self._collection.documents} документов"
        worth = f"idf {_n(self._weight(leaf))} ({found}) × {_n(k1 + 1)} × tf / ({_n(k1)} + tf), tf {_n(tf)}"
        told = f"{worth} = {self._counts(leaf)}"
        return Part(leaf.term.text, share.value, told if factor == 1.0 else f"{_n(factor)} × {told}")

    def _counts(self, leaf: Leaf) -> str:
        """Where the word is how often at which grade, what each place weighs, and what length makes of it."""
        form, ranking, averages = self._scale.form, self._ranking, self._collection.averages
        weights = {"title": ranking.title, "lead": form.lead, "body": 1.0, "aside": ranking.aside}
        text = norm(form.b, self._text.lengths["text"], averages.text)
        norms = dict.fromkeys(weights, text) | {
            "title": norm(ranking.title_b, self._text.lengths["title"], averages.title)
        }
        tally = self._plain.tally(leaf, self._text, self._plain.grade)
        return " + ".join(
            f"{_PLACES[place]} {_n(weights[place])} × {count} по {_n(grade)} / {_n(norms[place])}"
            for (place, grade), count in sorted(
                tally.items(), key=lambda item: (list(weights).index(item[0][0]), -item[0][1])
            )
        )


def _n(number: float) -> str:
    """A number as Russian writes it, to four digits."""
    return f"{number:.4g}".replace(".", ",")
