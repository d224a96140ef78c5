"""A new lexicon makes lemma tables anew; documents are neither analysed nor written again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from index.build import Report, build
from index.documents import Document
from index.engines.whoosh.segment import open_generation
from index.engines.whoosh.toc import read_toc
from index.engines.whoosh.writer import Writer
from index.errors import IndexMismatch
from index.generations import Store, faults
from index.text import Analyzer, Batch

NEWS = [Document(str(number), f"Снегопад {number}", "В Кенсае выпал снег.") for number in range(5)]


class Watched(Analyzer):
    """The analysis, with a count of the texts it was given."""

    seen = 0

    def stream_many(self, texts: Sequence[str]) -> Batch:
        self.seen += len(texts)
        return super().stream_many(texts)


def run(store: Store, documents: Sequence[Document], analyzer: Analyzer, *, keep: bool = False) -> Report:
    return build(
        documents,
        store,
        analyzer=analyzer,
        open_writer=lambda draft, analyzer: Writer(draft, analyzer, memory_mb=64, jobs=1),
        keep=keep,
    )


@pytest.fixture
def lexicon(tmp_path: Path) -> Path:
    path = tmp_path / "own.txt"
    path.write_text("[равно]\nметель = снегопад\n", "utf-8")
    return path


def lemmas(store: Store, form: str) -> set[str]:
    """The lemmas that every segment with *form* gives it."""
    found = [segment.lemma_set(form) for segment in open_generation(store.current().folder)]
    (same,) = {frozenset(lemma.text for lemma in lemmas) for lemmas in found if lemmas}
    return set(same)


def test_no_document_is_analysed_or_written_again(tmp_path: Path, lexicon: Path) -> None:
    store = Store(tmp_path / "index")
    run(store, NEWS, Analyzer())
    before = store.current()
    assert "метель" not in lemmas(store, "Снегопад")
    changed = Watched(lexicons=[lexicon])
    report = run(store, NEWS, changed)
    assert (report.unchanged, report.published, changed.seen) == (5, True, 0)
    after = store.current()
    assert "метель" in lemmas(store, "Снегопад")
    assert after.versions["analysis"] == read_toc(after.folder).analysis == changed.fingerprint
    (entry,) = read_toc(after.folder).segments
    name = entry.files["seg"].name
    assert (after.folder / name).stat().st_ino == (before.folder / name).stat().st_ino
    assert faults(after) == []
    assert not run(store, NEWS, changed).published


def test_new_documents_come_with_it_and_others_may_stay(tmp_path: Path, lexicon: Path) -> None:
    store = Store(tmp_path / "index")
    run(store, NEWS, Analyzer())
    changed = Watched(lexicons=[lexicon])
    report = run(store, [Document("new", "Снегопад", "снова")], changed, keep=True)
    assert (report.added, changed.seen, store.current().documents) == (1, 3, 6)
    assert "метель" in lemmas(store, "Снегопад")


def test_other_rules_for_tokens_take_every_document_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "index")
    run(store, NEWS, Analyzer())
    monkeypatch.setattr("index.text.analyzer.TOKENS_VERSION", -1)
    changed = Watched()
    with pytest.raises(IndexMismatch, match="without --add"):
        run(store, NEWS, changed, keep=True)
    assert run(store, NEWS, changed).published
    assert changed.seen == 3 * len(NEWS)
