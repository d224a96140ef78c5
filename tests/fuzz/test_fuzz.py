"""The fuzzer of ``make fuzz`` finds nothing in its first strings, and would find what is wrong."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from search.engines import Count
from search.results import Answer, AskedWord, Hit, Snippet, Understood
from tools import fuzz
from tools.fuzz_strings import string


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fuzz.sample(tmp_path_factory.mktemp("fuzz") / "index")


def test_no_string_of_the_fuzzer_is_answered_wrongly(index: Path) -> None:
    report = fuzz.chunk(index, range(600))
    assert report.answered == 600
    # How long an answer takes here says nothing: other tests may be running.
    assert [fault for fault in report.faults if not fault.rpartition(": ")[2].startswith("took ")] == []


def test_a_string_is_a_function_of_its_number() -> None:
    assert [string(number) for number in range(300)] == [string(number) for number in range(300)]
    assert len({string(number) for number in range(300)}) > 250


RIGHT = Answer(
    Understood("сталь", "сталь", (AskedWord("сталь", 0, 5, (), (), 1),)),
    total=1,
    page=1,
    size=10,
    took_ms=1.0,
    generation="000001",
    hits=(Hit("a", "Сталь", ((0, 5),), "", "", None, 1.0, (Snippet("о стали", ((2, 7),)),)),),
    facets={"tag": (Count("завод", 1),)},
    timeline=(),
)


def hit(**changes: object) -> tuple[Hit, ...]:
    return (dataclasses.replace(RIGHT.hits[0], **changes),)  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    "changes",
    [
        {"total": 0},
        {"hits": RIGHT.hits * 2, "total": 2},
        {"hits": hit(title_marks=((1, 5),))},
        {"hits": hit(title_marks=((0, 6),))},
        {"hits": hit(title_marks=((0, 3), (2, 5)))},
        {"hits": hit(snippets=(Snippet("о стали", ((1, 7),)),))},
        {"query": dataclasses.replace(RIGHT.query, answered="ста")},
        {"facets": {"tag": (Count("завод", 2),)}},
    ],
)
def test_an_answer_that_contradicts_itself_is_a_fault(changes: dict[str, object]) -> None:
    assert list(fuzz.contradictions(RIGHT)) == []
    assert list(fuzz.contradictions(dataclasses.replace(RIGHT, **changes))) != []  # type: ignore[arg-type]  # as above
