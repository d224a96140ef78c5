"""Turns text into tokens, the same way for documents and for queries.

A token is a surface form, kept as a number in the analyzer's form table: what is stored is what was written. The lemmas
of a form are a property of the form, looked up once for each distinct one. Knows nothing of engines or files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.text.fold import fold
from index.text.lemmas import Lemma, LemmaSet, lemma_set

__all__ = ["Analyzer", "Tokens"]

# Raised when the output for some text changes: old indexes then disagree with new queries and say so.
ANALYSIS_VERSION = 1

_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300\u0301\u00ad](?=\w)|[-‑'’](?=[^\W_]))*")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text, in order of position; five arrays of equal length (int32).

    A compound («премьер-министр») gives its whole at the position of its first part, then its parts at consecutive
    positions; a whole covers its parts' offsets. Offsets are half-open, in code points of the untouched text.
    """

    forms: NDArray[np.int32]
    positions: NDArray[np.int32]
    sentences: NDArray[np.int32]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.forms)


class Analyzer:
    """The analysis of one process: a form table that grows, and the lemmas of the forms in it.

    Not safe to share between threads while ``tokens`` may meet new forms; ``lemmas`` is.
    """

    def __init__(self, known: Mapping[str, LemmaSet] | None = None) -> None:
        self._numbers: dict[str, int] = {}
        self._forms: list[str] = []
        self._lemmas: dict[str, LemmaSet] = dict(known or {})

    @property
    def fingerprint(self) -> str:
        """Changes whenever the analysis of any text may: versions of the code, the dictionary and the lexicon."""
        return f"{ANALYSIS_VERSION}"

    def tokens(self, text: str) -> Tokens:
        """The tokens of *text*; linear in its length."""
        rows: list[tuple[int, int, int, int, int]] = []
        position = 0
        for match in _WORD.finditer(text):
            word, start = match.group(), match.start()
            pieces = list(re.finditer(r"[^-‑]+", word))
            if len(pieces) > 1:
                rows.append((self.number(fold(word)), position, 0, start, match.end()))
            for piece in pieces:
                rows.append((self.number(fold(piece.group())), position, 0, start + piece.start(), start + piece.end()))
                position += 1
        columns = np.array(rows, dtype=np.int32).reshape(-1, 5).T
        return Tokens(*columns)

    def number(self, form: str) -> int:
        """The number of *form* in the table, which gains it when it is new."""
        number = self._numbers.setdefault(form, len(self._forms))
        if number == len(self._forms):
            self._forms.append(form)
        return number

    def form(self, number: int) -> str:
        """The folded surface form with that *number*: lower case but for a leading or full capitalisation."""
        return self._forms[number]

    def lemmas(self, form: str) -> LemmaSet:
        """The lemmas of a folded *form* as documents have it, likeliest first; cached."""
        found = self._lemmas.get(form)
        if found is None:
            found = self._lemmas[form] = lemma_set(form)
        return found

    def query_lemmas(self, form: str) -> LemmaSet:
        """The lemmas of *form* typed in a query, where case says little: those of every capitalisation, as typed first.

        «токаев» finds what «Токаев» does.
        """
        merged: dict[str, float] = {}
        for shaped in dict.fromkeys((form, form.lower(), form.lower().capitalize(), form.upper())):
            for lemma, weight in self.lemmas(shaped):
                merged.setdefault(lemma, weight)
        return tuple(Lemma(text, weight) for text, weight in merged.items())

    def learn(self, known: Iterable[tuple[str, LemmaSet]]) -> None:
        """Takes over lemma sets found by an earlier run with the same fingerprint."""
        self._lemmas.update(known)
