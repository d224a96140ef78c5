"""Several words of a query in one segment, side by side for the loops that read the lists of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.engines.meaning import Fields
from search.engines.whoosh.formula import bits_of
from search.engines.whoosh.parts import Lists

__all__ = ["Batch"]


@dataclass(frozen=True, slots=True)
class Batch:
    """The lists of the words: ``rows`` and ``grades`` as in Lists, one word's after the other's; ``postings`` in all.

    ``tables``: the sets of fields that they are looked for in. A row of ``words``: how many lists the word has, a bit
    for each of its fields among those that are *read*, the number of its table, where its grades start.
    """

    rows: NDArray[np.int64]
    grades: NDArray[np.float32]
    words: NDArray[np.int64]
    tables: tuple[Fields, ...]
    postings: int

    @classmethod
    def of(cls, words: Sequence[tuple[Lists, Fields]], read: int = 0) -> Batch:
        """Those of *words*, not none. *read* has a bit for each field whose places are asked for."""
        tables: dict[Fields, int] = {}
        about, grades, postings = [], 0, 0
        for own, fields in words:
            table = tables.setdefault(fields, len(tables))
            about.append((len(own.rows), read and bits_of(fields) & read, table, grades))
            grades += len(own.grades)
            postings += own.postings
        if len(words) == 1:
            return cls(own.rows, own.grades, np.array(about), (fields,), postings)
        rows, graded = [own.rows for own, _ in words], [own.grades for own, _ in words]
        return cls(np.concatenate(rows), np.concatenate(graded), np.array(about), tuple(tables), postings)
