"""Cuts a raw string, what stands between two blanks, into the words that a reader may look for.

A raw string is met again and again («Токаев,»), so it is cut once and remembered (table.py): that is what makes
analysis a look-up. Everything here is code and not lexicon: a change moves positions and needs an index built anew.

A compound is one word and several at once: its whole stands at the position of its first part, its parts follow at
consecutive positions. Parts that mean something else on their own give none: particles, endings of numerals.
Knows nothing of lemmas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from index.text.fold import APOSTROPHES, HYPHENS, MARKS, MAX_LETTERS, fold

__all__ = ["BLANK", "CLASSES", "CLOSER", "CLOSERS", "LATIN", "LINE", "MAX_RAW", "PARAGRAPH", "RUSSIAN", "STOP", "STOPS"]
__all__ += ["Piece", "cut", "long", "plain", "spans"]

# Stands for a line break between raw strings. A noncharacter: Unicode promises that no text has a use for it.
PARAGRAPH = "\ufdd0"

# What may end a sentence, and what may stand behind it.
STOPS = ".!?…"
CLOSERS = "»”“\"'’)]"

# A raw string longer than this is no word but a table row, a key, or text without blanks: cut first at its
# punctuation, so that neither time nor the memory of raw strings depends on it.
MAX_RAW = 200

_BREAK = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_RAW = re.compile(
    rf"[^\S\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*([^\s{PARAGRAPH}]+|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029{PARAGRAPH}])"
)
_TO_BLANK = re.compile(rf"[^\s{PARAGRAPH}]+")
_SHORT = re.compile(rf"[^\W_](?:[^\W_]|[{MARKS}]){{0,{MAX_LETTERS - 1}}}|(?:[\W_]){{1,{MAX_RAW}}}")

_LETTERS = rf"[^\W_](?:[^\W_]|[{MARKS}])*"
_PART = rf"{_LETTERS}(?:[{APOSTROPHES}]{_LETTERS})*"
_WORD = re.compile(
    rf"""(?P<url>(?:https?://|www\.)[^\s<>«»"“”(){{}}|\\^]*[\w/])
    |(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
    |(?P<host>(?<![\w.])(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{{2,10}}(?![\w])|(?<![\w.])[а-я0-9-]+\.(?:рф|қаз)(?!\w))
    |(?P<number>\d+(?:[.,]\d+)+(?!\w))
    |(?P<word>{_PART}(?:[{HYPHENS}]{_PART})*)""",
    re.VERBOSE | re.IGNORECASE,
)
# What each character of the first plane is to a raw string; no later plane has blanks, and all of it is as the last. A
# plain word is letters of one kind with punctuation, all up to STOP, around them. OTHER is in no such word.
PUNCTUATION, CLOSER, STOP, RUSSIAN, LATIN, OTHER, BLANK, LINE = range(8)
_PLANE = "".join(map(chr, range(0x10000)))
CLASSES = np.array([OTHER if char.isalnum() else BLANK if char.isspace() else PUNCTUATION for char in _PLANE], np.uint8)
CLASSES[[match.start() for match in re.finditer(f"[_{MARKS}-]", _PLANE)]] = OTHER
for _kind, _letters in ((RUSSIAN, "[а-яёА-ЯЁ]"), (LATIN, "[a-zA-Z]"), (LINE, f"{_BREAK.pattern}|{PARAGRAPH}")):
    CLASSES[[match.start() for match in re.finditer(_letters, _PLANE)]] = _kind
CLASSES[list(map(ord, CLOSERS))], CLASSES[list(map(ord, STOPS))] = CLOSER, STOP
CLASSES[-1] = OTHER
# Nine raw strings of ten are one word and its punctuation: half the time of the whole pattern.
_PLAIN = re.compile(rf"[^\w{MARKS}-]*([а-яёА-ЯЁ]+)[^\w{MARKS}-]*")
_INSIDE = re.compile(_LETTERS)
_BETWEEN_HYPHENS = re.compile(rf"[^{HYPHENS}]+")
_LETTERS_DIGITS = re.compile(r"[^\W\d_]{2,}\d+|\d+[^\W\d_]{2,}")
_RUNS = re.compile(r"\d+|[^\W\d_]+")

# «кто-то», «кое-кто», «по-русски», «из-за», «все-таки»: the parts are other words.
_PARTICLES = re.compile(r"(?i:ко[ей]|по|из|в|во)-.*|.*-(?i:то|либо|нибудь|таки|ка|с|де|тка|ста)")
# «77-й», «20-летие», «90-е»: the tail is an ending, and «5-летний» has nothing to do with summer.
_NUMERAL = re.compile(r"(\d+)-[^\W\d_А-ЯA-Z][^\W\d_]*")
_DECIMAL = re.compile(r"\d+[.,]\d+")
# How an address may begin without being another one.
_ADDRESS = re.compile(r"(?i)^(?:https?://)?(?:www\.)?")


class Piece(NamedTuple):
    """A token inside its raw string: folded form, position counted from the raw string's first, offsets in it."""

    form: str
    position: int
    start: int
    end: int


def spans(text: str) -> Iterator[tuple[str, int]]:
    """The raw strings of *text* in order, PARAGRAPH for each line break, with the offset at which each begins."""
    for match in _RAW.finditer(text):
        raw, start = match[1], match.start(1)
        if len(raw) > MAX_RAW:
            yield from long(text, start)
        else:
            yield (PARAGRAPH if raw.isspace() else raw), start


def long(text: str, start: int) -> Iterator[tuple[str, int]]:
    """The raw strings, each with its offset, that what stands at *start* is cut into because it is too long for one."""
    end = _TO_BLANK.match(text, start)
    for match in _SHORT.finditer(text, start, end.end() if end else start):
        yield match.group(), match.start()


def plain(raw: str) -> Piece | None:
    """The token of a raw string that is one Russian word and its punctuation, as nine of ten are; None for others."""
    match = _PLAIN.fullmatch(raw)
    if match is None:
        return None
    word = match[1][:MAX_LETTERS].replace("ё", "е").replace("Ё", "Е")
    if not word.islower() and (len(word) == 1 or not word.isupper()):
        word = word[:1] + word[1:].lower()
    return Piece(word, 0, *match.span(1))


def cut(raw: str) -> list[Piece]:
    """The tokens of one raw string, at most MAX_RAW characters of it, in order of position, wholes before parts."""
    if one := plain(raw):
        return [one]
    pieces: list[Piece] = []
    position = 0
    for match in _WORD.finditer(raw):
        start, end = match.span()
        text, kind = raw[start:end], match.lastgroup
        address = _ADDRESS.sub("", text).rstrip("/") if kind == "url" else ""
        whole = fold(address or text)
        pieces.append(Piece(whole, position, start, end))
        parts = _word_parts(text, whole) if kind == "word" else _parts(text, kind)
        if len(parts) == 1 and parts[0] == (0, end - start):
            parts = []
        for part, (low, high) in enumerate(parts):
            pieces.append(Piece(fold(text[low:high]), position + part, start + low, start + high))
        position += len(parts) or 1
    return pieces


def _parts(text: str, kind: str | None) -> list[tuple[int, int]]:
    """The spans in *text* of the parts of a number or an address; empty for one that has none."""
    if kind == "number":
        return [] if _DECIMAL.fullmatch(text) else [part.span() for part in _RUNS.finditer(text)]
    skipped = ("http", "https", "www")
    return [part.span() for part in _INSIDE.finditer(text) if part.group().lower() not in skipped]


def _word_parts(text: str, folded: str) -> list[tuple[int, int]]:
    """The same of a word, which is *folded* as a whole."""
    if text.isalpha() or text.isdigit():
        return []
    parts = [part.span() for part in _BETWEEN_HYPHENS.finditer(text)]
    if len(parts) == 1:
        return [run.span() for run in _RUNS.finditer(text)] if _LETTERS_DIGITS.fullmatch(text) else []
    if _PARTICLES.fullmatch(folded):
        return []
    return parts[:1] if _NUMERAL.fullmatch(folded) else parts
