"""Finds what a query matches in a stored text, by the same analysis that found the document.

A mark covers a whole real word of the untouched text. Parts of a phrase are marked only inside a real occurrence of it.
Knows nothing of engines; works on any text, so it is also right where an index is a generation older.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from index.text import Analyzer, Batch, Tokens
from search.engines.meaning import optional, regex
from search.limits import NEVER, Deadline
from search.query import Aimed, All, Any, Boosted, Fuzzy, Near, Node, Phrase, SameSentence, Wildcard, Word
from search.relax import lacking
from search.results import Mark
from search.show import show

__all__ = ["Found", "Marker", "Read", "leaf_of", "merge", "start_of"]

Leaf = Word | Wildcard | Fuzzy
_FAR = 1 << 62


class Found(NamedTuple):
    """One occurrence: the token in that *row* of the text's tokens matches leaf number ``leaf`` of the query.

    It covers ``text[start:end]``.
    """

    row: int
    leaf: int
    start: int
    end: int


class Read(NamedTuple):
    """What is told of a text: where its *words* begin, where its *sentences* do but for the first, what was *found*."""

    words: NDArray[np.int32]
    sentences: list[int]
    found: list[Found]


# Without a call of Python's for each: an answer asks hundreds of times.
leaf_of, start_of, _span = attrgetter("leaf"), attrgetter("start"), attrgetter("start", "end")

# Leaf -> where it matches.
Rows = dict[int, list[Found]]


class Marker:
    """The marks of one query. ``leaves`` numbers the words of the tree outside any Not, in order.

    *forms* are, leaf by leaf, all surface forms of the index that a word matches, where they are known: then a text of
    that index is marked by looking them up. Else (None, or no word) each form of the text is tried by its lemmas, 60 µs
    for one that is new. What a form matches is remembered; not for sharing between threads.
    """

    def __init__(
        self,
        tree: Node,
        analyzer: Analyzer,
        forms: Sequence[Sequence[str] | None] = (),
        deadline: Deadline = NEVER,
    ) -> None:
        self._deadline = deadline
        self._tree = tree
        self._analyzer = analyzer
        self._numbers: dict[int, int] = {}
        # Lower-case form or lemma -> the words that it matches; what is no word is tried one by one.
        self._by_form: dict[str, set[int]] = {}
        self._by_lemma: dict[str, set[int]] = {}
        self._tests: dict[int, Callable[[str], bool]] = {}
        # Number of a form -> the leaves that it matches: first those whose forms are known, then what is tried.
        self._known: dict[int, tuple[int, ...]] = {}
        self._tried: set[int] = set()
        leaves = _leaves(tree)
        self._count = len(leaves)
        # Of a query that has no other words they are what is looked for.
        slight = {number for number, leaf in enumerate(leaves) if optional(leaf)}
        self._slight = slight if len(slight) < len(leaves) else set()
        for number, leaf in enumerate(leaves):
            self._numbers[id(leaf)] = number
            self._learn(leaf, number, forms[number] if number < len(forms) else None)
        # Of what stands where it must, and of all other words.
        pieces = list(_pieces(tree))
        self._placed = [piece for piece in pieces if not isinstance(piece, Leaf)]
        self._free = {self._numbers[id(piece)] for piece in pieces if isinstance(piece, Leaf)}
        self._every = bool(self._by_form or self._by_lemma or self._tests)

    def read(self, texts: Sequence[str], fields: Sequence[str]) -> Iterator[Read]:
        """Each of *texts* with what is found in it as a text of its field. Raises OutOfTime.

        All texts are analysed together, and where all forms that count are known, others get no numbers.
        """
        only = None if self._every else self._analyzer.only(self._known)
        batch = self._analyzer.tokens_many(texts, only)
        told, bounds = self._told(batch, batch.bounds), batch.bounds.tolist()
        for number, (every, sentences, field) in enumerate(zip(told, batch.sentence_starts(), fields, strict=True)):
            found = self._found(every, batch[number] if self._placed else None, field)
            yield Read(batch.starts[bounds[number] : bounds[number + 1]], sentences, found)

    def found(self, tokens: Tokens, field: str) -> list[Found]:
        """Every occurrence in *tokens* of a text of *field* ('title' or 'text'), by row, once. Raises OutOfTime.

        A word without content («в») counts beside another one only: a page with every «в» marked tells nothing.
        """
        return self._found(self._told(tokens, np.array((0, len(tokens))))[0], tokens, field)

    def _found(self, every: list[Found], tokens: Tokens | None, field: str) -> list[Found]:
        """The same, of *every* one wherever it stands; without *tokens* where that does not matter."""
        # In one query of ten.
        if tokens is not None and self._placed:
            self._deadline.check()
            rows: Rows = {number: [] for number in range(self._count)}
            for hit in every:
                rows[hit.leaf].append(hit)
            placed = {hit for part in self._placed for hit in self._walk(part, tokens, rows, field)}
            every = sorted(placed.union(*(rows[leaf] for leaf in self._free)))
        slight = self._slight
        if not slight or not every:
            return every
        full = {row for row, leaf, _, _ in every if leaf not in slight}
        return [
            hit for hit in every if hit.leaf not in slight or not full.isdisjoint((hit.row - 1, hit.row, hit.row + 1))
        ]

    def lacking(self, found: set[int]) -> tuple[str, ...]:
        """The words that every match must have and a text with the leaves *found* has not, as typed."""
        return tuple([written for is_missing, written in self._demanded if is_missing(found)])

    @cached_property
    def _demanded(self) -> list[tuple[Callable[[set[int]], bool], str]]:
        """What every match must have: whether a text with some leaves lacks it, and how it was typed."""
        parts = [(part, _leaves(part)) for part in lacking(self._tree)]
        return [
            (self._missing(part), leaves[0].text if len(leaves) == 1 else show(part))
            for part, leaves in parts
            if leaves
        ]

    def _missing(self, part: Node) -> Callable[[set[int]], bool]:
        """Tells of the leaves found in a text whether it lacks *part*; made once for all hits of a page."""
        match part:
            case All(parts):
                tests = [self._missing(each) for each in parts if not optional(each) and _leaves(each)]
                return lambda found: any(test(found) for test in tests)
            case Any(parts):
                tests = [self._missing(each) for each in parts if _leaves(each)]
                return lambda found: all(test(found) for test in tests)
            case Aimed(_, inner) | Boosted(inner, _):
                return self._missing(inner)
            case _:
                return frozenset(self._numbers[id(leaf)] for leaf in _leaves(part)).isdisjoint

    def _told(self, tokens: Tokens | Batch, bounds: NDArray[np.int64]) -> list[list[Found]]:
        """What matches a leaf by its form, in order: a list for each of the texts between *bounds*.

        Of all texts at once, because an answer has twenty, most of them titles.
        """
        self._deadline.check()
        if self._every:
            self._try(tokens.forms)
        rows = np.flatnonzero(tokens.forms >= 0)
        texts = bounds.searchsorted(rows, "right") - 1
        columns = texts, tokens.forms[rows], rows - bounds[texts], tokens.starts[rows], tokens.ends[rows]
        known = self._known
        told: list[list[Found]] = [[] for _ in bounds[1:]]
        for text, form, row, start, end in zip(*(column.tolist() for column in columns), strict=True):
            for leaf in known.get(form, ()):
                # As a tuple, without a call of Python's for each: an answer has a hundred.
                told[text].append(tuple.__new__(Found, (row, leaf, start, end)))
        return told

    def _learn(self, leaf: Leaf, number: int, forms: Sequence[str] | None) -> None:
        """How to tell what *leaf* matches: the definition of search/engines/plain.py."""
        if not isinstance(leaf, Word):
            self._tests[number] = _test(leaf)
            return
        if forms is not None:
            for form in self._analyzer.numbers(forms):
                self._known[form] = (*self._known.get(form, ()), number)
            return
        self._by_form.setdefault(leaf.form.lower(), set()).add(number)
        for lemma, _ in () if leaf.exact else leaf.lemmas:
            self._by_lemma.setdefault(lemma, set()).add(number)

    def _try(self, forms: NDArray[np.int32]) -> None:
        """Learns what those of *forms* match that were not tried before."""
        new = set(forms.tolist()) - self._tried
        self._tried |= new
        for number in new:
            if leaves := self._matching(self._analyzer.form(number)):
                self._known[number] = tuple(sorted({*self._known.get(number, ()), *leaves}))

    def _matching(self, form: str) -> set[int]:
        """The leaves, of those whose forms are not known, that *form* matches."""
        lower = form.lower()
        found = set(self._by_form.get(lower, ()))
        if self._by_lemma:
            found.update(*(self._by_lemma.get(lemma, ()) for lemma, _ in self._analyzer.lemmas(form)))
        found.update(leaf for leaf, test in self._tests.items() if test(lower))
        return found

    def _walk(self, node: Node, tokens: Tokens, rows: Rows, field: str) -> Iterator[Found]:
        self._deadline.check()
        match node:
            case Word() | Wildcard() | Fuzzy():
                yield from rows[self._numbers[id(node)]]
            case Phrase(parts):
                yield from self._phrase(parts, tokens, rows)
            case Near(parts, distance):
                yield from self._windows(parts, distance, tokens, rows)
            case SameSentence(parts):
                yield from self._sentences(parts, tokens, rows, field)
            case All(parts) | Any(parts):
                for part in parts:
                    yield from self._walk(part, tokens, rows, field)
            case Boosted(part, _):
                yield from self._walk(part, tokens, rows, field)
            case Aimed(aim, part) if aim == field:
                yield from self._walk(part, tokens, rows, field)

    def _phrase(self, parts: tuple[Node, ...], tokens: Tokens, rows: Rows) -> Iterator[Found]:
        """Occurrences of parts at consecutive positions."""
        places = [self._places(part, tokens, rows) for part in parts]
        if not all(places):
            return
        starts = set(places[0])
        for shift, place in enumerate(places[1:], start=1):
            starts &= {position - shift for position in place}
        for start in starts:
            for shift, place in enumerate(places):
                yield from place[start + shift]

    def _places(self, part: Node, tokens: Tokens, rows: Rows) -> dict[int, list[Found]]:
        """Position -> what matches there."""
        places: dict[int, list[Found]] = {}
        for hit in self._walk(part, tokens, rows, "") if not isinstance(part, Aimed) else ():
            places.setdefault(int(tokens.positions[hit.row]), []).append(hit)
        return places

    def _windows(self, parts: tuple[Node, ...], distance: int, tokens: Tokens, rows: Rows) -> Iterator[Found]:
        """Occurrences inside windows that hold every part, from each start the shortest: search/engines/plain.py.

        Of arrays, because a hundred words that are in every sentence have more windows than a loop can visit.
        """
        places = [self._places(part, tokens, rows) for part in parts]
        if not all(places):
            return
        starts = np.array(sorted(set().union(*places)))
        nearest = np.stack([_following(np.array(sorted(place)), starts) for place in places])
        fits = nearest.max(axis=0) - starts < distance + len(parts)
        for place, chosen in zip(places, nearest[:, fits].tolist(), strict=True):
            for position in set(chosen):
                yield from place[position]

    def _sentences(self, parts: tuple[Node, ...], tokens: Tokens, rows: Rows, field: str) -> Iterator[Found]:
        """Occurrences inside sentences that hold every part."""
        groups = [list(self._walk(part, tokens, rows, field)) for part in parts]
        common = set.intersection(*({int(tokens.sentences[hit.row]) for hit in group} for group in groups))
        for group in groups:
            yield from (hit for hit in group if int(tokens.sentences[hit.row]) in common)


def merge(found: Iterable[Found]) -> tuple[Mark, ...]:
    """The marks of *found*: ordered, without overlap; a compound that is marked whole swallows its parts."""
    marks: list[Mark] = []
    for start, end in sorted(set(map(_span, found))):
        if marks and start < marks[-1][1]:
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        else:
            marks.append((start, end))
    return tuple(marks)


def _leaves(node: Node) -> list[Leaf]:
    """The leaves of *node* outside any Not, in the order of ``search.query.words``, repeated objects once."""
    match node:
        case Word() | Wildcard() | Fuzzy():
            return [node]
        case Phrase(parts) | Near(parts, _) | SameSentence(parts) | All(parts) | Any(parts):
            return [leaf for part in parts for leaf in _leaves(part)]
        case Aimed(_, part) | Boosted(part, _):
            return _leaves(part)
        case _:
            return []


def _pieces(node: Node) -> Iterator[Node]:
    """What *node* is made of: leaves that count wherever they stand, and parts for whose words it matters where."""
    match node:
        case Word() | Wildcard() | Fuzzy() | Phrase() | Near() | SameSentence() | Aimed():
            yield node
        case All(parts) | Any(parts):
            for part in parts:
                yield from _pieces(part)
        case Boosted(part, _):
            yield from _pieces(part)


def _test(leaf: Wildcard | Fuzzy) -> Callable[[str], bool]:
    """Whether a lower-case surface form of a document matches *leaf*."""
    if isinstance(leaf, Wildcard):
        pattern = regex(leaf.pattern)
        return lambda form: pattern.fullmatch(form) is not None
    return lambda form: OSA.distance(form, leaf.form, score_cutoff=leaf.distance) <= leaf.distance


def _following(places: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each of *starts* the first of *places* that is not before it, far away when there is none."""
    return np.append(places, _FAR)[np.searchsorted(places, starts)]
