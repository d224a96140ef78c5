"""Writes a query tree in the query language: what the page shows as understood, and what a link carries.

Parsing the result gives the same tree again, offsets apart.
"""

from __future__ import annotations

import re

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
    words,
)

__all__ = ["show"]

# What the analysis takes apart where it stands alone (index/text/raws.py).
_GLUED = re.compile(r"[^\W\d_]{2,}\d+|\d+[^\W\d_]{2,}")
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
        case Near(parts, distance) if not _is_quoted(node):
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


def _wrapped(node: Not | Boosted | Aimed) -> str:
    match node:
        case Not(part):
            return f"-{_atom(part)}"
        case Boosted(Near() as part, factor):
            return f"{_leaf(part)}^{factor:g}"
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
            return _quoted(parts)
        case Near(parts, distance):
            return f"{_quoted(parts)}~{distance}"
        case _:
            return ""


def _quoted(parts: tuple[Node, ...]) -> str:
    own = [part for part in parts if isinstance(part, Word)]
    exact = all(word.exact for word in own)
    text = "".join(_part(own, at, marked=not exact) for at in range(len(own)))
    return f'!"{text}"' if exact else f'"{text}"'


def _part(phrase: list[Word], at: int, *, marked: bool) -> str:
    """A word of a phrase, and what parts it from the one before it."""
    word = phrase[at]
    between = "" if not at else "-" if _hyphenated(phrase, at) else " "
    return between + ("!" if word.exact and marked else "") + word.text


def _hyphenated(phrase: list[Word], at: int) -> bool:
    """Whether a hyphen must part words *at* - 1 and *at*: the «2премьер» of «2премьер-министр» falls apart without it.

    Such a word has its hyphen behind it, or before it when it is the last.
    """
    before, word = phrase[at - 1], phrase[at]
    if word.start != before.end + 1:
        return False
    last = at + 1 == len(phrase) or phrase[at + 1].start != word.end + 1
    return bool(_GLUED.fullmatch(before.text) or (last and _GLUED.fullmatch(word.text)))


def _inner(node: Node, wrapped: tuple[type[Node], ...]) -> str:
    typed = _typed(node)
    return f"({show(typed)})" if isinstance(typed, wrapped) and typed is node else show(typed)


def _atom(node: Node) -> str:
    """*node* so that an operator beside it holds all of it."""
    typed = _typed(node)
    if typed is not node and isinstance(typed, SameSentence):
        # A name of several words in a group: the sentence is that of the operator beside it.
        return f"({show(All(typed.parts))})"
    groups = (All, Any, SameSentence)
    composite = _is_named(node) or isinstance(typed, groups) or (isinstance(typed, Near) and not _is_quoted(typed))
    return f"({show(typed)})" if composite else show(typed)


def _is_named(node: Node) -> bool:
    """Whether *node* is a word with other names, each for all of it («РК»): beside an operator, one in brackets."""
    match node:
        case Any((Word(start=start, end=end), *others), implied=True):
            return any((word.start, word.end) == (start, end) for other in others for word in words(other))
        case _:
            return False


def _typed(node: Node) -> Node:
    """What of *node* the reader wrote."""
    return node.parts[0] if isinstance(node, Any) and node.implied else node


def _is_quoted(node: Near) -> bool:
    """Whether *node* can be written as a phrase: of two words with «!» a hyphenated one would come apart in quotes."""
    texts = [part.text for part in node.parts if isinstance(part, Word)]
    plain = all(text.isalnum() and not _GLUED.fullmatch(text) for text in texts)
    return len(texts) == len(node.parts) and (plain or len(texts) != 2)
