"""The contract over the model and over the searcher: in one segment, in several, with deletions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from index.build import records
from index.documents import Document
from search.engines import Searcher
from search.engines.memory import MemorySearcher
from tests.engines.contract import ANALYZER, ARCHIVE, SearcherContract
from tests.engines.search.building import Run, opened


class TestModel(SearcherContract):
    @contextlib.contextmanager
    def opened(self, documents: Sequence[Document]) -> Iterator[Searcher]:
        yield MemorySearcher(records(documents, ANALYZER), ANALYZER)


class TestOneSegment(SearcherContract):
    def opened(self, documents: Sequence[Document]) -> AbstractContextManager[Searcher]:
        return opened([Run(documents)], ANALYZER)


class TestSegmentForEachDocument(SearcherContract):
    def opened(self, documents: Sequence[Document]) -> AbstractContextManager[Searcher]:
        return opened([Run([document]) for document in documents] or [Run()], ANALYZER)


class TestDeletedAndReplaced(SearcherContract):
    def opened(self, documents: Sequence[Document]) -> AbstractContextManager[Searcher]:
        others = [Document(f"gone-{document.id}", document.title, document.text) for document in ARCHIVE]
        old = [Document(document.id, "Прежнее", "хлеб и сталь министра") for document in documents]
        runs = [Run([*others, *old[:2]]), Run(documents), Run(deleted=[document.id for document in others])]
        return opened(runs, ANALYZER)
