"""Small archives for tests of the files: strategies, and what an index of them must hold, said in plain Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from index.build import records
from index.documents import Document
from index.engines.whoosh import varint
from index.engines.whoosh.keys import form_of
from index.engines.whoosh.segment import NO_DATE, Segment, open_generation
from index.engines.whoosh.writer import Writer
from index.generations import Generation, Store
from index.records import FIELDS, Record
from index.text import Analyzer

ANALYZER = Analyzer()
WORDS = (
    "Токаев",
    "токаев",
    "ТОКАЕВ",
    "мэр",
    "мэра",
    "Мэр",
    "город",
    "города",
    "стали",
    "премьер-министр",
    "2024",
    "и",
    "РК",
)

_words = st.sampled_from(WORDS)
_sentence = st.lists(_words, min_size=1, max_size=8).map(lambda words: " ".join(words) + ".")
_paragraph = st.lists(_sentence, min_size=1, max_size=3).map(" ".join)
_caption = st.lists(_words, min_size=1, max_size=3).map(lambda words: "Фото: " + " ".join(words))
_long = st.lists(_words, min_size=101, max_size=140).map(" ".join)
_texts = st.lists(_paragraph | _caption | _long, max_size=3).map("\n".join)
_dates = st.none() | st.dates(dt.date(1969, 12, 30), dt.date(1970, 1, 3))
_values = st.sampled_from(("", "Вести", "Дни", "ё", "Zeit"))


def documents(ids: st.SearchStrategy[str]) -> st.SearchStrategy[Document]:
    """Documents of few words, so that many share them."""
    return st.builds(
        Document,
        id=ids,
        title=st.lists(_words, max_size=4).map(" ".join),
        text=_texts,
        date=_dates,
        url=st.just(""),
        source=_values,
        authors=st.lists(_values, max_size=2).map(tuple),
        tags=st.lists(_values, max_size=3).map(tuple),
    ).filter(lambda document: bool(document.title.strip() or document.text.strip()))


IDS = st.sampled_from([f"док/{number}" for number in range(8)])


def analysed(found: Iterable[Document]) -> list[Record]:
    """*found* as build.py hands them to a writer."""
    return list(records(list(found), ANALYZER))


def publish(
    store: Store,
    added: Iterable[Document],
    removed: Iterable[str] = (),
    *,
    fresh: bool = False,
    memory_mb: int = 64,
    analyzer: Analyzer = ANALYZER,
) -> Generation:
    """A generation on top of the current one, or with *fresh* of these documents alone."""
    with store.writing():
        current = store.current() if store.names() else None
        writer = Writer(
            store.begin(None if fresh else current, previous=current), analyzer, memory_mb=memory_mb, jobs=1
        )
        for record in records(list(added), analyzer):
            writer.add(record)
        for doc_id in removed:
            writer.delete(doc_id)
        return writer.publish()


def expected(found: Mapping[str, Document]) -> dict[str, Any]:
    """What an index of *found* holds, told from the tokens one by one."""
    postings: dict[str, dict[str, dict[str, list[int]]]] = {}
    lengths, sentences = {}, {}
    for record in analysed(found.values()):
        doc_id = record.document.id
        lengths[doc_id] = tuple(len(set(record.tokens[field].positions.tolist())) for field in FIELDS)
        text = record.tokens["text"]
        first: dict[int, int] = {}
        for sentence, position in zip(text.sentences.tolist(), text.positions.tolist(), strict=True):
            first.setdefault(sentence, position)
        sentences[doc_id] = sorted(first.values())[1:]
        for field in FIELDS:
            tokens = record.tokens[field]
            for form, position in zip(tokens.forms.tolist(), tokens.positions.tolist(), strict=True):
                places = postings.setdefault(ANALYZER.form(form), {}).setdefault(doc_id, {name: [] for name in FIELDS})
                places[field].append(position)
    return {
        "documents": {record.document.id: record.document for record in analysed(found.values())},
        "postings": postings,
        "lengths": lengths,
        "sentences": sentences,
        "lemmas": {form: [lemma.text for lemma in ANALYZER.lemmas(form)] for form in postings},
        "totals": tuple(sum(row[at] for row in lengths.values()) for at in range(len(FIELDS))),
    }


def held(folder: Path) -> dict[str, Any]:
    """What the generation in *folder* holds, in the same terms, without what is deleted."""
    holding: dict[str, Any] = {name: {} for name in ("documents", "postings", "lengths", "sentences", "lemmas")}
    totals = np.zeros(len(FIELDS), int)
    for segment in open_generation(folder):
        _add_documents(segment, holding)
        _add_postings(segment, holding)
        totals += segment.live_totals
        assert segment.verify() == []
        segment.close()
    return {**holding, "totals": tuple(totals.tolist())}


def _is_live(segment: Segment, number: int) -> bool:
    return segment.deleted is None or not segment.deleted[number]


def _add_documents(segment: Segment, holding: dict[str, Any]) -> None:
    for number in range(segment.documents):
        if not _is_live(segment, number):
            continue
        document = segment.document(number)
        assert document.id not in holding["documents"], "a document is there twice"
        assert segment.doc_id(number) == document.id
        assert segment.find(document.id) == number
        assert segment.keyword("tag").of(number) == sorted({tag for tag in document.tags if tag})
        assert segment.keyword("author").of(number) == sorted({author for author in document.authors if author})
        assert segment.keyword("source").of(number) == [document.source] * bool(document.source)
        day = NO_DATE if document.date is None else (document.date - dt.date(1970, 1, 1)).days
        assert segment.dates[number] == day
        holding["documents"][document.id] = document
        holding["lengths"][document.id] = tuple(int(lengths[number]) for lengths in segment.lengths)
        at = segment.sentence_at[number : number + 2].tolist()
        holding["sentences"][document.id] = np.cumsum(varint.decode(segment.sentence_bytes[slice(*at)])).tolist()


def _add_postings(segment: Segment, holding: dict[str, Any]) -> None:
    """Every list, unpacked number by number: the other way is what is tested."""
    forms = [form_of(key) for key in segment.forms.keys(0, len(segment.forms))]
    table, numbers = segment.form_lists, np.arange(segment.lists)
    counted = [0] * len(forms)
    first, doc_at, pos_at = segment.list_posting.tolist(), segment.list_doc.at(numbers), segment.list_pos.at(numbers)
    docs, bits = segment.doc_bytes.tobytes(), int.from_bytes(segment.pos_bytes.tobytes(), "little")
    for number, at, pos in zip(numbers.tolist(), doc_at.tolist(), pos_at.tolist(), strict=True):
        own = table.forms[table.starts[number] : table.starts[number + 1]].tolist()
        bit = 8 * pos
        for nth, (doc, place, row) in enumerate(_postings(docs, at, first[number + 1] - first[number])):
            if nth % 128 == 0:
                bit = -(-bit // 8) * 8
            counted[own[place]] += 1
            places, bit = _positions(segment, doc, segment.counts[row].tolist(), bits, bit)
            if _is_live(segment, doc):
                form = forms[own[place]]
                assert segment.doc_id(doc) not in holding["postings"].setdefault(form, {}), "a posting is there twice"
                holding["postings"][form][segment.doc_id(doc)] = places
                holding["lemmas"][form] = [lemma.text for lemma in segment.lemma_set(form) or ()]
    assert counted == np.diff(segment.form_postings).tolist()


def _positions(segment: Segment, doc: int, counts: list[int], bits: int, bit: int) -> tuple[dict[str, list[int]], int]:
    """Where a word stands in each field of the document *doc*, read from *bit* on, and the bit after that."""
    title, text, aside = (int(lengths[doc]) for lengths in segment.lengths)
    kinds = ("title", 0, title), ("text", 0, min(text, 100)), ("text", 100, max(text - 100, 0)), ("aside", 0, aside)
    places: dict[str, list[int]] = {field: [] for field in FIELDS}
    for (field, base, room), count in zip(kinds, counts, strict=True):
        width = max(room - 1, 0).bit_length()
        for _ in range(count):
            places[field].append(base + (bits >> bit & (1 << width) - 1))
            bit += width
    return places, bit


def _postings(data: bytes, at: int, count: int) -> Iterator[tuple[int, int, int]]:
    """Documents, places of forms and rows of a list of *count* postings, as docs/format.md tells them."""
    doc = 0
    for start in range(0, count, 128):
        size = min(count - start, 128)
        head, place_width, far_count, far_width = data[at], 0, 0, 0
        at += 1
        if head & 64:
            place_width = data[at]
            at += 1
        if head & 128:
            far_count, far_width = data[at], data[at + 1]
            at += 2
        numbers, at = _packed(data, at, size, head & 63)
        far, at = _packed(data, at, far_count, far_width)
        following = iter(far)
        for number in numbers:
            doc += number >> 4 + place_width
            row = number & 15
            place = number >> 4 & (1 << place_width) - 1
            yield doc, place, row + next(following) if row == 15 and far_count else row


def _packed(data: bytes, at: int, count: int, width: int) -> tuple[list[int], int]:
    """*count* numbers of *width* bits, and where what follows them starts."""
    end = at + (count * width + 7) // 8
    bits = int.from_bytes(data[at:end], "little")
    return [bits >> number * width & (1 << width) - 1 for number in range(count)], end
