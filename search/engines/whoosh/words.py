"""What an index has of words and documents by name: forms with their counts, completions, stored documents.

The most frequent are wanted, out of very many: only forms that can be among them are spelt out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from index.documents import Document
from index.engines.whoosh.keys import form_of, word_of
from search.engines import Count, Entry
from search.engines.meaning import MAX_FORMS, Term
from search.engines.whoosh.parts import Lists
from search.engines.whoosh.reader import Reader
from search.engines.whoosh.terms import shapes

__all__ = ["document", "forms", "vocabulary"]

# Keys that one word may have: as it is, with a capital, in capitals, and a rare other one.
_SHAPES = 4


def document(doc_id: str, readers: Sequence[Reader]) -> Document | None:
    """The stored document with that id, None when there is none."""
    for reader in readers:
        number = reader.segment.find(doc_id)
        if number >= 0 and (reader.segment.deleted is None or not reader.segment.deleted[number]):
            return reader.segment.document(number)
    return None


def forms(term: Term, readers: Sequence[Reader]) -> tuple[Count, ...]:
    """The forms of *term* that live documents have, most frequent first, then by form; at most MAX_FORMS.

    A form has one list in a segment, whose length is its count there: 3 µs a form, nothing is gathered.
    """
    lists = [reader.word(term) for reader in readers]
    counts = [reader.live_counts(own) for own, reader in zip(lists, readers, strict=True)]
    keys = _frequent(lists, counts, readers, MAX_FORMS, keys_each=1)
    of_form = [
        dict(zip(own.forms.tolist(), count.tolist(), strict=True)) for own, count in zip(lists, counts, strict=True)
    ]
    found = [
        Count(form_of(key), sum(own.get(reader.number(key), 0) for own, reader in zip(of_form, readers, strict=True)))
        for key in keys
    ]
    found.sort(key=lambda count: (-count.count, count.value))
    return tuple(count for count in found[:MAX_FORMS] if count.count)


def vocabulary(prefix: str, limit: int, readers: Sequence[Reader]) -> list[Entry]:
    """Words that start with *prefix* (lower case), whatever their capitals, most documents first, then by word."""
    ranges = [np.arange(*reader.segment.forms.range(prefix), dtype=np.int64) for reader in readers]
    lists = [reader.lists(own, np.ones(len(own), np.float32)) for own, reader in zip(ranges, readers, strict=True)]
    counts = [reader.live_counts(own) for own, reader in zip(lists, readers, strict=True)]
    keys = _frequent(lists, counts, readers, limit, keys_each=_SHAPES)
    words = {word_of(key) for key in keys}
    found = [Entry(word, sum(_documents(shapes(word, reader.segment), reader) for reader in readers)) for word in words]
    found.sort(key=lambda entry: (-entry.documents, entry.form))
    return [entry for entry in found[:limit] if entry.documents]


def _frequent(
    lists: Sequence[Lists],
    counts: Sequence[NDArray[np.int64]],
    readers: Sequence[Reader],
    limit: int,
    *,
    keys_each: int,
) -> set[str]:
    """Keys among which those of the *limit* most frequent things are, a thing having *keys_each* keys at most.

    *counts* are of live documents, of each list in *lists*.

    In some segment limit things reach the count of its key number limit * keys_each; what reaches it in the sum must
    have a key in a segment with its share of it.
    """
    rank = limit * keys_each
    reached = max((int(np.partition(own, -rank)[-rank]) for own in counts if len(own) >= rank > 0), default=1)
    least = max(1, reached / (keys_each * max(1, len(readers))))
    return {
        key
        for own, count, reader in zip(lists, counts, readers, strict=True)
        for key in reader.keys(own.forms[count >= least])
    }


def _documents(numbers: Iterable[int], reader: Reader) -> int:
    """How many live documents have one of the forms *numbers*."""
    own = np.fromiter(numbers, np.int64)
    return reader.count(reader.lists(own, np.ones(len(own), np.float32))) if len(own) else 0
