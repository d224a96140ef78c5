"""Cuts a query's text into the pieces of the language. Never fails: what is no operator is plain text.

A hyphen inside a word, a question mark at its end, a colon in «12:30» belong to the text; offsets are code points of
the query as typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from index.text.fold import MARKS
from search.language import AND_WORDS, CLOSING, DATES, FIELDS, KEYWORDS, NOT_WORDS, OPENING, OR_WORDS

__all__ = ["Kind", "Lexeme", "are_grouped", "lex"]

Kind = Literal["text", "phrase", "or", "and", "not", "(", ")", "sentence", "near", "field"]


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of the query: ``text`` without its operators, which stand in ``number`` and ``exact``.

    ``number`` is a phrase's or fuzzy word's ~N (-1 for a bare ~ on a word), or a near's distance. ``closed`` is False
    for a phrase whose quote never ends.
    """

    kind: Kind
    text: str
    start: int
    end: int
    number: int | None = None
    exact: bool = False
    boost: float = 1.0
    closed: bool = True


_SIMPLE: dict[str, Kind] = {"|": "or", "(": "(", ")": ")", "&": "sentence"}
_NEAR = re.compile(r"/(\d{1,3})(?=\s|$)")
_FIELD = re.compile(r"(\w+):(?=\S)")
_CHUNK = re.compile(rf"[^\s()|&{re.escape(OPENING + CLOSING)}]+")
_SUFFIX = re.compile(r"(?:~(\d{0,3}))?(?:\^(\d{1,3}(?:\.\d+)?))?(?=\s|$|[()|&])")
_TAIL = re.compile(
    rf"(?P<word>.*?\w[{MARKS}]*(?:[*?]*\*|%)?)(?:~(?P<slips>\d?))?(?:\^(?P<boost>\d{{1,3}}(?:\.\d+)?))?[^\w]*", re.S
)
# «1 200 000» is one number to a reader and to the analysis.
_GROUPED = re.compile(
    r"(\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+)"
    rf"(?:\^(\d{{1,3}}(?:\.\d+)?)(?=\s|$|[()|&])|(?![\w{MARKS}*?~^]|[.,]\d))"
)
_GROUP_BEFORE, _GROUP_BEHIND = re.compile(r"(?:^|[\s(!:-])\d{1,3}$"), re.compile(r"\d{3}")
_DATE_VALUE = re.compile(rf"[^\s()|&{re.escape(OPENING + CLOSING)}]+")


def are_grouped(left: str, right: str) -> bool:
    """Whether *left* and *right*, with a blank between them, may be read as one number."""
    return _GROUP_BEFORE.search(left[-5:]) is not None and _GROUP_BEHIND.match(right) is not None


# A query is read for its meaning, for what looks wrong in it, and for what it may have been.
@lru_cache(maxsize=16)
def lex(text: str) -> tuple[Lexeme, ...]:
    """The lexemes of *text* in order; linear in its length."""
    return tuple(_lexemes(text))


def _lexemes(text: str) -> Iterator[Lexeme]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _operator_at(text, at) or _field_at(text, at) or [_text_at(text, at)]
        yield from found
        at = found[-1].end


def _operator_at(text: str, at: int) -> list[Lexeme]:
    char = text[at]
    if char in _SIMPLE:
        return [Lexeme(_SIMPLE[char], char, at, at + 1)]
    if match := _NEAR.match(text, at):
        return [Lexeme("near", match.group(), at, match.end(), int(match[1]))]
    if char in "-−–" and _is_minus(text, at):
        return [Lexeme("not", char, at, at + 1)]
    return []


def _field_at(text: str, at: int) -> list[Lexeme]:
    """A field's name; with a date's also its value, which may hold what is an operator elsewhere."""
    match = _FIELD.match(text, at)
    name = match[1].lower() if match else ""
    if match is None or name not in (*FIELDS, *KEYWORDS, *DATES):
        return []
    field = Lexeme("field", name, at, match.end())
    value = _DATE_VALUE.match(text, match.end()) if name in DATES else None
    return [field, Lexeme("text", value.group().rstrip(",;!?"), value.start(), value.end())] if value else [field]


def _text_at(text: str, at: int) -> Lexeme:
    if text[at] in OPENING:
        return _phrase(text, at, exact=False)
    if text[at] == "!" and text[at + 1 : at + 2] and text[at + 1] in OPENING:
        return _phrase(text, at + 1, exact=True)
    exact = text[at] == "!"
    if match := _GROUPED.match(text, at + exact):
        return Lexeme("text", match[1], match.start(), match.end(), exact=exact, boost=_boost(match[2]))
    return _word(text, at)


def _is_minus(text: str, at: int) -> bool:
    """A minus stands before a word or a quote and not inside a word."""
    after = text[at + 1 : at + 2]
    before = text[at - 1 : at]
    return bool(after) and (after.isalnum() or after in OPENING + "(!*?") and (not before or not before.isalnum())


def _phrase(text: str, at: int, *, exact: bool) -> Lexeme:
    start = at + 1
    end = next((i for i in range(start, len(text)) if text[i] in CLOSING), -1)
    if end < 0:
        return Lexeme("phrase", text[start:], at, len(text), exact=exact, closed=False)
    suffix = _SUFFIX.match(text, end + 1)
    number = int(suffix[1]) if suffix and suffix[1] else None
    boost = _boost(suffix[2] if suffix else None)
    return Lexeme("phrase", text[start:end], at, suffix.end() if suffix else end + 1, number, exact, boost)


def _boost(typed: str | None) -> float:
    """The factor *typed* behind ^, in hundredths: what is printed of it is read as the same."""
    return round(float(typed), 2) if typed else 1.0


def _word(text: str, at: int) -> Lexeme:
    chunk = _CHUNK.match(text, at)
    if chunk is None:  # a closing quote without an opening one
        return Lexeme("text", "", at, at + 1)
    word, end = chunk.group(), chunk.end()
    kind = _operator(word)
    if kind:
        return Lexeme(kind, word, at, end)
    exact = word.startswith("!") and len(word) > 1
    body = _TAIL.fullmatch(word[1:] if exact else word)
    if body is None:
        return Lexeme("text", "*" if "*" in word else "", at, end)
    slips = body["slips"]
    number = None if slips is None else int(slips or -1)
    return Lexeme("text", body["word"], at + exact, end, number, exact, _boost(body["boost"]))


def _operator(word: str) -> Kind | None:
    if word in OR_WORDS:
        return "or"
    if word in AND_WORDS:
        return "and"
    return "not" if word in NOT_WORDS else None
