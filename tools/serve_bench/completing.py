"""How long suggestions take while queries are typed: of this process's own work, whatever else the machine does."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from search.service import Service

__all__ = ["completed"]

_LETTERS = range(2, 13)
_LATIN = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,.")


def completed(index: Path, queries: Sequence[str], warming: int) -> str:
    """The time of suggestions over *index* for the beginnings of *queries*, the first *warming* of them not told."""
    service = Service(index)
    chance = random.Random(7)
    took = []
    for number, query in enumerate(queries):
        for text in _beginnings(query, chance):
            started = time.process_time()
            service.suggest(text)
            if number >= warming:
                took.append((time.process_time() - started) * 1000)
    service.close()
    half, most, nearly = np.percentile(took, (50, 95, 99))
    return f"{len(took):,} suggestions: p50 {half:.1f} ms, p95 {most:.1f} ms, p99 {nearly:.1f} ms of processor time"


def _beginnings(query: str, chance: random.Random) -> Iterator[str]:
    """*query* letter by letter; and somewhere on the way with a slip, in the other layout, with ё."""
    typed = [query[:letters] for letters in _LETTERS if letters <= len(query)]
    yield from typed
    if len(typed) > 3:
        begun = chance.choice(typed[3:])
        at = chance.randrange(1, len(begun))
        yield begun[:at] + chance.choice("аеинорст") + begun[at + chance.randint(0, 1) :]
        yield chance.choice(typed).lower().translate(_LATIN)
        yield chance.choice(typed).replace("е", "ё", 1)
