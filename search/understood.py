"""How a query was understood, told word by word: lemmas, forms found, what it was folded, corrected and expanded to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from search.correct import Chosen
from search.engines import WordStatistics
from search.query import Aimed, All, Any, Boosted, Fuzzy, Near, Node, Phrase, SameSentence, Wildcard, Word
from search.query import words as leaves_of
from search.results import AskedWord, Correction, Understood
from search.show import show

__all__ = ["understood"]

Leaf = Word | Wildcard | Fuzzy


def understood(
    text: str,
    tree: Node,
    statistics: Sequence[WordStatistics],
    chosen: Chosen | None,
    warnings: tuple[str, ...],
) -> Understood:
    """What to tell of the query *text*, answered by *tree*, with the *statistics* of its leaves.

    *chosen* is another reading; if it was applied, *tree* is of its text.
    """
    applied = chosen.reading if chosen and chosen.applied else None
    typed = dict(_typed(chosen)) if chosen and applied else {}
    counted = {id(leaf): own for leaf, own in zip(leaves_of(tree), statistics, strict=True)}
    asked = []
    for leaf, others in _typed_leaves(tree):
        lemmas = tuple(lemma.text for lemma in getattr(leaf, "lemmas", ()))
        own = counted[id(leaf)]
        before = next((old for (start, end), old in typed.items() if start <= leaf.start < end), "")
        asked.append(
            AskedWord(
                leaf.text, leaf.start, leaf.end, lemmas, own.forms, own.documents, others, _folded(leaf), typed=before
            )
        )
    correction = None
    if chosen:
        # What was run together or torn apart is a slip of spelling too.
        kind = "spelling" if chosen.reading.kind == "split" else chosen.reading.kind
        correction = Correction(chosen.reading.text, kind, chosen.applied, chosen.total)
    return Understood(text, applied.text if applied else text, tuple(asked), warnings, correction)


def _typed_leaves(node: Node, others: tuple[str, ...] = ()) -> Iterator[tuple[Leaf, tuple[str, ...]]]:
    """The leaves that the reader wrote, in order, each with what else is looked for in its place."""
    match node:
        case Word() | Wildcard() | Fuzzy():
            yield node, others
        case Any((typed, *rest), implied=True):
            written = [typed, *(other for other in rest if not _is_other_name(other, typed))]
            names = tuple(_plain(other) for other in rest if other not in written)
            for at, (leaf, own) in enumerate(pair for part in written for pair in _typed_leaves(part)):
                # Other names of several words together are told once, at the first of them.
                yield leaf, own if at else (*own, *names)
        case Phrase(parts) | Near(parts, _) | SameSentence(parts) | All(parts) | Any(parts):
            for part in parts:
                yield from _typed_leaves(part, others)
                others = ()
        case Aimed(_, part) | Boosted(part, _):
            yield from _typed_leaves(part, others)


def _is_other_name(other: Node, typed: Node) -> bool:
    """Whether *other* comes from the lexicon and not from the reader: its words all stand for the whole of *typed*."""
    places = [(leaf.start, leaf.end) for leaf in leaves_of(typed)]
    whole = min(start for start, _ in places), max(end for _, end in places)
    return all((leaf.start, leaf.end) == whole for leaf in leaves_of(other))


def _plain(node: Node) -> str:
    return show(node.part if isinstance(node, Boosted) else node).strip('"')


def _folded(leaf: Leaf) -> str:
    """What the word became, when that is more than another case."""
    form = leaf.form if isinstance(leaf, Word | Fuzzy) else leaf.pattern
    return form.lower() if form.lower() != leaf.text.lower() else ""


def _typed(chosen: Chosen) -> Iterator[tuple[tuple[int, int], str]]:
    """Of each replaced stretch its place in the new text, and what was typed there."""
    shift = 0
    for word in chosen.reading.replaced:
        start = word.start + shift
        yield (start, start + len(word.new)), word.old
        shift += len(word.new) - (word.end - word.start)
