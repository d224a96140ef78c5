"""The query tree: what a reader asked, free of any engine's language.

Words carry their analysis, so an engine needs no morphology: a token matches a Word when it has the same form or shares
a lemma (search/engines/plain.py is the definition). Offsets point into the query's text, half-open, in code points.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from index.text import LemmaSet

__all__ = [
    "Aimed",
    "All",
    "Any",
    "Between",
    "Boosted",
    "Everything",
    "Fuzzy",
    "Keyword",
    "Near",
    "Node",
    "Not",
    "Nothing",
    "Phrase",
    "SameSentence",
    "Wildcard",
    "Word",
    "depth",
    "is_compound",
    "is_named",
    "walk",
    "words",
]


@dataclass(frozen=True, slots=True)
class Word:
    """One word. ``form`` is folded and as capitalised in the query; ``exact`` asks for this form only.

    ``optional`` words (without content: «в», «кто») score but are not required of a document. ``quoted`` ones stood
    alone in quotes: their forms are looked for, but nothing else that they may be called.
    """

    text: str
    form: str
    lemmas: LemmaSet
    start: int = 0
    end: int = 0
    exact: bool = False
    optional: bool = False
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A pattern over surface forms, case ignored: ``*`` any letters, ``?`` one. A prefix is «минист*».

    Of more than ``most`` forms the most frequent ones count; None: all.
    """

    text: str
    pattern: str
    start: int = 0
    end: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Surface forms within *distance* slips (insert, delete, change, swap) of ``form``; ``most`` as in a Wildcard."""

    text: str
    form: str
    distance: int
    start: int = 0
    end: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Parts at consecutive positions of one field, each a Word, Wildcard, Fuzzy or an Any of those.

    ``typed``: what of it stood in quotes, for printing; empty for a phrase that nobody wrote.
    """

    parts: tuple[Node, ...]
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """Parts in any order within one field, all inside a window of ``distance`` further words between first and last.

    ``typed`` as in a Phrase; what was written with /N has two parts, the first of which may be such a Near too.
    """

    parts: tuple[Node, ...]
    distance: int
    typed: str = ""


@dataclass(frozen=True, slots=True)
class SameSentence:
    """Every part has a match in one and the same sentence of one field."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part matches the document."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part matches the document; all that match add to its score, or the best one alone when ``implied``.

    ``implied`` when the reader wrote the first part only and the others are what it also is: the parts of a hyphenated
    word, the words of an abbreviation.
    """

    parts: tuple[Node, ...]
    implied: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """The document does not match ``part``; scores nothing."""

    part: Node


@dataclass(frozen=True, slots=True)
class Aimed:
    """``part`` within one field only: 'title' or 'text'."""

    field: str
    part: Node


@dataclass(frozen=True, slots=True)
class Boosted:
    """``part`` with its score multiplied."""

    part: Node
    factor: float


@dataclass(frozen=True, slots=True)
class Keyword:
    """The document's 'source', 'tag' or 'author' is one of ``values``, compared folded and without case; scores 0."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """The document's date lies in ``first``..``last``, both included, either open; one without a date never does."""

    first: dt.date | None
    last: dt.date | None


@dataclass(frozen=True, slots=True)
class Everything:
    """Every document, score 0."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No document."""


Node = (
    Word
    | Wildcard
    | Fuzzy
    | Phrase
    | Near
    | SameSentence
    | All
    | Any
    | Not
    | Aimed
    | Boosted
    | Keyword
    | Between
    | Everything
    | Nothing
)


def walk(node: Node) -> Iterator[Node]:
    """*node* and all below it, depth first, in the order of the query's text."""
    yield node
    match node:
        case Phrase(parts) | Near(parts, _) | SameSentence(parts) | All(parts) | Any(parts):
            for part in parts:
                yield from walk(part)
        case Not(part) | Aimed(_, part) | Boosted(part, _):
            yield from walk(part)


def words(node: Node) -> list[Word | Wildcard | Fuzzy]:
    """What *node* looks for and may mark in a text: its leaves outside any Not, in order."""
    match node:
        case Word() | Wildcard() | Fuzzy():
            return [node]
        case Phrase(parts) | Near(parts, _) | SameSentence(parts) | All(parts) | Any(parts):
            return [leaf for part in parts for leaf in words(part)]
        case Aimed(_, part) | Boosted(part, _):
            return words(part)
        case _:
            return []


# What binds tighter stands in what binds looser without brackets.
_BINDING: dict[type[Node], int] = {Any: 0, All: 1, SameSentence: 2, Near: 2, Aimed: 3, Not: 4}
_TIGHTEST = 5


def depth(node: Node) -> int:
    """How many levels *node* nests: what is written in brackets, a field within a Not, a window within a window.

    What became of one word, phrase or name is none. A level is a few nodes, so what recurses through a tree of bounded
    depth ends.
    """
    match node:
        case Any(parts, implied=True):
            return max(map(depth, parts))
        case Near(parts, typed="") | SameSentence(parts) | All(parts) | Any(parts):
            return max((depth(part) + (_binding(part) <= _binding(node)) for part in parts), default=0)
        case Not(part) | Aimed(_, part):
            return depth(part) + (_binding(part) <= _binding(node))
        case Boosted(part):
            return depth(part)
        case _:
            return 0


def _binding(node: Node) -> int:
    if (isinstance(node, Any) and node.implied) or (isinstance(node, Near) and node.typed):
        return _TIGHTEST
    return _BINDING.get(type(node), _TIGHTEST)


def is_compound(node: Node) -> bool:
    """Whether *node* is what one hyphenated word became: its whole, or its parts side by side."""
    return isinstance(node, Any) and node.implied and isinstance(node.parts[0], Word)


def is_named(node: Node) -> bool:
    """Whether *node* is a word, or several, with what they may also be called («РК»)."""
    return isinstance(node, Any) and node.implied and isinstance(node.parts[-1], Boosted)
