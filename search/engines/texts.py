"""One document as the definition of a query looks at it: its words, where they stand, and the values of its fields."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from index.documents import Document
from index.records import FIELDS, Record
from index.text import Analyzer
from search.ranking import LEAD

__all__ = ["Text", "Token", "text_of", "values"]


class Token(NamedTuple):
    """A word of a document: its form and where it stands."""

    form: str
    position: int
    sentence: int


@dataclass(frozen=True)
class Text:
    """One document as it is searched: its tokens by field, and lengths in words (a compound counts its parts)."""

    document: Document
    tokens: dict[str, list[Token]]
    lengths: dict[str, int]

    @cached_property
    def forms(self) -> frozenset[str]:
        """Its distinct forms."""
        return frozenset(token.form for name in FIELDS for token in self.tokens[name])

    @cached_property
    def occurrences(self) -> dict[str, Counter[tuple[str, str]]]:
        """Of each field how often each form is in each place: 'title', 'lead', 'body' or 'aside'."""
        return {
            name: Counter((_place(name, token.position), token.form) for token in self.tokens[name]) for name in FIELDS
        }

    @property
    def day(self) -> int:
        """Days since the beginning of the calendar, 0 without a date."""
        return self.document.date.toordinal() if self.document.date else 0


def text_of(record: Record, analyzer: Analyzer) -> Text:
    """A document as the definition looks at it."""
    fields: dict[str, list[Token]] = {}
    for name in FIELDS:
        tokens = record.tokens[name]
        rows = zip(tokens.forms.tolist(), tokens.positions.tolist(), tokens.sentences.tolist(), strict=True)
        fields[name] = [Token(analyzer.form(number), position, sentence) for number, position, sentence in rows]
    lengths = {name: len({token.position for token in tokens}) for name, tokens in fields.items()}
    return Text(record.document, fields, lengths)


def values(document: Document, name: str) -> set[str]:
    """The values of a keyword field: 'source', 'tag' or 'author'."""
    found = {"source": (document.source,), "tag": document.tags, "author": document.authors}.get(name, ())
    return {value for value in found if value}


def _place(field: str, position: int) -> str:
    if field != "text":
        return field
    return "lead" if position < LEAD else "body"
