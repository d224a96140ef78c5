"""Frequent phrases and titles of an index, found by how they begin: a table made once from all titles.

Made in the background or when an index is built: 40 µs of processor time a title, and 700 bytes while it is held.
Knows nothing of queries.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from index.text.fold import fold
from index.text.function_words import is_function_word
from search.suggest import Suggestion

__all__ = ["PhraseTable"]

_WORD = re.compile(r"[^\W_](?:[^\W_]|[-'’](?=[^\W_]))*")
# Words of a phrase; more is a title.
_SIZES = (2, 3)
# Titles that must have a phrase, or chance would make it.
_OFTEN = 5
_LONGEST_TITLE = 120
# A beginning of a few letters has too many titles for one of them to be what is wanted.
_TITLE_FROM = 8
_MOST = 5_000


class PhraseTable:
    """Meets search.suggest.Phrases; immutable."""

    def __init__(self, titles: Iterable[str]) -> None:
        """*titles*: one a document, the newest first where that is known."""
        counts: Counter[str] = Counter()
        shown: dict[str, str] = {}
        for title in titles:
            words = [fold(word).lower() for word in _WORD.findall(title)]
            counts.update(set(_phrases(words)))
            if len(words) > max(_SIZES) and len(title) <= _LONGEST_TITLE:
                shown.setdefault(" ".join(words), title)
        frequent = {phrase: count for phrase, count in counts.items() if count >= _OFTEN}
        self._phrases = sorted(frequent)
        self._counts = np.array([frequent[phrase] for phrase in self._phrases], np.int64)
        self._titles = sorted(shown)
        self._shown = [shown[key] for key in self._titles]

    def starting(self, beginning: str, limit: int) -> list[Suggestion]:
        """See search.suggest.Phrases. Phrases first, most titles first; then titles in the order of the alphabet."""
        low, high = _range(self._phrases, beginning)
        best = low + np.argsort(-self._counts[low : min(high, low + _MOST)], kind="stable")[:limit]
        found = [Suggestion(self._phrases[row], "phrase", int(self._counts[row])) for row in best]
        if len(beginning) >= _TITLE_FROM:
            low, high = _range(self._titles, beginning)
            found += [Suggestion(title, "title", 1) for title in self._shown[low : min(high, low + limit)]]
        return found[:limit]


def _phrases(words: Sequence[str]) -> Iterator[str]:
    """Runs of *words* that neither begin nor end with a word without content."""
    bare = [word.isdigit() or is_function_word(word) for word in words]
    for size in _SIZES:
        for at in range(len(words) - size + 1):
            if not (bare[at] or bare[at + size - 1]):
                yield " ".join(words[at : at + size])


def _range(keys: Sequence[str], beginning: str) -> tuple[int, int]:
    return bisect_left(keys, beginning), bisect_left(keys, beginning + "\U0010ffff")
