"""Writes a query tree in the query language: what the page shows as understood, and what a link carries.

Parsing the result gives the same tree again, offsets apart.
"""

from __future__ import annotations

from search.language import AND_WORDS, NOT_WORDS, OR_WORDS
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
)

__all__ = ["show"]

_FIELD_NAMES = {"title": "заголовок", "text": "текст", "source": "источник", "tag": "тег", "author": "автор"}


def show(node: Node) -> str:
    """*node* in the query language; empty for Nothing and for Everything."""
    match node:
        case Any((typed, *_), implied=True):
            return show(typed)
        case Any(parts):
            return " | ".join(_inner(part, (Any,)) for part in parts)
        case All(parts):
            return " ".join(filter(None, (_inner(part, (All, Any)) for part in parts)))
        case SameSentence(parts):
            return " & ".join(_atom(part) for part in parts)
        case Near(parts, distance) if not _is_plain(parts):
            return f" /{distance + 1} ".join(_atom(part) for part in parts)
        case Not() | Boosted() | Aimed():
            return _wrapped(node)
        case Keyword(field, values):
            return " | ".join(f'{_FIELD_NAMES[field]}:"{value}"' for value in values)
        case Between(first, last):
            return f"дата:{first.isoformat() if first else ''}..{last.isoformat() if last else ''}"
        case _:
            return _leaf(node)


def _wrapped(node: Not | Boosted | Aimed) -> str:
    match node:
        case Not(part):
            return f"-{_atom(part)}"
        case Boosted(part, factor):
            return f"{_atom(part)}^{factor:g}"
        case Aimed(field, part):
            return f"{_FIELD_NAMES[field]}:{_atom(part)}"


def _leaf(node: Node) -> str:
    match node:
        case Word(text=text, exact=True):
            return f"!{text}"
        case Word(text=text, quoted=quoted):
            return f'"{text}"' if quoted or text in OR_WORDS | AND_WORDS | NOT_WORDS else text
        case Wildcard(pattern=pattern):
            return pattern
        case Fuzzy(text=text, distance=distance):
            return f"{text}~{distance}"
        case Phrase(parts):
            return f'"{_words(parts)}"'
        case Near(parts, distance):
            return f'"{_words(parts)}"~{distance}'
        case _:
            return ""


def _words(parts: tuple[Node, ...]) -> str:
    return " ".join(f"!{part.text}" if part.exact else part.text for part in parts if isinstance(part, Word))


def _inner(node: Node, wrapped: tuple[type[Node], ...]) -> str:
    typed = _typed(node)
    return f"({show(typed)})" if isinstance(typed, wrapped) and typed is node else show(typed)


def _atom(node: Node) -> str:
    """*node* so that an operator beside it holds all of it."""
    typed = _typed(node)
    groups = (All, Any, SameSentence)
    composite = isinstance(typed, groups) or (isinstance(typed, Near) and not _is_plain(typed.parts))
    return f"({show(typed)})" if composite else show(typed)


def _typed(node: Node) -> Node:
    """What of *node* the reader wrote."""
    return node.parts[0] if isinstance(node, Any) and node.implied else node


def _is_plain(parts: tuple[Node, ...]) -> bool:
    return all(isinstance(part, Word) for part in parts)
