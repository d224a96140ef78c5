"""From a tree to the documents of one segment, sorted, with their scores: every node is work on whole arrays.

search/engines/plain.py says what each node means. Words are read a few together (asked.py), each with its weight over
all segments.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from search.engines.meaning import Fields, Leaf, Term, demands, leaves, no_more
from search.engines.whoosh import arrays, kernels
from search.engines.whoosh.batch import Batch
from search.engines.whoosh.parts import Found, Met, Scratch
from search.engines.whoosh.places import DOCUMENT_SHIFT, spans
from search.engines.whoosh.reader import Reader
from search.limits import Deadline
from search.query import (
    Aimed,
    All,
    Any,
    Between,
    Boosted,
    Everything,
    Fuzzy,
    Keyword,
    Near,
    Node,
    Not,
    Nothing,
    Phrase,
    SameSentence,
    Wildcard,
    Word,
)

__all__ = ["Evaluation", "Words"]

_EPOCH = dt.date(1970, 1, 1).toordinal()
# Days that no document has; NO_DATE of a segment lies below the first.
_EARLIEST, _LATEST = -(2**31) + 1, 2**31 - 1

# Documents, times words, whose places are read between two looks at the clock: 10 ms and 10 MB for common words, 100 ms
# for a pattern of 50,000 forms. At an eighth of that nothing is slower yet.
_PLACED = 50_000

# Documents of a phrase that are looked at together: their places fit into the nearer caches.
_TOGETHER = 4_096

# Words whose lists are read between two looks at the clock: 5 ms each for the commonest of a million documents.
_AT_ONCE = 8

Sieve = Not | Keyword | Between | Everything


class Words(Protocol):
    """The words of a query in one segment, each with its weight."""

    def met(self, leaf: Leaf) -> Met:
        """About how many documents have it, and what it weighs, 0 where it only narrows."""

    def any(self, leaves: Sequence[Leaf]) -> Found:
        """The documents that have one of them (there are some), and their scores."""

    def all(self, found: Found | None, leaves: Sequence[Leaf], required: int) -> Found:
        """*found* with their scores added, without the documents that lack one of the first *required*.

        Where nothing was found yet, the documents that have the first one, which is required, and so on.
        """


class Evaluation:
    """Answers one tree over one segment. Raises OutOfTime between two steps, each of which takes milliseconds."""

    def __init__(self, reader: Reader, scratch: Scratch, words: Words, deadline: Deadline) -> None:
        self._reader = reader
        self._scratch = scratch
        self._words = words
        self._deadline = deadline

    def found(self, node: Node, fields: Fields) -> Found:
        """The documents that match *node* and their scores; words are looked for in *fields*."""
        self._deadline.check()
        match node:
            case Word() | Wildcard() | Fuzzy():
                return self._words.any([Leaf(node, fields)])
            case Phrase(parts) | Near(parts, _) | SameSentence(parts):
                return self._placed(node, parts, fields)
            case All(parts):
                return self._all(parts, fields)
            case Any((typed, *others), implied=True):
                return self._best(typed, others, fields)
            case Any(parts):
                sought = [self.found(part, fields) for part in parts if not isinstance(part, Term)]
                return self._any([*sought, *self._words_of(parts, fields)])
            case Aimed(field, part):
                return self.found(part, (field,))
            case Boosted(part, factor):
                found = self.found(part, fields)
                found.scores *= np.float32(factor)
                return found
            case Nothing():
                return Found.none()
            case _:
                return self.sifted(self._everything(), (node,), fields)

    def sifted(self, found: Found, sieves: Iterable[Node], fields: Fields) -> Found:
        """What of *found* matches every one of *sieves*, scores as they were."""
        for node in sieves:
            match node:
                case Everything():
                    continue
                case Not(part):
                    size = arrays.without(found.docs, found.scores, self.found(part, fields).docs)
                case Keyword(field, values):
                    size = arrays.marked(found.docs, found.scores, self._reader.marks(field, values))
                case Between(first, last):
                    low, high = _days(first, last)
                    size = arrays.dated(found.docs, found.scores, self._reader.segment.dates, low, high)
                case _:
                    others = self.found(node, fields)
                    found = _common(found, others, np.zeros(len(others), np.float32))
                    continue
            found = found.cut(size)
        return found

    def _all(self, parts: tuple[Node, ...], fields: Fields) -> Found:
        required, extra = demands(parts)
        found = self._both(required, fields, [part for part in extra if isinstance(part, Term)])
        for part in extra:
            if not isinstance(part, Term):
                others = self.found(part, fields)
                arrays.add(found.docs, found.scores, others.docs, others.scores)
        return found

    def _both(self, parts: Sequence[Node], fields: Fields, adding: Sequence[Term] = ()) -> Found:
        """What all *parts* match, scores added, also those of *adding*. The rarest first, and the others narrow it."""
        words: list[Leaf] = []
        sieves: list[Node] = []
        sought: list[Found] = []
        for part in parts:
            if isinstance(part, Term):
                words.append(Leaf(part, fields))
            elif isinstance(part, Sieve):
                sieves.append(part)
            else:
                sought.append(self.found(part, fields))
        words.sort(key=self._words.met)
        found: Found | None = None
        if sought:
            sought.sort(key=len)
            found = functools.reduce(lambda one, other: _common(one, other, other.scores), sought)
        elif sieves and words:
            found = self._words.any([words.pop(0)])
        elif not words:
            found = self._everything()
        if found is not None:
            found = self.sifted(found, sieves, fields)
        return self._narrowed(found, words + [Leaf(part, fields) for part in adding], len(words))

    def _narrowed(self, found: Found | None, leaves: Sequence[Leaf], required: int) -> Found:
        for at in range(0, len(leaves), _AT_ONCE):
            self._deadline.check()
            found = self._words.all(found, leaves[at : at + _AT_ONCE], max(0, required - at))
        assert found is not None, "nothing to begin with, and no word"
        return found

    def _words_of(self, parts: Sequence[Node], fields: Fields) -> Iterator[Found]:
        """What any of the words among *parts* finds, a few together."""
        leaves = [Leaf(part, fields) for part in parts if isinstance(part, Term)]
        for at in range(0, len(leaves), _AT_ONCE):
            self._deadline.check()
            yield self._words.any(leaves[at : at + _AT_ONCE])

    def _any(self, sought: list[Found]) -> Found:
        """What is in any of *sought*, scores added."""
        sought = [found for found in sought if len(found)]
        if len(sought) < 2:
            return sought[0] if sought else Found.none()
        if len(sought) == 2:
            return _either(*sought)
        scratch = self._scratch
        for found in sought:
            kernels.pour(found.docs, found.scores, scratch.sums, scratch.bits, scratch.summary)
        room = min(sum(map(len, sought)), self._reader.documents)
        docs, scores = np.empty(room, np.int32), np.empty(room, np.float32)
        return Found(docs, scores).cut(kernels.draw(scratch.sums, scratch.bits, scratch.summary, docs, scores))

    def _best(self, typed: Node, others: Iterable[Node], fields: Fields) -> Found:
        """What is found by *typed* or by one of *others*, which weigh no more, each with the best of its scores."""
        found = self.found(typed, fields)
        for node in others:
            other = self.found(node, fields)
            other.scores *= np.float32(no_more(self._weight(typed, fields), self._weight(node, fields)))
            arrays.lift(found.docs, found.scores, other.docs, other.scores)
            found = self._any([found, other.cut(arrays.without(other.docs, other.scores, found.docs))])
        return found

    def _weight(self, node: Node, fields: Fields) -> float:
        """What the words of *node* weigh together."""
        return sum(self._words.met(leaf).weight for leaf in leaves(node, fields))

    def _placed(self, node: Phrase | Near | SameSentence, parts: tuple[Node, ...], fields: Fields) -> Found:
        words = [part for part in parts if isinstance(part, Term)]
        if words and isinstance(node, Phrase) and len(words) == len(parts):
            return self._adjacent(words, fields)
        found = self._both(parts, fields) if parts else Found.none()
        if not len(found):
            return found
        holding = np.zeros(len(found), bool)
        step = max(1, _PLACED // max(1, len(leaves(node, fields))))
        for at in range(0, len(found), step):
            docs = found.docs[at : at + step]
            starts = spans(node, fields, docs, self._reader, self._scratch, self._deadline).starts
            holding[at + (starts >> DOCUMENT_SHIFT)] = True
        return Found(found.docs[holding], found.scores[holding])

    def _adjacent(self, words: Sequence[Term], fields: Fields) -> Found:
        """A phrase of plain words: positions are read only in documents that have all of them, which mostly are few."""
        found = self._both(words, fields)
        if len(words) > 1 and len(found):
            batch = Batch.of([(self._reader.word(word), fields, 0) for word in words])
            near = []
            for at in range(0, len(found), _TOGETHER):
                self._deadline.check()
                docs = found.docs[at : at + _TOGETHER]
                near.append(at + self._reader.adjoining(batch, fields, docs, self._scratch))
            rows = near[0] if len(near) == 1 else np.concatenate(near)
            found = Found(found.docs[rows], found.scores[rows])
        return found

    def _everything(self) -> Found:
        docs = self._reader.all_live
        return Found(docs.copy(), np.zeros(len(docs), np.float32))


def _either(found: Found, others: Found) -> Found:
    """What is in one of them or both, scores added.

    By merging: to add them up document by document takes as long in 175,000 documents, and twice as long in a million.
    """
    room = len(found) + len(others)
    both = Found(np.empty(room, np.int32), np.empty(room, np.float32))
    return both.cut(arrays.either(found.docs, found.scores, others.docs, others.scores, both.docs, both.scores))


def _common(found: Found, others: Found, extra: NDArray[np.float32]) -> Found:
    """What is in both, the scores of *found* with *extra* added."""
    one, other = (found.docs, found.scores), (others.docs, extra)
    if len(found) > len(others):
        one, other = other, one
    room = len(one[0]) + 1
    kept = Found(np.empty(room, np.int32), np.empty(room, np.float32))
    return kept.cut(arrays.both(*one, *other, kept.docs, kept.scores))


def _days(first: dt.date | None, last: dt.date | None) -> tuple[int, int]:
    """A range of dates as days since 1970-01-01; open ends let every day pass, but no document without a date."""
    low = first.toordinal() - _EPOCH if first else _EARLIEST
    return low, last.toordinal() - _EPOCH if last else _LATEST
