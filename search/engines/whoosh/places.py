"""Phrases, windows and sentences: where the parts of a tree stand together, in documents that have all of them.

Positions are read for those documents only. A span is a half-open run of positions in one field of one document, held
as two arrays of places (placing.py), which tell a document by where it stands among those looked at.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.records import FIELDS
from search.engines.meaning import Fields
from search.engines.whoosh import spanning
from search.engines.whoosh.parts import Scratch
from search.engines.whoosh.placing import FIELD_BITS, POSITION_BITS
from search.engines.whoosh.reader import Reader
from search.limits import Deadline
from search.query import Aimed, Any, Boosted, Fuzzy, Near, Node, Phrase, SameSentence, Wildcard, Word

__all__ = ["DOCUMENT_SHIFT", "Spans", "spans"]

DOCUMENT_SHIFT = FIELD_BITS + POSITION_BITS
_ASIDE = FIELDS.index("aside")


class Spans(NamedTuple):
    """Places where spans start, ascending, and where each ends."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


_NOWHERE = Spans(np.zeros(0, np.int64), np.zeros(0, np.int64))


def spans(
    node: Node, fields: Fields, docs: NDArray[np.int32], reader: Reader, scratch: Scratch, deadline: Deadline
) -> Spans:
    """Where *node* stands in *docs*; nodes that are not about places stand nowhere. Model: plain.py, ``_spans``.

    Raises OutOfTime.
    """

    def of(part: Node) -> Spans:
        return spans(part, fields, docs, reader, scratch, deadline)

    deadline.check()
    match node:
        case Word() | Wildcard() | Fuzzy():
            starts = reader.places(reader.word(node), fields, docs, scratch)
            return Spans(starts, starts + 1)
        case Any(parts) if parts:
            found = [of(part) for part in parts]
            return _sorted(*(np.concatenate(column) for column in zip(*found, strict=True)))
        case Boosted(part, _):
            return of(part)
        case Aimed(field, part):
            return spans(part, (field,), docs, reader, scratch, deadline) if field in fields else _NOWHERE
        case Phrase(parts) if parts:
            so_far = of(parts[0])
            for part in parts[1:]:
                # Only in documents where the words before it stand: each word leaves few to the next.
                left = _distinct(so_far.starts >> DOCUMENT_SHIFT)
                following = spans(part, fields, docs[left], reader, scratch, deadline)
                so_far = _chained(so_far, Spans(*(_renumbered(places, left) for places in following)))
            return so_far
        case Near(parts, distance) if parts:
            return _windows([of(part) for part in parts], distance)
        case SameSentence(parts) if parts:
            return _together([of(part) for part in parts], docs, reader)
        case _:
            return _NOWHERE


def _sorted(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Spans:
    """The spans by start, then end, each once."""
    order = np.lexsort((ends, starts))
    starts, ends = starts[order], ends[order]
    fresh = _fresh(starts) | _fresh(ends)
    return Spans(starts[fresh], ends[fresh])


def _fresh(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each of *values* differs from the one before it."""
    fresh = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=fresh[1:])
    return fresh


def _distinct(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """*values*, which ascend, each once."""
    distinct: NDArray[np.int64] = values[_fresh(values)]
    return distinct


def _renumbered(places: NDArray[np.int64], documents: NDArray[np.int64]) -> NDArray[np.int64]:
    """*places* in some of the documents as places in all; *documents* tells where those stand among these."""
    number = places >> DOCUMENT_SHIFT
    renumbered: NDArray[np.int64] = places + (documents[number] - number << DOCUMENT_SHIFT)
    return renumbered


def _chained(before: Spans, after: Spans) -> Spans:
    starts, ends = before
    if (ends[1:] < ends[:-1]).any():
        order = np.argsort(ends, kind="stable")
        starts, ends = starts[order], ends[order]
    if not _fresh(after.starts).all():
        # Several begin at one place: only with phrases of unlike lengths inside a phrase.
        low, high = np.searchsorted(after.starts, ends, "left"), np.searchsorted(after.starts, ends, "right")
        chosen = np.concatenate([np.arange(*pair) for pair in zip(low, high, strict=True)] or [low])
        return _sorted(np.repeat(starts, high - low), after.ends[chosen])
    lows, highs = np.empty(len(starts) + 1, np.int64), np.empty(len(starts) + 1, np.int64)
    size = spanning.chained(starts, ends, after.starts, after.ends, lows, highs)
    found = Spans(lows[:size], highs[:size])
    return found if (found.starts[1:] > found.starts[:-1]).all() else _sorted(*found)


def _windows(parts: list[Spans], distance: int) -> Spans:
    if not all(len(part.starts) for part in parts):
        return _NOWHERE
    starts = np.concatenate([part.starts for part in parts])
    ends = np.concatenate([part.ends for part in parts])
    bounds = np.cumsum([0, *(len(part.starts) for part in parts)])
    anchors = np.sort(starts)
    return _sorted(*spanning.windows(starts, ends, bounds, _distinct(anchors), distance))


def _together(parts: list[Spans], docs: NDArray[np.int32], reader: Reader) -> Spans:
    """Sentences of text that hold every part, and titles, which are one sentence each."""
    titles = np.arange(len(docs)) << DOCUMENT_SHIFT
    starts = np.sort(np.concatenate((titles, reader.sentence_starts(docs))))
    groups = starts >> POSITION_BITS
    field, doc = groups & ((1 << FIELD_BITS) - 1), docs[groups >> FIELD_BITS]
    ends = (groups << POSITION_BITS) + np.where(field == 1, reader.lengths("text")[doc], reader.lengths("title")[doc])
    followed = np.flatnonzero(groups[1:] == groups[:-1])
    ends[followed] = starts[followed + 1]
    complete = np.ones(len(starts), bool)
    for part in parts:
        at = np.searchsorted(starts, part.starts, "right") - 1
        inside = part.ends <= ends[at] if len(starts) else np.zeros(0, bool)
        inside &= part.starts >> POSITION_BITS == groups[at]
        holding = np.zeros(len(starts), bool)
        holding[at[inside]] = True
        complete &= holding
    return Spans(starts[complete], ends[complete])
