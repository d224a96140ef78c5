"""Lets a query find what its words may also be called: «РК» and «Республика Казахстан», «млрд» and «миллиард».

The lexicon knows the names (index/text); here they become alternatives in the tree, beside the words as typed and never
instead of them. A word in ``!`` or alone in quotes is left as it is: that is how a reader says no.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby, islice

from index.text import Analyzer
from search.query import All, Any, Boosted, Node, Phrase, Word, is_compound, is_named
from search.query import words as leaves_of
from search.ranking import RANKING

__all__ = ["expanded", "phrases"]

# An abbreviation with many meanings, or a phrase with several names, must not make a query of hundreds of words.
MOST = 8


@dataclass(frozen=True, slots=True)
class _Alternative:
    """``text[start:end]`` of the query may also be said as ``words``, which carry those offsets."""

    start: int
    end: int
    words: tuple[Word, ...]
    weight: float


def expanded(parts: Sequence[Node], text: str, analyzer: Analyzer, keep: Set[str] = frozenset()) -> list[Node]:
    """*parts* of an All, those in a row that have another name each replaced by both.

    Words of *keep* (lower case, as typed) have none: what a reader undid.
    """
    nodes: list[Node] = []
    for plain, group in groupby(parts, key=_is_plain):
        run = list(group)
        nodes += _run(run, text, analyzer, keep) if plain else run
    return nodes


def phrases(
    parts: Sequence[Node], text: str, analyzer: Analyzer, keep: Set[str] = frozenset()
) -> list[tuple[Node, ...]]:
    """A phrase's *parts*, and behind them the same phrase with each of its other names in place."""
    found = [tuple(parts)]
    if len(parts) < 2 or any(isinstance(part, Word) and part.exact for part in parts):
        return found
    for other in islice(_alternatives(_span(parts[0])[0], _span(parts[-1])[1], text, analyzer, keep), MOST):
        before = [part for part in parts if _span(part)[1] <= other.start]
        after = [part for part in parts if _span(part)[0] >= other.end]
        found.append((*before, *other.words, *after))
    return found


def _run(run: list[Node], text: str, analyzer: Analyzer, keep: Set[str]) -> list[Node]:
    """Words in a row, the longest names from the left first."""
    if not analyzer.may_expand(word.form for part in run for word in leaves_of(part) if isinstance(word, Word)):
        return run
    start, end = _span(run[0])[0], _span(run[-1])[1]
    # Only the words themselves: what else stands between them is no part of the query.
    masked = [" "] * end
    for part in run:
        first, last = _span(part)
        masked[first:last] = text[first:last]
    # A name ends where a word does: that of «республика Казахстан1» would leave a piece of the second one behind.
    ends = {_span(part)[1] for part in run}
    others = [other for other in _alternatives(start, end, "".join(masked), analyzer, keep) if other.end in ends]
    nodes: list[Node] = []
    at = 0
    while at < len(run):
        here = [other for other in others if other.start == _span(run[at])[0]]
        stop = max((other.end for other in here), default=0)
        covered = [part for part in run[at:] if _span(part)[1] <= stop]
        named = [_named(other) for other in here if other.end == stop][:MOST]
        nodes.append(_either(covered, named) if covered else run[at])
        at += len(covered) or 1
    return nodes


def _either(covered: list[Node], named: list[Node]) -> Node:
    required = [replace(part, optional=False) if isinstance(part, Word) else part for part in covered]
    typed = required[0] if len(required) == 1 else All(tuple(required))
    return Any((typed, *named), implied=True)


def _named(other: _Alternative) -> Node:
    node: Node = other.words[0] if len(other.words) == 1 else Phrase(other.words)
    return Boosted(node, RANKING.alias * other.weight)


def _alternatives(start: int, end: int, text: str, analyzer: Analyzer, keep: Set[str]) -> Iterator[_Alternative]:
    """What the lexicon says of ``text[start:end]``, from the left, the longest first."""
    tokens = analyzer.tokens(text[start:end])
    for expansion in analyzer.expansions(tokens):
        first = start + int(tokens.starts[expansion.start])
        last = start + int(tokens.ends[expansion.end - 1])
        if not keep.isdisjoint(text[first:last].lower().split()):
            continue
        words = tuple(_word(word, first, last, analyzer) for word in expansion.words)
        yield _Alternative(first, last, words, expansion.weight)


def _word(text: str, start: int, end: int, analyzer: Analyzer) -> Word:
    form = analyzer.form(int(analyzer.tokens(text).forms[0]))
    return Word(text, form, analyzer.query_lemmas(form), start, end)


def _is_plain(node: Node) -> bool:
    return (is_compound(node) and not is_named(node)) or (isinstance(node, Word) and not node.exact and not node.quoted)


def _span(node: Node) -> tuple[int, int]:
    match node:
        case Any((Word() as whole, *_)) | (Word() as whole):
            return whole.start, whole.end
        case _:
            return 0, 0
