"""Turns what a reader typed into the query tree. Never fails: slips are understood as well as possible and said.

Precedence, tightest first: ``& /N`` , juxtaposition and И, ``|``. Words are analysed here, by the same code as
documents, so that engines need no morphology. Warnings are sentences in Russian, for the page.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from index.text import Analyzer
from search.dates import span
from search.expand import expanded
from search.language import DATES, FIELDS, KEYWORDS
from search.lexer import Lexeme, lex
from search.limits import LIMITS, Limits
from search.query import (
    Aimed,
    All,
    Any,
    Between,
    Boosted,
    Everything,
    Keyword,
    Near,
    Node,
    Not,
    Nothing,
    SameSentence,
    Word,
    depth,
    words,
)
from search.wording import Wording, join

__all__ = ["Parsed", "parse"]

_WORD = re.compile(r"[^\W_]+")
_OPERATORS = frozenset({"or", "and", "not", "sentence", "near", "field", "("})


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree, and what to tell the reader about it."""

    tree: Node
    warnings: tuple[str, ...] = ()


def parse(
    text: str, analyzer: Analyzer, *, today: dt.date, limits: Limits = LIMITS, keep: Iterable[str] = ()
) -> Parsed:
    """The meaning of *text*; an empty query means Nothing. Linear in ``len(text)`` up to the limits.

    Words of *keep*, as typed, are looked for by their own forms alone, whatever else they may be called.
    """
    warnings: list[str] = []
    if len(text) > limits.characters:
        warnings.append(f"Запрос длиннее {limits.characters} знаков, конец отброшен.")
        text = text[: limits.characters]
    found = [lexeme for lexeme in lex(text) if lexeme.text or lexeme.kind == "phrase"]
    lexemes = _first(found, limits.words)
    if lexemes != found:
        warnings.append(f"В запросе больше {limits.words} слов, остальные отброшены.")
    kept = frozenset(word.lower() for words in keep for word in words.split())
    return _Parser(text, lexemes, analyzer, today, limits, warnings, kept).parsed()


def _first(lexemes: list[Lexeme], words: int) -> list[Lexeme]:
    """*lexemes* up to their last of *words* words: a phrase or compound is cut, operators left over are dropped."""
    kept: list[Lexeme] = []
    for lexeme in lexemes:
        ends = [match.end() for match in _WORD.finditer(lexeme.text)] if lexeme.kind in ("text", "phrase") else []
        if len(ends) > words:
            kept += [replace(lexeme, text=lexeme.text[: ends[words - 1]], closed=True)] if words else []
            while kept and kept[-1].kind in _OPERATORS:
                kept.pop()
            return kept
        words -= len(ends)
        kept.append(lexeme)
    return kept


class _Parser:
    """Recursive descent over the lexemes; every method leaves ``self.at`` behind what it took."""

    def __init__(
        self,
        source: str,
        lexemes: list[Lexeme],
        analyzer: Analyzer,
        today: dt.date,
        limits: Limits,
        warnings: list[str],
        keep: frozenset[str],
    ) -> None:
        self.source = source
        self.lexemes = lexemes
        self.analyzer = analyzer
        self.today = today
        self.limits = limits
        self.warnings = warnings
        self.keep = keep
        self.wording = Wording(source, analyzer, limits, keep, self.warn)
        self.at = 0
        self.depth = 0

    def parsed(self) -> Parsed:
        groups: list[Node] = []
        while self.at < len(self.lexemes):
            groups.append(self.either())
            if self.peek(")"):
                self.warn("Лишняя закрывающая скобка не учтена.")
                self.at += 1
        if len(groups) > 1:
            # Each as if the bracket that only closes were one that was opened too.
            groups = [group for group in groups if not self.too_deep(depth(All((group,))))]
        tree = groups[0] if len(groups) == 1 else self.all_of(groups)
        return Parsed(tree, tuple(dict.fromkeys(self.warnings)))

    def warn(self, sentence: str) -> None:
        self.warnings.append(sentence)

    def peek(self, *kinds: str) -> bool:
        return self.at < len(self.lexemes) and self.lexemes[self.at].kind in kinds

    def take(self) -> Lexeme:
        self.at += 1
        return self.lexemes[self.at - 1]

    def either(self) -> Node:
        """``a b | c d``"""
        options = [self.every()]
        while self.peek("or"):
            operator = self.take()
            options.append(self.every())
            if isinstance(options[-1], Nothing) or isinstance(options[-2], Nothing):
                self.warn(f"«{operator.text}» без слова с одной из сторон не учтено.")
        found = join(Any, options)
        return found if found is not None else Nothing()

    def every(self) -> Node:
        """``a И b c``"""
        parts: list[Node] = []
        while self.at < len(self.lexemes) and not self.peek("or", ")"):
            if self.peek("and"):
                operator = self.take()
                if not parts or self.at >= len(self.lexemes) or self.peek("or", ")", "and"):
                    self.warn(f"«{operator.text}» без слова с одной из сторон не учтено.")
                continue
            parts.append(self.close())
        return self.all_of(parts)

    def all_of(self, parts: Iterable[Node]) -> Node:
        """*parts* together, those of a group among them drawn in; words side by side have their other names."""
        flat = chain.from_iterable(part.parts if isinstance(part, All) else (part,) for part in parts)
        own = [part for part in flat if not isinstance(part, Nothing | Everything)]
        wanted = expanded(own, self.source, self.analyzer, self.keep)
        if wanted and all(isinstance(part, Not) for part in wanted):
            wanted.insert(0, Everything())
        return join(All, wanted) or Nothing()

    def close(self) -> Node:
        """``a & b``, ``a /3 b``"""
        found = self.negated()
        while self.peek("sentence", "near"):
            operator = self.take()
            right = self.negated() if self.at < len(self.lexemes) and not self.peek("or", ")", "and") else Nothing()
            if isinstance(found, Nothing | Not) or isinstance(right, Nothing | Not):
                self.warn(f"«{operator.text}» без слова с одной из сторон не учтено.")
                kept = [found, right] if isinstance(right, Not) else [right if isinstance(found, Nothing) else found]
                found = join(All, kept) or Nothing()
            elif operator.kind == "near":
                # Neighbours are at distance 1: no further word between them.
                found = self.joined(found, right, partial(self.near, max(0, (operator.number or 1) - 1)))
            else:
                found = self.joined(found, right, _sentence)
        return found

    def joined(self, found: Node, right: Node, put: Callable[[tuple[Node, ...]], Node]) -> Node:
        """*found* and *right* at one place; *found* alone where windows in windows would nest too deep."""
        both = self.together((found, right), put)
        return found if self.too_deep(depth(both)) else both

    def together(self, parts: Iterable[Node], put: Callable[[tuple[Node, ...]], Node]) -> Node:
        """*parts* at one place; the words of a group among them are at that place together too."""

        def placed(node: Node) -> Node:
            match node:
                case All(inner):
                    kept = tuple(placed(part) for part in inner if words(part))
                    if len(kept) < len(inner):
                        self.warn("Внутри «&» и «/N» учтены только слова.")
                    return put(kept) if len(kept) > 1 else kept[0] if kept else Nothing()
                case Any(inner, implied):
                    options = [part for part in map(placed, inner) if not isinstance(part, Nothing)]
                    joined = join(Any, options) or Nothing()
                    return replace(node, parts=tuple(options)) if implied and len(options) > 1 else joined
                case Aimed(_, part) | Boosted(part, _):
                    part = placed(part)
                    return part if isinstance(part, Nothing) else replace(node, part=part)
                case _:
                    return _required(node)

        # What was in brackets is still one level down.
        self.depth += 1
        found = [(part, own) for part in parts if not isinstance(own := placed(part), Nothing)]
        self.depth -= 1
        return put(tuple(own for _, own in found)) if len(found) > 1 else found[0][0] if found else Nothing()

    def near(self, distance: int, parts: tuple[Node, ...]) -> Node:
        """*parts* as «a /N b /N c» is read: from the left, windows inside windows."""
        found = parts[0]
        for part in parts[1:]:
            wider = Near((found, part), distance)
            if self.too_deep(depth(wider)):
                break
            found = wider
        return found

    def negated(self) -> Node:
        if self.peek("sentence", "near"):
            return Nothing()
        if not self.peek("not"):
            return self.primary()
        operator = self.take()
        if self.at >= len(self.lexemes) or self.peek("or", ")", "and", "not"):
            self.warn(f"«{operator.text}» без слова за ним не учтено.")
            return Nothing()
        part = self.primary()
        found = Not(_required(part))
        return Nothing() if isinstance(part, Nothing) or self.too_deep(depth(found)) else found

    def primary(self) -> Node:
        lexeme = self.take()
        match lexeme.kind:
            case "(":
                return self.group()
            case "phrase":
                return self.wording.phrase(lexeme)
            case "field":
                return self.field(lexeme)
            case _:
                found = self.wording.text(lexeme)
                return self.all_of((found,)) if isinstance(found, All) else found

    def too_deep(self, levels: int) -> bool:
        """Whether that many *levels* below this one are beyond the limit; says so."""
        if not levels or self.depth + levels <= self.limits.depth:
            return False
        self.warn(f"Вложенность глубже {self.limits.depth} уровней не учтена.")
        return True

    def group(self) -> Node:
        if self.too_deep(1):
            return Nothing()
        self.depth += 1
        found = self.either()
        self.depth -= 1
        if self.peek(")"):
            self.at += 1
        else:
            self.warn("Скобка не закрыта, закрыта в конце запроса.")
        return found

    def field(self, lexeme: Lexeme) -> Node:
        if lexeme.text in FIELDS:
            if self.at >= len(self.lexemes) or self.peek("or", ")", "and", "sentence", "near") or self.too_deep(1):
                return Nothing()
            self.depth += 1
            part = self.negated()
            self.depth -= 1
            return part if isinstance(part, Nothing) else Aimed(FIELDS[lexeme.text], part)
        if not self.peek("text", "phrase"):
            self.warn(f"После «{lexeme.text}:» нет значения.")
            return Nothing()
        value = self.take().text.strip()
        if lexeme.text in DATES:
            found = span(value, self.today)
            if found is None:
                self.warn(f"«{value}» — не дата; условие не учтено. Можно так: 2024, 2024-02, 01.02.2024.")
                return Nothing()
            return Between(*found)
        return Keyword(KEYWORDS[lexeme.text], (value,))


def _sentence(parts: tuple[Node, ...]) -> SameSentence:
    """One sentence of *parts*, each of which may be one already: «a & b & c», «(a b) & c»."""
    drawn_in = (part.parts if isinstance(part, SameSentence) else (part,) for part in parts)
    return SameSentence(tuple(chain.from_iterable(drawn_in)))


def _required(node: Node) -> Node:
    return replace(node, optional=False) if isinstance(node, Word) else node
