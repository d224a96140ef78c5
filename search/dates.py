"""Reads the dates that readers write: 2024, 2024-02, 01.02.2024, ranges, comparisons and «за неделю».

Used by the query language (``дата:…``) and by the parameters from and to. Knows no clock: today is handed in.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

__all__ = ["Span", "period", "span"]

Span = tuple[dt.date | None, dt.date | None]

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_DOTTED = re.compile(r"(?:(?:(\d{1,2})\.)?(\d{1,2})\.)?(\d{4})")
_COMPARED = re.compile(r"(<=|>=|<|>)\s*(.+)")
_RECENT = {"день": 1, "сутки": 1, "неделю": 7, "неделя": 7, "месяц": 30, "квартал": 91, "полгода": 182, "год": 365}


def period(text: str) -> tuple[dt.date, dt.date] | None:
    """First and last day of a year, month or day; None when *text* is no date."""
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DOTTED.fullmatch(text):
        day, month, year = match.groups()
    else:
        return None
    try:
        first = dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    if day:
        return first, first
    last_month = first.month if month else 12
    return first, dt.date(first.year, last_month, calendar.monthrange(first.year, last_month)[1])


def span(text: str, today: dt.date) -> Span | None:
    """The days that a ``дата:`` value means, both included, either open; None when it is none.

    «вчера», «за неделю» count back from *today*; «2024..» and «>2024-02» are open; «>2024-02» begins with March.
    """
    text = " ".join(text.lower().replace("_", " ").split())
    if text in ("сегодня", "вчера", "позавчера"):
        day = today - dt.timedelta(days=("сегодня", "вчера", "позавчера").index(text))
        return day, day
    word = text.removeprefix("за ").removeprefix("последний ").removeprefix("последнюю ")
    if word in _RECENT:
        return today - dt.timedelta(days=_RECENT[word]), today
    if ".." in text:
        return _range(*text.split("..", 1))
    if match := _COMPARED.fullmatch(text):
        return _compared(match[1], match[2])
    return period(text)


def _range(left: str, right: str) -> Span | None:
    first, last = period(left.strip()), period(right.strip())
    if (left.strip() and not first) or (right.strip() and not last) or not (first or last):
        return None
    start, end = first[0] if first else None, last[1] if last else None
    if start and end and start > end:
        start, end = period(right.strip())[0], period(left.strip())[1]  # type: ignore[index]  # both were read above
    return start, end


def _compared(sign: str, text: str) -> Span | None:
    found = period(text.strip())
    if not found:
        return None
    first, last = found
    one = dt.timedelta(days=1)
    try:
        return {">": (last + one, None), ">=": (first, None), "<": (None, first - one), "<=": (None, last)}[sign]
    except OverflowError:
        return None
