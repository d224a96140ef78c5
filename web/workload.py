"""What the counts of the requests say in a few numbers, for the page /status; Prometheus reads all of them itself."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client.core import Metric

__all__ = ["Work", "work_done"]

_SEARCHES = ("/search", "/api/v1/search")


@dataclass(frozen=True, slots=True)
class Work:
    """Since the server was started; half of the searches stayed within ``half`` milliseconds, 99% within ``most``.

    These are limits of the histogram's buckets, so never less than the truth; None when nobody searched, or too slow
    for the last bucket.
    """

    requests: int
    faults: int
    searches: int
    fruitless: int
    half: float | None
    most: float | None


def work_done(metrics: Iterable[Metric]) -> Work:
    """The numbers of *metrics*, which are those of web/watching.py."""
    found: Counter[str] = Counter()
    within: Counter[float] = Counter()
    for sample in (sample for metric in metrics for sample in metric.samples):
        if sample.name == "slovo_requests_total":
            found["requests"] += int(sample.value)
            found["faults"] += int(sample.value) if sample.labels["status"].startswith("5") else 0
        elif sample.name == "slovo_queries_without_hits_total":
            found["fruitless"] += int(sample.value)
        elif sample.name == "slovo_request_seconds_bucket" and sample.labels["route"] in _SEARCHES:
            within[float(sample.labels["le"])] += int(sample.value)
    searches = within[math.inf]
    return Work(
        requests=found["requests"],
        faults=found["faults"],
        searches=searches,
        fruitless=found["fruitless"],
        half=_within(within, 0.5 * searches),
        most=_within(within, 0.99 * searches),
    )


def _within(buckets: Counter[float], share: float) -> float | None:
    limit = min((limit for limit, count in buckets.items() if count and count >= share), default=math.inf)
    return None if math.isinf(limit) else limit * 1000
