"""The set of lemmas that a surface form may stand for, the likeliest first.

An ambiguous word keeps every lemma («стали» -> стать | сталь), so that each reading finds it (decision 002). The set is
a function of the form and the lexicon alone; rules.py says how it comes about.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from index.text import lexicon as lexicons
from index.text.lexicon import Lexicon
from index.text.rules import score
from index.text.word import Scores

__all__ = ["Lemma", "LemmaSet", "lemma_set", "lemma_sets"]

# 35,500 forms of news had one lemma in 71% of cases, more than six in 16 cases: bounded, whatever a rule does.
_MOST = 6
# A new process starts in about half a second; below this, each has less than two seconds of work.
_WORTH_A_PROCESS = 30_000
_CHUNK = 4_000


class Lemma(NamedTuple):
    """A dictionary form, folded and in lower case, with its share of plausibility in (0, 1]."""

    text: str
    weight: float


LemmaSet = tuple[Lemma, ...]


def lemma_set(form: str, lexicon: Lexicon) -> LemmaSet:
    """Every plausible lemma of the folded *form*, likeliest first; at most six, never empty."""
    return _ranked(score(form, lexicon))


def _ranked(scores: Scores) -> LemmaSet:
    if len(scores) == 1:  # as most have
        return (Lemma(next(iter(scores)), 1.0),)
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    total = sum(value for _, value in ranked)
    return tuple(Lemma(text, round(value / total, 4) or 0.0001) for text, value in ranked)


def lemma_sets(
    forms: Sequence[str], lexicon: Lexicon, paths: Iterable[Path] = (), *, jobs: int = 1
) -> Iterator[tuple[str, LemmaSet]]:
    """The lemma set of each of *forms*, not in their order; *jobs* 0 means one process for each core.

    *paths* are the files that *lexicon* came from: spawned processes read them anew, which pays from 30,000 forms on.
    """
    # Sorted without case, the capitalisations of one word meet in the dictionary's cache.
    ordered = sorted(forms, key=str.lower)
    jobs = min(jobs or os.cpu_count() or 1, len(ordered) // _WORTH_A_PROCESS)
    if jobs < 2:
        yield from ((form, lemma_set(form, lexicon)) for form in ordered)
        return
    chunks = [ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK)]
    # spawn: a fork would copy locks that other threads of this process may hold.
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_start, initargs=(tuple(paths),)) as pool:
        for chunk, found in zip(chunks, pool.map(_chunk, chunks), strict=True):
            for form, pairs in zip(chunk, found, strict=True):
                yield form, tuple(Lemma(*pair) for pair in pairs)


_worker_lexicon: Lexicon


def _start(paths: tuple[Path, ...]) -> None:
    global _worker_lexicon
    _worker_lexicon = lexicons.load(paths)


def _chunk(forms: list[str]) -> list[tuple[tuple[str, float], ...]]:
    # Plain tuples: half the time to pickle.
    return [tuple((text, weight) for text, weight in lemma_set(form, _worker_lexicon)) for form in forms]
