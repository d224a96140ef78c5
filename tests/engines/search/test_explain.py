"""An explanation adds up to the score that an engine gave, for every kind of tree, on random archives."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.build import records
from index.documents import Document
from search.engines import Request, Searcher
from search.engines.memory import MemorySearcher
from search.explain import explained
from search.query import All, Fuzzy, Node, Not, Wildcard
from search.relax import relaxed
from search.results import Explanation
from tests.engines.contract import ANALYZER, ARCHIVE, word
from tests.engines.search.building import Run, opened
from tests.engines.search.test_equality import survivors
from tests.engines.search.test_ranking import COUNTRY, NAMES, USA
from tests.engines.search.trees import runs, trees


def explanations(searcher: Searcher, query: Node, request: Request | None = None) -> dict[str, Explanation]:
    hits = searcher.search(request or Request(query, limit=100)).hits
    documents = searcher.documents([hit.id for hit in hits])
    collection = searcher.collection(query)
    found = {}
    for hit, document in zip(hits, documents, strict=True):
        told = explained(query, document, hit.score, collection, ANALYZER)
        assert told.score == pytest.approx(sum(part.value for part in told.parts))
        assert told.score == pytest.approx(hit.score, rel=1e-4, abs=1e-5)
        found[hit.id] = told
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(runs, st.lists(trees, min_size=15, max_size=15))
def test_parts_add_up_to_the_score_of_any_tree(history: list[Run], asked: list[Node]) -> None:
    model = MemorySearcher(records(survivors(history), ANALYZER), ANALYZER)
    with opened(history, ANALYZER) as searcher:
        for tree in asked:
            assert explanations(searcher, tree).keys() == explanations(model, tree).keys()


def archive(documents: Sequence[Document]) -> MemorySearcher:
    return MemorySearcher(records(documents, ANALYZER), ANALYZER)


def test_every_word_has_a_part_that_tells_where_it_stands() -> None:
    told = explanations(archive(ARCHIVE), All((word("сталь"), word("цена"))))["steel"]
    steel = next(part for part in told.parts if part.text == "сталь")
    assert "найдено в 2 из 5 документов" in steel.detail
    assert "в заголовке 3 × 1 по 1" in steel.detail
    assert {"сталь", "цена"} <= {part.text for part in told.parts}


def test_words_close_together_and_words_of_one_root_have_parts_of_their_own() -> None:
    close = explanations(archive(ARCHIVE), All((word("президент"), word("токаев"))))["wait"]
    assert [part.text for part in close.parts if part.detail.startswith("стоят рядом")] == ["президент токаев"]
    kin = explanations(archive(COUNTRY), word("казахстан"))["both"]
    assert [part.text for part in kin.parts if part.detail.startswith("однокоренные")] == ["казахстан"]


def test_what_is_not_looked_at_closely_is_explained_without_it() -> None:
    query = All((word("президент"), word("токаев")))
    by_date = explanations(archive(ARCHIVE), query, Request(query, sort="-date"))["wait"]
    assert [part.text for part in by_date.parts] == ["президент", "токаев"]


def test_a_document_that_lacks_a_word_is_explained_by_those_it_has() -> None:
    tree = All((word("сталь"), word("зима")))
    loose = relaxed(tree)
    assert loose is not None
    told = explanations(archive(ARCHIVE), All((loose, Not(tree))))
    assert [part.text for part in told["steel"].parts] == ["сталь"]


def test_only_the_better_name_is_explained() -> None:
    told = explanations(archive(NAMES), USA)
    assert [part.text for part in told["both"].parts][:1] == ["США"]
    assert [part.text for part in told["long"].parts] == ["Соединенные", "Штаты"]
    # Half of what its two words (ln 2 and ln 10/7) weigh more than the one typed (ln 2).
    assert told["long"].parts[0].detail.startswith("0,3301 × ")


@pytest.mark.parametrize("most", [None, 1, 50_000])
def test_a_pattern_is_explained_whether_or_not_it_has_more_forms_than_count(most: int | None) -> None:
    for query in (Wildcard("стал*", "стал*", most=most), Fuzzy("сталь", "сталь", 1, most=most)):
        with opened([Run(ARCHIVE)], ANALYZER) as searcher:
            told = explanations(searcher, query)
        assert told
        assert all(part.value > 0 for each in told.values() for part in each.parts)
        assert all(each.parts for each in told.values())
