"""The engines of the benchmark, each behind the same few methods. Nobody else's words are analysed here.

Ours asks with all lemmas and forms of each word, graded, over three fields; ``OneLemma`` asks it as the others are
asked. All give the ids of the ten best and the exact total.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any as Whatever

import tantivy
import whoosh.fields
import whoosh.index
import whoosh.query
from whoosh.analysis.tokenizers import RegexTokenizer as _Tokenizer

from index.engines.whoosh.segment import open_generation
from index.engines.whoosh.writer import Writer
from index.generations import Generation, Store
from index.records import Record
from index.text import Lemma
from search.engines import Request
from search.engines.whoosh.searcher import WhooshSearcher
from search.query import All, Any, Between, Node, Phrase, Wildcard, Word
from search.ranking import RANKING
from tools.search_bench.words import EPOCH, Archive, Question

__all__ = ["TURNS", "Engine", "OneLemma", "Slovo", "StockWhoosh", "Tantivy"]

# In how many turns, one after the other, engines are asked the same questions.
TURNS = 3


class Engine(ABC):
    """An engine over the first *size* documents of an archive, in a folder of its own."""

    name: str
    turns = TURNS

    def __init__(self, folder: Path, archive: Archive) -> None:
        self.folder = folder / self.name.replace(" ", "-")
        self.archive = archive

    @abstractmethod
    def build(self, size: int) -> None:
        """Makes the index of *size* documents; their analysis is given."""

    @abstractmethod
    def add(self, count: int) -> float:
        """Adds *count* documents to what was built, so that they are found; the seconds it took."""

    @abstractmethod
    def open(self) -> None:
        """Opens what was built."""

    @abstractmethod
    def ask(self, question: Question) -> int:
        """Answers, and returns the total."""

    @abstractmethod
    def prepare(self, question: Question) -> None:
        """Turns the question into the engine's own query, outside of the time that is taken."""

    def times(self, questions: Sequence[Question], repeats: int) -> tuple[list[list[float]], list[int]]:
        """Of each question the seconds of every asking after one round unmeasured, and the totals.

        Processor time of this thread, the only one that works: the machine may have other work.
        """
        for question in questions:
            self.prepare(question)
        totals = [self.ask(question) for question in questions]
        spent: list[list[float]] = [[] for _ in questions]
        for _ in range(repeats):
            for question, own in zip(questions, spent, strict=True):
                started = time.thread_time()
                self.ask(question)
                own.append(time.thread_time() - started)
        return spent, totals

    def stored(self) -> int:
        """Bytes of stored documents in what was built."""
        return 0

    def apart(self) -> int:
        """Bytes of what the others do not have in any form."""
        return 0

    def clear(self) -> None:
        """An empty folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)


class Slovo(Engine):
    """This engine, with the whole meaning of a word."""

    name = "Slovo"
    ranking = RANKING

    def build(self, size: int) -> None:
        self.clear()
        self._write(None, self.archive.repeated(size))

    def add(self, count: int) -> float:
        started = time.perf_counter()
        self._write(Store(self.folder).current(), self.archive.more(count))
        WhooshSearcher(Store(self.folder).current().folder).close()
        return time.perf_counter() - started

    def _write(self, base: Generation | None, documents: Iterable[tuple[Record, str]]) -> None:
        store = Store(self.folder)
        with store.writing():
            writer = Writer(store.begin(base), self.archive.analyzer, memory_mb=1024, jobs=1)
            for record, _ in documents:
                writer.add(record)
            writer.publish()

    def stored(self) -> int:
        return self._size("stored.")

    def apart(self) -> int:
        """For folding, suggestions, and searching within a sentence."""
        return self._size("sketches", "phrases.", "sentence_")

    def _size(self, *beginnings: str) -> int:
        """Bytes of the sections whose names have one of the *beginnings*."""
        segments = open_generation(Store(self.folder).current().folder)
        sizes = [file.sizes() for segment in segments for file in segment.files]
        return sum(size for own in sizes for name, size in own.items() if name.startswith(beginnings))

    def open(self) -> None:
        self.searcher = WhooshSearcher(Store(self.folder).current().folder, ranking=self.ranking)
        self.requests: dict[Question, Request] = {}

    def prepare(self, question: Question) -> None:
        facets = ("source", "tag", "author") if question.facets else ()
        tree = self.tree(question)
        if question.days:
            first, last = (dt.date.fromordinal(day + EPOCH) for day in question.days)
            tree = All((tree, Between(first, last)))
        self.requests[question] = Request(
            tree, sort="-date" if question.by_date else "relevance", offset=question.offset, facets=facets, words=False
        )

    def ask(self, question: Question) -> int:
        return self.searcher.search(self.requests[question]).total

    def tree(self, question: Question) -> Node:
        if question.join == "prefix":
            return Wildcard(question.forms[0], f"{question.forms[0]}*")
        words: tuple[Node, ...] = tuple(map(self.word, question.forms, question.lemmas))
        if len(words) == 1:
            return words[0]
        return Phrase(words) if question.join == "phrase" else All(words) if question.join == "and" else Any(words)

    def word(self, form: str, _lemma: str) -> Word:
        return Word(form, form, self.archive.analyzer.query_lemmas(form))


class OneLemma(Slovo):
    """This engine asked for one lemma a word and without the step of nearness, as the others are."""

    name = "Slovo, one lemma"
    ranking = dataclasses.replace(RANKING, proximity=0.0)

    def build(self, size: int) -> None:
        """Uses what Slovo built."""

    def open(self) -> None:
        self.folder = self.folder.with_name(Slovo.name)
        super().open()

    def word(self, form: str, lemma: str) -> Word:
        return Word(form, lemma, (Lemma(lemma, 1.0),))


class Tantivy(Engine):
    """tantivy by its Python package; one segment."""

    name = "tantivy"

    def build(self, size: int) -> None:
        self.clear()
        fields = tantivy.SchemaBuilder()
        fields.add_text_field("body", tokenizer_name="whitespace", index_option="position")
        fields.add_integer_field("day", indexed=True, fast=True)
        # A number: the quickest kind of id to get, since texts cannot be read from columns by the Python package.
        fields.add_integer_field("id", fast=True)
        for name in ("source", "tag", "author"):
            fields.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
        self._write(tantivy.Index(fields.build(), path=str(self.folder)), self.archive.repeated(size))

    def add(self, count: int) -> float:
        index = tantivy.Index.open(str(self.folder))
        started = time.perf_counter()
        self._write(index, self.archive.more(count))
        index.reload()
        index.searcher()
        return time.perf_counter() - started

    def _write(self, index: tantivy.Index, documents: Iterable[tuple[Record, str]]) -> None:
        writer = index.writer(heap_size=1 << 30, num_threads=1)
        for number, (_, line) in enumerate(documents):
            day, source, tag, author, body = line.split("\t")
            named = {"source": source, "tag": tag, "author": author}
            writer.add_document(tantivy.Document(id=number, body=body, day=int(day), **named))
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> None:
        self.index = tantivy.Index.open(str(self.folder))
        self.searcher = self.index.searcher()
        self.queries: dict[Question, tantivy.Query] = {}
        self.counts = {name: {"terms": {"field": name, "size": 20}} for name in ("source", "tag", "author")}

    def prepare(self, question: Question) -> None:
        schema, words = self.index.schema, question.lemmas
        if question.join == "prefix":
            query = tantivy.Query.regex_query(schema, "body", f"{words[0]}.*")
        elif question.join == "phrase":
            query = tantivy.Query.phrase_query(schema, "body", list(words))
        else:
            occur = tantivy.Occur.Must if question.join == "and" else tantivy.Occur.Should
            parts = [(occur, tantivy.Query.term_query(schema, "body", word)) for word in words]
            query = parts[0][1] if len(parts) == 1 else tantivy.Query.boolean_query(parts)
        if question.days:
            dates = tantivy.Query.range_query(schema, "day", tantivy.FieldType.Integer, *question.days)
            must = tantivy.Occur.Must
            query = tantivy.Query.boolean_query([(must, query), (must, tantivy.Query.const_score_query(dates, 0.0))])
        self.queries[question] = query

    def ask(self, question: Question) -> int:
        query = self.queries[question]
        order = "day" if question.by_date else None
        found: Whatever = self.searcher.search(query, 10, count=True, order_by_field=order, offset=question.offset)
        if question.facets:
            self.searcher.aggregate(query, self.counts)
        self.searcher.fast_field_values("id", [address for _, address in found.hits])
        return int(found.count or 0)


# Published without types.
_query: Whatever = whoosh.query


class StockWhoosh(Engine):
    """whoosh3 with its own codec; one segment."""

    name = "stock Whoosh"
    turns = 1

    def build(self, size: int) -> None:
        self.clear()
        schema = whoosh.fields.Schema(
            body=whoosh.fields.TEXT(analyzer=_Tokenizer(r"[^ ]+"), phrase=True),
            day=whoosh.fields.NUMERIC(signed=True, sortable=True),
            id=whoosh.fields.ID(stored=True),
            **{name: whoosh.fields.ID(sortable=True) for name in ("source", "tag", "author")},
        )
        writer: Whatever = whoosh.index.create_in(str(self.folder), schema).writer(limitmb=512)
        self._put(writer, self.archive.repeated(size))
        writer.commit(optimize=True)

    def add(self, count: int) -> float:
        index: Whatever = whoosh.index.open_dir(str(self.folder))
        started = time.perf_counter()
        writer = index.writer(limitmb=512)
        self._put(writer, self.archive.more(count))
        writer.commit()
        index.refresh().searcher().close()
        return time.perf_counter() - started

    def _put(self, writer: Whatever, documents: Iterable[tuple[Record, str]]) -> None:
        for record, line in documents:
            day, source, tag, author, body = line.split("\t")
            named = {"id": record.document.id, "source": source, "tag": tag, "author": author}
            writer.add_document(body=body, day=int(day), **named)

    def open(self) -> None:
        self.searcher: Whatever = whoosh.index.open_dir(str(self.folder)).searcher()
        self.queries: dict[Question, Whatever] = {}

    def prepare(self, question: Question) -> None:
        words = question.lemmas
        if question.join == "prefix":
            query = _query.Prefix("body", words[0])
        elif question.join == "phrase":
            query = _query.Phrase("body", list(words))
        else:
            join = _query.And if question.join == "and" else _query.Or
            query = join([_query.Term("body", word) for word in words])
        self.queries[question] = query

    def ask(self, question: Question) -> int:
        options: dict[str, Whatever] = {"limit": 10 + question.offset}
        if question.days:
            options["filter"] = _query.NumericRange("day", *question.days)
        if question.facets:
            options["groupedby"] = ["source", "tag", "author"]
        if question.by_date:
            options |= {"sortedby": "day", "reverse": True}
        found = self.searcher.search(self.queries[question], **options)
        for hit in found:
            hit["id"]
        return len(found)
