"""What to show when all words together are found in too few documents: those that lack the least.

A word that is not wanted (-слово) and a filter stay as they are; "every word" becomes "some", a phrase its words.
"""

from __future__ import annotations

from search.query import Aimed, All, Any, Boosted, Fuzzy, Near, Node, Phrase, SameSentence, Wildcard, Word, words

__all__ = ["lacking", "relaxed"]

_WANTED = (Word, Wildcard, Fuzzy, Phrase, Near, SameSentence, Any, Boosted, Aimed)


def relaxed(tree: Node) -> Node | None:
    """*tree* with some of its wanted parts instead of all; None when it has no two parts to choose from.

    Words without content find nothing here, or every document with an «в» would count. Nor do they score: that takes as
    long as all other words, for nothing (headlines +.002, tag pairs -.002, other sets as they were).
    """
    if not isinstance(tree, All):
        return None
    wanted = lacking(tree)
    fixed = tuple(part for part in tree.parts if not _is_wanted(part))
    if len(wanted) < 2:
        return None
    some = Any(tuple(leaf for part in wanted for leaf in _loosened(part)))
    return All((some, *fixed)) if fixed else some


def lacking(tree: Node) -> tuple[Node, ...]:
    """The parts of *tree* that a document of ``relaxed(tree)`` may lack, in order."""
    parts = tree.parts if isinstance(tree, All) else ()
    return tuple(part for part in parts if _is_wanted(part) and not _is_optional(part))


def _loosened(node: Node) -> tuple[Node, ...]:
    """What of *node* a document may have by itself: the words of a phrase, each. Of what is implied, only all together.

    The words of an abbreviation one by one («штаты» for «США») bury what was typed: headlines lose .028.
    """
    match node:
        case Any((typed, *others), implied=True):
            loose = _loosened(typed)
            return (Any((loose[0] if len(loose) == 1 else Any(loose), *others), implied=True),)
        case All(parts) if all(isinstance(part, _WANTED) for part in parts):
            return tuple(leaf for part in parts for leaf in _loosened(part))
        case Phrase(parts) | Near(parts, _) | SameSentence(parts) | Any(parts):
            return tuple(leaf for part in parts for leaf in _loosened(part))
        case _:
            return (node,)


def _is_wanted(node: Node) -> bool:
    """Whether *node* looks for words: «заголовок:-слово» does not."""
    return isinstance(node, _WANTED) and bool(words(node))


def _is_optional(node: Node) -> bool:
    return isinstance(node, Word) and node.optional
