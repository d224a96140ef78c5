"""The contract over the model and over the searcher: in one segment, in several, with deletions."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

import pytest

from index.build import records
from index.documents import Document
from search.engines import Count, Request, Searcher
from search.engines.memory import MemorySearcher
from search.query import Fuzzy, Wildcard
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


@pytest.mark.parametrize("engine", [TestModel(), TestOneSegment()], ids=["model", "whoosh"])
def test_of_too_many_forms_the_most_frequent_count_and_it_is_said(engine: SearcherContract) -> None:
    texts = ("дом", "дом", "дом", "дома", "дома", "домик")
    documents = [Document(f"{text}{number}", "и", text) for number, text in enumerate(texts)]
    with engine.opened(documents) as searcher:
        for node in (Wildcard("дом*", "дом*", most=2), Fuzzy("дома", "дома", 2, most=2)):
            response = searcher.search(Request(node))
            (told,) = response.words
            assert {hit.id for hit in response.hits} == {"дом0", "дом1", "дом2", "дома3", "дома4"}
            assert (told.forms, told.documents, told.cut) == ((Count("дом", 3), Count("дома", 2)), 5, True)
            (told,) = searcher.search(Request(dataclasses.replace(node, most=3))).words
            assert (told.documents, told.cut) == (6, False)
