"""Phrases that titles repeat, with their counts: what completes a query of several words.

Two or three words in a row within a sentence of a title, in lower case, which neither begin nor end with a word without
content. Counted when a segment is written, 0.2 s for 175,352 titles; a large segment keeps no phrase that it has once.
Deleted documents are not taken out: counts say what to offer first, and whoever offers a phrase counts its documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.format import SectionsWriter
from index.engines.whoosh.keys import word_of
from index.engines.whoosh.keywords import narrow
from index.engines.whoosh.strings import Strings, put_strings
from index.text.function_words import is_function_word

__all__ = ["merge_phrases", "put_phrases", "repeated"]

_SIZES = (2, 3)
# Documents of a segment that keeps only what it repeats: most of what a large one has once stays so for ever.
_LARGE = 5_000

Ints = NDArray[np.int64]


def put_phrases(sections: SectionsWriter, phrases: Iterable[tuple[str, int]]) -> None:
    """Writes *phrases*, each once, with their counts."""
    table = sorted(phrases)
    put_strings(sections, "phrases", [phrase for phrase, _ in table])
    sections.put("phrases.counts", narrow(np.array([count for _, count in table], np.int64)))


def merge_phrases(
    sections: SectionsWriter, tables: Iterable[tuple[Strings, NDArray[np.uint32]]], documents: int
) -> None:
    """Writes one table of several, for a segment of so many *documents*; counts are added."""
    counts: Counter[str] = Counter()
    for phrases, own in tables:
        counts.update(dict(zip(phrases.keys(0, len(phrases)), own.tolist(), strict=True)))
    least = _least(documents)
    put_phrases(sections, ((phrase, count) for phrase, count in counts.items() if count >= least))


def repeated(keys: Sequence[str], ranks: Ints, sentences: Ints, documents: int) -> Iterator[tuple[str, int]]:
    """The phrases of the title words of *documents*, given by their *ranks* in *keys*, and how often each stands there.

    *sentences* differ wherever a sentence or a title ends.
    """
    least = _least(documents)
    distinct, inverse = np.unique(ranks, return_inverse=True)
    words = [word_of(keys[rank]) for rank in distinct.tolist()]
    numbers = {word: number for number, word in enumerate(dict.fromkeys(words))}
    names = list(numbers)
    ids = np.array([numbers[word] for word in words], np.int64)[inverse]
    for size in _SIZES:
        last = size - 1
        starts = np.flatnonzero(sentences[: len(sentences) - last] == sentences[last:])
        # Three numbers of words fit in 63 bits up to two million different words.
        codes = np.zeros(len(starts), np.int64)
        for shift in range(size):
            codes = codes * len(names) + ids[starts + shift]
        _, first, counts = np.unique(codes, return_index=True, return_counts=True)
        for at in np.flatnonzero(counts >= least).tolist():
            start = int(starts[first[at]])
            phrase = [names[number] for number in ids[start : start + size].tolist()]
            # Asked only of what is kept: the dictionary takes 20 µs a word, and a large segment has 30,000 in titles.
            if not (_is_bare(phrase[0]) or _is_bare(phrase[-1])):
                yield " ".join(phrase), int(counts[at])


def _is_bare(word: str) -> bool:
    return word.isdigit() or is_function_word(word)


def _least(documents: int) -> int:
    """How often a phrase must stand in a segment to be kept."""
    return 1 if documents < _LARGE else 2
