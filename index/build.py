"""The only way into an index: documents are compared, analysed and handed to an engine's writer.

    source -> Document | Rejection -> compared by digest -> Record -> IndexWriter -> one published generation

Only new and changed documents are analysed; what the sources no longer hold is taken out. Nothing is lost by accident:
when a source could not be read to its end, or holds no document at all, nothing is taken out in that run.
A changed lexicon or dictionary changes no token: then the writer makes the lemma tables anew and every document stays
as it was read.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from index.documents import Document, Rejection, digest
from index.engines import IndexWriter
from index.errors import IndexMismatch, NoIndex, SourceError
from index.generations import Draft, Generation, Store
from index.ledger import read_ledger, write_ledger
from index.records import FIELDS, Record
from index.text import Analyzer, Batch, first_sentence, parts

__all__ = ["Report", "build", "compare"]

# Documents are analysed some at a time, so that array work is worth its overhead; 4 MB of text held at most.
_BATCH = 1_000
_BATCH_CHARACTERS = 4_000_000
# A body of fewer words may be a formula («Подробности позже») under any title.
_FEW_WORDS = 20

WriterFactory = Callable[[Draft, Analyzer], IndexWriter]


@dataclass(slots=True)
class Report:
    """What a run did, or would do. ``generation`` is the published one; ``kept`` counts removals that were put off."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    seconds: float = 0.0
    generation: str = ""
    published: bool = False

    @property
    def documents(self) -> int:
        """How many documents the run looked at."""
        return self.added + self.changed + self.unchanged + len(self.rejected)


@dataclass(slots=True)
class _Comparison:
    """Sorts a stream of documents into new, changed and unchanged against the digests of the base."""

    known: dict[str, bytes]
    report: Report
    digests: dict[str, bytes] = field(default_factory=dict)
    everything: bool = False

    def fresh(self, items: Iterable[Document | Rejection]) -> Iterator[Document]:
        """The documents to analyse; counts them all on the way."""
        for item in items:
            if isinstance(item, Rejection):
                self.report.rejected.append(item)
                if item.doc_id in self.known and not self.everything:
                    self.digests.setdefault(item.doc_id, self.known[item.doc_id])
            elif self._is_fresh(item):
                yield item

    def vanished(self, *, keep: bool) -> list[str]:
        """Ids of the base that the sources no longer hold; none while any source was cut short, or with *keep*."""
        missing = [doc_id for doc_id in self.known if doc_id not in self.digests]
        cut = next((rejection for rejection in self.report.rejected if rejection.cut), None)
        if missing and cut and self.everything:
            raise SourceError(f"{cut}. A rebuild needs every source whole; the published index stays as it is")
        if keep or cut:
            self.digests.update((doc_id, self.known[doc_id]) for doc_id in missing)
            self.report.kept = 0 if keep else len(missing)
            return []
        if not self.digests:
            raise SourceError(
                f"The sources hold no document to index; the {len(missing)} in the index stay as they are"
            )
        self.report.removed = len(missing)
        return missing

    def _is_fresh(self, document: Document) -> bool:
        before, now = self.known.get(document.id), digest(document)
        self.digests[document.id] = now
        if before is None:
            self.report.added += 1
        elif before == now:
            self.report.unchanged += 1
        else:
            self.report.changed += 1
        return before != now or self.everything


def compare(items: Iterable[Document | Rejection], store: Store, *, keep: bool = False) -> Report:
    """What ``build`` would do with *items*, without writing anything."""
    started = time.perf_counter()
    base = _base(store)
    report = Report(generation=base.name if base else "")
    comparison = _Comparison(read_ledger(base.folder) if base else {}, report)
    for _ in comparison.fresh(items):
        pass
    comparison.vanished(keep=keep)
    report.seconds = time.perf_counter() - started
    return report


def build(
    items: Iterable[Document | Rejection],
    store: Store,
    *,
    analyzer: Analyzer,
    open_writer: WriterFactory,
    keep: bool = False,
    rebuild: bool = False,
) -> Report:
    """Makes the index equal to *items* and publishes it; with *keep*, documents that are not in *items* stay.

    Publishes nothing when nothing changed. On any error, SIGINT or SIGTERM (Interrupted) the draft is removed and the
    published generation goes on serving. Raises IndexBusy, IndexMismatch, IndexDamaged, SourceError.
    """
    started = time.perf_counter()
    with store.writing():
        base = _base(store)
        known = read_ledger(base.folder) if base else {}
        outdated = base is not None and base.versions.get("tokens") != analyzer.tokens_version
        if keep and (rebuild or outdated):
            raise IndexMismatch(
                f"{store.folder} was built with other rules for words; give all sources, without --add"
                if outdated
                else "--rebuild needs all sources; it cannot be combined with --add"
            )
        everything = rebuild or outdated
        report = Report(generation=base.name if base else "")
        comparison = _Comparison(known, report, everything=everything)
        draft = store.begin(None if everything else base, previous=base)
        draft.versions |= {"analysis": analyzer.fingerprint, "tokens": analyzer.tokens_version}
        writer = open_writer(draft, analyzer)
        try:
            changed = _write(writer, comparison, items, analyzer, keep=keep)
            if changed or base is None or everything or base.versions["analysis"] != analyzer.fingerprint:
                write_ledger(draft.folder, comparison.digests)
                report.generation = writer.publish().name
                report.published = True
        finally:
            writer.abort()
    report.seconds = time.perf_counter() - started
    return report


def _write(
    writer: IndexWriter,
    comparison: _Comparison,
    items: Iterable[Document | Rejection],
    analyzer: Analyzer,
    *,
    keep: bool,
) -> bool:
    """Hands the writer what is new and what has gone; whether there was any."""
    changed = False
    for batch in _batches(comparison.fresh(items)):
        for record in records(batch, analyzer):
            writer.add(record)
        changed = True
    for doc_id in comparison.vanished(keep=keep):
        if not comparison.everything:
            writer.delete(doc_id)
        changed = True
    return changed


def records(documents: Sequence[Document], analyzer: Analyzer) -> Iterator[Record]:
    """*documents* analysed together; one without a title gets its first sentence as such."""
    titled = [document if document.title.strip() else _titled(document) for document in documents]
    batch = analyzer.stream_many([text for document in titled for text in _fields(document)])
    tokens = iter(batch)
    for document, sketch in zip(titled, _sketches(batch, analyzer), strict=True):
        yield Record(document, {name: next(tokens) for name in FIELDS}, sketch)


def _sketches(batch: Batch, analyzer: Analyzer) -> NDArray[np.uint8]:
    """A sketch of each document's body, together with its title where the body is a few words that others may have."""
    title, body = FIELDS.index("title"), FIELDS.index("text")
    bounds = batch.bounds[:-1].reshape(-1, len(FIELDS))
    # Of one document the title stands right before the body.
    ends = batch.bounds[body + 1 :: len(FIELDS)]
    starts = np.where(ends - bounds[:, body] < _FEW_WORDS, bounds[:, title], bounds[:, body])
    return analyzer.sketches(batch.forms, starts, ends)


def _titled(document: Document) -> Document:
    return dataclasses.replace(document, title=first_sentence(document.text))


def _fields(document: Document) -> tuple[str, str, str]:
    """The texts of FIELDS: the title, the body, what stands around the body."""
    sections = parts(document.text)
    if all(section.kind == "body" for section in sections):
        return document.title, document.text, ""
    body = [document.text[part.start : part.end] for part in sections if part.kind == "body"]
    aside = [document.text[part.start : part.end] for part in sections if part.kind != "body"]
    return document.title, "\n".join(body), "\n".join(aside)


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.text)
        if len(batch) >= _BATCH or size >= _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _base(store: Store) -> Generation | None:
    try:
        return store.current()
    except NoIndex:
        return None
