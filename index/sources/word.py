"""Word documents (.docx), one document a file. Date, author and tags are those of the file's properties.

A .docx is a zip archive of XML: what it would unpack to is looked at before it is opened.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.documents import Document
from index.sources.files import MAX_MARKUP, File, Reader
from index.sources.items import document, titled
from index.sources.unfit import UnfitError, parsing

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

__all__ = ["READER"]

# Pictures are most of a large one, and are unpacked with the rest.
_MAX_UNPACKED = 200_000_000
# The creation date of python-docx's own template: whoever made the file with it forgot to set another.
_TEMPLATE_DATE = dt.date(2013, 12, 23)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def _read(file: File) -> Iterator[Document]:
    import docx  # 0.1 s, which archives without .docx need not wait for

    archive = io.BytesIO(file.content())
    with parsing(".docx"):
        _check(archive)
        opened = docx.Document(archive)
        item = _item(opened)
    yield document(item | {"id": file.name}, file)


def _check(archive: io.BytesIO) -> None:
    """Raises UnfitError for a zip bomb. zipfile never unpacks more of a member than the size that is looked at here."""
    with zipfile.ZipFile(archive) as opened:
        members = opened.infolist()
    total = sum(member.file_size for member in members)
    markup = max((member.file_size for member in members if member.filename.endswith((".xml", ".rels"))), default=0)
    if total > _MAX_UNPACKED or markup > MAX_MARKUP:
        raise UnfitError(f"unpacks to {total // 1_000_000} MB, {markup // 1_000_000} MB of them in one text; split it")


def _item(opened: WordDocument) -> dict[str, object]:
    paragraphs = list(_paragraphs(opened))
    text = "\n".join(text for _, text in paragraphs)
    style, first = next(((style, text) for style, text in paragraphs if text.strip()), ("", ""))
    about = opened.core_properties
    title, text = titled(first if style in ("Title", "Heading 1") else about.title, text)
    created = about.created.date() if about.created else None
    return {
        "title": title,
        "text": text,
        "date": created.isoformat() if created and created != _TEMPLATE_DATE else None,
        "authors": about.author if about.author != "python-docx" else None,
        "tags": about.keywords.replace(",", ";"),
    }


def _paragraphs(opened: WordDocument) -> Iterator[tuple[str, str]]:
    """Style and text of each paragraph, those in tables and text boxes included, in the order of the markup."""
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph

    for element in opened.element.body.iter(qn("w:p")):
        # A text box is written twice, for newer and older programs.
        if next(element.iterancestors(_FALLBACK), None) is None:
            paragraph = Paragraph(element, opened._body)
            yield paragraph.style.name if paragraph.style else "", paragraph.text


READER = Reader((".docx",), _read)
