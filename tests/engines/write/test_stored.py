"""Stored documents come back as they were written, and from a damaged file not at all."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Document
from index.engines.whoosh.format import Sections, SectionsWriter
from index.engines.whoosh.stored import Stored, packed, put_stored
from index.errors import IndexDamaged

# Lone surrogates stand in texts of broken programs.
_TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)
_DOCUMENTS = st.builds(
    Document,
    id=_TEXTS,
    title=_TEXTS,
    text=_TEXTS,
    date=st.none() | st.dates(),
    url=_TEXTS,
    source=_TEXTS,
    authors=st.lists(_TEXTS, max_size=3).map(tuple),
    tags=st.lists(_TEXTS, max_size=3).map(tuple),
)


def written(documents: list[Document], path: Path) -> Sections:
    """A file of these documents alone."""
    entries = [packed(document) for document in documents]
    sections = SectionsWriter(path.parent)
    put_stored(sections, len(entries), entries.__getitem__)
    path.unlink(missing_ok=True)
    sections.write(path)
    return Sections(path)


def news(count: int) -> list[Document]:
    """Documents that have much in common."""
    text = "В городе Алматы сегодня состоялось заседание, сообщает пресс-служба акимата. Номер {n}, всего {m} человек."
    day = dt.date(2026, 1, 1)
    return [Document(f"{n}", f"Заседание {n}", text.format(n=n, m=n * n), day, tags=("город",)) for n in range(count)]


@settings(max_examples=100, deadline=None)
@given(st.lists(_DOCUMENTS, max_size=5))
def test_any_documents_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, own: list[Document]) -> None:
    stored = Stored(written(own, tmp_path_factory.getbasetemp() / "any.seg"), len(own))
    assert [stored.document(number) for number in range(len(own))] == own


@pytest.mark.parametrize("count", [0, 1, 40, 3_000])
def test_few_documents_come_back_and_many(tmp_path: Path, count: int) -> None:
    sections = written(news(count), tmp_path / "news.seg")
    stored = Stored(sections, count)
    assert [stored.document(number) for number in range(count)] == news(count)
    assert bool(sections.sizes()["stored.dictionary"]) == (count > 1_000), "a dictionary pays for many"


def test_what_many_have_in_common_is_written_once(tmp_path: Path) -> None:
    """A third of what zstd makes of each by itself."""
    alone, sizes = written(news(40), tmp_path / "few.seg").sizes(), written(news(3_000), tmp_path / "many.seg").sizes()
    assert sizes["stored.data"] / 3_000 < alone["stored.data"] / 40 / 3


def test_a_document_of_twenty_million_characters_is_one_of_many(tmp_path: Path) -> None:
    own = [*news(3_000), Document("long", text="слово за слово " * 1_300_000)]
    assert Stored(written(own, tmp_path / "long.seg"), len(own)).document(3_000) == own[-1]


@pytest.mark.parametrize("section", ["stored.dictionary", "stored.data"])
def test_a_changed_byte_is_refused_and_never_shown(tmp_path: Path, section: str) -> None:
    documents = news(2_000)
    sections = written(documents, tmp_path / "whole.seg")
    arrays = {
        name: sections.array(name, "<u8" if name == "stored.at" else "<u1")
        for name in ("stored.dictionary", "stored.data", "stored.at")
    }
    refused = 0
    for at in np.linspace(0, len(arrays[section]) - 1, 60, dtype=int).tolist():
        changed = SectionsWriter(tmp_path)
        for name, own in arrays.items():
            if name == section:
                own = own.copy()
                own[at] ^= 0x55
            changed.put(name, own)
        changed.write(tmp_path / f"{at}.seg")
        stored = Stored(Sections(tmp_path / f"{at}.seg"), len(documents))
        for number, document in enumerate(documents):
            try:
                assert stored.document(number) == document
            except IndexDamaged:
                refused += 1
    assert refused


def test_a_document_that_is_not_there_is_refused(tmp_path: Path) -> None:
    stored = Stored(written(news(3), tmp_path / "three.seg"), 3)
    for number in (-1, 3):
        with pytest.raises(IndexDamaged, match="no frame"):
            stored.document(number)


def test_sections_that_do_not_fit_the_documents_are_refused(tmp_path: Path) -> None:
    sections = written(news(3), tmp_path / "three.seg")
    with pytest.raises(IndexDamaged, match="4 documents"):
        Stored(sections, 4)
