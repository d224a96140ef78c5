"""What an index has of words and documents by name: forms with their counts, completions, stored documents.

The most frequent are wanted, out of very many: only forms that can be among them are spelt out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from index.documents import Document
from index.engines.whoosh.keys import form_of, word_of
from search.engines import Count, Entry
from search.engines.meaning import MAX_FORMS, Term
from search.engines.whoosh.parts import Lists
from search.engines.whoosh.reader import Reader
from search.engines.whoosh.terms import lower_bound, shapes

__all__ = ["documents", "forms", "kept", "phrases", "vocabulary"]

# Keys that one word may have: as it is, with a capital, in capitals, and a rare other one.
_SHAPES = 4


def documents(ids: Sequence[str], readers: Sequence[Reader]) -> list[Document]:
    """The stored documents with these *ids*, in their order, without those that are not there."""
    found: dict[str, Document] = {}
    for reader in readers:
        for doc_id, number in zip(ids, reader.find_all(ids), strict=True):
            if number >= 0:
                found[doc_id] = reader.segment.document(number)
    return [found[doc_id] for doc_id in ids if doc_id in found]


def forms(lists: Sequence[Lists], readers: Sequence[Reader]) -> tuple[Count, ...]:
    """The forms that live documents have of a word with these *lists*, the most frequent first, then by form.

    At most MAX_FORMS. A form has one list in a segment, whose length is its count there: 1 µs, nothing is gathered.
    """
    parts = [_Part(reader, own) for reader, own in zip(readers, lists, strict=True)]
    frequent = _frequent(parts, MAX_FORMS, keys_each=1)
    totals = frequent[0] if len(parts) == 1 else _added(frequent, parts)
    found = sorted([(-total, form_of(key)) for key, total in totals.items() if total])
    return tuple([Count(form, -total) for total, form in found[:MAX_FORMS]])


def _added(frequent: Sequence[dict[str, int]], parts: Sequence[_Part]) -> dict[str, int]:
    """The keys that some part tells, with their counts in all."""
    return {
        key: sum(own[key] if key in own else part.count(key) for own, part in zip(frequent, parts, strict=True))
        for key in set().union(*frequent)
    }


def kept(term: Term, readers: Sequence[Reader]) -> frozenset[str] | None:
    """The forms that count of a pattern that has too many in some segment; None for all."""
    lists = [reader.word(term) for reader in readers]
    if not any(own.cut for own in lists):
        return None
    return frozenset(form_of(key) for own, reader in zip(lists, readers, strict=True) for key in reader.keys(own.forms))


def vocabulary(prefix: str, limit: int, readers: Sequence[Reader]) -> list[Entry]:
    """Words that start with *prefix* (lower case), whatever their capitals, most documents first, then by word."""
    ranges = [np.arange(*reader.segment.forms.range(prefix), dtype=np.int64) for reader in readers]
    parts = [
        _Part(reader, reader.lists(own, np.ones(len(own), np.float32)))
        for own, reader in zip(ranges, readers, strict=True)
    ]
    words = {word_of(key) for own in _frequent(parts, limit, keys_each=_SHAPES) for key in own}
    found = [Entry(word, sum(_documents(shapes(word, reader.segment), reader) for reader in readers)) for word in words]
    found.sort(key=lambda entry: (-entry.documents, entry.form))
    return [entry for entry in found[:limit] if entry.documents]


class _Part:
    """What one segment has of a word: its lists, and in how many live documents each form is."""

    def __init__(self, reader: Reader, lists: Lists) -> None:
        self._reader, self._forms = reader, lists.forms
        self.counts = reader.live_counts(lists)

    def count(self, key: str) -> int:
        """The count of the form with that *key*, 0 when it is not here."""
        number, present = lower_bound(self._reader.segment.forms, key)
        at = int(np.searchsorted(self._forms, number))
        return int(self.counts[at]) if present and at < len(self._forms) and self._forms[at] == number else 0

    def told(self, least: float) -> dict[str, int]:
        """The keys whose counts are at least that, with those."""
        chosen = self.counts >= least
        return dict(zip(self._reader.keys(self._forms[chosen]), self.counts[chosen].tolist(), strict=True))


def phrases(beginning: str, limit: int, readers: Sequence[Reader]) -> list[Entry]:
    """Phrases of titles that start with *beginning*, most repeated first, then by phrase."""
    counts: Counter[str] = Counter()
    for reader in readers:
        table, own = reader.segment.phrases, reader.segment.phrase_counts
        low, high = table.range(beginning)
        best = low + np.argsort(-own[low:high].astype(np.int64), kind="stable")[:limit]
        for number in best.tolist():
            counts[table.key(number)] += int(own[number])
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Entry(phrase, count) for phrase, count in ranked[:limit]]


def _frequent(parts: Sequence[_Part], limit: int, *, keys_each: int) -> list[dict[str, int]]:
    """Of each part the keys, with counts, among which are those of the *limit* most frequent things of all.

    A thing has *keys_each* keys at most. In some segment limit things reach the count of its key number limit *
    keys_each; what reaches it in the sum must have a key in a segment with its share of it.
    """
    rank = limit * keys_each
    counts = [part.counts for part in parts if len(part.counts) >= rank > 0]
    reached = max((int(np.partition(own, -rank)[-rank]) for own in counts), default=1)
    least = max(1, reached / (keys_each * max(1, len(parts))))
    return [part.told(least) for part in parts]


def _documents(numbers: Iterable[int], reader: Reader) -> int:
    """How many live documents have one of the forms *numbers*."""
    own = np.fromiter(numbers, np.int64)
    return reader.count(reader.lists(own, np.ones(len(own), np.float32))) if len(own) else 0
