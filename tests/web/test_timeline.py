"""The bars of a timeline: what they say, where they lead, how high they stand."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from urllib.parse import parse_qs

import pytest
from flask import Flask

from search.ask import Ask
from search.engines import Bucket
from web.timeline import Timeline, draw

_DAY = dt.timedelta(days=1)


def _days(many: int) -> list[Bucket]:
    first = dt.date(2026, 2, 10)
    return [Bucket(first + n * _DAY, first + n * _DAY, n) for n in range(many)]


def _months(many: int) -> list[Bucket]:
    starts = [dt.date(2024 + n // 12, n % 12 + 1, 1) for n in range(many + 1)]
    return [Bucket(first, after - _DAY, 1) for first, after in pairwise(starts)]


def _years(many: int) -> list[Bucket]:
    return [Bucket(dt.date(2000 + n, 1, 1), dt.date(2000 + n, 12, 31), 1) for n in range(many)]


def _drawn(app: Flask, buckets: list[Bucket]) -> Timeline:
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        drawn = draw(buckets, Ask("сталь", tags=("экономика",)))
    assert drawn is not None
    return drawn


@pytest.mark.parametrize(
    ("buckets", "label", "period"),
    [
        (_days(20), "11 февраля 2026", ("2026-02-11", "2026-02-11")),
        (_months(24), "февраль 2024", ("2024-02", "2024-02")),
        (_years(27), "2001", ("2001", "2001")),
    ],
)
def test_a_bar_names_its_day_month_or_year_and_leads_there(
    app: Flask, buckets: list[Bucket], label: str, period: tuple[str, str]
) -> None:
    bar = _drawn(app, buckets).bars[1]
    asked = parse_qs(bar.query)
    assert bar.label == label
    assert asked == {"q": ["сталь"], "tag": ["экономика"], "from": [period[0]], "to": [period[1]]}


@pytest.mark.parametrize(
    ("buckets", "ticks"),
    [
        (_days(25), ["15 февр.", "1 мар."]),
        (_months(36), ["2024", "2025", "2026"]),
        (_years(27), ["2000", "2005", "2010", "2015", "2020", "2025"]),
        (_days(3), ["10 февраля 2026", "12 февраля 2026"]),
    ],
)
def test_dates_under_the_bars_are_round_or_both_ends(app: Flask, buckets: list[Bucket], ticks: list[str]) -> None:
    assert [tick.label for tick in _drawn(app, buckets).ticks] == ticks


def test_bars_stand_as_high_as_their_counts_and_one_match_can_be_seen_beside_a_thousand(app: Flask) -> None:
    day = dt.date(2026, 2, 10)
    drawn = _drawn(app, [Bucket(day + n * _DAY, day + n * _DAY, count) for n, count in enumerate((0, 1, 500, 1000))])
    assert [bar.height for bar in drawn.bars] == [0, 2, drawn.height / 2, drawn.height]
    assert all(bar.y + bar.height == drawn.height for bar in drawn.bars)
    assert [bar.left for bar in drawn.bars] == [0, 25, 50, 75]
    assert drawn.step == 25


def test_one_bar_compares_nothing_and_is_not_drawn(app: Flask) -> None:
    with app.test_request_context():
        assert draw(_days(1), Ask("сталь")) is None
        assert draw([], Ask("сталь")) is None
