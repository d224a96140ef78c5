"""Finds the stretches of a query's text that may be corrected: plain words, and what hangs on them.

Never those in quotes or behind «!» or a minus, values of fields, numbers, wildcards, fuzzy words, addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search.language import DATES, KEYWORDS
from search.lexer import Lexeme, lex

__all__ = ["Chunk", "chunks"]

_ADDRESS = re.compile(r"://|@|\w\.(?:\w{2,4})(?:/|$)|^#")
_BOOST = re.compile(r"\^\d{1,3}(?:\.\d+)?$")


@dataclass(frozen=True, slots=True)
class Chunk:
    """``text`` stands at ``start`` of the query, between blanks or operators, with its punctuation.

    ``word`` is the part at its beginning without trailing punctuation. ``address``: it looks like that of a page.
    """

    start: int
    text: str
    word: str
    address: bool

    @property
    def end(self) -> int:
        """Where it ends in the query, half-open."""
        return self.start + len(self.text)


def chunks(query: str) -> Iterator[Chunk]:
    """The correctable chunks of *query* in order; linear in its length."""
    before: Lexeme | None = None
    for lexeme in lex(query):
        if lexeme.kind == "text" and _is_plain(lexeme) and not _takes_value(before):
            text = query[lexeme.start : lexeme.end]
            if lexeme.boost != 1.0:
                text = _BOOST.sub("", text)
            yield Chunk(lexeme.start, text, lexeme.text, _ADDRESS.search(lexeme.text) is not None)
        before = lexeme


def _is_plain(lexeme: Lexeme) -> bool:
    text = lexeme.text
    wild = "*" in text or "?" in text.rstrip("?")
    return not (lexeme.exact or lexeme.number is not None or wild) and any(map(str.isalpha, text))


def _takes_value(before: Lexeme | None) -> bool:
    return before is not None and (
        before.kind == "not" or (before.kind == "field" and (before.text in KEYWORDS or before.text in DATES))
    )
