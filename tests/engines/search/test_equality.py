"""The searcher is right when it agrees with the model: on random archives, histories of writing, and trees."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.build import records
from index.documents import Document
from search.engines import Request, Response, Searcher
from search.engines.memory import MemorySearcher
from search.query import All, Any, Near, Node, Phrase
from tests.engines.contract import ANALYZER, word
from tests.engines.search.building import Run, opened
from tests.engines.search.trees import requests, runs


def survivors(history: Iterable[Run]) -> list[Document]:
    """What *history* leaves, as the writer is specified to leave it."""
    kept: dict[str, Document] = {}
    for run in history:
        kept.update((document.id, document) for document in run.added)
        for doc_id in run.deleted:
            kept.pop(doc_id, None)
    return list(kept.values())


def assert_agrees(searcher: Searcher, model: Searcher, request: Request) -> None:
    """The same answer, scores to 1e-5; documents whose scores are that close may change places."""
    everything = Request(request.query, request.filters, request.sort, 0, 1_000)
    scores = {hit.id: hit.score for hit in model.search(everything).hits}
    answer, expected = searcher.search(request), model.search(request)
    counts = [(response.total, response.facets, response.timeline, response.words) for response in (answer, expected)]
    assert counts[0] == counts[1]
    assert [hit.score for hit in answer.hits] == pytest.approx([hit.score for hit in expected.hits], rel=1e-5, abs=1e-6)
    assert [hit.score for hit in answer.hits] == pytest.approx(
        [scores[hit.id] for hit in answer.hits], rel=1e-5, abs=1e-6
    )
    if request.sort != "relevance" or distinct(expected):
        assert [hit.id for hit in answer.hits] == [hit.id for hit in expected.hits]


def distinct(response: Response) -> bool:
    """Whether no two scores are so close that rounding could order them."""
    return all(
        one.score == other.score == 0 or one.score > other.score * 1.0001 for one, other in pairwise(response.hits)
    )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(runs, st.lists(requests, min_size=20, max_size=20))
def test_the_searcher_agrees_with_the_model(history: list[Run], asked: list[Request]) -> None:
    model = MemorySearcher(records(survivors(history), ANALYZER), ANALYZER)
    with opened(history, ANALYZER) as searcher:
        for request in asked:
            assert_agrees(searcher, model, request)
        for prefix in ("", "с", "то", "минист", "в"):
            assert searcher.vocabulary(prefix, 4) == model.vocabulary(prefix, 4)


@pytest.mark.parametrize("text", ["Сталь.", "Сталь сталь.", "Сталь. И сталь сталь"])
def test_a_phrase_of_one_word_twice_needs_it_twice_even_where_nothing_stands_before(text: str) -> None:
    documents = [Document("1", "", text), Document("2", "Зима", text)]
    model = MemorySearcher(records(documents, ANALYZER), ANALYZER)
    with opened([Run(documents)], ANALYZER) as searcher:
        assert_agrees(searcher, model, Request(Phrase((word("сталь"), word("сталь")))))


# Common words have lists of seven blocks, so that some are skipped; rare ones stand in a few documents.
_COMMON, _RARE = ("сталь", "стали", "министр", "город"), ("хлеб", "зима", "стальной", "министерство")


def many(count: int) -> Iterable[Document]:
    chance = random.Random(count)
    for number in range(count):
        words = [chance.choice(_COMMON) * (chance.random() < 0.7) for _ in range(chance.randrange(1, 12))]
        words += [word for word in _RARE if chance.random() < 0.02]
        chance.shuffle(words)
        yield Document(f"{number}", " ".join(words[:2]), " ".join(words))


def test_lists_of_several_blocks_are_skipped_in_without_losing_a_document() -> None:
    documents = list(many(900))
    model = MemorySearcher(records(documents, ANALYZER), ANALYZER)
    one, two, three, rare, other = map(word, ("сталь", "министр", "город", "хлеб", "зима"))
    trees: list[Node] = [one, rare, All((one, two)), All((rare, two)), All((rare, one, three)), All((one, two, three))]
    trees += [Phrase((one, two)), Phrase((two, one, three)), Phrase((rare, one)), Any((rare, other, two))]
    trees += [Near((rare, one), 2), All((rare, other)), All((other, Any((one, two)))), Any((one, two, three))]
    with opened([Run(documents[:700]), Run(documents[700:])], ANALYZER) as searcher:
        for tree in trees:
            assert_agrees(searcher, model, Request(tree, limit=60))
