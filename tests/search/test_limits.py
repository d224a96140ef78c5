"""No query costs more than its limits allow, and what was left out is said."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.build import build
from index.documents import Document
from index.engines.registry import writer_factory
from index.errors import OutOfTime, RequestError
from index.generations import Store
from index.settings import Settings
from index.text import Analyzer
from search.engines import Scored
from search.finding import find
from search.highlight import Marker
from search.limits import Deadline, Limits
from search.parse import parse
from search.present import Presenter
from search.results import Snippet
from search.service import Ask, Service


def test_a_deadline_passes_when_its_seconds_are_over() -> None:
    now = [100.0]
    deadline = Deadline(3, lambda: now[0])
    now[0] = 102.9
    deadline.check()
    now[0] = 103.0
    assert deadline.passed
    with pytest.raises(OutOfTime):
        deadline.check()


def test_limits_are_those_of_the_settings() -> None:
    settings = Settings(max_characters=10, max_words=2, max_depth=3, max_forms=4, max_seconds=5)
    assert Limits.of(settings) == Limits(characters=10, words=2, depth=3, forms=4, seconds=5)
    assert Limits.of(Settings()) == Limits()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index in which «завод» stands in twelve documents, in several forms."""
    folder = tmp_path_factory.mktemp("limits") / "index"
    texts = (f"Завод номер {n}. Рядом завода и заводов {'сталь' if n % 2 else 'чугун'}." for n in range(12))
    documents = [Document(f"d{n}", f"Завод {n}", text) for n, text in enumerate(texts)]
    build(documents, Store(folder), analyzer=Analyzer(), open_writer=writer_factory(Settings()))
    return folder


@contextlib.contextmanager
def service(folder: Path, **limits: float) -> Iterator[Service]:
    opened = Service(folder, limits=Limits(**limits))  # type: ignore[arg-type]  # whole numbers but for seconds
    yield opened
    opened.close()


def test_an_answer_out_of_time_has_what_was_found_by_then_and_says_so(folder: Path) -> None:
    with service(folder, seconds=0) as hasty:
        for query in ("завод", "завод -сталь", "«завода и заводов»", "завдо", "сталь чугун", "заво* | ст*"):
            answer = hasty.answer(Ask(query))
            assert (answer.total, answer.hits, answer.cursor, answer.query.correction) == (0, (), None, None)
            assert answer.query.warnings == ("Поиск остановлен через 0 с: показано то, что нашлось за это время.",)
            assert [word.text for word in answer.query.words]
        assert hasty.view("d1", "завод").text_marks == ()
        assert hasty.suggest("сталь за") == ()
        with pytest.raises(RequestError, match="q: takes more than 0 s"):
            list(hasty.matches(Ask("завод")))


def test_an_explanation_that_there_is_no_time_for_is_left_out(folder: Path) -> None:
    with service(folder) as calm:
        found = calm.answer(Ask("завод сталь", explain=True)).hits
        assert all(hit.explanation for hit in found)
        with calm._live.reading() as (searcher, _):
            analysed = find(searcher, calm.parsed("завод сталь"), Ask("завод сталь"), Deadline(3))
            plain = tuple(replace(hit, explanation=None) for hit in found)
            assert calm._explained(plain, analysed, searcher, Deadline(0)) == plain


def test_other_readings_are_not_looked_for_out_of_time(folder: Path) -> None:
    with service(folder) as calm, calm._live.reading() as (searcher, generation):
        opened = calm._opened(searcher, generation)
        with pytest.raises(OutOfTime):
            opened.reading("завдо", 0, (), Deadline(0))
        assert opened.reading("завдо", 0, (), Deadline(3)) is not None


def test_hits_that_there_is_no_time_to_mark_are_shown_as_they_begin(folder: Path) -> None:
    with service(folder) as calm:
        document = calm.view("d1").document
        analyzer = Analyzer()
        late = Deadline(0)
        with calm._live.reading() as (searcher, _):
            marker = Marker(parse("завод", analyzer, today=dt.date(2026, 11, 25)).tree, analyzer, deadline=late)
            (hit,) = Presenter(searcher, analyzer, marker, [1.0], late).hits([Scored("d1", 2.0)])
        assert (hit.title, hit.title_marks, hit.score) == (document.title, (), 2.0)
        assert hit.snippets == (Snippet(document.text, ()),)


def test_a_pattern_of_too_many_forms_is_told_with_the_limit(folder: Path) -> None:
    with service(folder, forms=1) as narrow:
        answer = narrow.answer(Ask("завод*"))
        assert answer.query.warnings == ("«завод*» подходит ко многим словам; искались 1 самых частых.",)
        assert answer.total == 12
    with service(folder) as wide:
        assert wide.answer(Ask("завод*")).query.warnings == ()


def test_the_words_and_characters_beyond_the_limit_are_told(folder: Path) -> None:
    with service(folder, words=1, characters=9) as narrow:
        answer = narrow.answer(Ask("завод завод завод"))
        assert answer.query.warnings == (
            "Запрос длиннее 9 знаков, конец отброшен.",
            "В запросе больше 1 слов, остальные отброшены.",
        )
        assert answer.total == 12
