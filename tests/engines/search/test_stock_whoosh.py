"""Stock Whoosh over the same files finds the same documents, for every tree its own queries can express.

It knows surface forms only, so words are exact here; and no windows, sentences or slips as ours.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any as Whatever

import whoosh.index
import whoosh.query
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import index.engines.whoosh.codec  # noqa: F401  # so that Whoosh knows our files
from index.records import FIELDS
from search.engines import Request
from search.engines.whoosh.searcher import WhooshSearcher
from search.query import (
    Aimed,
    All,
    Any,
    Between,
    Everything,
    Keyword,
    Node,
    Not,
    Phrase,
    Wildcard,
    Word,
)
from tests.engines.contract import ANALYZER
from tests.engines.search.building import Run, write
from tests.engines.search.trees import DATES, WORDS, runs

MIDNIGHT = dt.time()
# Whoosh has no types.
query: Whatever = whoosh.query

words = st.sampled_from(WORDS).map(lambda form: Word(form, form, (), exact=True))
leaves: st.SearchStrategy[Node] = (
    words
    | words
    | st.sampled_from(("ст*", "*т*", "м?н*", "токаев*")).map(lambda pattern: Wildcard(pattern, pattern))
    | st.lists(words, min_size=2, max_size=3).map(lambda parts: Phrase(tuple(parts)))
    | st.builds(Between, DATES.filter(bool), DATES.filter(bool))
    | st.sampled_from(("экономика", "й")).map(lambda tag: Keyword("tag", (tag,)))
    | st.just(Everything())
)
trees: st.SearchStrategy[Node] = st.recursive(
    leaves,
    lambda parts: (
        st.lists(parts, min_size=1, max_size=3).map(lambda found: All(tuple(found)))
        | st.lists(parts, min_size=1, max_size=3).map(lambda found: Any(tuple(found)))
        | st.builds(Not, parts)
        | st.builds(Aimed, st.sampled_from(("title", "text")), parts)
    ),
    max_leaves=6,
)


def stock(node: Node, fields: tuple[str, ...] = FIELDS) -> Whatever:
    """*node* in Whoosh's own queries."""
    match node:
        case Word(form=form):
            return query.Or([query.Term(field, form.lower()) for field in fields])
        case Wildcard(pattern=pattern):
            return query.Or([query.Wildcard(field, pattern) for field in fields])
        case Phrase(parts):
            forms = [part.form.lower() for part in parts if isinstance(part, Word)]
            return query.Or([query.Phrase(field, forms) for field in fields])
        case Between(first, last):
            ends = [dt.datetime.combine(day, MIDNIGHT) if day else None for day in (first, last)]
            return query.DateRange("date", *ends)
        case Keyword(field, values):
            return query.Or([query.Term(field, value) for value in values])
        case All(parts):
            return query.And([stock(part, fields) for part in parts])
        case Any(parts):
            return query.Or([stock(part, fields) for part in parts])
        case Not(part):
            # Whoosh's Not alone, or inside an Or, means nothing: it is a difference from everything here.
            return query.And([query.Every(), query.Not(stock(part, fields))])
        case Aimed(field, part):
            return stock(part, (field,))
        case _:
            return query.Every()


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(runs, st.lists(trees, min_size=10, max_size=10))
def test_stock_whoosh_finds_the_same_documents(history: list[Run], asked: list[Node]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = write(Path(name), history, ANALYZER)
        searcher = WhooshSearcher(folder)
        with whoosh.index.open_dir(str(folder)).searcher() as plain:
            for tree in asked:
                found = {hit.id for hit in searcher.search(Request(tree, limit=1_000)).hits}
                assert {hit["id"] for hit in plain.search(stock(tree), limit=None)} == found
        searcher.close()
