"""What every engine promises of retellings and of going on behind a hit; a part of the contract."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager

import pytest

from index.documents import Document
from search.engines import Entry, Request, Scored, Searcher, Sort
from search.query import All, Everything, Node

STORY = (
    "Ночью на {0} заводе погас свет. По словам дежурного инженера, кабель повредил экскаватор, который рыл траншею для "
    "водопровода у северной проходной. Бригада восстановила питание к шести часам утра, печи остыть не успели. "
    "Убытки подсчитает комиссия, виновный уже дал объяснения полиции."
)
DAY = dt.date(2026, 3, 10)


def story(doc_id: str, name: str, day: dt.date | None = DAY) -> Document:
    return Document(doc_id, f"Авария {doc_id}", STORY.format(name), day)


RETOLD = (
    story("first", "литейном"),
    story("second", "Литейном", DAY - dt.timedelta(days=1)),
    story("third", "старом", None),
    story("later", "литейном", DAY + dt.timedelta(days=40)),
    Document("other", "Завод", "На заводе открыли столовую и библиотеку для дежурного персонала.", DAY),
    Document("short", "Суд вынес приговор", "Подробности позже.", DAY - dt.timedelta(days=2)),
    Document("short too", "В городе открыли мост", "Подробности позже.", DAY - dt.timedelta(days=2)),
    Document("blank", "…", "…", DAY),
    Document("blank too", "…", "…", DAY),
)


class FoldingContract:
    """Claims about any Searcher."""

    @abstractmethod
    def opened(self, documents: Sequence[Document]) -> AbstractContextManager[Searcher]:
        """A searcher over *documents*."""

    def test_retellings_of_a_week_are_folded_under_the_first_and_none_is_lost(self) -> None:
        with self.opened(RETOLD) as searcher:
            plain = searcher.search(Request(Everything(), sort="-date", limit=100))
            folded = searcher.search(Request(Everything(), sort="-date", limit=100, fold=True))
            assert [hit.id for hit in plain.hits] == [
                "later",
                "blank",
                "blank too",
                "first",
                "other",
                "second",
                "short",
                "short too",
                "third",
            ]
            # What has no date is near any: it goes to the first of its kind, whatever that one's day.
            assert [(hit.id, hit.similar) for hit in folded.hits] == [
                ("later", 1),
                ("blank", 0),
                ("blank too", 0),
                ("first", 1),
                ("other", 0),
                ("short", 0),
                ("short too", 0),
            ]
            assert (folded.total, folded.folded) == (9, 2)

    def test_a_folded_hit_opens_what_is_under_it(self) -> None:
        with self.opened(RETOLD) as searcher:
            for asked in ("first", "second"):
                opened = searcher.search(Request(Everything(), sort="-date", copies=asked))
                assert [hit.id for hit in opened.hits] == ["first", "second"]
            assert searcher.search(Request(Everything(), copies="none")).hits == ()

    def test_pages_of_folded_hits_follow_one_another(self) -> None:
        with self.opened(RETOLD) as searcher:
            whole = searcher.search(Request(Everything(), limit=100, fold=True)).hits
            pages = [searcher.search(Request(Everything(), offset=at, limit=2, fold=True)).hits for at in (0, 2, 4, 6)]
            assert tuple(hit for page in pages for hit in page) == whole

    @pytest.mark.parametrize("sort", ["relevance", "date", "-date"])
    @pytest.mark.parametrize("words", [0, 1, 2])
    def test_going_on_behind_the_last_hit_meets_every_match_once_in_order(self, sort: Sort, words: int) -> None:
        days = [None, DAY, DAY + dt.timedelta(days=1), dt.date(1, 1, 1)]
        documents = [
            Document(f"{number:03}", "Хлеб " * (number % 3), f"Город {'хлеб ' * (number % 5)} город", days[number % 4])
            for number in range(130)
        ]
        with self.opened(documents) as searcher:
            query = self.words(words)
            whole = searcher.search(Request(query, sort=sort, limit=200)).hits
            met: list[Scored] = []
            request: Request | None = Request(query, sort=sort, limit=7)
            while request:
                response = searcher.search(request)
                assert response.total == len(whole)
                met += response.hits
                request = Request(query, sort=sort, limit=7, after=response.next) if response.next else None
            assert [hit.id for hit in met] == [hit.id for hit in whole]

    def test_phrases_are_those_that_titles_repeat_the_most_repeated_first(self) -> None:
        titles = ["Министр финансов в отставке", "Новый министр финансов", "Министр финансов. В отставке ли он?"]
        titles += ["Премьер-министр страны", "Визит премьер-министра страны", "Премьер-министр страны", "В отставке"]
        documents = [Document(f"d{number}", title, "…") for number, title in enumerate(titles)]
        with self.opened(documents) as searcher:
            assert searcher.phrases("министр ф", 5) == [Entry("министр финансов", 3)]
            assert searcher.phrases("министр", 1) == [Entry("министр финансов", 3)]
            # Neither ends in a word without content, and none goes over the end of a sentence.
            found = [entry.form for entry in searcher.phrases("министр", 9)]
            assert found == ["министр финансов", "министр страны", "министра страны"]
            assert searcher.phrases("в ", 9) == []

    @abstractmethod
    def word(self, text: str) -> Node:
        """A word as the parser makes it."""

    def words(self, count: int) -> Node:
        words = tuple(map(self.word, ("город", "хлеб")[:count]))
        return All(words) if words else Everything()
