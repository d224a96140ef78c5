"""Retellings are told by the compiled loop as the definition has it: of 32 places 22 alike, within a week."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.engines import NO_DAY
from search.engines.folding import DAYS, SAME, leaders

DAY = st.integers(0, 20) | st.just(NO_DAY)


def plain(sketches: list[bytes], days: list[int]) -> list[int]:
    """The definition, a pair at a time."""
    found = list(range(len(sketches)))
    for other in range(len(sketches)):
        for first in range(other):
            alike = sum(one == two for one, two in zip(sketches[first], sketches[other], strict=True)) >= SAME
            near = NO_DAY in (days[first], days[other]) or abs(days[first] - days[other]) <= DAYS
            worded = any(sketches[first]) and any(sketches[other])
            if found[first] == first and found[other] == other and alike and near and worded:
                found[other] = first
    return found


@st.composite
def stories(draw: st.DrawFn) -> list[bytes]:
    """Sketches of a few stories, each told with some places changed; some of texts without words."""
    bases = [*draw(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=3)), bytes(32)]
    told = []
    for base in draw(st.lists(st.sampled_from(bases), max_size=12)):
        changed = draw(st.integers(0, 14))
        told.append(
            bytes([place ^ 1 if at < changed else place for at, place in enumerate(base)]) if any(base) else base
        )
    return told


@given(stories(), st.data())
def test_leaders_are_those_of_the_definition(sketches: list[bytes], data: st.DataObject) -> None:
    days = data.draw(st.lists(DAY, min_size=len(sketches), max_size=len(sketches)))
    rows = np.frombuffer(b"".join(sketches), np.uint8).reshape(-1, 32)
    assert leaders(rows, np.array(days, np.int64)).tolist() == plain(sketches, days)
