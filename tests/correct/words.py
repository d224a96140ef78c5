"""A vocabulary without an index: the words of an archive counted once and kept in a file, walked by the engine's code.

Corrections are measured against the words of 175,000 news items when the large archive is there, which take a minute
to count, and against those of sample/ when it is not.
"""

from __future__ import annotations

import json
import lzma
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.format import FORMAT_VERSION, Sections, SectionsWriter
from index.engines.whoosh.keys import word_of
from index.engines.whoosh.strings import Strings, put_strings
from index.text import Analyzer
from search.correct.vocabulary import in_dictionary, split_words
from search.engines.whoosh.neighbours import NearForms

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slovo"
_KIND = 1  # raised when what is kept changes


class CountedWords:
    """Meets search.correct.Vocabulary. A word is known in as many documents as its lemmas' forms together."""

    def __init__(self, path: Path, analyzer: Analyzer) -> None:
        sections = Sections(path)
        self.files = [sections]
        self.forms = Strings(sections, "forms")
        self.form_postings: NDArray[np.uint32] = sections.array("form_postings", "<u4")
        self.lemmas = Strings(sections, "lemmas")
        self._lemma_documents: NDArray[np.uint32] = sections.array("lemma_documents", "<u4")
        self.documents = int(self._lemma_documents.sum())
        self._near = NearForms([self])
        self.documents_with = self._near.documents_with
        self.size = self._near.size
        self.lemma_of = self._near.lemma_of
        self.neighbours = self._near.neighbours
        self.completions = self._near.completions
        self._analyzer = analyzer
        self._found: dict[str, int] = {}

    @property
    def lemma_table(self) -> CountedWords:
        return self

    def select(self, forms: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
        """As LemmaTable does, but the first lemma only."""
        first = [self.lemmas.find(self._analyzer.lemmas(word_of(self.forms.key(int(form))))[0].text) for form in forms]
        return np.ones(len(forms), np.int64), np.array(first, np.int64), np.full(len(forms), 255, np.uint8)

    def known(self, word: str) -> int:
        if word not in self._found:
            numbers = {self.lemmas.find(lemma.text) for lemma in self._analyzer.query_lemmas(word)} - {-1}
            lemmas = sum(int(self._lemma_documents[number]) for number in numbers)
            self._found[word] = max(lemmas, self.documents_with(word))
        return self._found[word]

    def in_dictionary(self, word: str) -> bool:
        return in_dictionary(word)

    def words(self, text: str) -> list[tuple[str, int, int]]:
        return split_words(text, self._analyzer)


def counted(texts: Iterable[str], path: Path, analyzer: Analyzer) -> CountedWords:
    """The vocabulary of *texts*, one a document, written to *path*."""
    numbers: Counter[int] = Counter()
    for some in _batched(texts, 500):
        for tokens in analyzer.stream_many(some):
            numbers.update(set(tokens.forms.tolist()))
    documents: Counter[str] = Counter()
    for number, count in numbers.items():
        documents[analyzer.form(number).lower()] += count  # a document with two shapes of a word counts twice
    lemmas: Counter[str] = Counter()
    for word, count in documents.items():
        for lemma in analyzer.lemmas(word):
            lemmas[lemma.text] += count
    path.parent.mkdir(parents=True, exist_ok=True)
    sections = SectionsWriter(path.parent)
    keys = sorted(documents)
    put_strings(sections, "forms", keys)
    sections.put("form_postings", np.cumsum([0, *(documents[key] for key in keys)]).astype(np.uint32))
    put_strings(sections, "lemmas", sorted(lemmas))
    sections.put("lemma_documents", np.array([lemmas[lemma] for lemma in sorted(lemmas)], np.uint32))
    unfinished = path.with_suffix(f".{os.getpid()}")
    sections.write(unfinished)
    unfinished.replace(path)
    return CountedWords(path, analyzer)


def archive_words(archive: Path, analyzer: Analyzer) -> CountedWords:
    """The vocabulary of the large archive, counted anew when it or the analysis is another."""
    path = CACHE / f"words-{_KIND}.{FORMAT_VERSION}-{analyzer.fingerprint}-{archive.stat().st_size}"
    if not path.exists():
        return counted(_texts(archive), path, analyzer)
    return CountedWords(path, analyzer)


def _batched(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    """*texts* in lists of *size*."""
    rest = iter(texts)
    while some := list(islice(rest, size)):
        yield some


def _texts(archive: Path) -> Iterator[str]:
    with lzma.open(archive, "rt", encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            yield f"{item.get('title') or ''}\n{item.get('text') or ''}"
