"""When the matches were published: bars that the server draws, each a link to its own period.

Places are percentages, so that one drawing fits every width and letters are never stretched. Knows no template.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from search.engines import Bucket
from search.service import Ask
from web.language import number, pattern_date, period
from web.params import days_query, query_string

__all__ = ["Bar", "Tick", "Timeline", "draw"]

# Pixels; enough to tell ten steps apart, and little enough to leave the first hit on a phone's first screen.
_HEIGHT = 56
# What a letter of a tick takes of the narrowest drawing (288 pixels), in percent. The margin beside it lends 5 more.
_LETTER = 2.4
# A bar fills this share of its place.
_FILL = 0.82


@dataclass(frozen=True, slots=True)
class Bar:
    """One bucket. ``left`` (of its place) and ``x`` are percentages of the whole width, ``y`` and ``height`` pixels.

    ``said`` is the count as a reader writes it.
    """

    label: str
    count: int
    said: str
    query: str
    left: float
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A date under the bars, at ``x`` percent; ``anchor`` is SVG's text-anchor."""

    label: str
    x: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing; a bar's place is ``step`` per cent wide, itself ``width``; ``height`` is that of the highest."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    step: float
    width: float
    height: int = _HEIGHT


def draw(buckets: Sequence[Bucket], ask: Ask) -> Timeline | None:
    """The timeline of an answer to *ask*; None when there is nothing to compare."""
    if len(buckets) < 2:
        return None
    most = max(bucket.count for bucket in buckets) or 1
    step = 100 / len(buckets)
    # The rest of the address is the same for all; escaping a long query sixty times is felt.
    rest = query_string(ask, first=None, last=None)
    bars = tuple(_bar(bucket, rest, at * step, step, most) for at, bucket in enumerate(buckets))
    return Timeline(bars, _ticks(buckets, step), round(step, 3), round(step * _FILL, 3))


def _bar(bucket: Bucket, rest: str, left: float, step: float, most: int) -> Bar:
    # A single match must be seen beside a thousand: two pixels at least.
    height = max(2.0, _HEIGHT * bucket.count / most) if bucket.count else 0.0
    query = "&".join(filter(None, (rest, days_query(bucket.first, bucket.last))))
    x = round(left + step * (1 - _FILL) / 2, 3)
    label = period(bucket.first, bucket.last)
    return Bar(
        label,
        bucket.count,
        number(bucket.count),
        query,
        round(left, 3),
        x,
        round(_HEIGHT - height, 2),
        round(height, 2),
    )


def _ticks(buckets: Sequence[Bucket], step: float) -> tuple[Tick, ...]:
    """Round dates at the left edge of their bars, those that fit; both ends when fewer than two do."""
    labels = [(at * step, _round(bucket, len(buckets))) for at, bucket in enumerate(buckets)]
    ticks = tuple(Tick(label, round(x, 3), "start") for x, label in labels if label and x + _LETTER * len(label) < 105)
    if len(ticks) < 2:
        first, last = buckets[0], buckets[-1]
        return (Tick(period(first.first, first.last), 0, "start"), Tick(period(last.first, last.last), 100, "end"))
    return ticks


def _round(bucket: Bucket, many: int) -> str:
    """The label of a bucket that begins a larger unit of time, else an empty text."""
    first, last = bucket.first, bucket.last
    if first == last:
        return pattern_date(first, "d MMM") if first.day in (1, 15) else ""
    if (last - first) < dt.timedelta(days=31):
        return str(first.year) if first.month == 1 else ""
    every = 1 if many <= 7 else 5 if many <= 30 else 10
    return str(first.year) if first.year % every == 0 else ""
