"""Writes a query tree in the query language: what the page shows as understood, and what a link carries.

Parsing the result gives the same tree again, offsets apart, unless its brackets nest deeper than the limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from search.language import AND_WORDS, NOT_WORDS, OPENING, OR_WORDS
from search.lexer import are_grouped
from search.query import (
    Aimed,
    All,
    Any,
    Between,
    Boosted,
    Fuzzy,
    Keyword,
    Near,
    Node,
    Not,
    Phrase,
    SameSentence,
    Wildcard,
    Word,
    is_named,
)

__all__ = ["show"]

_FIELD_NAMES = {"title": "заголовок", "text": "текст", "source": "источник", "tag": "тег", "author": "автор"}


def show(node: Node) -> str:
    """*node* in the query language; empty for Nothing and for Everything."""
    match node:
        case Any((typed, *_), implied=True):
            return show(_unplaced(typed))
        case Any(parts):
            return " | ".join(_inner(part, (Any,)) for part in parts)
        case All(parts):
            return _listed(filter(None, (_inner(part, (All, Any)) for part in parts)))
        case SameSentence(parts):
            return " & ".join(_atom(part) for part in parts)
        case Near(parts, distance, ""):
            # From the left, as it is read: «a /3 b /3 c» needs no brackets.
            first = show(parts[0]) if isinstance(parts[0], Near) else _atom(parts[0])
            return f" /{distance + 1} ".join([first, *map(_atom, parts[1:])])
        case Not() | Boosted() | Aimed():
            return _wrapped(node)
        case Keyword(field, values):
            return " | ".join(f'{_FIELD_NAMES[field]}:"{value}"' for value in values)
        case Between(first, last):
            return f"дата:{first.isoformat() if first else ''}..{last.isoformat() if last else ''}"
        case _:
            return _leaf(node)


def _listed(pieces: Iterable[str]) -> str:
    """*pieces* side by side; numbers that would be one number so are kept apart."""
    listed = ""
    for piece in pieces:
        listed += ("" if not listed else " И " if are_grouped(listed, piece) else " ") + piece
    return listed


def _wrapped(node: Not | Boosted | Aimed) -> str:
    match node:
        case Not(part):
            inner = _atom(part)
            # Before anything else a minus is plain text.
            return f"-{inner}" if inner[:1].isalnum() or inner[:1] in OPENING + "(!*?-" else f"-({inner})"
        case Boosted(part, factor):
            return f"{_atom(part)}^{factor:g}"
        case Aimed(field, part):
            return f"{_FIELD_NAMES[field]}:{_atom(part)}"


def _leaf(node: Node) -> str:
    match node:
        case Word(text=text, exact=True):
            return f"!{text}"
        case Word(text=text, quoted=True):
            return f'"{text}"'
        case Word(text=text):
            return _plain(text)
        case Wildcard(pattern=pattern):
            return pattern
        case Fuzzy(text=text, distance=distance):
            return f"{_plain(text)}~{distance}"
        case Phrase(parts, typed):
            return _quoted(parts, typed)
        case Near(parts, distance, typed):
            return f"{_quoted(parts, typed)}~{distance}"
        case _:
            return ""


def _plain(text: str) -> str:
    """A word; behind a comma one that would be an operator («или_ИЛИ», the address «-сайт.рф»)."""
    return f",{text}" if text in OR_WORDS | AND_WORDS | NOT_WORDS or text[0] in "-−–" else text


def _quoted(parts: tuple[Node, ...], typed: str) -> str:
    own = [part for part in parts if isinstance(part, Word)]
    text = typed or " ".join(word.text for word in own)
    return f'!"{text}"' if all(word.exact for word in own) else f'"{text}"'


def _inner(node: Node, wrapped: tuple[type[Node], ...]) -> str:
    return f"({show(node)})" if isinstance(node, wrapped) and not _is_implied(node) else show(node)


def _atom(node: Node) -> str:
    """*node* so that an operator beside it holds all of it."""
    group = is_named(node) or (isinstance(node, All | Any | SameSentence | Near) and not _is_implied(node))
    return f"({show(node)})" if group and not (isinstance(node, Near) and node.typed) else show(node)


def _is_implied(node: Node) -> bool:
    return isinstance(node, Any) and node.implied


def _unplaced(typed: Node) -> Node:
    """A name of several words without the operator that has put them together: it stands beside the group."""
    match typed:
        case SameSentence() | Near(typed=""):
            return All(tuple(_apart(typed)))
        case _:
            return typed


def _apart(node: Node) -> Iterator[Node]:
    match node:
        case SameSentence(parts) | Near(parts):
            for part in parts:
                yield from _apart(part)
        case _:
            yield node
