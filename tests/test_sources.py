"""Finding the files of a source, naming their documents, and going on past what is bad."""

from __future__ import annotations

import datetime as dt
import lzma
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import orjson
import pytest

from index.documents import Document, Rejection, flaw
from index.errors import SourceError
from index.sources import read

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample"


def documents(*sources: Path | str) -> list[Document]:
    """The documents of *sources*, none of which may be refused."""
    items = list(read(sources))
    assert [str(item) for item in items if isinstance(item, Rejection)] == []
    return [item for item in items if isinstance(item, Document)]


def rejections(*sources: Path | str) -> list[Rejection]:
    return [item for item in read(sources) if isinstance(item, Rejection)]


def ids(items: Iterable[Document]) -> list[str]:
    return [item.id for item in items]


def write(path: Path, content: str | bytes = "Текст новости.\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def lines(*items: object) -> bytes:
    return b"".join(orjson.dumps(item) + b"\n" for item in items)


# Sources


def test_every_document_of_the_sample_archive_is_read() -> None:
    found = documents(SAMPLE)
    kinds = {Path(item.id).suffix for item in found if (SAMPLE / item.id).exists()}
    assert len(found) >= 100
    assert kinds == {".txt", ".html", ".docx", ".pdf"}
    assert len({item.source for item in found}) >= 4
    assert all(item.source for item in found)


def test_every_file_of_the_sample_archive_gives_a_document() -> None:
    for path in SAMPLE.rglob("*.*"):
        if not path.name.lower().startswith("readme"):
            assert documents(path), path


def test_a_folder_is_read_in_order_of_names_and_names_documents_by_their_path(tmp_path: Path) -> None:
    for name in ("б/2.txt", "а/в/1.txt", "я.txt", "а/1.txt"):
        write(tmp_path / name)
    assert ids(documents(tmp_path)) == ["а/1.txt", "а/в/1.txt", "б/2.txt", "я.txt"]


def test_ids_do_not_depend_on_how_the_folder_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "архив/а/1.txt")
    monkeypatch.chdir(tmp_path)
    for named in (tmp_path / "архив", Path("архив"), "архив/", "./архив/../архив"):
        assert ids(documents(named)) == ["а/1.txt"]
    monkeypatch.chdir(tmp_path / "архив")
    assert ids(documents(".")) == ["а/1.txt"]


def test_a_single_file_names_its_document_by_its_own_name(tmp_path: Path) -> None:
    (item,) = documents(write(tmp_path / "а/б/1.txt"))
    assert (item.id, item.source) == ("1.txt", "")


def test_the_first_folder_is_the_source_unless_the_data_say_another(tmp_path: Path) -> None:
    write(tmp_path / "Степной вестник/2026/1.txt")
    write(tmp_path / "Степной вестник/2.txt", " source Караван \n\nТекст.")
    write(tmp_path / "3.txt")
    write(tmp_path / "Край/4.jsonl", lines({"id": "4", "text": "т"}, {"id": "5", "text": "т", "source": "Другой"}))
    sources = {item.id: item.source for item in documents(tmp_path)}
    assert sources == {
        "Степной вестник/2026/1.txt": "Степной вестник",
        "Степной вестник/2.txt": "Караван",
        "3.txt": "",
        "4": "Край",
        "5": "Другой",
    }


def test_what_is_no_archive_is_passed_over_in_a_folder(tmp_path: Path) -> None:
    for name in (
        ".git/1.txt",
        ".скрытый.txt",
        "~$письмо.docx",
        "README.txt",
        "readme.md",
        "снимок.jpg",
        "txt",
        "Makefile",
    ):
        write(tmp_path / name)
    write(tmp_path / "Readmetal.TXT")
    assert ids(documents(tmp_path)) == ["Readmetal.TXT"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("архив/*.txt", ["1.txt"]),
        ("архив/**/*.txt", ["1.txt", "а/2.txt", "а/б/3.txt"]),
        ("архив/**", ["1.txt", "а/2.txt", "а/б/3.txt", "л"]),
        ("архив/*/?.txt", ["а/2.txt"]),
        ("архив/[аa]/**/3.txt", ["а/б/3.txt"]),
        ("архив/а*", ["а/2.txt", "а/б/3.txt"]),
        ("архив/а/*.txt", ["2.txt"]),
        ("а*/л.jsonl*", ["л"]),
    ],
)
def test_a_glob_names_documents_below_its_fixed_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, expected: list[str]
) -> None:
    for name in ("1.txt", "а/2.txt", "а/б/3.txt", "а/б/.4.txt", "снимок.jpg"):
        write(tmp_path / "архив" / name)
    write(tmp_path / "архив/л.jsonl", lines({"id": "л", "text": "т"}))
    monkeypatch.chdir(tmp_path)
    assert ids(documents(pattern)) == expected
    assert ids(documents(tmp_path / pattern)) == expected


def test_a_file_that_exists_is_no_glob_whatever_its_name(tmp_path: Path) -> None:
    assert ids(documents(write(tmp_path / "выпуск[1].txt"))) == ["выпуск[1].txt"]


@pytest.mark.parametrize("name", ["нет", "нет.txt", "*.txt", "нет/*.txt", "**/*.jsonl", "пусто", "пусто/**"])
def test_a_source_that_holds_nothing_is_an_error_before_anything_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "пусто").mkdir()
    good = write(tmp_path / "есть/1.txt")
    with pytest.raises(SourceError, match=r"no (such )?file") as caught:
        read([good, tmp_path / name])
    assert str(tmp_path / name) in str(caught.value)


def test_a_single_file_of_an_unknown_kind_is_an_error_that_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"письмо\.doc: not a kind .* \.txt \.jsonl .* \.docx .* \.gz \.xz \.zst"):
        read([write(tmp_path / "письмо.doc")])


def test_links_are_followed_and_a_link_to_a_folder_above_ends_there(tmp_path: Path) -> None:
    write(tmp_path / "архив/1.txt")
    write(tmp_path / "другой/2.txt")
    (tmp_path / "архив/вверх").symlink_to(tmp_path / "архив")
    (tmp_path / "архив/другой").symlink_to(tmp_path / "другой")
    (tmp_path / "архив/3.txt").symlink_to(tmp_path / "другой/2.txt")
    assert ids(documents(tmp_path / "архив")) == ["1.txt", "3.txt", "другой/2.txt"]


def test_names_from_a_mac_are_composed(tmp_path: Path) -> None:
    write(tmp_path / unicodedata.normalize("NFD", "Озёрный край") / "1.txt")
    (item,) = documents(tmp_path)
    assert (item.id, item.source) == ("Озёрный край/1.txt", "Озёрный край")


# Ids of items


def test_an_item_without_id_is_named_by_its_url_and_without_that_by_its_content(tmp_path: Path) -> None:
    archive = tmp_path / "а/л.jsonl"
    nameless = {"title": "Заголовок", "text": "Текст"}
    write(archive, lines({"id": 17, "text": "т"}, {"url": "https://x.example/1", "text": "т"}, nameless))
    first = ids(documents(tmp_path))
    assert first[:2] == ["17", "https://x.example/1"]
    assert first[2].startswith("а/л.jsonl#")
    write(archive, lines(nameless, nameless | {"text": "Другой"}, nameless | {"url": "https://x.example/" + "я" * 500}))
    again = [item.id for item in read([tmp_path]) if isinstance(item, Document)]
    assert again[0] == first[2]
    assert len(set(again)) == 2
    (duplicate,) = rejections(tmp_path)
    assert duplicate.line == 3


def test_a_duplicate_id_is_refused_with_both_places(tmp_path: Path) -> None:
    write(
        tmp_path / "1.jsonl",
        lines({"id": "а", "text": "первый"}, {"id": "б", "text": "т"}, {"id": "а", "text": "второй"}),
    )
    write(tmp_path / "2.csv", "id,text\nв,т\nб,т\n")
    write(tmp_path / "3.jsonl", lines({"id": "я.txt", "text": "т"}))
    write(tmp_path / "я.txt")
    within, across, one = rejections(tmp_path)
    assert (within.line, within.reason) == (3, f"duplicate id 'а', first in {tmp_path}/1.jsonl:1")
    assert (across.file, across.line) == (f"{tmp_path}/2.csv", 3)
    assert across.reason == f"duplicate id 'б', first in {tmp_path}/1.jsonl:2"
    assert (one.file, one.line) == (f"{tmp_path}/я.txt", None)
    # The first one is in the index: nothing older has to stay for the second.
    assert {within.doc_id, across.doc_id, one.doc_id} == {""}
    assert [item.text for item in read([tmp_path]) if isinstance(item, Document) and item.id == "а"] == ["первый"]


def test_a_file_found_through_two_folders_is_refused_with_both_places(tmp_path: Path) -> None:
    one, two = write(tmp_path / "1/а/н.txt"), write(tmp_path / "2/а/н.txt")
    (found,) = rejections(tmp_path / "1", tmp_path / "2")
    assert (found.file, found.reason) == (str(two), f"duplicate id 'а/н.txt', first in {one}")


# Progress


@pytest.mark.parametrize("suffix", ["", ".xz"])
def test_progress_counts_the_bytes_on_disk_up_to_all_of_them(tmp_path: Path, suffix: str) -> None:
    content = lines(*({"id": str(n), "text": os.urandom(500).hex()} for n in range(2_000)))
    write(tmp_path / f"л.jsonl{suffix}", lzma.compress(content) if suffix else content)
    write(tmp_path / "м.txt")
    total = sum(path.stat().st_size for path in tmp_path.iterdir())
    seen: list[tuple[int, int]] = []
    assert len(list(read([tmp_path], progress=lambda done, of: seen.append((done, of))))) == 2_001
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert {of for _, of in seen} == {total}
    assert seen[-1] == (total, total)
    assert len({done for done, _ in seen}) > 4


# Large archives


def test_the_large_archive_streams_in_little_memory_without_a_rejection(shared_data: Path) -> None:
    # 217 MB of text in a process that may have 120 MB for all its data, where MemoryError is the end of it.
    code = """
import resource, sys
from index.sources import read
from index.documents import Document
resource.setrlimit(resource.RLIMIT_DATA, (120_000_000, 120_000_000))
print(sum(isinstance(item, Document) or print(item) or 0 for item in read(sys.argv[1:])))
"""
    command = [sys.executable, "-c", code, str(shared_data / "news.jsonl.xz")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("175352\n", "")


def test_what_is_read_has_no_flaw_and_its_values_are_those_of_the_file(tmp_path: Path) -> None:
    item = {
        "id": "17",
        "title": " Заголовок ",
        "text": "  Текст.\r\n\r\nЕщё. ",
        "date": "2024-10-27T23:59:59-11:00",
        "url": "https://x.example/?a=1&b=2",
        "source": "Край",
        "authors": ["Мария Ланская", "Ержан"],
        "tags": ["a;b"],
    }
    (found,) = documents(write(tmp_path / "л.jsonl", lines(item)))
    assert flaw(found) is None
    assert found == Document(
        id="17",
        title=" Заголовок ",
        text="  Текст.\r\n\r\nЕщё. ",
        date=dt.date(2024, 10, 27),
        url="https://x.example/?a=1&b=2",
        source="Край",
        authors=("Мария Ланская", "Ержан"),
        tags=("a;b",),
    )
