"""From the text of one lexeme to nodes: words, compounds, phrases, patterns, words with slips.

Analysed by the code that analyses documents. How lexemes belong together is for the parser to say (parse.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from index.text import Analyzer, Tokens
from index.text.fold import fold
from index.text.function_words import is_function_word
from search.expand import phrases
from search.lexer import Lexeme, are_grouped
from search.limits import Limits
from search.query import All, Any, Boosted, Fuzzy, Near, Node, Nothing, Phrase, Wildcard, Word

__all__ = ["Wording", "join"]

# To the analysis a hyphen behind a mail address, or «~2» behind that of a page, is of it; to a reader of queries it is
# a sign, as it is at the end of a word.
_BEHIND_ADDRESS = re.compile(r"(?<=\w)[.-]*-(?=[^\w-]|$)|~(?=\d?[<>{}\\^])")


class Wording:
    """The words of the query *source*. *keep* are those without other names; *warn* is told what is left out."""

    def __init__(
        self, source: str, analyzer: Analyzer, limits: Limits, keep: frozenset[str], warn: Callable[[str], None]
    ) -> None:
        self._source = source
        self._analyzer = analyzer
        self._limits = limits
        self._keep = keep
        self._warn = warn

    def phrase(self, lexeme: Lexeme) -> Node:
        """What stands in quotes: words side by side, near each other, or one that is looked for as it is."""
        if not lexeme.closed:
            self._warn("Кавычка не закрыта, закрыта в конце запроса.")
        tokens = self._analyzer.tokens(lexeme.text)
        parts = self._phrase_parts(tokens, lexeme)
        if not parts:
            return Nothing()
        if len(parts) == 1:
            return _boosted(replace(parts[0], quoted=not parts[0].exact), lexeme.boost)
        typed = _typed(tokens, lexeme.text, marked=not all(part.exact for part in parts))
        if lexeme.number is not None:
            return _boosted(Near(tuple(parts), lexeme.number, typed), lexeme.boost)
        others = phrases(parts, self._source, self._analyzer, self._keep)[1:]
        phrase = Phrase(tuple(parts), typed)
        return _boosted(Any((phrase, *map(Phrase, others)), implied=True) if others else phrase, lexeme.boost)

    def _phrase_parts(self, tokens: Tokens, lexeme: Lexeme) -> list[Word]:
        """One part a position; a word with «!» before it, or in a phrase with one, is wanted in this form only."""
        parts: list[Word] = []
        for row in range(len(tokens)):
            if not _is_whole(tokens, row):
                start = int(tokens.starts[row])
                exact = lexeme.exact or lexeme.text[max(0, start - 1) : start] == "!"
                parts.append(self._word(tokens, row, lexeme.text, lexeme.start + 1, exact=exact))
        return parts

    def text(self, lexeme: Lexeme) -> Node:
        """A word, a compound, several words run together by signs, or a pattern."""
        word = lexeme.text
        if "*" in word or "?" in word.rstrip("?"):
            pattern = self._pattern(word)
            if pattern is None:
                return Nothing()
            if "*" in pattern or "?" in pattern:
                wildcard = Wildcard(word, pattern, lexeme.start, lexeme.end, self._limits.forms)
                return _boosted(wildcard, lexeme.boost)
            word = word.replace("*", " ").replace("?", " ")
        if "@" in word or "~" in word:
            word = _BEHIND_ADDRESS.sub(lambda match: " " * len(match.group()), word)
        tokens = self._analyzer.tokens(word)
        if lexeme.number is None:
            parts = self._compounds(tokens, word, lexeme.start, exact=lexeme.exact)
        else:
            parts = self._fuzzy(tokens, lexeme)
        found = join(All, [_boosted(part, lexeme.boost) for part in parts])
        return found if found is not None else Nothing()

    def _fuzzy(self, tokens: Tokens, lexeme: Lexeme) -> list[Node]:
        """The words of a chunk with ~ behind it; a compound is one."""
        parts: list[Node] = []
        end, most = 0, self._limits.forms
        for row in range(len(tokens)):
            if tokens.starts[row] >= end:
                start, end = int(tokens.starts[row]), int(tokens.ends[row])
                form = self._analyzer.form(int(tokens.forms[row])).lower()
                slips = lexeme.number if lexeme.number in (1, 2) else (1 if len(form) < 5 else 2)
                parts.append(Fuzzy(lexeme.text[start:end], form, slips, lexeme.start + start, lexeme.start + end, most))
        return parts

    def _pattern(self, word: str) -> str | None:
        """*word* as forms are written, and no longer, so that it may be no pattern; None when any form is such."""
        # Twice, as small letters may be foldable where the capital was not («İ»).
        folded = fold(fold(word).lower()).lower()
        kept = "".join(char for char in folded if char.isalnum() or char in "*?-'.").lstrip("-.'")
        end = max((at for at, char in enumerate(kept, 1) if char.isalnum()), default=0)
        if end:
            return kept[:end] + re.sub("[^*?]", "", kept[end:]).rstrip("?")
        self._warn(f"«{word}» подходит к любому слову и не учтено.")
        return None

    def _compounds(self, tokens: Tokens, text: str, offset: int, *, exact: bool) -> list[Node]:
        """The words of a chunk; a compound is its whole form or its parts side by side."""
        parts: list[Node] = []
        row = 0
        while row < len(tokens):
            whole = _is_whole(tokens, row)
            word = self._word(tokens, row, text, offset, exact=exact, slight=not whole and not exact)
            if not whole:
                parts.append(word)
                row += 1
                continue
            end, row = int(tokens.ends[row]), row + 1
            pieces: list[Node] = []
            while row < len(tokens) and int(tokens.ends[row]) <= end:
                pieces.append(self._word(tokens, row, text, offset, exact=exact))
                row += 1
            phrase = Phrase(tuple(pieces)) if len(pieces) > 1 else pieces[0]
            parts.append(word if exact else Any((word, phrase), implied=True))
        return parts

    def _word(self, tokens: Tokens, row: int, text: str, offset: int, *, exact: bool, slight: bool = False) -> Word:
        """The word in that *row*; *slight*: it need not stand in a document if it has no content."""
        form = self._analyzer.form(int(tokens.forms[row]))
        start, end = int(tokens.starts[row]), int(tokens.ends[row])
        lemmas = self._analyzer.query_lemmas(form)
        optional = slight and is_function_word(form)
        return Word(text[start:end], form, lemmas, offset + start, offset + end, exact=exact, optional=optional)


def _is_whole(tokens: Tokens, row: int) -> bool:
    """Whether the token is a compound that its parts follow."""
    return (
        row + 1 < len(tokens)
        and tokens.starts[row + 1] < tokens.ends[row]
        and tokens.positions[row + 1] == tokens.positions[row]
    )


def _typed(tokens: Tokens, text: str, *, marked: bool) -> str:
    """The words of the phrase *text* as it was written, their «!» when *marked*, without what is between them."""
    typed, end = "", 0
    for start, stop in zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True):
        if start >= end:
            word, end = text[start:stop], stop
            between = ", " if are_grouped(typed, word) else " " if typed else ""
            typed += between + ("!" if marked and text[max(0, start - 1) : start] == "!" else "") + word
    return typed


def _boosted(node: Node, factor: float) -> Node:
    return node if factor == 1.0 else Boosted(node, factor)


def join(kind: type[All] | type[Any], parts: Sequence[Node]) -> Node | None:
    """One node of *parts*; a lone one stands for itself, nested ones of the same kind are drawn in."""
    flat: list[Node] = []
    for part in parts:
        if isinstance(part, kind) and not (isinstance(part, Any) and part.implied):
            flat.extend(part.parts)
        elif not isinstance(part, Nothing):
            flat.append(part)
    if not flat:
        return None
    if len(flat) == 1:
        return flat[0]
    return kind(tuple(flat))
