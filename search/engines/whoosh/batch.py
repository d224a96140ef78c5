"""Several words of a query in one segment, side by side for the loops that read the lists of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.compiled import carray, compiled, floats_from, int64s_from
from search.engines.meaning import Fields
from search.engines.whoosh.formula import bits_of
from search.engines.whoosh.parts import Lists

__all__ = ["Batch", "fields_of", "lists_of", "postings_of", "table_of", "weight_of"]

U = np.uint64
_COLUMNS = 7


class Batch(NamedTuple):
    """What a loop reads of words: numbers and addresses, all exact in a double, for ``lists_of`` and the like.

    As putting the lists themselves together would take longer than to read most of them; ``kept`` keeps them as long as
    the batch. ``tables``: the sets of fields that the words are looked for in.
    """

    words: NDArray[np.float64]
    tables: tuple[Fields, ...]
    kept: Sequence[tuple[Lists, Fields, float]]

    @classmethod
    def of(cls, words: Sequence[tuple[Lists, Fields, float]], read: int = 0) -> Batch:
        """That of *words*, not none, and their weights. *read* has a bit for each field whose places are asked for."""
        tables: dict[Fields, int] = {}
        rows = [
            (*own.where, bits_of(fields) & read if read else 0, tables.setdefault(fields, len(tables)), weight)
            for own, fields, weight in words
        ]
        return cls(np.array(rows, np.float64), tuple(tables), words)

    @property
    def postings(self) -> list[int]:
        """How many the lists of each word have."""
        return [lists.postings for lists, _, _ in self.kept]


@compiled
def lists_of(words: NDArray[np.float64], word: Any) -> tuple[Any, Any]:
    """The ``rows`` and ``grades`` of a word (Lists)."""
    own = words[word]
    return (
        carray(int64s_from(U(own[1])), (np.int64(own[0]), _COLUMNS)),
        carray(floats_from(U(own[3])), np.int64(own[2])),
    )


@compiled
def fields_of(words: NDArray[np.float64], word: Any) -> Any:
    """A bit for each field in which its places are asked for."""
    return np.int64(words[word, 4])


@compiled
def table_of(words: NDArray[np.float64], word: Any) -> Any:
    """The number of its set of fields among ``tables``."""
    return np.int64(words[word, 5])


@compiled
def weight_of(words: NDArray[np.float64], word: Any) -> Any:
    """What it weighs."""
    return words[word, 6]


@compiled
def postings_of(words: NDArray[np.float64], word: Any) -> Any:
    """How many postings its lists have."""
    return lists_of(words, word)[0][:, 0].sum()
