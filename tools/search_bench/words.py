"""The archive analysed once, as every engine of the benchmark gets it, and the questions asked of it.

Other engines get the likeliest lemma of each word, in one field: one term a word. Ours gets the whole analysis.
"""

from __future__ import annotations

import datetime as dt
import lzma
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any as Whatever

import numpy as np
import orjson

from index.build import records
from index.documents import Document
from index.records import FIELDS, Record
from index.text import Analyzer, Tokens

__all__ = ["EPOCH", "KINDS", "Archive", "Question", "kept_questions", "questions"]

EPOCH = dt.date(1970, 1, 1).toordinal()
_WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
_EACH = 40
# Before every range that is asked for.
_NO_DAY = -100_000

# Kind -> (words, their share of documents, how they are joined). A question is an OR, as people type them.
KINDS: dict[str, tuple[int, tuple[float, float], str]] = {
    "common word": (1, (0.02, 0.2), "or"),
    "rare word": (1, (0.0, 0.0005), "or"),
    "or of 2": (2, (0.002, 0.1), "or"),
    "or of 3": (3, (0.002, 0.1), "or"),
    "or of 8": (8, (0.002, 0.1), "or"),
    "and of 2": (2, (0.005, 0.2), "and"),
    "and of 3": (3, (0.005, 0.2), "and"),
    "phrase of 2": (2, (0.002, 0.2), "phrase"),
    "phrase of 3": (3, (0.002, 0.2), "phrase"),
    "prefix": (1, (0.002, 0.05), "prefix"),
    "and of 2, dates": (2, (0.005, 0.2), "and"),
    "common word, facets": (1, (0.02, 0.2), "or"),
    "or of 2, page 2": (2, (0.002, 0.1), "or"),
    "common word, by date": (1, (0.02, 0.2), "or"),
}


@dataclass(frozen=True)
class Question:
    """One query: surface forms for our engine, lemmas for the others, as many. Days count from 1970-01-01."""

    kind: str
    join: str
    forms: tuple[str, ...]
    lemmas: tuple[str, ...]
    days: tuple[int, int] | None = None
    facets: bool = False
    offset: int = 0
    by_date: bool = False


class Archive:
    """The first *size* documents of a .jsonl.xz archive, analysed when they are first asked for.

    ``lines``: each document as day, source, tag, author, words (lemmas), separated by tabs.
    """

    def __init__(self, path: Path, size: int) -> None:
        self.analyzer = Analyzer()
        self._path, self._size = path, size

    @property
    def records(self) -> list[Record]:
        return self._read[0]

    @property
    def lines(self) -> list[str]:
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[list[Record], list[str]]:
        lemmas: dict[int, str] = {}
        found: tuple[list[Record], list[str]] = ([], [])
        source = islice(_documents(self._path), self._size)
        while batch := list(islice(source, 1_000)):
            for record in records(batch, self.analyzer):
                found[0].append(record)
                found[1].append(_line(record, self.analyzer, lemmas))
        return found

    def more(self, count: int) -> Iterator[tuple[Record, str]]:
        """The first *count* documents under ids that no index has."""
        for record, line in islice(self.repeated(count), count):
            yield replace(record, document=replace(record.document, id=f"new-{record.document.id}")), line

    def repeated(self, size: int) -> Iterator[tuple[Record, str]]:
        """*size* documents: the archive as often as needed, under new ids."""
        for number in range(size):
            record = self.records[number % len(self.records)]
            if number >= len(self.records):
                record = replace(record, document=replace(record.document, id=f"{number}"))
            yield record, self.lines[number % len(self.lines)]


def _line(record: Record, analyzer: Analyzer, lemmas: dict[int, str]) -> str:
    document = record.document
    day = document.date.toordinal() - EPOCH if document.date else _NO_DAY
    words = [word for name in FIELDS for word in _lemmas(record.tokens[name], analyzer, lemmas)]
    return "\t".join((str(day), document.source, document.tags[0], document.authors[0], " ".join(words)))


def _documents(path: Path) -> Iterator[Document]:
    with lzma.open(path, "rb") as lines:
        for line in lines:
            item = orjson.loads(line)
            date = dt.date.fromisoformat(item["date"][:10]) if item.get("date") else None
            # The archive has no tags and authors; these stand in for them, so that three facets can be counted.
            tag, author = (str(date.year), _WEEKDAYS[date.weekday()]) if date else ("-", "-")
            title, text = item.get("title") or "", item.get("text") or ""
            yield Document(item["id"], title, text, date, "", item["source"], (author,), (tag,))


def _lemmas(tokens: Tokens, analyzer: Analyzer, known: dict[int, str]) -> list[str]:
    """One lemma for each position: of a compound its parts, without the whole."""
    last = np.append(tokens.positions[1:] != tokens.positions[:-1], True)[: len(tokens.positions)]
    found = []
    for form in tokens.forms[last].tolist():
        if form not in known:
            known[form] = "_".join(analyzer.lemmas(analyzer.form(form))[0].text.split()) or "_"
        found.append(known[form])
    return found


def questions(archive: Archive) -> list[Question]:
    """_EACH questions of each kind out of documents of the archive; every size is asked the same."""
    chance = random.Random(1)
    lines = [line.rsplit("\t", 1)[1].split() for line in archive.lines]
    documents = Counter(word for words in lines for word in set(words))
    share = {word: count / len(lines) for word, count in documents.items() if word.isalpha()}
    found: dict[str, list[Question]] = {kind: [] for kind in KINDS}
    while any(len(asked) < _EACH for asked in found.values()):
        number = chance.randrange(len(lines))
        pairs = _words(archive, number, lines[number])
        for kind, (count, (low, high), join) in KINDS.items():
            if len(found[kind]) < _EACH and len(pairs) >= count:
                chosen = _chosen(pairs, count, join, chance)
                lemmas = {lemma for _, lemma in chosen}
                if len(lemmas) == count and all(low <= share.get(lemma, -1) <= high for lemma in lemmas):
                    found[kind].append(_question(kind, join, chosen, chance))
    return [question for asked in found.values() for question in asked]


def kept_questions(path: Path) -> list[Question]:
    """Those that an earlier run wrote to *path*."""
    rows: list[dict[str, Whatever]] = orjson.loads(path.read_bytes())
    typed: Iterator[dict[str, Whatever]] = (
        {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()} for row in rows
    )
    return [Question(**row) for row in typed]


def _words(archive: Archive, number: int, lemmas: list[str]) -> list[tuple[str, str]]:
    """(surface form, lemma) of each word of a document, in order."""
    forms = []
    for name in FIELDS:
        tokens = archive.records[number].tokens[name]
        last = np.append(tokens.positions[1:] != tokens.positions[:-1], True)[: len(tokens.positions)]
        forms += [archive.analyzer.form(form) for form in tokens.forms[last].tolist()]
    return list(zip(forms, lemmas, strict=True))


def _chosen(pairs: list[tuple[str, str]], count: int, join: str, chance: random.Random) -> list[tuple[str, str]]:
    if join == "phrase":
        start = chance.randrange(len(pairs) - count + 1)
        return pairs[start : start + count]
    return chance.sample(pairs, count)


def _question(kind: str, join: str, chosen: list[tuple[str, str]], chance: random.Random) -> Question:
    forms, lemmas = (tuple(column) for column in zip(*chosen, strict=True))
    if join == "prefix":
        forms = lemmas = (lemmas[0][:4],)
    start = dt.date(chance.randrange(2005, 2020), 1, 1).toordinal() - EPOCH
    return Question(
        kind,
        join,
        forms,
        lemmas,
        days=(start, start + 3 * 365) if kind.endswith("dates") else None,
        facets=kind.endswith("facets"),
        offset=10 if kind.endswith("page 2") else 0,
        by_date=kind.endswith("by date"),
    )
