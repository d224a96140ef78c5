"""Random archives and random query trees out of few words, so that everything meets everything."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from index.documents import Document
from search.engines import SORTS, Request
from search.query import (
    Aimed,
    All,
    Any,
    Between,
    Boosted,
    Everything,
    Fuzzy,
    Keyword,
    Near,
    Node,
    Not,
    Nothing,
    Phrase,
    SameSentence,
    Wildcard,
    Word,
)
from tests.engines.contract import ANALYZER
from tests.engines.search.building import Run

# Forms that share lemmas, forms of two lemmas, capitals, abbreviations, compounds, Latin, numbers.
_COMMON = ("сталь", "стали", "Стали", "стать", "СТАЛИ", "стал", "министр", "Министра", "МИНИСТРЫ", "премьер-министр")
_RARE = ("Токаев", "Токаева", "токаев", "РК", "КазМунайГаз", "в", "и", "город", "городской", "Covid-19", "2024", "ели")
WORDS = (*_COMMON, *_RARE)
ENDINGS = (" ", " ", " ", ", ", ". ", "! ", "\n", "\nФото: ", "\nЧитайте также: ")
TAGS = ("спорт", "Спорт", "экономика", "эко номика", "й")
SOURCES = ("Вестник", "вестник", "Степь", "")
DATES = st.none() | st.dates(dt.date(2023, 12, 28), dt.date(2024, 1, 4)) | st.dates(dt.date(1950, 1, 1))

texts = st.lists(
    st.tuples(st.sampled_from(_COMMON) | st.sampled_from(WORDS), st.sampled_from(ENDINGS)), max_size=14
).map(lambda pieces: "".join(word + end for word, end in pieces))
long_texts = st.tuples(texts, st.integers(90, 104), texts).map(lambda t: t[0] + "слово " * t[1] + t[2])


@st.composite
def documents(draw: st.DrawFn, names: st.SearchStrategy[str]) -> Document:
    return Document(
        draw(names),
        draw(texts),
        draw(texts | texts | long_texts) or "слово",
        draw(DATES),
        source=draw(st.sampled_from(SOURCES)),
        tags=tuple(draw(st.lists(st.sampled_from(TAGS), max_size=3))),
        authors=tuple(draw(st.lists(st.sampled_from(TAGS), max_size=2))),
    )


NAMES = st.sampled_from([f"id{number}" for number in range(12)])
runs = st.lists(
    st.builds(Run, st.lists(documents(NAMES), max_size=6), st.lists(NAMES, max_size=2)), min_size=1, max_size=4
)


def _word(form: str, exact: bool, optional: bool) -> Word:
    return Word(form, form, ANALYZER.query_lemmas(form), exact=exact, optional=optional)


words = st.builds(_word, st.sampled_from(WORDS), st.booleans(), st.booleans())
patterns = st.sampled_from(("ст*", "*т*", "м?н*", "*", "?", "сталь", "С*", "", "токаев*", "*-*", "город**"))
leaves = (
    words
    | words
    | patterns.map(lambda pattern: Wildcard(pattern, pattern))
    | st.builds(lambda form, slips: Fuzzy(form, form, slips), st.sampled_from(WORDS), st.integers(0, 3))
)
# Parts that stand somewhere, so that phrases and windows match now and then.
_frequent = st.sampled_from(_COMMON).map(lambda form: _word(form, False, False)) | st.just(Wildcard("*т*", "*т*"))
placed: st.SearchStrategy[Node] = st.recursive(
    _frequent | _frequent | leaves,
    lambda parts: (
        st.lists(parts, min_size=1, max_size=2).map(lambda found: Any(tuple(found)))
        | st.lists(parts, min_size=1, max_size=3).map(lambda found: Phrase(tuple(found)))
        | st.builds(Near, st.lists(parts, min_size=1, max_size=3).map(tuple), st.integers(0, 6))
        | st.lists(parts, min_size=1, max_size=3).map(lambda found: SameSentence(tuple(found)))
        | st.builds(Aimed, st.sampled_from(("title", "text")), parts)
    ),
    max_leaves=5,
)
ranges = st.builds(Between, DATES, DATES)
keywords = st.builds(
    Keyword,
    st.sampled_from(("source", "tag", "author")),
    st.lists(st.sampled_from((*TAGS, *SOURCES, "НЕТ")), min_size=1, max_size=3).map(tuple),
)


def _branches(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, max_size=4).map(tuple)
    return (
        st.builds(All, several)
        | st.builds(Any, several, st.booleans())
        | st.builds(Phrase, several)
        | st.builds(Near, several, st.integers(0, 6))
        | st.builds(SameSentence, several)
        | st.builds(Not, parts)
        | st.builds(Aimed, st.sampled_from(("title", "text")), parts)
        | st.builds(Boosted, parts, st.sampled_from((0.0, 0.5, 2.0)))
    )


trees: st.SearchStrategy[Node] = st.recursive(
    leaves | leaves | placed | placed | ranges | keywords | st.sampled_from((Everything(), Nothing())),
    _branches,
    max_leaves=8,
)
requests = st.builds(
    Request,
    trees,
    filters=st.just(()) | st.lists(ranges | keywords | words, max_size=2).map(tuple),
    sort=st.sampled_from(SORTS),
    offset=st.integers(0, 4),
    limit=st.integers(0, 12),
    facets=st.just(("source", "tag", "author")),
    facet_size=st.integers(0, 3),
    timeline=st.booleans(),
)
