"""A document cut into paragraphs, and those into plain and marked pieces: what the document page is made of.

Knows no HTML: the template writes the pieces and escapes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.text import parts
from search.results import Mark
from search.service import View

__all__ = ["Paragraph", "Piece", "paragraphs"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. ``number`` counts the document's matches from 1; 0 is no match."""

    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``kind`` is that of index.text: body, caption, byline, tail or teaser."""

    kind: str
    pieces: tuple[Piece, ...]


def paragraphs(view: View) -> list[Paragraph]:
    """The paragraphs of the document in order. Linear in its length and its marks.

    Pieces joined give the paragraph's own text; a mark never leaves its paragraph, as no word does.
    """
    text, marks = view.document.text, view.text_marks
    found, at = [], 0
    for part in parts(text):
        last = at
        while last < len(marks) and marks[last][1] <= part.end:
            last += 1
        pieces = _pieces(text, part.start, part.end, enumerate(marks[at:last], at + 1))
        found.append(Paragraph(part.kind, tuple(pieces)))
        at = last
    return found


def _pieces(text: str, start: int, end: int, marks: Iterable[tuple[int, Mark]]) -> Iterator[Piece]:
    at = start
    for number, (first, last) in marks:
        if at < first:
            yield Piece(text[at:first])
        yield Piece(text[first:last], number)
        at = last
    if at < end:
        yield Piece(text[at:end])
