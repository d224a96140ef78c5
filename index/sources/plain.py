"""Plain text, one document a file: ` date 2026-02-17 ` and other header lines if there are any, then the text itself.

    <space> key <space> value        key: date, title, source, author, tags, url; once each, author and tags repeatable

Header lines stand before the text, with blank lines among them or not. authors and tags are separated by commas.
The text is untouched but for its line ends, which become \\n, and for blank lines around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.documents import Document
from index.sources.files import File, Reader
from index.sources.items import day, document

__all__ = ["READER"]

_HEADER = re.compile(r"\s*?^[ \t]*(date|title|source|author|tags|url)[ \t]([^\n]*)(?:\n|\Z)", re.MULTILINE)
_FIELDS = {"author": "authors"}


def _read(file: File) -> Iterator[Document]:
    text = file.text().replace("\r\n", "\n").replace("\r", "\n")
    values, text = _headers(text)
    item: dict[str, object] = {_FIELDS.get(key, key): value for key, value in values.items()}
    yield document(item | {"id": file.name, "text": _trimmed(text)}, file)


def _headers(text: str) -> tuple[dict[str, str], str]:
    """Values of the header lines by key, and what follows them."""
    values: dict[str, str] = {}
    at = 0
    while match := _HEADER.match(text, at):
        key, value = match[1], match[2].strip()
        at = match.end()
        if key in ("author", "tags"):
            values[key] = ";".join(filter(None, (values.get(key), value.replace(",", ";"))))
        elif key in values:
            return values, text[match.start() :]
        elif key == "date" and (date := value.split(" ", 1)[0]) != value and not _is_date(value) and _is_date(date):
            # The text begins on the very line: « date 2026-02-17 Министр …».
            return values | {"date": date}, text[match.end(2) - len(match[2].lstrip()) + len(date) :].lstrip(" ")
        else:
            values[key] = value
    return values, text[at:]


def _is_date(value: str) -> bool:
    try:
        return day(value) is not None
    except ValueError:
        return False


def _trimmed(text: str) -> str:
    """*text* without the blank lines around it."""
    start = text.rfind("\n", 0, len(text) - len(text.lstrip())) + 1
    end = text.find("\n", len(text.rstrip()))
    return text[start : end if end >= 0 else None]


READER = Reader((".txt",), _read)
