"""What each kind of file says, and what is refused in it: one block a kind."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import orjson
import pypdf
import pytest
import zstandard

from index.documents import MAX_TEXT, Document, Rejection
from index.sources import read
from index.sources.pdf import unwrapped

ROOT = Path(__file__).resolve().parent.parent
DAY = dt.date(2026, 2, 17)

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def everything(path: Path, content: str | bytes) -> list[Document | Rejection]:
    return list(read([written(path, content)]))


def one(path: Path, content: str | bytes) -> Document:
    """The only document of a file with *content*."""
    (item,) = everything(path, content)
    assert isinstance(item, Document), item
    return item


def refused(path: Path, content: str | bytes) -> Rejection:
    """The only rejection of a file with *content*, which may hold documents besides."""
    (item,) = [item for item in everything(path, content) if isinstance(item, Rejection)]
    assert item.file == str(path)
    return item


def good(path: Path, content: str | bytes) -> list[str]:
    """The ids of the documents that are read in spite of what is refused."""
    return [item.id for item in everything(path, content) if isinstance(item, Document)]


# Every kind may be packed


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize(
    "name",
    [
        *("agency.jsonl", "bulletin.csv", "feed.xml", "Озёрный край/2024-11-14-biblioteka-musina.html"),
        *(
            "Степной вестник/2026-02-17-soveshchanie-metallurgiya.txt",
            "Деловой караван/2025-07-03-obzor-rynka-stali.pdf",
        ),
    ],
)
def test_a_packed_file_says_what_it_says_unpacked(tmp_path: Path, name: str, suffix: str) -> None:
    original = ROOT / "sample" / name
    packed = written(tmp_path / (original.name + suffix), PACKERS[suffix](original.read_bytes()))
    expected = list(read([original]))
    found = list(read([packed]))
    assert [item.text for item in found if isinstance(item, Document)] == [
        item.text for item in expected if isinstance(item, Document)
    ]


@pytest.mark.parametrize("suffix", PACKERS)
def test_archives_that_follow_each_other_in_one_file_are_one(tmp_path: Path, suffix: str) -> None:
    pack = PACKERS[suffix]
    content = pack(b'{"id": "1", "text": "a"}\n') + pack(b"") + pack(b'{"id": "2", "text": "b"}\n')
    assert good(tmp_path / f"a.jsonl{suffix}", content) == ["1", "2"]


def test_zeros_between_packed_archives_are_padding(tmp_path: Path) -> None:
    content = lzma.compress(b'{"id": "1", "text": "a"}\n') + b"\0" * 1024 + lzma.compress(b'{"id": "2", "text": "b"}\n')
    assert good(tmp_path / "a.jsonl.xz", content + b"\0" * 4) == ["1", "2"]


# .txt


def test_a_text_may_begin_with_header_lines(tmp_path: Path) -> None:
    found = one(
        tmp_path / "н.txt",
        " date 2026-02-17 \n title Заголовок, с запятой \nsource Степной вестник\n author Мария Ланская, Ержан \n"
        "  tags экономика,  металлургия \n url https://x.example/1 \n\n  Первый абзац. \n\nВторой.\n\n \n",
    )
    assert found == Document(
        id="н.txt",
        title="Заголовок, с запятой",
        text="  Первый абзац. \n\nВторой.",
        date=DAY,
        url="https://x.example/1",
        source="Степной вестник",
        authors=("Мария Ланская", "Ержан"),
        tags=("экономика", "металлургия"),
    )


@pytest.mark.parametrize(
    ("content", "date", "text"),
    [
        (" date 2026-02-17 \nТекст.", DAY, "Текст."),
        ("date 2026-02-17\nТекст.", DAY, "Текст."),
        ("\n\n date 2026-02-17 \n\n title \nТекст.", DAY, "Текст."),
        (" date 2026-02-17 \r\nТекст.\r\nЕщё.\rИ ещё.", DAY, "Текст.\nЕщё.\nИ ещё."),
        (" date 2026-02-17 Министр провёл\nсовещание.", DAY, "Министр провёл\nсовещание."),
        (" date 17.02.2026 \nТекст.", DAY, "Текст."),
        (" date 2026-02-17T23:30:00+05:00 \nТекст.", DAY, "Текст."),
        (" date  \nТекст.", None, "Текст."),
        ("Текст.\n date 2026-02-17 \n", None, "Текст.\n date 2026-02-17 "),
        ("Date 2026-02-17\nТекст.", None, "Date 2026-02-17\nТекст."),
        ("dates 2026-02-17\nТекст.", None, "dates 2026-02-17\nТекст."),
        (" date 2026-02-17 \n date 2025-01-01 \n", DAY, " date 2025-01-01 "),
    ],
)
def test_a_date_line_counts_only_in_its_form_and_place(
    tmp_path: Path, content: str, date: dt.date | None, text: str
) -> None:
    found = one(tmp_path / "н.txt", content)
    assert (found.date, found.text) == (date, text)


@pytest.mark.parametrize("value", ["2026-13-45", "2026-02-30", "вчера", "2026", "31.02.2026", "2026-02-17T25:00"])
def test_a_date_that_is_none_is_refused_by_its_value(tmp_path: Path, value: str) -> None:
    found = refused(tmp_path / "н.txt", f" date {value} \nТекст.")
    assert (found.reason, found.doc_id, found.cut) == (f"no such date: '{value}'", "н.txt", False)


@pytest.mark.parametrize("content", ["", "\n \n", " date 2026-02-17 \n", " tags a \n\n"])
def test_a_text_without_text_or_title_is_refused(tmp_path: Path, content: str) -> None:
    assert refused(tmp_path / "н.txt", content).reason == "neither text nor title in 'н.txt'"


# .jsonl


def test_fields_of_a_line_may_be_missing_null_or_unknown(tmp_path: Path) -> None:
    found = one(tmp_path / "л.jsonl", '{"id": 7, "title": "З", "text": null, "date": "", "tags": "а; б", "views": [1]}')
    assert found == Document(id="7", title="З", tags=("а", "б"))


@pytest.mark.parametrize(
    ("line", "reason", "doc_id"),
    [
        ('{"id": "2", "text": "т"', "no JSON: ", "2"),
        ('{"id": "а\\"2", "text": "т" "x"}', "no JSON: ", 'а"2'),
        ("нет", "no JSON: ", ""),
        ("[1, 2]", "no JSON object: [1, 2]", ""),
        ('"строка"', 'no JSON object: "строка"', ""),
        ('{"id": "2", "text": ["т"]}', "text is a list, not a string", "2"),
        ('{"id": "2", "title": 5}', "title is a number, not a string", "2"),
        ('{"id": "2", "text": "т", "date": 1700000000}', "date is a number, not a string", "2"),
        ('{"id": "2", "text": "т", "date": "2026-13-45"}', "no such date: '2026-13-45'", "2"),
        ('{"id": "2", "text": "т", "tags": {"а": 1}}', "tags is an object, not a list of strings", "2"),
        ('{"id": "2", "text": "т", "authors": ["а", 1]}', "authors is a list, not a list of strings", "2"),
        ('{"id": true, "text": "т"}', "id is a boolean, not a string", ""),
        ('{"id": "2", "text": "\\ud800"}', "no JSON: ", "2"),
        ('{"id": "2"}', "neither text nor title in '2'", "2"),
        ('{"id": "%s", "text": "т"}' % ("я" * 501), "id of 501 characters", "я" * 501),
        ('{"id": "2\\n", "text": "т"}', "control character in id", "2\n"),
    ],
)
def test_a_bad_line_is_refused_with_its_number_and_the_rest_goes_on(
    tmp_path: Path, line: str, reason: str, doc_id: str
) -> None:
    content = f'{{"id": "1", "text": "т"}}\n{line}\n\n{{"id": "3", "text": "т"}}\n'
    found = refused(tmp_path / "л.jsonl", content)
    assert (found.line, found.doc_id, found.cut) == (2, doc_id, False)
    assert found.reason.startswith(reason)
    assert good(tmp_path / "л.jsonl", content) == ["1", "3"]


def test_a_last_line_that_breaks_off_means_that_more_is_missing(tmp_path: Path) -> None:
    found = refused(tmp_path / "л.jsonl", '{"id": "1", "text": "т"}\n{"id": "2", "text": "т')
    assert (found.line, found.doc_id, found.cut) == (2, "2", True)
    assert "breaks off" in found.reason


def test_a_last_line_needs_no_line_end(tmp_path: Path) -> None:
    assert good(tmp_path / "л.jsonl", '{"id": "1", "text": "т"}\r\n{"id": "2", "text": "т"}') == ["1", "2"]


def test_a_document_with_too_much_text_is_refused_by_its_id(tmp_path: Path) -> None:
    content = orjson.dumps({"id": "1", "text": "т" * (MAX_TEXT + 1)}) + b'\n{"id": "2", "text": "t"}'
    found = refused(tmp_path / "л.jsonl", content)
    assert (found.line, found.doc_id) == (1, "1")
    assert "20,000,001 characters" in found.reason
    assert good(tmp_path / "л.jsonl", content) == ["2"]


# Dates


@pytest.mark.parametrize(
    "value",
    [
        *("2026-02-17", " 2026-02-17 ", "2026-02-17T06:01:47+00:00", "2026-02-17 23:59", "2026-02-17T00:30:00.5Z"),
        *("20260217", "17.02.2026", "17.2.2026 10:30", "Tue, 17 Feb 2026 00:30:00 +0500", "17 Feb 2026 23:00:00 GMT"),
    ],
)
def test_a_date_is_the_calendar_day_as_written(tmp_path: Path, value: str) -> None:
    assert one(tmp_path / "л.jsonl", orjson.dumps({"id": "1", "text": "т", "date": value})).date == DAY


# .csv


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_whatever_its_delimiter(tmp_path: Path, delimiter: str) -> None:
    rows = [
        ["ID", " Text", "просмотры", "date", "authors", "tags"],
        ["1", 'Первый; "абзац", да\n\nВторой\tабзац', "5", "17.02.2026", "Мария Ланская; Ержан", "а;б;"],
        ["2", "т", "", "", "", ""],
    ]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    first, second = everything(tmp_path / "т.csv", out.getvalue())
    assert first == Document(
        id="1",
        text='Первый; "абзац", да\n\nВторой\tабзац',
        date=DAY,
        authors=("Мария Ланская", "Ержан"),
        tags=("а", "б"),
    )
    assert second == Document(id="2", text="т")


def test_a_bad_row_is_refused_with_its_first_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    content = 'id,title,text\n1,а,"два\nабзаца"\n2,б\n3,в,т,лишнее\n\n4,г,т\n5,"д" т,т\n6,е,т\n7,,\n'
    found = [item for item in everything(tmp_path / "т.csv", content) if isinstance(item, Rejection)]
    assert [(item.line, item.doc_id, item.cut) for item in found] == [
        (4, "2", False),
        (5, "3", False),
        (8, "", False),
        (10, "7", False),
    ]
    assert found[0].reason == "2 fields, not 3"
    assert found[1].reason == "4 fields, not 3"
    assert found[2].reason.startswith("broken row: ")
    assert good(tmp_path / "т.csv", content) == ["1", "4", "6"]


def test_a_quote_that_is_never_closed_means_that_more_is_missing(tmp_path: Path) -> None:
    found = refused(tmp_path / "т.csv", 'id,text\n1,т\n2,"т\n3,т\n4,т\n')
    assert (found.line, found.cut) == (3, True)


def test_rows_lost_after_a_broken_one_are_never_lost_in_silence(tmp_path: Path) -> None:
    # What is left of row 2 opens a quote, which takes in row 3 and is closed by row 4.
    content = 'id,text\n1,т\n2,"т"т\n"\n3,т\n4,"т"\n5,т\n'
    found = [item for item in everything(tmp_path / "т.csv", content) if isinstance(item, Rejection)]
    assert [(item.line, item.cut) for item in found] == [(3, False), (4, True)]
    assert good(tmp_path / "т.csv", content) == ["1", "5"]


@pytest.mark.parametrize("content", ["1,2,3\n4,5,6\n", "\n", "id,date\n1,2026-02-17\n"])
def test_a_table_without_a_header_is_refused(tmp_path: Path, content: str) -> None:
    found = refused(tmp_path / "т.csv", content)
    assert found.reason.startswith("its first line names neither title nor text")
    assert found.cut


def test_an_empty_table_or_archive_holds_nothing_and_is_no_error(tmp_path: Path) -> None:
    assert everything(tmp_path / "т.csv", "") == []
    assert everything(tmp_path / "т.csv", "id,text\n") == []
    assert everything(tmp_path / "л.jsonl", "") == []
    assert everything(tmp_path / "л.jsonl", b"\xef\xbb\xbf") == []


# .html

PAGE = """<!DOCTYPE html><html><head>{meta}<title>Сталь подорожала — Край</title>
<meta property="og:title" content="Сталь подорожала">
<meta property="article:published_time" content="2026-02-17T23:30:00+05:00">
<meta name="author" content="Мария Ланская"><link rel="canonical" href="https://x.example/1"></head>
<body><nav><a href="/">Погода на завтра</a></nav><article><h1>Сталь подорожала</h1>
<p>Тонна горячекатаной стали подорожала за неделю на 6%, сообщает отраслевой союз.</p>
<p>Премьер-министр поручил разобраться в причинах до конца месяца.</p></article>
<footer>Перепечатка только со ссылкой</footer></body></html>"""


@pytest.mark.parametrize(
    ("meta", "encoding"),
    [
        ('<meta charset="utf-8">', "utf-8"),
        ("", "utf-8"),
        ("", "cp1251"),
        ('<meta charset="windows-1251">', "cp1251"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=KOI8-R">', "koi8-r"),
        ('<meta charset="iso-8859-1">', "cp1251"),
        ('<meta charset="windows-1251">', "utf-8"),
        ('<meta charset="нет">', "utf-8"),
        ("", "utf-16"),
    ],
)
def test_a_page_is_its_article_in_the_charset_it_is_in(tmp_path: Path, meta: str, encoding: str) -> None:
    found = one(tmp_path / "с.html", PAGE.replace("{meta}", meta).encode(encoding, "replace"))
    assert found == Document(
        id="с.html",
        title="Сталь подорожала",
        text="Тонна горячекатаной стали подорожала за неделю на 6%, сообщает отраслевой союз.\n"
        "Премьер-министр поручил разобраться в причинах до конца месяца.",
        date=DAY,
        url="https://x.example/1",
        source="x.example",
        authors=("Мария Ланская",),
    )


@pytest.mark.parametrize(("name", "source"), [("Степной край", "Степной край"), ("", "Вестник")])
def test_the_source_of_a_page_is_the_name_it_gives_then_the_folder(tmp_path: Path, name: str, source: str) -> None:
    (tmp_path / "Вестник").mkdir()
    meta = f'<meta property="og:site_name" content="{name}">' if name else ""
    written(tmp_path / "Вестник/с.html", PAGE.replace("{meta}", meta))
    (found,) = read([tmp_path])
    assert isinstance(found, Document)
    assert found.source == source


@pytest.mark.parametrize(
    "content", ["", "просто текст", "<html><body></body></html>", "<nav><a href='/'>Меню</a></nav>"]
)
def test_a_page_without_an_article_is_refused(tmp_path: Path, content: str) -> None:
    found = refused(tmp_path / "с.htm", content)
    assert (found.reason, found.doc_id) == ("no article in this page", "с.htm")


# .docx


def word(*paragraphs: tuple[str, str], **properties: object) -> bytes:
    made = docx.Document()
    for style, text in paragraphs:
        made.add_paragraph(text, style=style)
    for name, value in properties.items():
        setattr(made.core_properties, name, value)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_word_document_has_its_title_paragraph_for_title(tmp_path: Path) -> None:
    content = word(
        ("Title", "Сталь подорожала"),
        ("Normal", "Первый абзац."),
        ("List Bullet", "Второй."),
        created=dt.datetime(2026, 2, 17, 8),  # noqa: DTZ001 - python-docx keeps times without zone
        author="Мария Ланская",
        keywords="сталь, цены",
        title="Шаблон письма",
    )
    assert one(tmp_path / "д.docx", content) == Document(
        id="д.docx",
        title="Сталь подорожала",
        text="Первый абзац.\nВторой.",
        date=DAY,
        authors=("Мария Ланская",),
        tags=("сталь", "цены"),
    )


def test_a_title_or_date_of_a_template_is_none(tmp_path: Path) -> None:
    assert one(tmp_path / "д.docx", word(("Normal", "Текст."), title="Шаблон")) == Document(id="д.docx", text="Текст.")


def test_words_in_tables_are_read_in_their_place(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_paragraph("До.")
    table = made.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Медь", "17"
    made.add_paragraph("После.")
    made.save(str(tmp_path / "д.docx"))
    (found,) = read([tmp_path / "д.docx"])
    assert isinstance(found, Document)
    assert found.text == "До.\nМедь\n17\nПосле."


def test_a_word_document_that_unpacks_without_end_is_refused_unopened(tmp_path: Path) -> None:
    out = io.BytesIO(word(("Normal", "Текст.")))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.bmp", b"\0" * 250_000_000)
    assert len(out.getvalue()) < 1_000_000
    found = refused(tmp_path / "д.docx", out.getvalue())
    assert found.reason.startswith("unpacks to 250 MB")
    assert found.doc_id == "д.docx"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", "Текст".encode(), word(("Normal", "Текст."))[:-200]])
def test_a_broken_word_document_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refused(tmp_path / "д.docx", content).reason.startswith(".docx cannot be read: ")


def test_a_word_document_without_text_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "д.docx", word()).reason == "neither text nor title in 'д.docx'"


# .pdf

PDF = ROOT / "sample/Деловой караван/2025-07-03-obzor-rynka-stali.pdf"


def rewritten(change: Callable[[pypdf.PdfWriter], object]) -> bytes:
    writer = pypdf.PdfWriter(clone_from=PDF)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_has_paragraphs_again_and_its_title_once(tmp_path: Path) -> None:
    found = one(tmp_path / "д.pdf", PDF.read_bytes())
    first, *rest = found.text.split("\n")
    assert found.title == "Рынок стали: первое полугодие 2025 года"
    assert found.date == dt.date(2025, 7, 3)
    assert found.authors == ("Илона Стасюк",)
    assert found.tags == ("металлургия", "рынки")
    assert first == "Цены на сталь в первом полугодии 2025 года снизились на 6%, но продавать её меньше не стали."
    assert len(rest) < 8


def test_words_divided_at_line_ends_are_joined_unless_the_text_has_them_hyphened() -> None:
    text = "Премьер-министр говорил о перера-\nботке стали. Ответил премьер-\nминистр так: «Ил-\n76 летит».\n"
    assert unwrapped(text) == (
        "Премьер-министр говорил о переработке стали. Ответил премьерминистр так: «Ил-76 летит»."
    )
    assert "премьер-министр так" in unwrapped(text + "Вице-премьер и премьер-министр.")


def test_a_pdf_title_that_the_page_does_not_show_is_none(tmp_path: Path) -> None:
    content = rewritten(lambda writer: writer.add_metadata({"/Title": "Microsoft Word - 1.doc"}))
    assert one(tmp_path / "д.pdf", content).title == ""


def test_an_encrypted_pdf_is_refused_unless_no_password_is_needed(tmp_path: Path) -> None:
    locked = rewritten(lambda writer: writer.encrypt("пароль", algorithm="RC4-128"))
    open_to_read = rewritten(lambda writer: writer.encrypt("", "пароль", algorithm="RC4-128"))
    assert refused(tmp_path / "д.pdf", locked).reason == "encrypted; save it without a password"
    assert "Цены на сталь" in one(tmp_path / "д.pdf", open_to_read).text


def test_a_pdf_without_text_is_refused(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(tmp_path / "с.pdf")
    found = refused(tmp_path / "д.pdf", (tmp_path / "с.pdf").read_bytes())
    assert found.reason == "no text in this PDF; is it a scan?"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", "Текст".encode(), PDF.read_bytes()[:3000]])
def test_a_broken_pdf_is_refused(tmp_path: Path, content: bytes) -> None:
    found = refused(tmp_path / "д.pdf", content)
    assert (found.doc_id, found.cut) == ("д.pdf", False)
    assert found.reason


# Feeds

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Край</title>
<item><guid isPermaLink="false">17</guid><link>https://x.example/1</link><title>Сталь &amp; &lt;b&gt;медь&lt;/b&gt;
</title><pubDate>Tue, 17 Feb 2026 00:30:00 +0500</pubDate>
<dc:creator>Мария Ланская</dc:creator><category>цены</category>
<description>&lt;p&gt;Первый &lt;b&gt;аб&lt;/b&gt;зац.&lt;/p&gt;&lt;p&gt;Второй,&lt;br&gt;третий
&amp;laquo;ёж&amp;raquo;.&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</description></item>
<item><link>https://x.example/2</link><title>Второе</title></item>
</channel></rss>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251", "koi8-r"])
def test_an_entry_of_a_feed_is_a_document(tmp_path: Path, encoding: str) -> None:
    first, second = everything(tmp_path / "л.rss", RSS.replace("{encoding}", encoding).encode(encoding))
    assert first == Document(
        id="17",
        title="Сталь & медь",
        text="Первый абзац.\nВторой,\nтретий «ёж».",
        date=DAY,
        url="https://x.example/1",
        source="Край",
        authors=("Мария Ланская",),
        tags=("цены",),
    )
    assert second == Document(id="https://x.example/2", title="Второе", url="https://x.example/2", source="Край")


def test_an_atom_entry_has_the_day_of_its_own_time_zone(tmp_path: Path) -> None:
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Край</title><id>f</id><entry><id>tag:x,1</id><title>З</title>
    <updated>2026-03-01T00:00:00Z</updated><published>2026-02-17T01:00:00+05:00</published><content type="text">2 &lt; 3
    всегда</content></entry></feed>"""
    found = one(tmp_path / "л.atom", feed)
    assert (found.id, found.date, found.text.split()) == ("tag:x,1", DAY, ["2", "<", "3", "всегда"])


def test_an_entry_with_a_bad_date_is_refused_by_its_id_and_the_rest_goes_on(tmp_path: Path) -> None:
    content = RSS.replace("{encoding}", "utf-8").replace("Tue, 17 Feb 2026 00:30:00 +0500", "вчера")
    found = refused(tmp_path / "л.xml", content)
    assert (found.reason, found.doc_id, found.cut) == ("no such date: 'вчера' (entry 17)", "17", False)
    assert good(tmp_path / "л.xml", content) == ["https://x.example/2"]


def test_a_feed_that_is_not_well_formed_is_refused_with_the_line(tmp_path: Path) -> None:
    content = RSS.replace("{encoding}", "utf-8").replace("<item><link>", "<item><enclosure><link>")
    found = refused(tmp_path / "л.xml", content)
    assert found.reason.startswith("not a well-formed feed: ")
    assert (found.line, found.cut) == (8, True)


def test_hostile_markup_in_an_entry_costs_no_time(tmp_path: Path) -> None:
    # html.parser would take hours for it.
    text = "<!--" * 500_000
    item = f"<guid>1</guid><title>З</title><description><![CDATA[{text}]]></description>"
    content = f"<rss version='2.0'><channel><item>{item}</item></channel></rss>"
    assert one(tmp_path / "л.xml", content) == Document(id="1", title="З")


@pytest.mark.parametrize("content", ["<urlset><url/></urlset>", "<html><body><p>Текст</p></body></html>"])
def test_xml_that_is_no_feed_is_refused(tmp_path: Path, content: str) -> None:
    assert refused(tmp_path / "л.xml", content).reason == "neither RSS nor Atom"


def test_entities_that_grow_without_end_or_read_files_do_neither(tmp_path: Path) -> None:
    secret = written(tmp_path / "тайна.md", "пароль")
    entities = '<!ENTITY a "аааааааааа">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in zip("abcdef", "bcdefg", strict=True)
    )
    item = "<rss version='2.0'><channel><item><guid>1</guid><title>Т &{};</title></item></channel></rss>"
    bomb = f"<?xml version='1.0'?><!DOCTYPE r [{entities}]>{item.format('g')}"
    assert "amplification" in refused(tmp_path / "л.xml", bomb).reason
    theft = f"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY x SYSTEM '{secret.as_uri()}'>]>{item.format('x')}"
    assert [item.title for item in everything(tmp_path / "л.xml", theft) if isinstance(item, Document)] == ["Т"]
