"""Turns what an engine found into hits: stored texts, marks, snippets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.documents import Document
from index.errors import OutOfTime
from index.text import Analyzer
from search.engines import Scored, Searcher, WordStatistics
from search.engines.meaning import MAX_FORMS
from search.highlight import Marker, Read, leaf_of, merge
from search.limits import NEVER, Deadline
from search.query import Node
from search.results import Hit, Snippet
from search.snippets import snippets

__all__ = ["Presenter", "marker_of"]

# Characters that are analysed together: 50 ms.
_BATCH = 500_000
_OPENING = 240


@dataclass(frozen=True, slots=True)
class Presenter:
    """The hits of one query; *weights* are those of its words, in order. At the *deadline* they go without marks."""

    searcher: Searcher
    analyzer: Analyzer
    marker: Marker
    weights: Sequence[float]
    deadline: Deadline = NEVER

    def hits(self, full: Sequence[Scored], partial: Sequence[Scored] = ()) -> tuple[Hit, ...]:
        """A hit for each, in order; *partial* ones tell which words they lack.

        All texts are analysed together: a call takes as long as a text of three hundred words.
        """
        scored = {each.id: each for each in (*full, *partial)}
        documents = self.searcher.documents(list(scored))
        lacking = {each.id for each in partial}
        hits: list[Hit] = []
        for some in _batches(documents):
            try:
                self.deadline.check()
                texts = [text for each in some for text in (each.title, each.text)]
                read = self.marker.read(texts, ["title", "text"] * len(some))
                hits += [
                    self._hit(document, title, body, scored[document.id], partial=document.id in lacking)
                    for document, title, body in zip(some, read, read, strict=True)
                ]
            except OutOfTime:
                hits += [_plain(document, scored[document.id]) for document in some]
        return tuple(hits)

    def _hit(self, document: Document, title: Read, text: Read, scored: Scored, *, partial: bool) -> Hit:
        return Hit(
            id=document.id,
            title=document.title,
            title_marks=merge(title.found),
            url=document.url,
            source=document.source,
            date=document.date,
            score=scored.score,
            snippets=snippets(document.text, text, self.weights, title=document.title),
            similar=scored.similar,
            lacks=self.marker.lacking(set(map(leaf_of, (*title.found, *text.found)))) if partial else (),
        )


def marker_of(tree: Node, analyzer: Analyzer, counted: Sequence[WordStatistics], deadline: Deadline = NEVER) -> Marker:
    """The marks of *tree*, whose words the index has in the forms *counted*."""
    return Marker(tree, analyzer, [_complete(word) for word in counted], deadline)


def _complete(word: WordStatistics) -> list[str] | None:
    """The forms that the index has of *word*; None when it may have more than are told."""
    return [count.value for count in word.forms] if len(word.forms) < MAX_FORMS else None


def _batches(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """*documents* in order, short ones together: a batch is analysed without a look at the clock."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        if batch and size + len(document.text) > _BATCH:
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += len(document.text)
    if batch:
        yield batch


def _plain(document: Document, scored: Scored) -> Hit:
    """The hit without a mark: its title, and how its text begins."""
    opening = Snippet(document.text[:_OPENING].replace("\n", " "), ())
    return Hit(
        document.id,
        document.title,
        (),
        document.url,
        document.source,
        document.date,
        scored.score,
        (opening,) if opening.text else (),
        scored.similar,
    )
