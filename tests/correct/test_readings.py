"""Wrong queries get the right reading first; right ones are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.correct import Reading, choose, decide, readings
from search.correct.reading import Replaced
from search.correct.spelling import spelled
from tests.correct.conftest import rows
from tests.correct.words import CountedWords

LISTS = {"spelling.tsv": (200, 0.90), "layout.tsv": (100, 1.0), "latin.tsv": (100, 0.95)}


def plain(text: str) -> str:
    return text.lower().replace("ё", "е")


def missed(name: str, vocabulary: CountedWords, table: list[list[str]]) -> list[str]:
    """The wrong queries of *table* that get another reading than the right one, with what they get."""
    found = []
    for wrong, right in table:
        first = next(iter(readings(wrong, vocabulary)), None)
        if first is None or plain(first.text) != plain(right):
            found.append(f"{name}: {wrong} -> {first.text if first else None}, not {right}")
    return found


@pytest.mark.parametrize("name", LISTS)
def test_wrong_queries_over_the_large_archive_get_the_right_reading_first(name: str, archive: CountedWords) -> None:
    table = rows(name)
    least, share = LISTS[name]
    faults = missed(name, archive, table)
    assert len(table) >= least
    assert 1 - len(faults) / len(table) >= share, "\n".join(faults)


@pytest.mark.parametrize("name", LISTS)
def test_wrong_queries_over_the_sample_get_the_right_reading_first(name: str, sample: CountedWords) -> None:
    """Only those whose right words the sample has: no index can tell others."""
    table = [
        [wrong, right] for wrong, right in rows(name) if all(sample.known(word) for word, _, _ in sample.words(right))
    ]
    faults = missed(name, sample, table)
    assert len(table) >= 20
    assert 1 - len(faults) / len(table) >= LISTS[name][1] - 0.05, "\n".join(faults)


@pytest.mark.parametrize("least", [-0.5, 0.5, 2.0, 4.0])
def test_what_beats_a_word_is_found_without_weighing_what_cannot(least: float, sample: CountedWords) -> None:
    for wrong in {word for line, _ in rows("spelling.tsv") for word, _, _ in sample.words(line)}:
        every = [each for each in spelled(wrong, sample) if each.score > least]
        assert [each for each in spelled(wrong, sample, least) if each.score > least] == every


def test_right_queries_over_the_large_archive_are_left_alone(archive: CountedWords) -> None:
    """A reading is applied only when the query finds nothing: when a word of it is in no document."""
    table = [query for (query,) in rows("right.tsv")]
    spoilt = []
    for query in table:
        found = [reading for reading in readings(query, archive) if reading.sure]
        if found and not all(archive.known(word.old.lower()) for word in found[0].replaced):
            spoilt.append(f"{query} -> {found[0].text}")
    assert len(table) >= 1000
    assert len(spoilt) <= len(table) / 100, "\n".join(spoilt)


@pytest.mark.parametrize(
    "query",
    [
        "!министрр",
        '"министрр финансов"',
        "«министрр»",
        "тег:министрр",
        "источник:vbybcnh",
        'автор:"министрр"',
        "дата:вчерра",
        "министрр*",
        "м?нистрр",
        "министрр~",
        "-министрр",
        "НЕ министрр",
        "2026",
        "77а",
        "https://vbybcnh.example/",
    ],
)
def test_what_the_reader_wants_as_it_is_written_is_never_corrected(query: str, sample: CountedWords) -> None:
    assert readings(query, sample) == []


@pytest.mark.parametrize(
    ("query", "text", "kind"),
    [
        ("минстр", "министр", "spelling"),
        ("МИНСТР финансов", "МИНИСТР финансов", "spelling"),
        ("заголовок:минстр^2 | (завод)", "заголовок:министр^2 | (завод)", "spelling"),
        ("премьер-минстр", "премьер-министр", "spelling"),
        ("vbybcnh", "министр", "layout"),
        ("vbybcnh d gfhkfvtynt", "министр в парламенте", "layout"),
        (";bpym", "жизнь", "layout"),
        ("минbcnh", "министр", "layout"),
        ("Ministr", "Министр", "translit"),
        ("zakon o sude", "закон о суде", "translit"),
        ("пре мьер", "премьер", "split"),
        ("вминистерстве", "в министерстве", "split"),
    ],
)
def test_a_wrong_word_is_replaced_and_nothing_else(query: str, text: str, kind: str, sample: CountedWords) -> None:
    first = readings(query, sample)[0]
    assert (first.text, first.kind) == (text, kind)


def test_each_replaced_word_can_be_undone_alone(sample: CountedWords) -> None:
    query = "минстр и завдо"
    first = readings(query, sample)[0]
    assert first.text == "министр и завод"
    assert [first.without(query, word) for word in first.replaced] == ["минстр и завод", "министр и завдо"]
    assert readings(query, sample, keep=["Минстр"])[0].text == "минстр и завод"
    assert readings(query, sample, keep=["минстр", "завдо"]) == []


def test_words_of_the_index_and_of_the_dictionary_are_left_alone(sample: CountedWords) -> None:
    assert readings("министр завод плезиозавр", sample) == []


@pytest.mark.parametrize(
    ("typed", "other", "verdict"),
    [(0, 0, None), (0, 1, "apply"), (1, 4, None), (1, 10, "offer"), (10, 99, None), (10, 100, "offer"), (5, 0, None)],
)
def test_a_reading_is_applied_to_nothing_and_offered_for_far_more(typed: int, other: int, verdict: str | None) -> None:
    assert decide(typed, other) == verdict


def reading(text: str, *, score: float, sure: bool = True) -> Reading:
    replaced = Replaced(0, 3, "аба", text.split()[0], "spelling")
    return Reading(text, "spelling", (replaced,), score, sure)


def test_words_met_together_choose_between_readings() -> None:
    totals = {"личной пожар": 2, "лесной пожар": 900}
    found = [reading("личной пожар", score=4.0), reading("лесной пожар", score=3.5)]
    chosen = choose(0, found, totals.__getitem__)
    assert chosen is not None
    assert (chosen.reading.text, chosen.total, chosen.applied) == ("лесной пожар", 900, True)


def test_a_reading_that_is_not_sure_is_offered_and_not_applied() -> None:
    chosen = choose(0, [reading("весть дня", score=1.0, sure=False)], lambda _: 7)
    assert chosen is not None
    assert not chosen.applied


def test_a_reading_that_finds_nothing_is_not_told() -> None:
    assert choose(0, [reading("весть дня", score=9.0)], lambda _: 0) is None
    assert choose(3, [], lambda _: 0) is None


QUERIES = st.text(st.sampled_from("абвеймнорст eiymnst 'ь-!\"«»()|&~*?:.,;[]/^12ёқә\u0301\ud800")) | st.text()


@settings(deadline=None, max_examples=300)
@given(query=QUERIES)
def test_any_text_is_read_without_an_error_and_replaced_words_are_where_they_say(
    query: str, sample: CountedWords
) -> None:
    for found in readings(query, sample):
        assert found.text != query
        assert found.replaced
        at = 0
        for word in found.replaced:
            assert at <= word.start < word.end <= len(query)
            assert query[word.start : word.end] == word.old
            at = word.end


def test_words_beyond_the_twelfth_are_not_looked_into(sample: CountedWords) -> None:
    assert readings("министр " * 12 + "завдо", sample) == []
    assert readings("завдо_" * 13, sample) == []
    assert readings("завдо " + "завдо_" * 12, sample)[0].text == "завод " + "завдо_" * 12
    assert readings("министр " * 11 + "завдо", sample)[0].text.endswith("завод")
