"""One grammar reads and writes the parameters of every address."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from search.engines import SORTS
from search.service import Ask
from web.params import MAX_VALUES, BadParameters, escaped, pairs, query_string, read

_texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30)
_values = st.lists(_texts.filter(bool), max_size=3, unique=True).map(tuple)
_days = st.none() | st.dates(dt.date(1, 1, 1))
_asks = st.builds(
    Ask,
    text=_texts,
    page=st.integers(1, 100),
    size=st.integers(1, 100),
    sort=st.sampled_from(SORTS),
    first=_days,
    last=_days,
    sources=_values,
    tags=_values,
    authors=_values,
)


def _mistakes(*given: tuple[str, str]) -> dict[str, str]:
    with pytest.raises(BadParameters) as caught:
        read(MultiDict(given))
    return {error.parameter: error.reason for error in caught.value.errors}


@given(_asks)
def test_what_is_written_into_an_address_is_read_back_the_same(ask: Ask) -> None:
    assume(not (ask.first and ask.last and ask.first > ask.last))
    assert read(MultiDict(pairs(ask))) == ask


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2024", dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
        ("2024-02", dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        ("2023-02", dt.date(2023, 2, 1), dt.date(2023, 2, 28)),
        ("2024-12", dt.date(2024, 12, 1), dt.date(2024, 12, 31)),
        ("2024-02-03", dt.date(2024, 2, 3), dt.date(2024, 2, 3)),
    ],
)
def test_a_year_or_a_month_reaches_from_its_first_day_to_its_last(written: str, first: dt.date, last: dt.date) -> None:
    ask = read(MultiDict([("from", written), ("to", written)]))
    assert (ask.first, ask.last) == (first, last)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"), ("page", "-1"), ("page", "x"), ("page", "١"), ("page", "1_0"), ("page", " 1"),
        ("page", "9" * 99),
        ("size", "0"), ("size", "101"), ("size", "1.0"),
        ("sort", "newest"), ("sort", "Date"),
        ("from", "2024-2"), ("from", "2024-13"), ("from", "2023-02-29"), ("from", "0000"), ("from", "вчера"),
        ("to", "2024-02-30"), ("to", "01.02.2024"), ("to", "٢٠٢٤"), ("to", "2024-02-03T00:00"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_by_the_name_of_its_parameter(name: str, value: str) -> None:
    assert list(_mistakes((name, value))) == [name]


def test_an_unknown_parameter_is_refused_and_the_nearest_known_one_named() -> None:
    assert "page" in _mistakes(("pag", "2"))["pag"]


@pytest.mark.parametrize("name", ["q", "page", "size", "sort", "from", "to"])
def test_a_parameter_that_stands_once_may_not_be_repeated(name: str) -> None:
    assert name in _mistakes((name, "2024"), (name, "2024"))


def test_every_mistake_of_an_address_is_named_at_once() -> None:
    assert set(_mistakes(("page", "0"), ("sort", "?"), ("colour", "red"), ("to", "never"))) == {
        "page", "sort", "colour", "to",
    }  # fmt: skip


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    assert list(_mistakes(("from", "2025"), ("to", "2024"))) == ["to"]


def test_only_the_first_ten_thousand_hits_can_be_paged_through() -> None:
    assert read(MultiDict([("page", "100"), ("size", "100")])).page == 100
    assert list(_mistakes(("page", "101"), ("size", "100"))) == ["page"]


def test_empty_fields_of_a_form_are_not_given() -> None:
    empty = [(name, "") for name in ("q", "from", "to", "source", "tag", "author")]
    assert read(MultiDict(empty)) == Ask("")


@given(_texts | st.text(st.characters(codec="utf-8")))
def test_a_value_is_escaped_as_the_standard_library_does(value: str) -> None:
    assert escaped(value) == quote_plus(value)


def test_filters_may_be_repeated_and_the_same_one_counts_once() -> None:
    assert read(MultiDict([("tag", "а"), ("tag", "б"), ("tag", "а")])).tags == ("а", "б")


def test_control_characters_of_a_query_become_spaces_and_offsets_stay() -> None:
    assert read(MultiDict([("q", "а\x00б\nв")])).text == "а б в"


def test_whatever_changes_but_the_page_leads_to_the_first_page() -> None:
    ask = Ask("сталь", page=7)
    assert "page" not in query_string(ask, sort="date")
    assert "page=8" in query_string(ask, page=8)


@pytest.mark.parametrize("name", ["source", "tag", "author"])
def test_a_filter_takes_fifty_values_and_no_more(name: str) -> None:
    many = [(name, str(number)) for number in range(MAX_VALUES)]
    assert len(pairs(read(MultiDict(many)))) == MAX_VALUES
    assert list(_mistakes(*many, (name, "one more"))) == [name]


def test_an_address_of_nothing_but_mistakes_gets_a_short_answer() -> None:
    assert len(_mistakes(*((f"x{number}", "") for number in range(3_000)))) < 100
