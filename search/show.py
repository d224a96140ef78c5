"""Writes a query tree in the query language: what the page shows as understood, and what a link carries.

Parsing the result gives the same tree again, offsets apart.
"""

from __future__ import annotations

from index.text.function_words import is_function_word
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
    is_compound,
)

__all__ = ["show"]

_FIELD_NAMES = {"title": "заголовок", "text": "текст", "source": "источник", "tag": "тег", "author": "автор"}


def show(node: Node) -> str:
    """*node* in the query language; empty for Nothing and for Everything."""
    match node:
        case Any(parts) if not is_compound(node):
            return " | ".join(_inner(part, (Any,)) for part in parts)
        case All(parts):
            return " ".join(filter(None, (_inner(part, (All, Any)) for part in parts)))
        case SameSentence(parts):
            return " & ".join(_atom(part) for part in parts)
        case Near(parts, distance) if not _is_plain(parts):
            return f" /{distance + 1} ".join(_atom(part) for part in parts)
        case Not(part):
            return f"-{_atom(part)}"
        case Boosted(part, factor):
            return f"{_atom(part)}^{factor:g}"
        case Aimed(field, part):
            return f"{_FIELD_NAMES[field]}:{_atom(part)}"
        case Keyword(field, values):
            return " | ".join(f'{_FIELD_NAMES[field]}:"{value}"' for value in values)
        case Between(first, last):
            return f"дата:{first.isoformat() if first else ''}..{last.isoformat() if last else ''}"
        case _:
            return _leaf(node)


def _leaf(node: Node) -> str:
    match node:
        case Word(text=text, exact=True):
            return f"!{text}"
        case Word(text=text, form=form, optional=optional):
            reserved = text in OR_WORDS | AND_WORDS | NOT_WORDS
            return f'"{text}"' if reserved or (not optional and is_function_word(form)) else text
        case Wildcard(pattern=pattern):
            return pattern
        case Fuzzy(text=text, distance=distance):
            return f"{text}~{distance}"
        case Any((Word(text=text), *_)):
            return text
        case Phrase(parts):
            return f'"{_words(parts)}"'
        case Near(parts, distance):
            return f'"{_words(parts)}"~{distance}'
        case _:
            return ""


def _words(parts: tuple[Node, ...]) -> str:
    return " ".join(f"!{part.text}" if part.exact else part.text for part in parts if isinstance(part, Word))


def _inner(node: Node, wrapped: tuple[type[Node], ...]) -> str:
    text = show(node)
    return f"({text})" if isinstance(node, wrapped) and not is_compound(node) else text


def _atom(node: Node) -> str:
    """*node* so that an operator beside it holds all of it."""
    groups = (All, Any, SameSentence)
    composite = isinstance(node, groups) or (isinstance(node, Near) and not _is_plain(node.parts))
    return f"({show(node)})" if composite and not is_compound(node) else show(node)


def _is_plain(parts: tuple[Node, ...]) -> bool:
    return all(isinstance(part, Word) for part in parts)
