"""What corrections ask of an index: which words it has, in how many documents, and which are a slip away.

``IndexVocabulary`` answers it over any Searcher. Knows nothing of slips' causes or of queries.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import Protocol

from index.text import Analyzer
from index.text.dictionary import knows
from search.engines import Completion, Neighbour, Neighbours, Request, Searcher
from search.query import Word

__all__ = [
    "Completion",
    "IndexVocabulary",
    "Neighbour",
    "Neighbours",
    "Vocabulary",
    "in_dictionary",
    "split_words",
]

_CYRILLIC = re.compile("[\u0430-\u044f\u0451-]+")
# Words whose documents are remembered, about 100 bytes each.
_REMEMBERED = 50_000
# Stretches of queries whose words are remembered, about 300 bytes each.
_SPLIT = 4_096
# Walks through the index that are remembered, about 1 KB each and 1 to 8 ms: a name that the index hardly has is asked
# for again by others, and when one more word is typed. Of those of 800 questions every seventh.
_WALKED = 2_048


class Vocabulary(Neighbours, Protocol):
    """The words of an index as a reader's word meets them. No word is known in more than so many ``documents``."""

    @property
    def documents(self) -> int: ...

    def known(self, word: str) -> int:
        """How many documents a query of the lower-case *word* alone finds: any of its forms."""

    def in_dictionary(self, word: str) -> bool:
        """Whether the lower-case *word* is a form of the Russian dictionary, in the index or not."""

    def words(self, text: str) -> list[tuple[str, int, int]]:
        """The words of *text*: folded, in lower case, with their offsets; a compound as its parts."""


class IndexVocabulary:
    """The vocabulary of one generation. Remembers what it looked up; as safe to share between threads as its parts."""

    def __init__(self, source: Searcher, analyzer: Analyzer, documents: int) -> None:
        self.documents = documents
        self._analyzer = analyzer
        self._source = source
        # Three of five were asked before.
        self.documents_with = lru_cache(_REMEMBERED)(source.forms.documents_with)
        self.size = source.forms.size
        self.lemma_of = source.forms.lemma_of
        self.neighbours = lru_cache(_WALKED)(source.forms.neighbours)
        self.completions = source.forms.completions
        self._known: dict[str, int] = {}
        # A query is looked at for layouts, slips and blanks in turn, and half of all words are the same few thousand.
        self._words = lru_cache(_SPLIT)(partial(split_words, analyzer=analyzer))

    def known(self, word: str) -> int:
        """See Vocabulary. One search, of a millisecond for a frequent word."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known = {}
            query = Word(word, word, self._analyzer.query_lemmas(word))
            found = self._known[word] = self._source.search(Request(query, limit=0, words=False)).total
        return found

    def in_dictionary(self, word: str) -> bool:
        """See Vocabulary."""
        return in_dictionary(word)

    def words(self, text: str) -> list[tuple[str, int, int]]:
        """See Vocabulary."""
        return list(self._words(text))


def split_words(text: str, analyzer: Analyzer) -> list[tuple[str, int, int]]:
    """See Vocabulary.words."""
    tokens = analyzer.tokens(text)
    rows = [
        (analyzer.form(int(form)).lower(), int(start), int(end))
        for form, start, end in zip(tokens.forms, tokens.starts, tokens.ends, strict=True)
    ]
    # A compound's whole is followed by its first part, which starts where it does.
    follow = [start for _, start, _ in rows[1:]] + [len(text)]
    return [row for row, after in zip(rows, follow, strict=False) if after >= row[2]]


def in_dictionary(word: str) -> bool:
    """See Vocabulary.in_dictionary. What is not Cyrillic is not asked: half a surrogate pair cannot be."""
    return _CYRILLIC.fullmatch(word) is not None and knows(word)
