"""Frequent phrases and titles of an index that begin with what is being typed.

Phrases were counted when the index was written; titles are searched for, the newest first. Knows nothing of the query
language; ``Suggester`` (suggest.py) puts the words beside them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from index.text.fold import fold
from search.engines import Entry, Request, Searcher
from search.query import Aimed, Node, Phrase, Wildcard, Word
from search.suggest import Suggestion

__all__ = ["TitlePhrases"]

_WORD = re.compile(r"[^\W_]+")
# Titles looked at: 0.1 ms each, as most lie in blocks of their own.
_TITLES = 4
# Titles that must have a phrase, or chance would make it.
_OFTEN = 3
# Phrases looked at, in all cases of their words.
_LOOKED_AT = 16
_NEARLY_ALL = 0.7
# Forms that the last word of a title may go on to: of a short beginning there are thousands, 20 ms of a search.
_FORMS = 256
# Phrases counted by a search each.
_COUNTED = 3
_LONGEST_TITLE = 120
# A beginning of a few letters has too many phrases and titles for one of them to be what is wanted; so has a title's
# last word.
_PHRASE_FROM, _TITLE_FROM = 3, 8


class TitlePhrases:
    """Meets search.suggest.Phrases over one generation.

    *count* says in how many documents a query's text is found, *lemma* is a form's likeliest.
    """

    def __init__(self, searcher: Searcher, count: Callable[[str], int], lemma: Callable[[str], str]) -> None:
        self._searcher = searcher
        self._count = count
        self._lemma = lemma

    def starting(self, beginning: str, limit: int) -> list[Suggestion]:
        """See search.suggest.Phrases. Phrases first, most documents first; then titles, the newest first."""
        words = _split(beginning)
        typed = " ".join(words)
        if len(typed) < _PHRASE_FROM:
            return []
        found = [phrase for phrase in self._phrases(typed) if phrase.documents]
        if len(typed) >= _TITLE_FROM and len(words[-1]) >= _PHRASE_FROM:
            found += [Suggestion(title, "title", 1) for title in dict.fromkeys(self._titles(words))]
        return found[:limit]

    def _phrases(self, beginning: str) -> list[Suggestion]:
        often = [entry for entry in self._searcher.phrases(beginning, _LOOKED_AT) if entry.documents >= _OFTEN]
        # One case of each phrase, the most frequent, since any finds all.
        cases: dict[tuple[str, ...], Entry] = {}
        for entry in often:
            cases.setdefault(tuple(map(self._lemma, entry.form.split())), entry)
        whole = [entry.form for entry in cases.values() if not _is_cut(entry, cases.values())]
        found = [Suggestion(phrase, "phrase", self._count(f'"{phrase}"')) for phrase in whole[:_COUNTED]]
        return sorted(found, key=lambda suggestion: -suggestion.documents)

    def _titles(self, words: Sequence[str]) -> Iterator[str]:
        """Titles that begin with *words*, whose last may be cut."""
        *whole, last = words
        parts: list[Node] = [Word(word, word, (), exact=True) for word in whole]
        parts.append(Wildcard(f"{last}*", f"{last}*", most=_FORMS))
        tree = Aimed("title", Phrase(tuple(parts)))
        hits = self._searcher.search(Request(tree, sort="-date", limit=_TITLES, words=False, fold=True)).hits
        for document in self._searcher.documents([hit.id for hit in hits]):
            begins = " ".join(_split(document.title)).startswith(" ".join(words))
            if begins and len(document.title) <= _LONGEST_TITLE:
                yield document.title


def _is_cut(entry: Entry, others: Iterable[Entry]) -> bool:
    """Whether *entry* hardly ever stands without the rest of a longer one: «министр иностранных» (дел)."""
    longer = (other for other in others if other.form.startswith(entry.form + " "))
    return any(other.documents > _NEARLY_ALL * entry.documents for other in longer)


def _split(text: str) -> list[str]:
    return _WORD.findall(fold(text).lower())
