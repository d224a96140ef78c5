"""Which pages a reader is offered, and what comes behind the last of them."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from search.ask import DEPTH, Ask
from search.results import Answer, Understood
from web.navigation import Paging, paging


def _offered(total: int, ask: Ask, *, folded: int = 0, cursor: str | None = None) -> Paging:
    answer = Answer(
        query=Understood(ask.text),
        total=total,
        folded=folded,
        page=ask.page,
        size=ask.size,
        took_ms=1,
        generation="000001",
        hits=(),
        facets={},
        timeline=(),
        cursor=cursor,
    )
    return paging(answer, ask)


@pytest.mark.parametrize(
    ("total", "page", "shown"),
    [
        (5, 1, []),
        (11, 1, ["1", "2"]),
        (100, 1, ["1", "2", "3", "…", "10"]),
        (100, 5, ["1", "2", "3", "4", "5", "6", "7", "…", "10"]),
        (1_000, 50, ["1", "…", "48", "49", "50", "51", "52", "…", "100"]),
    ],
)
def test_pages_near_the_current_one_and_both_ends_are_offered(total: int, page: int, shown: list[str]) -> None:
    pages = _offered(total, Ask("сталь", page=page)).pages
    assert [choice.label if choice else "…" for choice in pages] == shown
    assert [choice.label for choice in pages if choice and choice.current] == ([str(page)] if shown else [])


def test_folded_documents_need_no_page() -> None:
    assert _offered(11, Ask("сталь"), folded=1).pages == ()


def test_behind_the_last_page_a_cursor_leads_on() -> None:
    last = _offered(20_000, Ask("сталь", page=DEPTH // 10), cursor="abc")
    assert last.next is not None
    assert parse_qs(last.next.query) == {"q": ["сталь"], "cursor": ["abc"]}
    assert _offered(20_000, Ask("сталь"), cursor="abc").next != last.next
    assert _offered(DEPTH, Ask("сталь", page=DEPTH // 10), cursor=None).next is None


def test_from_a_cursor_ways_lead_on_and_back_to_the_first_page() -> None:
    reached = _offered(20_000, Ask("сталь", cursor="abc"), cursor="def")
    (first,) = reached.pages
    assert first is not None
    assert not first.current
    assert parse_qs(first.query) == {"q": ["сталь"]}
    assert reached.next is not None
    assert parse_qs(reached.next.query)["cursor"] == ["def"]
    assert _offered(20_000, Ask("сталь", cursor="abc"), cursor=None).next is None
