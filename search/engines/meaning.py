"""What a tree means before any document is looked at; engines that count for themselves share it with the model.

Which parts of an All are required, which words an answer is scored and told by, when two keywords are the same, how
days become a timeline. Knows nothing of postings.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from index.records import FIELDS
from index.text.fold import fold
from search.engines import Bucket
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
    Phrase,
    SameSentence,
    Wildcard,
    Word,
)

__all__ = [
    "MAX_BUCKETS",
    "MAX_FORMS",
    "Fields",
    "Leaf",
    "Term",
    "content_words",
    "demands",
    "keyword_key",
    "leaves",
    "no_more",
    "optional",
    "outlined",
    "regex",
    "timeline",
    "typed",
]

Term = Word | Wildcard | Fuzzy
Fields = tuple[str, ...]

MAX_BUCKETS = 60
# Forms told of a word: a Russian verb has some 60, a pattern may have thousands.
MAX_FORMS = 100


class Leaf(NamedTuple):
    """A word of the query and the fields it is looked for in."""

    term: Term
    fields: Fields


def leaves(node: Node, fields: Fields = FIELDS) -> list[Leaf]:
    """The leaves of ``search.query.words`` in its order, each with its fields; the innermost Aimed decides."""
    found: list[Leaf] = []
    _collect(node, fields, found, [])
    return found


def typed(node: Node, fields: Fields = FIELDS) -> list[Leaf]:
    """The leaves that a reader wrote, in order: of what is implied the first alternative alone.

    What a word is also called tells nothing by standing close together, as its words always do.
    """
    written: list[Leaf] = []
    _collect(node, fields, [], written)
    return written


def outlined(query: Node) -> tuple[list[Leaf], list[Leaf]]:
    """``leaves`` and ``typed`` in one walk."""
    found: list[Leaf] = []
    written: list[Leaf] = []
    _collect(query, FIELDS, found, written)
    return found, written


def _collect(node: Node, fields: Fields, found: list[Leaf], written: list[Leaf]) -> None:
    match node:
        case Word() | Wildcard() | Fuzzy():
            leaf = Leaf(node, fields)
            found.append(leaf)
            written.append(leaf)
        case Any((first, *others), implied=True):
            _collect(first, fields, found, written)
            for part in others:
                _collect(part, fields, found, [])
        case All(parts) | Any(parts) | Phrase(parts) | Near(parts, _) | SameSentence(parts):
            for part in parts:
                _collect(part, fields, found, written)
        case Aimed(field, part):
            _collect(part, (field,), found, written)
        case Boosted(part, _):
            _collect(part, fields, found, written)


def no_more(typed: float, other: float) -> float:
    """What an implied alternative is multiplied by, so that its words weigh no more together than those typed.

    A full name has more words than its abbreviation, and rarer ones: by itself it would bury it.
    """
    return min(1.0, typed / other) if other else 1.0


def content_words(written: Sequence[Leaf]) -> int:
    """How many words that a reader *typed* have content: what decides the query's saturation."""
    return len([leaf for leaf in written if not optional(leaf.term)])


def optional(node: Node) -> bool:
    """Whether *node* only scores where it stands in an All: a word without content, aimed or boosted or not."""
    match node:
        case Word():
            return node.optional
        case Aimed(_, part) | Boosted(part, _):
            return optional(part)
        case _:
            return False


def demands(parts: tuple[Node, ...]) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """The parts of an All that a document must match, and those that only add to its score.

    Words without content are demanded, any one of them, when nothing else of the query looks for words.
    """
    extra = tuple([part for part in parts if optional(part)])
    if not extra:
        return parts, extra
    required = tuple([part for part in parts if not optional(part)])
    if all(isinstance(part, Not | Keyword | Between | Everything) for part in required):
        return (*required, Any(extra)), ()
    return required, extra


def keyword_key(value: str) -> str:
    """What makes two values of a keyword field the same: folded, without case, blanks as one."""
    return " ".join(fold(word).lower() for word in value.split())


@lru_cache(maxsize=1024)
def regex(pattern: str) -> re.Pattern[str]:
    """What a Wildcard's *pattern* matches, case ignored; to be matched against whole forms in lower case.

    Each piece between two stars is taken where it first fits and never tried further on, which finds whatever can be
    found: a dozen stars cost no more than one, where plain ``.*`` would try every way to share out the letters.
    """
    head, *pieces = (
        "".join("." if char == "?" else re.escape(char) for char in part) for part in pattern.lower().split("*")
    )
    middle = "".join(f"(?>.*?{piece})" for piece in pieces[:-1])
    return re.compile(head + middle + (f".*{pieces[-1]}" if pieces else ""), re.DOTALL)


def timeline(days: Mapping[int, int]) -> tuple[Bucket, ...]:
    """Counts per day (since 1970-01-01) as consecutive buckets from the first day's to the last day's, at most 60.

    Days, months or years, the finest that fits; an archive of more years gets tens, hundreds or thousands of them.
    """
    if not days:
        return ()
    stamps = np.array(list(days), dtype="datetime64[D]")
    counts = np.array(list(days.values()))
    for unit, years in (("D", 1), ("M", 1), ("Y", 1), ("Y", 10), ("Y", 100), ("Y", 1000)):
        # Years are counted from 1970; shifted so that a decade begins with a round number.
        shift = 1970 if unit == "Y" else 0
        numbers = (stamps.astype(f"datetime64[{unit}]").astype(np.int64) + shift) // years
        first, last = int(numbers.min()), int(numbers.max())
        if last - first < MAX_BUCKETS:
            break
    edges = (np.arange(first, last + 2) * years - shift).astype(f"datetime64[{unit}]").astype("datetime64[D]")
    sums = np.bincount(numbers - first, weights=counts).astype(np.int64).tolist()
    return tuple(map(Bucket, _dates(edges[:-1]), _dates(edges[1:] - 1), sums))


def _dates(days: np.ndarray[tuple[int], np.dtype[np.datetime64]]) -> list[dt.date]:
    """Days as dates; beyond the calendar of ``datetime`` its ends."""
    ordinals = days.astype(np.int64) + dt.date(1970, 1, 1).toordinal()
    return [
        dt.date.fromordinal(n) for n in np.clip(ordinals, dt.date.min.toordinal(), dt.date.max.toordinal()).tolist()
    ]
