"""What every engine promises: one class of claims, run against each engine and the model.

A subclass gives ``opened``: a searcher over some documents. Words are analysed as the parser does it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import count

import pytest

from index.documents import Document
from index.text import Analyzer
from search.engines import Count, Entry, Request, Response, Searcher
from search.limits import Deadline
from search.query import (
    Aimed,
    All,
    Any,
    Between,
    Boosted,
    Everything,
    Fuzzy,
    Keyword,
    Near,
    Node,
    Not,
    Nothing,
    Phrase,
    SameSentence,
    Wildcard,
    Word,
)
from tests.engines.folding import FoldingContract

ANALYZER = Analyzer()

ARCHIVE = (
    Document(
        "steel",
        "Сталь подорожала",
        "Выросли цены на сталь. Министр торговли сказал об этом.\nФото: пресс-служба завода",
        dt.date(2024, 1, 10),
        source="Вестник",
        tags=("экономика", "Металл"),
        authors=("Анна Ким",),
    ),
    Document(
        "wait",
        "Почему все стали ждать",
        "Люди стали ждать зимы. Президент Токаев приехал в город. Министр промолчал.",
        dt.date(2024, 3, 5),
        source="Вестник",
        tags=("общество",),
    ),
    Document(
        "visit",
        "Визит Токаева",
        "Президента встретил премьер-министр. О ценах на хлеб говорили долго.",
        dt.date(2025, 7, 1),
        source="Степь",
        tags=("общество", "экономика"),
        authors=("Анна Ким", "Олег Дан"),
    ),
    Document("undated", "Город и хлеб", "Хлеб в городе. Город хлебный, министров в нем нет.", source="Степь"),
    Document("empty", "Без слов", "…", dt.date(2023, 5, 5)),
)


def word(text: str, *, exact: bool = False, optional: bool = False) -> Word:
    return Word(text, text, ANALYZER.query_lemmas(text), exact=exact, optional=optional)


def ids(response: Response) -> list[str]:
    return [hit.id for hit in response.hits]


class SearcherContract(FoldingContract):
    """Claims about any Searcher."""

    def word(self, text: str) -> Node:
        return word(text)

    @pytest.fixture
    def searcher(self) -> Iterator[Searcher]:
        with self.opened(ARCHIVE) as searcher:
            yield searcher

    def found(self, searcher: Searcher, node: Node, *filters: Node) -> set[str]:
        response = searcher.search(Request(node, filters, limit=100))
        assert response.total == len(response.hits) == len(set(ids(response)))
        return set(ids(response))

    def test_a_word_finds_every_form_of_every_reading(self, searcher: Searcher) -> None:
        assert self.found(searcher, word("сталь")) == {"steel", "wait"}
        assert self.found(searcher, word("стать")) == {"wait"}

    def test_an_exact_word_finds_its_form_alone_whatever_its_capitals(self, searcher: Searcher) -> None:
        assert self.found(searcher, word("токаев", exact=True)) == {"wait"}
        assert self.found(searcher, word("стали", exact=True)) == {"wait"}

    def test_the_typed_form_ranks_before_another_form(self, searcher: Searcher) -> None:
        assert ids(searcher.search(Request(word("стали"))))[0] == "wait"
        assert ids(searcher.search(Request(word("сталь"))))[0] == "steel"

    def test_all_demands_every_part_but_optional_words(self, searcher: Searcher) -> None:
        assert self.found(searcher, All((word("министр"), word("цена")))) == {"steel", "visit"}
        assert self.found(searcher, All((word("хлеб"), word("зима", optional=True)))) == {"visit", "undated"}

    def test_an_optional_word_adds_to_the_score(self, searcher: Searcher) -> None:
        plain = searcher.search(Request(word("город"))).hits
        extra = searcher.search(Request(All((word("город"), word("в", optional=True))))).hits
        assert {hit.id for hit in plain} == {hit.id for hit in extra}
        assert sum(hit.score for hit in extra) > sum(hit.score for hit in plain)

    def test_optional_words_alone_find_what_any_of_them_finds(self, searcher: Searcher) -> None:
        both = All((word("зима", optional=True), word("хлеб", optional=True)))
        assert self.found(searcher, both) == {"wait", "visit", "undated"}

    def test_any_finds_what_one_part_finds(self, searcher: Searcher) -> None:
        assert self.found(searcher, Any((word("зима"), word("хлеб")))) == {"wait", "visit", "undated"}

    def test_not_takes_out_and_never_scores(self, searcher: Searcher) -> None:
        assert self.found(searcher, All((word("министр"), Not(word("город"))))) == {"steel", "visit"}
        alone = searcher.search(Request(Not(word("министр"))))
        assert ids(alone) == ["empty"]
        assert alone.hits[0].score == 0

    def test_a_phrase_needs_its_words_side_by_side_in_one_field(self, searcher: Searcher) -> None:
        assert self.found(searcher, Phrase((word("президент"), word("токаев")))) == {"wait"}
        assert self.found(searcher, Phrase((word("токаев"), word("президент")))) == set()
        assert self.found(searcher, Phrase((word("подорожать"), word("вырасти")))) == set()

    def test_a_phrase_takes_alternatives_patterns_and_parts_of_compounds(self, searcher: Searcher) -> None:
        assert self.found(searcher, Phrase((Any((word("визит"), word("цена"))), Wildcard("т*", "т*")))) == {"visit"}
        assert self.found(searcher, Phrase((word("премьер"), word("министр")))) == {"visit"}

    def test_a_caption_is_found_but_does_not_continue_the_text(self, searcher: Searcher) -> None:
        assert self.found(searcher, word("завод")) == {"steel"}
        assert self.found(searcher, Phrase((word("это"), word("фото")))) == set()
        assert self.found(searcher, Aimed("text", word("завод"))) == set()

    def test_near_takes_any_order_within_its_window(self, searcher: Searcher) -> None:
        assert self.found(searcher, Near((word("зима"), word("люди")), 2)) == {"wait"}
        assert self.found(searcher, Near((word("зима"), word("люди")), 1)) == set()

    def test_words_of_one_sentence_are_told_from_words_of_one_text(self, searcher: Searcher) -> None:
        assert self.found(searcher, SameSentence((word("цена"), word("сталь")))) == {"steel"}
        assert self.found(searcher, SameSentence((word("цена"), word("министр")))) == set()
        assert self.found(searcher, SameSentence((word("город"), word("министр")))) == {"undated"}

    def test_a_pattern_looks_at_surface_forms_without_case(self, searcher: Searcher) -> None:
        assert self.found(searcher, Wildcard("тока*", "тока*")) == {"wait", "visit"}
        assert self.found(searcher, Wildcard("?ОД*", "?ОД*")) == {"steel"}
        assert self.found(searcher, Wildcard("*слов", "*слов")) == {"empty"}

    def test_fuzzy_forgives_as_many_slips_as_it_says(self, searcher: Searcher) -> None:
        assert self.found(searcher, Fuzzy("токаве", "токаве", 1)) == {"wait"}
        assert self.found(searcher, Fuzzy("токаве", "токаве", 2)) == {"wait", "visit"}

    def test_aimed_looks_into_one_field(self, searcher: Searcher) -> None:
        assert self.found(searcher, Aimed("title", word("токаев"))) == {"visit"}
        assert self.found(searcher, Aimed("text", word("токаев"))) == {"wait"}

    def test_a_boost_multiplies_the_score(self, searcher: Searcher) -> None:
        plain = searcher.search(Request(word("сталь"))).hits
        boosted = searcher.search(Request(Boosted(word("сталь"), 3.0))).hits
        assert [hit.score * 3 for hit in plain] == pytest.approx([hit.score for hit in boosted], rel=1e-5)

    def test_keywords_compare_without_case(self, searcher: Searcher) -> None:
        assert self.found(searcher, Keyword("tag", ("металл",))) == {"steel"}
        assert self.found(searcher, Keyword("source", ("ВЕСТНИК", "нет такого"))) == {"steel", "wait"}
        assert self.found(searcher, Keyword("author", ("олег  дан",))) == {"visit"}

    def test_a_document_without_date_lies_in_no_range(self, searcher: Searcher) -> None:
        assert self.found(searcher, Between(dt.date(2024, 3, 5), None)) == {"wait", "visit"}
        assert self.found(searcher, Between(None, dt.date(2024, 3, 5))) == {"steel", "wait", "empty"}
        assert self.found(searcher, Between(None, None)) == {"steel", "wait", "visit", "empty"}

    def test_everything_is_every_document_and_nothing_none(self, searcher: Searcher) -> None:
        assert self.found(searcher, Everything()) == {document.id for document in ARCHIVE}
        assert self.found(searcher, Nothing()) == set()

    def test_filters_narrow_and_do_not_score(self, searcher: Searcher) -> None:
        request = Request(word("министр"))
        free = {hit.id: hit.score for hit in searcher.search(request).hits}
        response = searcher.search(Request(word("министр"), (Keyword("source", ("Степь",)), word("хлеб"))))
        assert {hit.id: hit.score for hit in response.hits} == {
            name: pytest.approx(free[name]) for name in ("visit", "undated")
        }

    def test_sorting_by_date_puts_documents_without_date_last(self, searcher: Searcher) -> None:
        assert ids(searcher.search(Request(Everything(), sort="date"))) == [
            "empty",
            "steel",
            "wait",
            "visit",
            "undated",
        ]
        newest = ids(searcher.search(Request(Everything(), sort="-date")))
        assert newest == ["visit", "wait", "steel", "empty", "undated"]

    def test_equal_scores_come_newer_first_then_by_id(self) -> None:
        dates = {"b": dt.date(2024, 1, 1), "a": dt.date(2024, 1, 1), "z": dt.date(2025, 1, 1), "c": None}
        with self.opened([Document(name, "Хлеб", "хлеб", date) for name, date in dates.items()]) as searcher:
            assert ids(searcher.search(Request(word("хлеб")))) == ["z", "a", "b", "c"]
            assert ids(searcher.search(Request(word("хлеб"), limit=2))) == ["z", "a"]

    def test_a_page_is_cut_out_of_all_matches_and_totals_are_exact(self, searcher: Searcher) -> None:
        whole = ids(searcher.search(Request(Everything(), limit=100)))
        pages = [searcher.search(Request(Everything(), offset=offset, limit=2)) for offset in (0, 2, 4, 6)]
        assert [name for page in pages for name in ids(page)] == whole
        assert {page.total for page in pages} == {len(ARCHIVE)}
        assert searcher.search(Request(Everything(), limit=0)).total == len(ARCHIVE)

    def test_the_millionth_page_is_empty_and_counts_stay(self, searcher: Searcher) -> None:
        page = searcher.search(Request(word("министр"), offset=10_000_000, facets=("source",)))
        assert (page.hits, page.total) == ((), 4)
        assert page.facets["source"] == (Count("Вестник", 2), Count("Степь", 2))

    def test_facet_counts_cover_all_matches_not_the_page(self, searcher: Searcher) -> None:
        response = searcher.search(Request(Everything(), limit=1, facets=("source", "tag", "author")))
        assert response.facets == {
            "source": (Count("Вестник", 2), Count("Степь", 2)),
            "tag": (Count("общество", 2), Count("экономика", 2), Count("Металл", 1)),
            "author": (Count("Анна Ким", 2), Count("Олег Дан", 1)),
        }
        cut = searcher.search(Request(Everything(), facets=("tag",), facet_size=1))
        assert cut.facets == {"tag": (Count("общество", 2),)}

    def test_the_timeline_takes_the_finest_unit_that_fits(self, searcher: Searcher) -> None:
        months = searcher.search(Request(Everything(), timeline=True)).timeline
        assert [months[0].first, months[0].last, months[-1].last] == [
            dt.date(2023, 5, 1),
            dt.date(2023, 5, 31),
            dt.date(2025, 7, 31),
        ]
        assert sum(bucket.count for bucket in months) == 4
        days = searcher.search(Request(word("сталь"), (Between(dt.date(2024, 3, 1), None),), timeline=True)).timeline
        assert [(bucket.first, bucket.last, bucket.count) for bucket in days] == [
            (dt.date(2024, 3, 5), dt.date(2024, 3, 5), 1)
        ]
        assert searcher.search(Request(Nothing(), timeline=True)).timeline == ()

    def test_statistics_tell_the_forms_found_whatever_the_rest_of_the_query(self, searcher: Searcher) -> None:
        query = All((word("хлеб"), Aimed("title", word("сталь")), Not(word("город"))))
        bread, steel = searcher.search(Request(query, (Between(None, None),))).words
        assert (bread.documents, steel.documents) == (2, 2)
        assert bread.forms == (Count("хлеб", 2), Count("Хлеб", 1))
        assert {count.value for count in steel.forms} >= {"Сталь", "сталь", "стали"}

    def test_vocabulary_counts_documents_whatever_the_capitals(self, searcher: Searcher) -> None:
        assert searcher.vocabulary("хле", 10)[0] == Entry("хлеб", 2)
        assert searcher.vocabulary("стал", 2) == [Entry("стали", 1), Entry("сталь", 1)]
        assert searcher.vocabulary("щщ", 10) == []

    def test_documents_come_as_written_in_the_order_asked(self, searcher: Searcher) -> None:
        assert searcher.documents(["visit", "none", "steel"]) == [ARCHIVE[2], ARCHIVE[0]]

    def test_an_empty_index_answers(self) -> None:
        with self.opened([]) as searcher:
            response = searcher.search(Request(word("хлеб"), facets=("tag",), timeline=True))
            assert (response.hits, response.total, response.timeline) == ((), 0, ())
            assert searcher.vocabulary("", 5) == []
            assert searcher.documents(["x"]) == []

    def test_at_its_deadline_a_search_answers_what_it_has_found_and_says_so(self) -> None:
        """With a clock that a look moves on, so that the search is stopped at each of the places where it looks."""
        placed = Near((word("министр"), Any((word("торговли"), Phrase((word("премьер"), word("министр")))))), 9)
        query = All((Any((word("хлеб"), placed, Wildcard("ста*", "ста*"))), Not(word("визит"))))
        with self.opened(ARCHIVE) as searcher:
            whole = searcher.search(Request(query))
            assert whole.total == 3
            assert not whole.timed_out
            found = []
            for looks in count(1):
                clock = count().__next__
                response = searcher.search(Request(query, deadline=Deadline(looks, clock)))
                assert set(ids(response)) <= set(ids(whole))
                assert response.total == len(response.hits)
                if not response.timed_out:
                    break
                found.append(response.total)
            assert response == whole
            assert found[0] == 0
            assert found == sorted(found)
