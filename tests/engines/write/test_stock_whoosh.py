"""Stock Whoosh on our files finds what its queries mean, told from the tokens of each document in plain Python."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import whoosh.index
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein
from whoosh.qparser.default import QueryParser
from whoosh.query.compound import And, AndNot, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import Every, Query
from whoosh.query.ranges import DateRange
from whoosh.query.terms import FuzzyTerm, Prefix, Term, Variations, Wildcard
from whoosh.query.wrappers import Not
from whoosh.scoring import BM25F, bm25
from whoosh.sorting import FieldFacet

import index.engines.whoosh.codec  # noqa: F401  # so that Whoosh knows our files
from index.documents import Document
from index.errors import IndexDamaged, IndexMismatch
from index.generations import Store, faults
from index.records import FIELDS
from tests.engines.write.corpora import ANALYZER, IDS, WORDS, analysed, documents, publish

EVERY = Every()  # type: ignore[no-untyped-call]

# The words of each field of a document, in lower case, by position.
Placed = Mapping[str, list[set[str]]]
Meaning = Callable[[Document, Placed], bool]

_words = st.sampled_from(
    sorted({ANALYZER.form(form).lower() for word in WORDS for form in ANALYZER.tokens(word).forms})
)
_fields = st.sampled_from(FIELDS)


def placed(document: Document) -> dict[str, list[set[str]]]:
    """The words at each position of each field."""
    (record,) = analysed([document])
    found: dict[str, list[set[str]]] = {}
    for field in FIELDS:
        tokens = record.tokens[field]
        places: dict[int, set[str]] = {}
        for form, position in zip(tokens.forms.tolist(), tokens.positions.tolist(), strict=True):
            places.setdefault(position, set()).add(ANALYZER.form(form).lower())
        found[field] = [places.get(position, set()) for position in range(max(places, default=-1) + 1)]
    return found


def any_word(field: str, test: Callable[[str], bool]) -> Meaning:
    """Whether a word of the field passes."""
    return lambda _, places: any(test(word) for words in places[field] for word in words)


def _phrase(field: str, words: list[str]) -> tuple[Query, Meaning]:
    def test(_: Document, places: Placed) -> bool:
        row = places[field]
        return any(
            all(word in row[at + step] for step, word in enumerate(words)) for at in range(len(row) - len(words) + 1)
        )

    return Phrase(field, words), test


def _day(first: dt.date, last: dt.date) -> tuple[Query, Meaning]:
    low, high = sorted((first, last))
    ranged = DateRange("date", dt.datetime.combine(low, dt.time()), dt.datetime.combine(high, dt.time()))
    return ranged, lambda document, _: document.date is not None and low <= document.date <= high


_days = st.dates(dt.date(1969, 12, 29), dt.date(1970, 1, 4))
_leaves = st.one_of(
    st.builds(lambda f, w: (Term(f, w), any_word(f, lambda word: word == w)), _fields, _words),
    st.builds(_phrase, _fields, st.lists(_words, min_size=2, max_size=3)),
    st.builds(lambda f, w: (Prefix(f, w[:2]), any_word(f, lambda word: word.startswith(w[:2]))), _fields, _words),
    st.builds(
        lambda f, w: (Wildcard(f, f"?{w[1:2]}*"), any_word(f, lambda word: fnmatchcase(word, f"?{w[1:2]}*"))),
        _fields,
        _words.filter(lambda word: len(word) > 1),
    ),
    st.builds(
        lambda f, w: (FuzzyTerm(f, w), any_word(f, lambda word: Levenshtein.distance(word, w) <= 1)),
        _fields,
        _words,
    ),
    st.builds(lambda f, w: (Variations(f, w), any_word(f, lambda word: word == w)), _fields, _words),
    st.builds(lambda tag: (Term("tag", tag), lambda d, _: tag in d.tags), st.sampled_from(["Вести", "ё"])),
    st.builds(lambda name: (Term("source", name), lambda d, _: d.source == name), st.sampled_from(["Дни", "Zeit"])),
    st.builds(lambda doc_id: (Term("id", doc_id), lambda d, _: d.id == doc_id), IDS),
    st.builds(_day, _days, _days),
    st.just((EVERY, lambda *_: True)),
)


def _trees(children: Any) -> Any:
    pairs = st.lists(children, min_size=2, max_size=3)
    return st.one_of(
        pairs.map(lambda parts: (And([q for q, _ in parts]), lambda d, p: all(t(d, p) for _, t in parts))),
        pairs.map(lambda parts: (Or([q for q, _ in parts]), lambda d, p: any(t(d, p) for _, t in parts))),
        children.map(lambda part: (Not(part[0]), lambda d, p: not part[1](d, p))),
        st.tuples(children, children).map(
            lambda two: (AndNot(two[0][0], two[1][0]), lambda d, p: two[0][1](d, p) and not two[1][1](d, p))
        ),
    )


_queries = st.recursive(_leaves, _trees, max_leaves=5)
_archives = st.lists(st.tuples(st.lists(documents(IDS), max_size=5), st.lists(IDS, max_size=2)), min_size=1, max_size=3)


@settings(max_examples=40, deadline=None)
@given(_archives, st.lists(_queries, min_size=1, max_size=8), st.sampled_from([None, 2]))
def test_stock_queries_find_what_they_mean(runs: Any, asked: Any, limit: int | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        present: dict[str, Document] = {}
        for added, removed in runs:
            generation = publish(store, added, removed)
            present |= {document.id: document for document in added}
            for doc_id in removed:
                present.pop(doc_id, None)
        words = {doc_id: placed(document) for doc_id, document in present.items()}
        with whoosh.index.open_dir(str(generation.folder)).searcher() as searcher:
            assert searcher.doc_count() == len(present)
            for tree, test in asked:
                wanted = {doc_id for doc_id, document in present.items() if test(document, words[doc_id])}
                hits = searcher.search(tree, limit=limit)
                found = {hit["id"] for hit in hits}
                assert found <= wanted
                assert len(found) == (len(wanted) if limit is None else min(limit, len(wanted)))
                assert len(hits) == len(wanted)


@pytest.fixture
def searcher(tmp_path: Path) -> Iterator[Any]:
    """Stock Whoosh over five documents in two segments, one deleted."""
    store = Store(tmp_path)
    day = dt.date(2024, 2, 29)
    first = [
        Document("a", "Мэр города", "Токаев стали", day, "http://x", "Дни", ("Я", "Б"), ("юг", "север")),
        Document("b", "Мэр", "города города", day + dt.timedelta(1), source="Вести", tags=("юг",)),
        Document("c", "Без даты", "мэра"),
        Document("d", "Мэр", "мэр мэр", day),
    ]
    publish(store, first)
    generation = publish(store, [Document("e", "Мэр", "Премьер-министр", day - dt.timedelta(1), source="Дни")], ["d"])
    with whoosh.index.open_dir(str(generation.folder)).searcher() as opened:
        yield opened


def test_results_are_sorted_by_a_column_over_segments(searcher: Any) -> None:
    assert [hit["id"] for hit in searcher.search(EVERY, sortedby="date")] == ["e", "a", "b", "c"]
    back = searcher.search(EVERY, sortedby=FieldFacet("date", reverse=True))
    assert [hit["id"] for hit in back if hit["id"] != "c"] == ["b", "a", "e"]
    assert [hit["id"] for hit in searcher.search(Term("title", "мэр"), sortedby="source")] == ["b", "a", "e"]


def test_facets_group_by_value_with_and_without_overlap(searcher: Any) -> None:
    hits = searcher.search(
        EVERY, groupedby={"source": FieldFacet("source"), "tag": FieldFacet("tag", allow_overlap=True)}
    )
    names = {
        value: sorted(searcher.stored_fields(number)["id"] for number in group)
        for value, group in hits.groups("source").items()
    }
    assert names == {"Дни": ["a", "e"], "Вести": ["b"], "": ["c"]}
    assert {value: len(group) for value, group in hits.groups("tag").items()} == {"юг": 2, "север": 1, None: 2}


def test_stored_fields_are_the_document_as_it_was_written(searcher: Any) -> None:
    (hit,) = searcher.search(Term("id", "a"))
    assert hit.fields() == {
        "id": "a",
        "title": "Мэр города",
        "text": "Токаев стали",
        "url": "http://x",
        "source": "Дни",
        "date": dt.datetime.combine(dt.date(2024, 2, 29), dt.time()),
        "tag": ["юг", "север"],
        "author": ["Я", "Б"],
    }


def test_statistics_leave_the_deleted_out(searcher: Any) -> None:
    assert searcher.doc_frequency("title", "мэр") == 3
    assert searcher.frequency("text", "города") == 2
    assert searcher.reader().field_length("title") == 2 + 1 + 2 + 1
    assert list(searcher.lexicon("tag")) == ["север".encode(), "юг".encode()]
    assert ("text", b"\xd0\xbc\xd1\x8d\xd1\x80") not in searcher.reader()


def test_scores_of_stock_whoosh_are_its_own_formula_over_our_statistics(searcher: Any) -> None:
    (hit,) = searcher.search(Term("text", "города"))
    idf = searcher.idf("text", "города")
    expected = bm25(idf, 2.0, 2, searcher.avg_field_length("text"), BM25F().B, BM25F().K1)
    assert hit.score == pytest.approx(expected)


def test_the_stock_parser_folds_as_documents_were_folded(searcher: Any) -> None:
    parser = QueryParser("text", searcher.schema)
    for text in ("премьер-министр", "ПРЕМЬЕР", '"премьер министр"', "text:мини*", "Пpемьер"):
        assert [hit["id"] for hit in searcher.search(parser.parse(text))] == ["e"], text


def test_whoosh_cannot_write_into_a_published_generation(tmp_path: Path) -> None:
    store = Store(tmp_path)
    generation = publish(store, [Document("a", "мэр")])
    writer = whoosh.index.open_dir(str(generation.folder)).writer()
    writer.add_document(id="b", title="мэр")
    with pytest.raises(IndexMismatch, match=r"reindex\.py"):
        writer.commit()
    assert faults(generation) == []
    with whoosh.index.open_dir(str(generation.folder)).searcher() as searcher:
        assert [hit["id"] for hit in searcher.search(EVERY)] == ["a"]


def test_a_pickle_where_our_table_of_contents_should_be_is_refused(tmp_path: Path) -> None:
    generation = publish(Store(tmp_path), [Document("a", "мэр")])
    (path,) = generation.folder.glob("_MAIN_*.toc")
    head = path.read_bytes()[:18]
    path.write_bytes(head + b"cos\nsystem\n(S'touch run'\ntR.")
    with pytest.raises(IndexDamaged, match=r"_MAIN_1\.toc"):
        whoosh.index.open_dir(str(generation.folder))
