"""Finds in a query what may be said in other words: abbreviations and their expansions, synonyms.

For queries alone: «РК» typed finds «Республики Казахстан» in any document, and the other way round, so documents need
no second reading when the lexicon changes. Knows nothing of query trees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass

from index.text.fold import fold
from index.text.lemmas import LemmaSet
from index.text.lexicon import Meaning

__all__ = ["Expansion", "Phrases"]

Lookup = Callable[[str], LemmaSet]


@dataclass(frozen=True, slots=True)
class Expansion:
    """Tokens ``start:end`` (rows, half-open) may also be said as ``words``, side by side in this order.

    ``weight`` is that of the alternative: 1 an abbreviation, .5 a synonym. Words are as a document has them.
    """

    start: int
    end: int
    words: tuple[str, ...]
    weight: float


class Phrases:
    """The meanings of a lexicon, by the lemmas of their first words."""

    def __init__(self, meanings: Sequence[Meaning], lemmas: Lookup) -> None:
        self._by_first: dict[str, list[tuple[tuple[frozenset[str], ...], Meaning]]] = {}
        for meaning in meanings:
            pattern = tuple(_names(word, lemmas) for word in meaning.words)
            for lemma in pattern[0]:
                self._by_first.setdefault(lemma, []).append((pattern, meaning))

    @property
    def firsts(self) -> Set[str]:
        """The lemmas and forms that a meaning may begin with."""
        return self._by_first.keys()

    def find(self, words: Sequence[frozenset[str]], rows: Sequence[int], start: int) -> Iterator[Expansion]:
        """What begins at ``words[start]``; *words* are the lemmas and form of each word, *rows* their tokens."""
        found = {
            id(meaning): (pattern, meaning)
            for lemma in sorted(words[start])
            for pattern, meaning in self._by_first.get(lemma, ())
        }
        for pattern, meaning in found.values():
            end = start + len(pattern)
            if end <= len(words) and all(map(_meet, words[start:end], pattern)):
                yield Expansion(rows[start], rows[end - 1] + 1, meaning.instead, meaning.weight)


def _names(word: str, lemmas: Lookup) -> frozenset[str]:
    """What a word of a phrase is known by: its form, and the lemma likeliest for it as written in the lexicon."""
    form = fold(word)
    return frozenset((form.lower(), lemmas(form)[0].text))


def _meet(word: frozenset[str], wanted: frozenset[str]) -> bool:
    return bool(word & wanted)
