"""The whole way from a question to an answer: other readings, other names, retellings, what is like a document."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from index.build import build
from index.documents import Document
from index.engines.registry import writer_factory
from index.errors import NotFound, RequestError
from index.generations import Store
from index.settings import Settings
from index.text import Analyzer
from search.cursor import decoded, encoded
from search.engines import Place
from search.service import Ask, Service
from tests.engines.folding import RETOLD

NEWS = [
    Document("m1", "Министр финансов ушёл в отставку", "Министр финансов оставил пост.", dt.date(2026, 1, 2)),
    Document("m2", "Министр обороны в Астане", "Президент Казахстана принял министра обороны.", dt.date(2026, 1, 3)),
    Document("s1", "Завод выплавил сталь", "Сталь отправят на экспорт, рабочих завода наградят.", dt.date(2026, 1, 4)),
    Document("s2", "Сталь дорожает", "Цены на сталь выросли, завод увеличит экспорт стали.", dt.date(2026, 1, 5)),
    Document("k1", "Законы РК", "В РК приняли закон о хлебе.", dt.date(2026, 1, 6)),
    Document("k2", "Хлеб Казахстана", "Республика Казахстан вывезла много хлеба.", dt.date(2026, 1, 7)),
]


ANALYZER = Analyzer()


@contextlib.contextmanager
def serving(folder: Path, documents: Sequence[Document], *, keep: bool = False) -> Iterator[Service]:
    """A service over an index of *documents*; with *keep* those that are in the folder stay."""
    build(documents, Store(folder), analyzer=ANALYZER, open_writer=writer_factory(Settings()), keep=keep)
    service = Service(folder)
    try:
        yield service
    finally:
        service.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("index"), NEWS) as service:
        yield service


def ids(service: Service, **ask: object) -> list[str]:
    return [hit.id for hit in service.answer(Ask(**ask)).hits]  # type: ignore[arg-type]  # names are those of Ask


@pytest.mark.parametrize("typed", ["минисрт", "vbybcnh", "ministr"])
def test_a_query_that_finds_nothing_is_answered_by_what_was_meant(service: Service, typed: str) -> None:
    answer = service.answer(Ask(typed))
    assert {hit.id for hit in answer.hits} == {"m1", "m2"}
    assert answer.query.correction is not None
    assert (answer.query.correction.text, answer.query.correction.applied) == ("министр", True)
    assert (answer.query.text, answer.query.answered) == (typed, "министр")
    assert [(word.text, word.typed) for word in answer.query.words] == [("министр", typed)]


def test_a_correction_can_be_undone_for_the_query_and_for_one_word(service: Service) -> None:
    assert service.answer(Ask("минисрт", verbatim=True)).hits == ()
    both = service.answer(Ask("минисрт финаносв"))
    assert both.query.answered == "министр финансов"
    kept = service.answer(Ask("минисрт финаносв", keep=("финаносв",)))
    assert "финаносв" in kept.query.answered


@pytest.mark.parametrize("typed", ["!минисрт", '"минисрт"', "-минисрт сталь"])
def test_what_a_reader_insists_on_is_never_corrected(service: Service, typed: str) -> None:
    assert service.answer(Ask(typed)).query.correction is None


def test_filters_that_leave_nothing_are_no_slip_of_spelling(service: Service) -> None:
    answer = service.answer(Ask("сталь", sources=("нет такого",)))
    assert (answer.total, answer.query.correction) == (0, None)


def test_other_names_are_told_and_can_be_undone_for_one_word(service: Service) -> None:
    answer = service.answer(Ask("РК хлеб"))
    assert {hit.id for hit in answer.hits[: answer.total]} == {"k1", "k2"}
    assert answer.query.words[0].expansions == ("Республика Казахстан",)
    assert [word.text for word in answer.query.words] == ["РК", "хлеб"]
    alone = service.answer(Ask("РК хлеб", keep=("РК",)))
    assert [hit.id for hit in alone.hits[: alone.total]] == ["k1"]
    assert alone.query.words[0].expansions == ()


def test_what_a_word_was_folded_to_is_told(service: Service) -> None:
    told = [word.folded for word in service.answer(Ask("стaль зáвод Хлеб")).query.words]
    assert told == ["сталь", "завод", ""]


def test_a_short_page_is_filled_by_documents_that_name_what_they_lack(service: Service) -> None:
    answer = service.answer(Ask("сталь рабочих"))
    assert [(hit.id, hit.lacks) for hit in answer.hits] == [("s1", ()), ("s2", ("рабочих",))]
    assert (answer.total, answer.relaxed) == (1, 1)


def test_a_word_without_content_fills_no_page(service: Service) -> None:
    found = [service.answer(Ask(text)) for text in ("сталь рабочих", "сталь в рабочих и на")]
    assert [(answer.total, answer.relaxed, [hit.id for hit in answer.hits]) for answer in found] == [
        (1, 1, ["s1", "s2"])
    ] * 2


def test_documents_like_one_share_its_telling_words(service: Service) -> None:
    assert [hit.id for hit in service.similar("s1", 1)] == ["s2"]
    assert "s1" not in [hit.id for hit in service.similar("s1")]
    with pytest.raises(NotFound):
        service.similar("none")


def test_suggestions_are_of_this_index(service: Service) -> None:
    assert "министр" in [suggestion.text for suggestion in service.suggest("мини")]
    assert service.suggest("щщщ") == ()


def test_retellings_are_folded_opened_and_unfolded(tmp_path: Path) -> None:
    with serving(tmp_path, RETOLD) as service:
        folded = service.answer(Ask("завод", sort="-date"))
        assert [(hit.id, hit.similar) for hit in folded.hits] == [("later", 1), ("first", 1), ("other", 0)]
        assert (folded.total, folded.folded) == (5, 2)
        assert ids(service, text="завод", sort="-date", fold=False) == ["later", "first", "other", "second", "third"]
        assert ids(service, text="завод", sort="-date", copies="first") == ["first", "second"]


def test_a_cursor_goes_on_whatever_was_published_since(tmp_path: Path) -> None:
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=number) for number in range(30)]
    documents = [Document(f"d{number:02}", f"Слово {number}", "хлеб", day) for number, day in enumerate(days)]
    with serving(tmp_path, documents) as service:
        first = service.answer(Ask("хлеб", sort="-date", fold=False))
    # The last hit that was shown goes, and what comes stands before it.
    last = first.hits[-1].id
    newer = [Document(f"new{number}", f"Новое {number}", "хлеб", dt.date(2026, 6, 1)) for number in range(5)]
    kept = [document for document in documents if document.id != last]
    with serving(tmp_path, [*kept, *newer]) as service:
        met = [hit.id for hit in first.hits]
        cursor = first.cursor
        while cursor:
            answer = service.answer(Ask("хлеб", sort="-date", cursor=cursor))
            met += [hit.id for hit in answer.hits]
            cursor = answer.cursor
        assert met == [document.id for document in reversed(documents)]


@pytest.mark.parametrize("cursor", ["", "?", "W10", "WzFd", "bm90IGpzb24", "WzAsInQiLDEsMV0", "x" * 500])
def test_a_cursor_that_is_none_is_refused_by_name(service: Service, cursor: str) -> None:
    if not cursor:
        assert service.answer(Ask("сталь", cursor=cursor)).hits
        return
    with pytest.raises(RequestError) as error:
        service.answer(Ask("сталь", cursor=cursor))
    assert error.value.parameter == "cursor"


def test_a_place_is_a_place_again() -> None:
    for following in (Place(1.25, -5, "а/б"), Place(0.1, 20_000, ""), 50):
        text = encoded(following, "date")
        assert text is not None
        assert decoded(text, "date") == following
        with pytest.raises(RequestError):
            decoded(text, "relevance")
