"""Damaged, mixed, newer and crafted files give an error that names the file, and nothing worse."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.documents import Document
from index.engines.whoosh import format as files
from index.engines.whoosh.format import Sections, SectionsWriter
from index.engines.whoosh.segment import Segment, open_generation
from index.engines.whoosh.toc import File, SegmentEntry, Toc, read_toc, write_toc
from index.errors import IndexDamaged, IndexMismatch
from index.generations import Store
from tests.engines.write.corpora import publish

_FAULTS = (IndexDamaged, IndexMismatch)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generation with long lists, several documents a block, deletions and two segments."""
    store = Store(tmp_path_factory.mktemp("index"))
    texts = ["Мэр города стали. Токаев", "премьер-министр " * 3, "и Мэр. и города. " * 40]
    publish(
        store,
        [Document(f"{n}", "Мэр", texts[n % 3], source=f"s{n % 2}", tags=("юг", f"t{n % 7}")) for n in range(1100)],
    )
    return publish(store, [Document("новый", "Токаев", "города")], ["5", "6"]).folder


def read_everything(segment: Segment) -> None:
    """Every method of a segment, over all it has."""
    forms = segment.forms.keys(0, len(segment.forms))
    for form in forms:
        segment.forms.find(form)
        segment.lemma_set(form)
    segment.forms.range("м")
    list(segment.lemma_sets())
    for lemma in range(len(segment.lemmas)):
        segment.lemma_forms(lemma)
    segment.postings(np.arange(segment.lists))
    _ = segment.sentence_at, segment.id_docs
    for field in ("source", "tag", "author"):
        segment.keyword(field).of(0)
    for number in range(0, segment.documents, 99):
        segment.find(segment.doc_id(number))
        segment.document(number)


T = TypeVar("T")


def attempt(action: Callable[[], T]) -> tuple[T | None, str]:
    """What *action* returns, or what the error of ours says; any other error goes through."""
    try:
        return action(), ""
    except _FAULTS as error:
        return None, str(error)


def changed(folder: Path, name: str, data: bytes, target: Path) -> Path:
    """A copy of the generation where the file *name* has other bytes."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    (target / name).write_bytes(data)
    return target


def parts(folder: Path) -> Iterator[str]:
    """Names of the files of the engine."""
    return (path.name for path in sorted(folder.iterdir()) if path.suffix in (".seg", ".lem", ".del", ".toc"))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_flipped_byte_is_found_by_verify_and_never_worse_than_an_error(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from([name for name in parts(folder) if not name.endswith(".toc")]))
    content = bytearray((folder / name).read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    copy = changed(folder, name, bytes(content), tmp_path_factory.getbasetemp() / "flipped")
    segments, error = attempt(lambda: open_generation(copy))
    if segments is None:
        assert name in error
        return
    found = [fault for segment in segments for fault in segment.verify()]
    assert len(found) == 1
    assert name in found[0]
    for segment in segments:
        _, error = attempt(partial(read_everything, segment))
        assert not error or segment.name in error


def test_a_lemma_table_whose_numbers_have_no_end_is_named(folder: Path) -> None:
    table = open_generation(folder)[0].lemma_table
    table._forms = np.full_like(table._forms, 0xFF)
    for ask in (lambda: table.forms_of(0), lambda: table.lemma_set(0)):
        with pytest.raises(IndexDamaged, match=r"\.lem: "):
            ask()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_flip_in_a_header_or_a_table_of_contents_is_found_on_opening(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(list(parts(folder))))
    content = bytearray((folder / name).read_bytes())
    header = len(content) if name.endswith(".toc") else 32 + 64 * int.from_bytes(content[12:16], "little")
    at = data.draw(st.integers(0, header - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(_FAULTS, match=name):
        open_generation(changed(folder, name, bytes(content), tmp_path_factory.getbasetemp() / "headers"))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_file_cut_anywhere_is_refused_on_opening(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(list(parts(folder))))
    content = (folder / name).read_bytes()
    cut = content[: data.draw(st.integers(0, len(content) - 1))]
    with pytest.raises(_FAULTS, match=name):
        open_generation(changed(folder, name, cut, tmp_path_factory.getbasetemp() / "cut"))


@pytest.mark.parametrize("kind", ["seg", "lem", "del", "toc"])
def test_a_missing_file_is_named(folder: Path, tmp_path: Path, kind: str) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    victim = next((tmp_path / "copy").glob(f"*.{kind}"))
    victim.unlink()
    with pytest.raises(IndexDamaged, match=r"toc" if kind == "toc" else victim.name):
        open_generation(tmp_path / "copy")


def test_a_file_of_another_segment_is_refused_though_it_is_whole(folder: Path, tmp_path: Path) -> None:
    first, second = sorted(path.name for path in folder.glob("*.lem"))
    copy = changed(folder, first, (folder / second).read_bytes(), tmp_path / "copy")
    with pytest.raises(IndexMismatch, match=first):
        open_generation(copy)


def test_a_newer_file_names_its_format_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sections = SectionsWriter(tmp_path)
    sections.put("dates", np.zeros(3, np.int32))
    monkeypatch.setattr(files, "FORMAT_VERSION", files.FORMAT_VERSION + 1)
    sections.write(tmp_path / "new.seg")
    monkeypatch.undo()
    newer, ours = files.FORMAT_VERSION + 1, files.FORMAT_VERSION
    with pytest.raises(IndexMismatch, match=rf"new\.seg.*format {newer}, this program reads {ours}.*--rebuild"):
        Sections(tmp_path / "new.seg")


@st.composite
def _crafted(draw: st.DrawFn) -> dict[str, NDArray[Any]]:
    """Sections with the right names and any contents."""
    kinds = st.sampled_from([np.uint8, np.uint16, np.uint32, np.uint64, np.int32])
    names = st.sampled_from(["forms.heads", "forms.data", "dates", "counts", "doc_bytes", "stored.at", "tag.counts"])
    return {
        name: np.array(draw(st.lists(st.integers(0, 255), max_size=40)), draw(kinds))
        for name in draw(st.sets(names, max_size=7))
    }


@settings(max_examples=60, deadline=None)
@given(_crafted())
def test_a_crafted_file_with_true_checksums_is_refused(
    tmp_path_factory: pytest.TempPathFactory, crafted: dict[str, NDArray[Any]]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    path = folder / "crafted.seg"
    path.unlink(missing_ok=True)
    sections = SectionsWriter(folder)
    for name, array in crafted.items():
        sections.put(name, array)
    identity = sections.write(path)
    with pytest.raises(IndexDamaged, match=r"crafted\.seg"):
        Segment(folder, SegmentEntry("crafted", 3, 0, (0, 0, 0), {"seg": File("crafted.seg", identity)}))


def test_a_name_in_the_table_of_contents_cannot_leave_the_folder(tmp_path: Path) -> None:
    entry = SegmentEntry("x", 1, 0, (0, 0, 0), {"seg": File("../../etc/passwd", 1)})
    write_toc(tmp_path, 1, Toc("a", (entry,)))
    with pytest.raises(IndexDamaged, match=r"_MAIN_1\.toc"):
        read_toc(tmp_path)


def test_closing_a_segment_lets_go_of_its_files(folder: Path) -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = open_files()
    for segment in open_generation(folder):
        read_everything(segment)
        segment.close()
    assert open_files() == before
