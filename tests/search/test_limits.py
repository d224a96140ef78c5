"""No query costs more than its limits allow, and what was left out is said."""

from __future__ import annotations

import pytest

from index.errors import OutOfTime
from index.settings import Settings
from search.limits import Deadline, Limits


def test_a_deadline_passes_when_its_seconds_are_over() -> None:
    now = [100.0]
    deadline = Deadline(3, lambda: now[0])
    now[0] = 102.9
    deadline.check()
    now[0] = 103.0
    assert deadline.passed
    with pytest.raises(OutOfTime):
        deadline.check()


def test_limits_are_those_of_the_settings() -> None:
    settings = Settings(max_characters=10, max_words=2, max_depth=3, max_forms=4, max_seconds=5)
    assert Limits.of(settings) == Limits(characters=10, words=2, depth=3, forms=4, seconds=5)
    assert Limits.of(Settings()) == Limits()
