"""Suggestions: words in dictionary form, phrases and titles, from the second letter on."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Document
from index.text import Analyzer
from search.engines import Request
from search.limits import Deadline
from search.parse import parse
from search.phrases import TitlePhrases
from search.suggest import Suggester, Suggestion
from tests.correct.words import CountedWords
from tests.engines.search.building import Run, opened

# Different stories, or they would be folded into one.
TITLES = [
    "Министр финансов ушёл в отставку",
    "Новый министр финансов назначен",
    "Отчёт: министр финансов",
    "Министр финансов открыл школу",
    "Что сказал министр финансов детям",
    "Министр финансов считает до трёх",
]


@contextlib.contextmanager
def titled(titles: Sequence[str], analyzer: Analyzer) -> Iterator[TitlePhrases]:
    """The phrases of an index of documents with these titles."""
    with opened([Run([Document(f"d{number}", title, "…") for number, title in enumerate(titles)])], analyzer) as found:

        def count(text: str) -> int:
            return found.search(Request(parse(text, analyzer, today=dt.date(2026, 1, 1)).tree)).total

        yield TitlePhrases(found, count, lambda form: analyzer.lemmas(form)[0].text)


@pytest.fixture(scope="session")
def suggester(sample: CountedWords, analyzer: Analyzer) -> Iterator[Suggester]:
    with titled(TITLES, analyzer) as phrases:
        yield Suggester(sample, phrases=phrases)


def texts(found: list[Suggestion], kind: str = "word") -> list[str]:
    return [suggestion.text for suggestion in found if suggestion.kind == kind]


@pytest.mark.parametrize("typed", ["", " ", "м", "- м", "-ми", "!ми", "тег:мин", "дата:20", '"', "(", "м(", "💡"])
def test_nothing_is_suggested_before_the_second_letter_or_where_no_word_stands(
    typed: str, suggester: Suggester
) -> None:
    assert suggester.suggest(typed) == []


def test_words_come_in_dictionary_form_with_the_documents_they_find(suggester: Suggester, sample: CountedWords) -> None:
    found = suggester.suggest("мин")
    assert "министр" in texts(found)
    assert "министра" not in texts(found)
    assert all(each.documents == sample.known(each.text) > 0 for each in found if each.kind == "word")


@pytest.mark.parametrize("typed", ["минист", "МИНИСТ", "vbybcn", "minist", "минсит", "менист", "мин\u0301ист"])
def test_layout_latin_letters_and_one_slip_are_forgiven(typed: str, suggester: Suggester) -> None:
    assert "министр" in texts(suggester.suggest(typed))


def test_a_word_with_yo_is_completed_as_one_with_ye(suggester: Suggester) -> None:
    assert suggester.suggest("отчё") == suggester.suggest("отче")
    assert texts(suggester.suggest("отчё"))


def test_a_word_after_others_is_completed_in_the_form_that_is_met_and_counted_with_them(
    sample: CountedWords,
) -> None:
    asked = []

    def count(text: str, _: Deadline) -> int:
        asked.append(text)
        if text == "директор ":
            return 9
        return 3 if text.endswith("завода") else int(text.endswith("заводе"))

    found = Suggester(sample, count=count).suggest("директор завод")
    assert found[:1] in ([Suggestion("директор завода", "word", 3)], [Suggestion("директор заводе", "word", 1)])
    assert all(text.startswith("директор ") for text in asked)


def test_nothing_is_counted_behind_words_that_find_nothing_unless_an_operator_may_free_it(sample: CountedWords) -> None:
    asked: list[str] = []

    def count(text: str, _: Deadline) -> int:
        asked.append(text)
        return int(text.endswith("завода"))

    suggester = Suggester(sample, count=count)
    assert suggester.suggest("директор завод") == []
    assert asked == ["директор "]
    assert Suggestion("директор | завода", "word", 1) in suggester.suggest("директор | завод")


def test_frequent_phrases_and_titles_are_suggested_by_how_they_begin(suggester: Suggester) -> None:
    assert [each.text for each in suggester.suggest("министр фи")].count("министр финансов") == 1
    assert texts(suggester.suggest("Новый министр"), "title") == ["Новый министр финансов назначен"]
    assert Suggestion("министр финансов", "phrase", 6) in suggester.suggest("минист")


def test_phrases_have_words_with_content_at_both_ends(analyzer: Analyzer) -> None:
    titles = [f"Пожар на складе в городе {name}" for name in ("Тан", "Жем", "Кен", "Сары")]
    with titled(titles, analyzer) as phrases:
        assert [each.text for each in phrases.starting("пожар", 9) if each.kind == "phrase"] == ["пожар на складе"]


def test_a_phrase_is_told_in_one_case_and_to_its_end(analyzer: Analyzer) -> None:
    cases = ("Министр иностранных дел", "Министра иностранных дел", "Министру иностранных дел", "О министре")
    with titled([f"{case} {name}" for case in cases for name in ("Тан", "Жем", "Кен")], analyzer) as phrases:
        found = [each.text for each in phrases.starting("минис", 9) if each.kind == "phrase"]
        assert found == ["министр иностранных дел"]


def test_a_title_is_told_once_whatever_its_copies(analyzer: Analyzer) -> None:
    with titled(["Пожар на складе в городе"] * 5, analyzer) as phrases:
        found = [each.text for each in phrases.starting("пожар на скл", 9) if each.kind == "title"]
        assert found == ["Пожар на складе в городе"]


@settings(deadline=None, max_examples=200)
@given(text=st.text(st.sampled_from("абминstrvy'[];. -!\"(ё\u0301\ud8001")) | st.text(), limit=st.integers(1, 10))
def test_any_text_is_completed_without_an_error(text: str, limit: int, suggester: Suggester) -> None:
    found = suggester.suggest(text, limit)
    assert len(found) <= limit
    assert all(each.documents > 0 for each in found)
