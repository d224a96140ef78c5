"""Frequent phrases and titles of an index that begin with what is being typed, out of the titles that have it.

Nothing is made beforehand or kept: the newest titles with the beginning are looked at when it is typed, a few
milliseconds. Knows nothing of the query language; ``Suggester`` (suggest.py) puts the words beside them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from index.text.fold import fold
from index.text.function_words import is_function_word
from search.engines import Request, Searcher
from search.query import Aimed, Node, Phrase, Wildcard, Word
from search.suggest import Suggestion

__all__ = ["TitlePhrases"]

_WORD = re.compile(r"[^\W_](?:[^\W_]|[-'’](?=[^\W_]))*")
# Titles looked at: 40 µs each, as most lie in blocks of their own.
_TITLES = 40
# Words of a phrase; more is a title.
_SIZES = (2, 3)
# Titles looked at that must have a phrase, or chance would make it.
_OFTEN = 3
# Phrases counted by a search each.
_COUNTED = 4
_LONGEST_TITLE = 120
# A beginning of a few letters has too many phrases and titles for one of them to be what is wanted.
_PHRASE_FROM, _TITLE_FROM = 3, 8


class TitlePhrases:
    """Meets search.suggest.Phrases over one generation. *count* says in how many documents a query's text is found."""

    def __init__(self, searcher: Searcher, count: Callable[[str], int]) -> None:
        self._searcher = searcher
        self._count = count

    def starting(self, beginning: str, limit: int) -> list[Suggestion]:
        """See search.suggest.Phrases. Phrases first, most documents first; then titles, the newest first."""
        words = beginning.split()
        if len(beginning) < _PHRASE_FROM or len(words) > max(_SIZES) + 3:
            return []
        titles = list(self._titles(words))
        found = self._phrases(titles, words)
        if len(beginning) >= _TITLE_FROM:
            whole = (title for title in titles if len(title) <= _LONGEST_TITLE and _at(_split(title), words) == 0)
            found += [Suggestion(title, "title", 1) for title in dict.fromkeys(whole)]
        return found[:limit]

    def _titles(self, words: Sequence[str]) -> Iterator[str]:
        *whole, last = words
        parts: list[Node] = [Word(word, word, (), exact=True) for word in whole]
        parts.append(Wildcard(f"{last}*", f"{last}*"))
        tree = Aimed("title", Phrase(tuple(parts)))
        hits = self._searcher.search(Request(tree, sort="-date", limit=_TITLES, words=False, fold=True)).hits
        yield from (document.title for document in self._searcher.documents([hit.id for hit in hits]))

    def _phrases(self, titles: Sequence[str], beginning: Sequence[str]) -> list[Suggestion]:
        counts: Counter[str] = Counter()
        for title in titles:
            counts.update(set(_continued(_split(title), beginning)))
        often = [phrase for phrase, count in counts.most_common(_COUNTED) if count >= _OFTEN]
        found = [Suggestion(phrase, "phrase", self._count(f'"{phrase}"')) for phrase in often]
        found.sort(key=lambda suggestion: -suggestion.documents)
        return [suggestion for suggestion in found if suggestion.documents]


def _split(title: str) -> list[str]:
    return [fold(word).lower() for word in _WORD.findall(title)]


def _at(words: Sequence[str], beginning: Sequence[str]) -> int:
    """Where *words* go on like *beginning*, whose last word may be cut; -1 for nowhere."""
    *whole, last = beginning
    for at in range(len(words) - len(whole)):
        if words[at + len(whole)].startswith(last) and list(words[at : at + len(whole)]) == whole:
            return at
    return -1


def _continued(words: Sequence[str], beginning: Sequence[str]) -> Iterator[str]:
    """Phrases of *words* that begin like *beginning* and do not end in a word without content."""
    at = _at(words, beginning)
    for size in _SIZES:
        end = at + size
        if at >= 0 and len(beginning) <= size and end <= len(words):
            last = words[end - 1]
            if not (last.isdigit() or is_function_word(last)):
                yield " ".join(words[at:end])
