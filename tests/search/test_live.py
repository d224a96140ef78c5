"""A generation is served once it is ready, and never when its first questions find it damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import IndexDamaged
from index.text import Analyzer
from search.engines import Request, Response
from search.engines.whoosh.searcher import WhooshSearcher
from search.live import Live
from search.query import All, Word
from tests.web.conftest import reindex

ANALYZER = Analyzer()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An index of one document."""
    (tmp_path / "a.txt").write_text("Сталь и чугун. И медь.", "utf-8")
    reindex(tmp_path / "a.txt", tmp_path / "index")
    return tmp_path / "index"


def test_what_the_first_question_finds_damaged_is_told_of_and_not_served(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: WhooshSearcher, __: Request) -> Response:
        raise IndexDamaged("posting lists cannot be read")

    monkeypatch.setattr(WhooshSearcher, "search", broken)
    served = Live(folder, ANALYZER.fingerprint)
    served.close()
    assert isinstance(served.fault, IndexDamaged)
    assert served.generation is None


def test_the_first_questions_are_asked_before_a_reader_is_let_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    search = WhooshSearcher.search

    def watched(searcher: WhooshSearcher, request: Request) -> Response:
        asked.append(served is not None)
        return search(searcher, request)

    served: Live | None = None
    monkeypatch.setattr(WhooshSearcher, "search", watched)
    served = Live(folder, ANALYZER.fingerprint)
    before = list(asked)
    with served.reading() as (searcher, _):
        word = Word("сталь", "сталь", ANALYZER.query_lemmas("сталь"))
        assert searcher.search(Request(All((word,)))).total == 1
    served.close()
    assert before
    assert not any(before)
    assert asked[len(before) :] == [True]
