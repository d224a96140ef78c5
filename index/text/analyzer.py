"""Turns text into tokens, the same way for documents and for queries.

A token is a surface form, kept as a number in the analyzer's form table: what is stored is what was written. The lemmas
of a form are a property of the form, looked up once for each distinct one.

Tokens are found by compiled loops: a plain word is folded where it stands (numbering.py), and what else stands between
two blanks is cut once (raws.py) and remembered. Knows nothing of engines or files of an index.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from index.text import dictionary, raws
from index.text.lemmas import Lemma, LemmaSet, lemma_set, lemma_sets
from index.text.lexicon import load
from index.text.phrases import Expansion, Phrases
from index.text.rules import shouts
from index.text.sketch import Stems, sketches
from index.text.strings import Forms
from index.text.table import Only, RawTable

__all__ = ["Analyzer", "Batch", "Tokens"]

# Raised when the tokens of some text change: an index has to be built anew.
TOKENS_VERSION = 2
# Raised when the lemmas of some form change by our code: an index needs new lemma sets, its documents stay.
LEMMAS_VERSION = 1

Ints = NDArray[np.int32]
_NONE = np.zeros(0, dtype=np.int32)

# Lemma sets found on the way and kept for the next query; those handed in by ``learn`` are not counted.
MAX_LEMMAS = 1_000_000
# Words of queries whose lemmas are kept: each is asked for several times while its query is understood. And those whose
# tokens are, 0.8 KB each: of a question's words two of three were asked before.
_QUERIED, _TYPED = 10_000, 4_096


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text, in order of position; five arrays of equal length (int32).

    A compound («премьер-министр») gives its whole at the position of its first part, then its parts at consecutive
    positions; a whole covers its parts' offsets. ``sentences`` counts from 0. Offsets are half-open, in code points
    of the untouched text; ``stream`` leaves both empty.
    """

    forms: Ints
    positions: Ints
    sentences: Ints
    starts: Ints
    ends: Ints

    def __len__(self) -> int:
        return len(self.forms)


@dataclass(frozen=True, slots=True)
class Batch:
    """The tokens of many texts end to end; text *i* has rows ``bounds[i]:bounds[i + 1]`` (int64).

    Positions, sentences and offsets begin at 0 in each text; ``stream_many`` leaves offsets empty.
    """

    forms: Ints
    positions: Ints
    sentences: Ints
    starts: Ints
    ends: Ints
    bounds: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def __getitem__(self, index: int) -> Tokens:
        rows = slice(self.bounds[index], self.bounds[index + 1])
        return Tokens(self.forms[rows], self.positions[rows], self.sentences[rows], self.starts[rows], self.ends[rows])

    def __iter__(self) -> Iterator[Tokens]:
        return (self[index] for index in range(len(self)))

    def sentence_starts(self) -> list[list[int]]:
        """Of each text the offsets at which its sentences begin, but for the first."""
        begun = np.zeros(len(self.sentences) + 1, bool)
        np.not_equal(self.sentences[1:], self.sentences[:-1], out=begun[1:-1])
        begun[self.bounds] = False
        rows = np.flatnonzero(begun)
        starts, bounds = self.starts[rows].tolist(), rows.searchsorted(self.bounds).tolist()
        return [starts[low:high] for low, high in pairwise(bounds)]


class Analyzer:
    """The analysis of one process: a form table that grows, and the lemmas of the forms in it.

    *lexicons* are the operator's files, read after our own and winning over it; LexiconError when one has a bad line.
    Safe to share between threads.
    """

    def __init__(self, known: Mapping[str, LemmaSet] | None = None, *, lexicons: Sequence[Path] = ()) -> None:
        self._paths = tuple(lexicons)
        self._lexicon = load(self._paths)
        self._forms = Forms()
        self._table = RawTable(self._forms)
        self._known: dict[str, LemmaSet] = dict(known or {})
        self._found: dict[str, LemmaSet] = {}
        self._queried: dict[str, LemmaSet] = {}
        self._typed: dict[str, Tokens] = {}
        self._lock = RLock()
        self._stems = Stems()

    @property
    def fingerprint(self) -> str:
        """Changes whenever the analysis of any text may: versions of the code, the dictionary and the lexicon."""
        return f"{TOKENS_VERSION}.{LEMMAS_VERSION}/{dictionary.VERSION}/{self._lexicon.digest}"

    @property
    def tokens_version(self) -> str:
        """Changes only when tokens do. Same here, other fingerprint: new lemma sets will do, documents stay as read."""
        return f"{TOKENS_VERSION}"

    def tokens(self, text: str) -> Tokens:
        """The tokens of *text* with their offsets; linear in its length."""
        known = self._typed.get(text)
        if known is not None:
            return known
        words = text.split()
        if len(words) != 1 or len(text) > raws.MAX_RAW or raws.PARAGRAPH in words[0]:
            return self.tokens_many([text])[0]
        if len(self._typed) >= _TYPED:
            self._typed = {}
        found = self._typed[text] = self._word(words[0], text.index(words[0]))
        return found

    def _word(self, raw: str, at: int) -> Tokens:
        """The tokens of a text of one raw string: a word of a query, in a tenth of the time of a text."""
        pieces = raws.cut(raw)
        with self._lock:
            forms = [self._forms[piece.form] for piece in pieces]
        columns = np.array([(piece.position, 0, at + piece.start, at + piece.end) for piece in pieces], np.int32)
        return Tokens(np.array(forms, np.int32), *columns.reshape(-1, 4).T)

    def tokens_many(self, texts: Sequence[str], only: Only | None = None) -> Batch:
        """The tokens of each of *texts* with their offsets: some millions of words a second.

        With *only* the forms of that table have their numbers; others may have the number -1, and plain words of them
        are not remembered: half the time, where few words are looked for in many texts.
        """
        with self._lock:
            tokens, bounds = self._table.tokens(self._table.look_up(texts, only), offsets=True)
        forms, positions, sentences, starts, ends = tokens
        return Batch(forms, positions, sentences, starts, ends, bounds)

    def only(self, numbers: Collection[int]) -> Only:
        """What ``tokens_many`` needs to look for the forms with those *numbers* alone, all different."""
        texts = self._forms.texts
        return Only.of([texts[number] for number in numbers], numbers)

    def stream(self, text: str) -> Tokens:
        """The tokens of *text* as ``tokens`` has them, but without offsets."""
        return self.stream_many([text])[0]

    def stream_many(self, texts: Sequence[str]) -> Batch:
        """The tokens of each of *texts* without offsets: over a million words a second once its words are known.

        Give it texts by the hundred: a call costs some 80 µs by itself.
        """
        with self._lock:
            (forms, positions, sentences), bounds = self._table.tokens(self._table.look_up(texts), offsets=False)
        return Batch(forms, positions, sentences, _NONE, _NONE, bounds)

    def sketches(self, forms: Ints, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint8]:
        """A sketch of each stretch ``forms[start:end]``, shape (stretches, 32): near-duplicates are told by it."""
        with self._lock:
            words = self._stems.of(self._forms.texts, forms)
        return sketches(words, starts, ends)

    def numbers(self, forms: Iterable[str]) -> list[int]:
        """The numbers of *forms* in the table, which gains those that are new."""
        with self._lock:
            return [self._forms[form] for form in forms]

    @property
    def size(self) -> int:
        """How many distinct forms were met; about 150 bytes each."""
        return len(self._forms)

    def form(self, number: int) -> str:
        """The folded surface form with that *number*: lower case but for a leading or full capitalisation."""
        return self._forms.texts[number]

    def lemmas(self, form: str) -> LemmaSet:
        """The lemmas of a folded *form* as documents have it, likeliest first; cached."""
        found = self._known.get(form) or self._found.get(form)
        if found is None:
            if len(self._found) >= MAX_LEMMAS:
                self._found = {}
            found = self._found[form] = lemma_set(form, self._lexicon)
        return found

    def lemmas_many(self, forms: Iterable[str], *, jobs: int = 1) -> dict[str, LemmaSet]:
        """The lemmas of each of *forms*, kept as by ``learn``; *jobs* processes, 0 for one each core.

        Some 15,000 new forms a second and process; processes are started from 30,000 new forms a process on.
        """
        wanted = list(dict.fromkeys(forms))
        new = [form for form in wanted if form not in self._known]
        self.learn(lemma_sets(new, self._lexicon, self._paths, jobs=jobs))
        return {form: self._known[form] for form in wanted}

    def query_lemmas(self, form: str) -> LemmaSet:
        """The lemmas of *form* typed in a query, where case says little: those of every capitalisation, as typed first.

        «токаев» finds what «Токаев» does.
        """
        known = self._queried.get(form)
        if known is None:
            if len(self._queried) >= _QUERIED:
                self._queried = {}
            known = self._queried[form] = self._query_lemmas(form)
        return known

    def _query_lemmas(self, form: str) -> LemmaSet:
        lower = form.lower()
        if form.isupper() and len(form) <= 5 and [lemma.text for lemma in self.lemmas(form)] == [lower]:
            return self.lemmas(form)  # «ИИ», «РАН» in capitals are meant so
        merged: dict[str, float] = {}
        shapes = (form, lower, lower.capitalize(), form.upper() if shouts(lower) else form)
        for shaped in dict.fromkeys(shapes):
            for lemma, weight in self.lemmas(shaped):
                merged.setdefault(lemma, weight)
        return tuple(Lemma(text, weight) for text, weight in merged.items())

    def may_expand(self, forms: Iterable[str]) -> bool:
        """Whether any of *forms* begins what has another name; five of six queries need no second look."""
        return not all(self._names.firsts.isdisjoint(self._said(form)) for form in forms)

    def expansions(self, tokens: Tokens) -> list[Expansion]:
        """What else the words of a query may be called, by its rows in *tokens*: «рк» -> («Республика», «Казахстан»).

        Both ways, in every case of every word; a compound counts as its whole and as its parts.
        """
        rows: list[int] = []
        wholes: list[int] = []
        for row in range(len(tokens)):
            following = row + 1 < len(tokens) and tokens.positions[row + 1] == tokens.positions[row]
            (wholes if following else rows).append(row)
        said = [self._said(self.form(number)) for number in tokens.forms.tolist()]
        words = [said[row] for row in rows]
        found = [item for start in range(len(rows)) for item in self._names.find(words, rows, start)]
        for row in wholes:
            found.extend(self._names.find([said[row]], [row], 0))
        return sorted(found, key=lambda item: (item.start, -item.end))

    @cached_property
    def _names(self) -> Phrases:
        return Phrases(self._lexicon.meanings, self.lemmas)

    def _said(self, form: str) -> frozenset[str]:
        return frozenset((form.lower(), *(lemma.text for lemma in self.query_lemmas(form))))

    def learn(self, known: Iterable[tuple[str, LemmaSet]]) -> None:
        """Takes over lemma sets found by an earlier run with the same fingerprint."""
        self._known.update(known)
        self._queried.clear()
