"""Turns what an engine found into hits: stored texts, marks, snippets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.documents import Document
from index.text import Analyzer
from search.engines import Scored, Searcher
from search.highlight import Marker, merge
from search.results import Hit
from search.snippets import snippets

__all__ = ["Presenter"]


@dataclass(frozen=True, slots=True)
class Presenter:
    """The hits of one query; *weights* are those of its words, in order."""

    searcher: Searcher
    analyzer: Analyzer
    marker: Marker
    weights: Sequence[float]

    def hits(self, found: Sequence[Scored], *, partial: bool = False) -> tuple[Hit, ...]:
        """A hit for each of *found*, in order; *partial* ones tell which words they lack."""
        scored = {each.id: each for each in found}
        documents = self.searcher.documents(list(scored))
        return tuple(self._hit(document, scored[document.id], partial=partial) for document in documents)

    def _hit(self, document: Document, scored: Scored, *, partial: bool) -> Hit:
        title, body = self.analyzer.tokens(document.title), self.analyzer.tokens(document.text)
        in_title, in_text = self.marker.found(title, "title"), self.marker.found(body, "text")
        return Hit(
            id=document.id,
            title=document.title,
            title_marks=merge(title, in_title),
            url=document.url,
            source=document.source,
            date=document.date,
            score=scored.score,
            snippets=snippets(document.text, body, in_text, self.weights, title=document.title),
            similar=scored.similar,
            lacks=self.marker.lacking({hit.leaf for hit in (*in_title, *in_text)}) if partial else (),
        )
