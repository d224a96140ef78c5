"""Whatever a file holds, reading goes on: encodings told apart, archives broken, sizes bounded, nothing raised."""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import os
import random
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.documents import Document, Rejection
from index.sources import read

ROOT = Path(__file__).resolve().parent.parent
NEWS = "Министр промышленности провёл «совещание» — и № 5 подорожал.\nПресс-служба: цены на сталь выросли.\n"
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}
# One folder for all examples of a property: each overwrites the last one's file.
many_examples = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def everything(path: Path, content: bytes) -> list[Document | Rejection]:
    path.write_bytes(content)
    return list(read([path]))


def text_of(path: Path, content: bytes) -> str:
    (item,) = everything(path, content)
    assert isinstance(item, Document), item
    return item.text


def refused(path: Path, content: bytes) -> Rejection:
    (item,) = [item for item in everything(path, content) if isinstance(item, Rejection)]
    return item


def lines(count: int, *, start: int = 0) -> bytes:
    return b"".join(
        orjson.dumps({"id": str(n), "text": random.Random(n).randbytes(50).hex()}) + b"\n"
        for n in range(start, start + count)
    )


@contextmanager
def memory_below(megabytes: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * 1_000_000
    finally:
        tracemalloc.stop()


# Encodings


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf_16_be_bom", "cp1251"]
)
@pytest.mark.parametrize("name", ["н.txt", "л.jsonl", "т.csv"])
def test_the_encodings_of_russian_files_are_told_apart(tmp_path: Path, name: str, encoding: str) -> None:
    content = {
        "н.txt": NEWS,
        "л.jsonl": orjson.dumps({"id": "1", "text": NEWS.strip()}).decode() + "\n",
        "т.csv": 'id,text\n1,"' + NEWS.strip() + '"\n',
    }[name]
    bom = encoding == "utf_16_be_bom"
    packed = ("\ufeff" + content).encode("utf-16-be") if bom else content.encode(encoding)
    assert text_of(tmp_path / name, packed) == NEWS.strip()


@pytest.mark.parametrize("encoding", ["koi8-r", "cp866", "utf-32"])
def test_other_encodings_are_refused_and_not_guessed(tmp_path: Path, encoding: str) -> None:
    found = refused(
        tmp_path / "н.txt",
        NEWS.replace("№", "N").replace("—", "-").replace("«", '"').replace("»", '"').encode(encoding),
    )
    assert found.reason.startswith("not text: ")
    assert found.doc_id == "н.txt"


def test_a_western_text_is_not_taken_for_cp1251(tmp_path: Path) -> None:
    assert refused(tmp_path / "н.txt", "Le café était très fréquenté, señor.".encode("cp1252")).reason.startswith(
        "not text"
    )


@pytest.mark.parametrize("name", ["н.txt", "л.jsonl", "т.csv", "л.xml", "с.html"])
def test_a_binary_file_is_refused_as_a_whole(tmp_path: Path, name: str) -> None:
    binary = random.Random(7).randbytes(100_000)
    found = refused(tmp_path / name, binary)
    assert found.reason.startswith("not text: ")
    assert found.cut == (name in ("л.jsonl", "т.csv", "л.xml"))


def test_utf8_with_a_wrong_byte_is_refused_and_not_taken_for_cp1251(tmp_path: Path) -> None:
    assert refused(tmp_path / "н.txt", NEWS.encode() * 20 + b"\xff").reason.startswith("not text: neither UTF-8")


@pytest.mark.parametrize("name", ["л.jsonl", "т.csv"])
def test_a_wrong_byte_in_an_archive_costs_its_line_only(tmp_path: Path, name: str) -> None:
    good = [
        f'{{"id": "{n}", "text": "стали"}}\n'.encode() if name == "л.jsonl" else f"{n},стали\n".encode()
        for n in range(9)
    ]
    head = b"" if name == "л.jsonl" else b"id,text\n"
    for wrong in (b"\xff", b"\0"):
        if (name, wrong) == ("т.csv", b"\0"):
            continue  # a character like others to csv
        bad = good[4].replace("стали".encode(), "ста".encode() + wrong + "ли".encode())
        found = everything(tmp_path / name, head + b"".join([*good[:4], bad, *good[5:]]))
        assert [item.id for item in found if isinstance(item, Document)] == list("01235678")
        (rejection,) = [item for item in found if isinstance(item, Rejection)]
        assert (rejection.line, rejection.cut) == (5 + bool(head), False)


def test_a_wrong_byte_in_a_row_of_several_lines_costs_this_row_only(tmp_path: Path) -> None:
    content = 'id,text\n1,"стали"\n2,"ста|ли\n"",сталью"\n3,"стали"\n'.encode().replace(b"|", b"\xff")
    first, found, last = everything(tmp_path / "т.csv", content)
    assert isinstance(first, Document)
    assert found == Rejection(str(tmp_path / "т.csv"), 3, "byte 9 of line 3 is no UTF-8", "2")
    assert isinstance(last, Document)


def test_a_wrong_byte_in_a_cp1251_archive_costs_its_line_only(tmp_path: Path) -> None:
    content = "".join(f'{{"id": "{n}", "text": "цены на сталь"}}\n' for n in range(9)).encode("cp1251")
    at = content.index(b'"5"')
    found = everything(tmp_path / "л.jsonl", content[: at + 15] + b"\x98" + content[at + 15 :])
    assert [item.id for item in found if isinstance(item, Document)] == list("01234678")


def test_utf16_that_ends_within_a_character_means_that_more_is_missing(tmp_path: Path) -> None:
    content = lines(3).decode().encode("utf-16")
    found = everything(tmp_path / "л.jsonl", content[:-1])
    assert [type(item) for item in found] == [Document, Document, Rejection]
    assert found[2] == Rejection(str(tmp_path / "л.jsonl"), 2, "breaks off within a character", cut=True)


anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@many_examples
@given(anything, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_text_in_unicode_reads_back(tmp_path: Path, text: str, encoding: str) -> None:
    # Closed in words, so that it has no header and no blank lines around it, which are not part of the text.
    text = f"Слово{text}дело"
    assert text_of(tmp_path / "н.txt", text.encode(encoding)) == text.replace("\r\n", "\n").replace("\r", "\n")


@many_examples
@given(st.lists(st.tuples(anything, anything)), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_texts_in_json_lines_read_back(tmp_path: Path, texts: list[tuple[str, str]], encoding: str) -> None:
    rows = [{"id": f"{n}", "title": f"З{title}", "text": text} for n, (title, text) in enumerate(texts)]
    content = "".join(orjson.dumps(row).decode() + "\n" for row in rows).encode(encoding)
    found = everything(tmp_path / "л.jsonl", content)
    assert found == [Document(id=row["id"], title=row["title"], text=row["text"]) for row in rows]


@many_examples
@given(st.lists(st.tuples(anything, anything)), st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "utf-16"]))
def test_any_texts_in_a_table_read_back(
    tmp_path: Path, texts: list[tuple[str, str]], delimiter: str, encoding: str
) -> None:
    rows = [(f"{n}", f"З{title}", text) for n, (title, text) in enumerate(texts)]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([("id", "title", "text"), *rows])
    found = everything(tmp_path / "т.csv", out.getvalue().encode(encoding))
    assert found == [Document(id=doc_id, title=title, text=text) for doc_id, title, text in rows]


# The first word is a real one: «аёё» alone would be right UTF-8 for a Thai letter, too.
russian = st.lists(st.from_regex(r"[А-Я]?[а-яё]{2,12}[,.]?", fullmatch=True)).map(
    lambda some: " ".join(["Сталь", *some])
)


@many_examples
@given(russian, st.sampled_from(["cp1251", "utf-16-le", "utf-16-be", "utf-8"]))
def test_any_russian_words_without_a_mark_read_back(tmp_path: Path, text: str, encoding: str) -> None:
    assert text_of(tmp_path / "н.txt", text.encode(encoding)) == text


# Files that cannot be read


def test_a_file_that_has_gone_is_refused_and_its_document_stays(tmp_path: Path) -> None:
    (tmp_path / "1.txt").symlink_to(tmp_path / "нет")
    (tmp_path / "2.jsonl").symlink_to(tmp_path / "нет")
    (tmp_path / "3.txt").write_text("Текст.")
    text, archive, good = read([tmp_path])
    reason = "cannot be read: No such file or directory"
    assert text == Rejection(str(tmp_path / "1.txt"), None, reason, "1.txt")
    assert archive == Rejection(str(tmp_path / "2.jsonl"), None, reason, cut=True)
    assert isinstance(good, Document)


def test_a_folder_that_goes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    for name in ("а", "б", "в"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.txt").write_text("Текст.")
    items = read([tmp_path])
    assert isinstance(next(items), Document)
    (tmp_path / "б/1.txt").unlink()
    (tmp_path / "б").rmdir()
    gone, good = items
    assert gone == Rejection(str(tmp_path / "б"), None, "folder cannot be read: No such file or directory", cut=True)
    assert isinstance(good, Document)


def test_what_one_may_not_read_is_refused(tmp_path: Path) -> None:
    for name in ("1.txt", "а/2.txt", "3.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Текст.")
    (tmp_path / "1.txt").chmod(0)
    (tmp_path / "а").chmod(0)
    if os.access(tmp_path / "1.txt", os.R_OK):
        pytest.skip("root may read everything")
    try:
        file, good, folder = read([tmp_path])
    finally:
        (tmp_path / "а").chmod(0o700)
    assert file == Rejection(str(tmp_path / "1.txt"), None, "cannot be read: Permission denied", "1.txt")
    assert folder == Rejection(str(tmp_path / "а"), None, "folder cannot be read: Permission denied", cut=True)
    assert isinstance(good, Document)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "1.txt")
    os.mkfifo(tmp_path / "2.jsonl")
    assert [str(item) for item in read([tmp_path])] == [
        f"{tmp_path}/1.txt: not a regular file",
        f"{tmp_path}/2.jsonl: not a regular file",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems refuse such names")
def test_a_name_that_is_no_unicode_is_refused_in_words_that_can_be_printed(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xf1\xf2\n.txt")).write_text("Текст.")
    (found,) = read([tmp_path])
    assert isinstance(found, Rejection)
    assert found.file.encode().endswith("\ufffd\ufffd\\n.txt".encode())
    assert str(found).isprintable()


@pytest.mark.parametrize("suffix", PACKERS)
def test_an_archive_that_breaks_off_gives_what_it_has_and_says_that_more_is_missing(
    tmp_path: Path, suffix: str
) -> None:
    packed = PACKERS[suffix](lines(20_000))
    found = everything(tmp_path / f"л.jsonl{suffix}", packed[: len(packed) // 2])
    *good, last = found
    assert all(isinstance(item, Document) for item in good)
    assert len(good) > 5_000
    assert isinstance(last, Rejection)
    assert (last.line, last.cut, last.doc_id) == (len(good), True, "")
    assert last.reason == f"the {suffix} archive breaks off"


@pytest.mark.parametrize("suffix", PACKERS)
def test_an_archive_that_is_damaged_or_none_is_refused(tmp_path: Path, suffix: str) -> None:
    packed = bytearray(PACKERS[suffix](lines(20_000)))
    for byte in range(len(packed) // 2, len(packed) // 2 + 20):
        packed[byte] ^= 0xFF
    name = f"л.jsonl{suffix}"
    damaged = everything(tmp_path / name, bytes(packed))[-1]
    assert isinstance(damaged, Rejection)
    assert damaged.cut
    assert damaged.reason.startswith(f"broken {suffix} archive: ")
    assert refused(tmp_path / name, b'{"id": "1", "text": "a"}\n').reason.startswith(f"broken {suffix} archive: ")
    assert refused(tmp_path / name, b"").reason == f"the {suffix} archive breaks off"
    assert refused(tmp_path / f"н.txt{suffix}", b"").doc_id == f"н.txt{suffix}"


def test_an_archive_that_wants_all_memory_is_refused(tmp_path: Path) -> None:
    packed = bytearray(lzma.compress(lines(3)))
    # The block header stands after 12 bytes: its size, flags, filter, and what the filter claims: 40 is 4 GB.
    end = 12 + (packed[12] + 1) * 4
    packed[16] = 40
    packed[end - 4 : end] = zlib.crc32(packed[12 : end - 4]).to_bytes(4, "little")
    found = refused(tmp_path / "л.jsonl.xz", bytes(packed))
    assert found.reason == "broken .xz archive: Memory usage limit exceeded"


# Sizes


def test_a_file_too_large_for_a_document_is_refused_without_being_read(tmp_path: Path) -> None:
    for name in ("1.txt", "2.html", "3.docx", "4.pdf", "5.xml"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(1 << 40)  # takes no place on disk, and a day to read
    found = list(read([tmp_path]))
    assert [(Path(item.file).name, item.reason) for item in found if isinstance(item, Rejection)] == [
        ("1.txt", "more than 50 MB; split it"),
        ("2.html", "more than 20 MB; split it"),
        ("3.docx", "more than 50 MB; split it"),
        ("4.pdf", "more than 50 MB; split it"),
        ("5.xml", "more than 20 MB; split it"),
    ]


def bomb(part: bytes, megabytes: int) -> bytes:
    """*part* again and again, packed into some kilobytes."""
    out = io.BytesIO()
    with zstandard.ZstdCompressor().stream_writer(out, closefd=False) as packer:
        for _ in range(megabytes):
            packer.write(part * (1_000_000 // len(part)))
    return out.getvalue()


def test_a_line_too_large_is_refused_in_bounded_memory_and_the_rest_goes_on(tmp_path: Path) -> None:
    packed = bomb(b"x", 400) + PACKERS[".zst"](b"\n" + lines(2))
    (tmp_path / "л.jsonl.zst").write_bytes(PACKERS[".zst"](lines(1, start=7) + b'{"id": "8", "text": "') + packed)
    assert (tmp_path / "л.jsonl.zst").stat().st_size < 100_000
    with memory_below(200):
        first, found, *rest = read([tmp_path])
    assert isinstance(first, Document)
    assert found == Rejection(str(tmp_path / "л.jsonl.zst"), 2, "a line of more than 50 MB; split it", doc_id="8")
    assert [item.id for item in rest if isinstance(item, Document)] == ["0", "1"]


def test_a_row_too_large_is_refused_once_in_bounded_memory_and_the_rest_goes_on(tmp_path: Path) -> None:
    # In lines, as a text in quotes is, and as one line.
    for part in (b"a" * 9_998 + b",\n", b"a" * 10_000):
        packed = PACKERS[".zst"](b'id,date,text\n1,,t\n2,,"') + bomb(part, 90) + PACKERS[".zst"](b'"\n3,,t\n4,,t\n')
        (tmp_path / "т.csv.zst").write_bytes(packed)
        with memory_below(500):
            first, found, *rest = read([tmp_path])
        assert isinstance(first, Document)
        assert isinstance(found, Rejection)
        assert (found.line, found.reason, found.cut) == (3, "a row of more than 50 MB; split it", False)
        assert found.doc_id == ("2" if part.endswith(b"\n") else "")
        assert [item.id for item in rest if isinstance(item, Document)] == ["3", "4"]
        assert all(isinstance(item, Document) for item in rest)


@pytest.mark.parametrize("name", ["н.txt.zst", "с.html.zst", "л.xml.zst", "д.pdf.zst", "д.docx.zst"])
def test_a_document_that_unpacks_without_end_is_refused_in_bounded_memory(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(bomb(b"a", 500))
    with memory_below(200):
        (found,) = read([tmp_path])
    assert isinstance(found, Rejection)
    assert found.reason.endswith("MB; split it")


# Anything at all

SAMPLES = {
    "н.txt": " date 2026-02-17 \n title З\n\nТекст.\n".encode(),
    "л.jsonl": (ROOT / "sample/agency.jsonl").read_bytes()[:5_000],
    "т.csv": (ROOT / "sample/bulletin.csv").read_bytes()[:5_000],
    "с.html": next((ROOT / "sample").glob("*/*.html")).read_bytes(),
    "д.docx": next((ROOT / "sample").glob("*/*.docx")).read_bytes(),
    "д.pdf": next((ROOT / "sample").glob("*/*.pdf")).read_bytes(),
    "л.rss": (ROOT / "sample/feed.xml").read_bytes(),
    "л.jsonl.gz": gzip.compress(lines(20)),
    "л.jsonl.xz": lzma.compress(lines(20)),
    "л.jsonl.zst": PACKERS[".zst"](lines(20)),
}


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=2_000))
def test_no_bytes_make_a_reader_raise(tmp_path: Path, name: str, content: bytes) -> None:
    for item in everything(tmp_path / name, content):
        assert str(item)


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_makes_a_reader_raise(tmp_path: Path, name: str, data: st.DataObject) -> None:
    content = bytearray(SAMPLES[name])
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=20)):
        content[at] = byte
    cut = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    for item in everything(tmp_path / name, bytes(content[:cut])):
        assert str(item)


def test_libraries_keep_their_remarks_to_themselves(tmp_path: Path) -> None:
    for name, content in SAMPLES.items():
        (tmp_path / f"целый-{name}").write_bytes(content)
        (tmp_path / f"обрезанный-{name}").write_bytes(content[: len(content) * 2 // 3])
        (tmp_path / f"пустой-{name}").write_bytes(b"")
    code = "import sys; from index.sources import read; print(len(list(read(sys.argv[1:]))))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert int(done.stdout) > len(SAMPLES) * 2
