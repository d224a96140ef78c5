"""What comes first, and in the same order every time: claims about the formula, on the model and on the searcher."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

import pytest

from index.build import records
from index.documents import Document
from index.text.roots import root
from search.engines import Request, Scored, Searcher
from search.engines.memory import MemorySearcher
from search.query import All, Any, Boosted, Node, Phrase
from search.ranking import RANKING
from search.relax import relaxed
from tests.engines.contract import ANALYZER, ids, word
from tests.engines.search.building import Run, opened

COUNTRY = (
    Document("country", "Один", "Казахстан вырос. Было тихо и тепло."),
    Document("both", "Два", "Казахстан вырос. Казахстанский рост."),
    Document("adjective", "Три", "Казахстанский рост был невелик."),
)
NAMES = (
    Document("short", "Раз", "Заявили США вчера."),
    Document("long", "Раз", "Заявили Соединенные Штаты вчера."),
    Document("both", "Раз", "Заявили США, Соединенные Штаты вчера."),
    Document("states", "Раз", "Штаты уволенных рабочих заполнены."),
)
USA = Any((word("США"), Boosted(Phrase((word("Соединенные"), word("Штаты"))), RANKING.alias)), implied=True)


@pytest.fixture(params=["model", "searcher"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def found(engine: str, documents: Sequence[Document], node: Node, limit: int = 100) -> tuple[Scored, ...]:
    asked = Request(node, limit=limit)
    if engine == "model":
        return MemorySearcher(records(documents, ANALYZER), ANALYZER).search(asked).hits
    with opened([Run(documents)], ANALYZER) as searcher:
        return searcher.search(asked).hits


def scores(hits: Sequence[Scored]) -> dict[str, float]:
    return {hit.id: hit.score for hit in hits}


def test_words_of_one_root_are_told_by_how_they_begin() -> None:
    assert root("казахстанский") == root("казахстанец") == root("казахстан") == "казахстан"
    assert root("террористический") != root("терраса")
    assert root("суд") == "суд"
    assert root("судно") != root("суд")


def test_a_word_of_the_same_root_adds_to_the_score_and_finds_nothing(engine: str) -> None:
    hits = found(engine, COUNTRY, word("казахстан"))
    assert [hit.id for hit in hits] == ["both", "country"]


def test_an_exact_word_gains_nothing_by_its_root(engine: str) -> None:
    plain = scores(found(engine, COUNTRY, word("казахстан")))
    exact = scores(found(engine, COUNTRY, word("казахстан", exact=True)))
    assert plain["country"] == pytest.approx(exact["country"], rel=1e-5)
    assert plain["both"] > 1.01 * exact["both"]


def test_of_a_word_and_its_other_names_the_best_counts_alone(engine: str) -> None:
    either = scores(found(engine, NAMES, USA))
    typed = scores(found(engine, NAMES, word("США")))
    assert set(either) == {"short", "long", "both"}
    assert either["both"] == pytest.approx(typed["both"], rel=1e-5)
    assert either["long"] < either["short"]


def test_a_name_of_many_rare_words_does_not_bury_the_short_one_that_was_typed(engine: str) -> None:
    often = [Document(f"often{at}", "Раз", "Заявили США вчера.") for at in range(20)]
    hits = [hit.id for hit in found(engine, [*NAMES, *often], USA)]
    assert hits[-1] == "long"


def test_a_loosened_query_keeps_the_words_of_another_name_together() -> None:
    loose = relaxed(All((USA, word("вчера"))))
    assert loose == Any((USA, word("вчера")))


def test_a_loosened_query_parts_the_words_of_a_name_as_typed() -> None:
    named = Any((All((word("Соединенные"), word("Штаты"))), word("США")), implied=True)
    loose = relaxed(All((named, word("вчера"))))
    typed = Any((word("Соединенные"), word("Штаты")))
    assert loose == Any((Any((typed, word("США")), implied=True), word("вчера")))


@pytest.fixture(scope="module")
def alike() -> list[Document]:
    """More documents than are looked at closely, alike in all that is scored, some in dates as well."""
    dates = [None, dt.date(2024, 1, 1), dt.date(2024, 1, 2)]
    return [Document(f"id{at:03}", "Хлеб", "хлеб дорог", dates[at % 3]) for at in range(3 * RANKING.depth)]


@pytest.mark.parametrize("node", [word("хлеб"), All((word("хлеб"), word("дорогой")))])
def test_ties_break_newer_first_then_by_id_whatever_the_order_of_arrival(alike: list[Document], node: Node) -> None:
    expected = [doc.id for doc in sorted(alike, key=lambda doc: (-(doc.date or dt.date.min).toordinal(), doc.id))]
    shuffled = Random(3).sample(alike, len(alike))
    at = len(alike) // 2
    model = MemorySearcher(records(shuffled, ANALYZER), ANALYZER)
    with opened([Run(shuffled)], ANALYZER) as one, opened([Run(shuffled[:at]), Run(shuffled[at:])], ANALYZER) as two:
        searchers: list[Searcher] = [model, one, two]
        for searcher in searchers:
            for limit in (1, 10, RANKING.depth, len(alike)):
                assert ids(searcher.search(Request(node, limit=limit))) == expected[:limit]
