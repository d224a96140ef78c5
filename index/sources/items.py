"""What an item of a file says of itself, made into a Document: one place for types, dates, ids and defaults.

An item is a mapping of field names to values: a JSON object, a row of a table, the header of a text, a feed's entry.
Other keys than those of Document are ignored. Knows no format.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import xxhash

from index.documents import MAX_ID, Document
from index.sources.files import File
from index.sources.unfit import UnfitError

__all__ = ["FIELDS", "day", "document", "titled"]

FIELDS = ("id", "title", "text", "date", "url", "source", "authors", "tags")

_RUSSIAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ ,T].*)?")
_RFC_822_DATE = re.compile(r"(?:[A-Za-z]{3}, *)?\d{1,2} +[A-Za-z]{3} +\d{2,4}\b.*")


def document(item: Mapping[str, object], file: File) -> Document:
    """The document that *item* of *file* is; raises UnfitError naming the field that is wrong.

    A missing id is made from the url, and without one from the file's name and a hash of title and text.
    A missing source is the first folder below the archive's own.
    """
    number = item.get("id")
    doc_id = str(number) if type(number) is int else _string(item, "id", "")
    url = _string(item, "url", doc_id)
    doc_id = doc_id or (url if len(url) <= MAX_ID else "")
    title, text = _string(item, "title", doc_id), _string(item, "text", doc_id)
    try:
        date = day(_string(item, "date", doc_id))
    except ValueError as error:
        raise UnfitError(str(error), doc_id=doc_id) from None
    return Document(
        doc_id or _made_id(title, text, file),
        title,
        text,
        date,
        url,
        _string(item, "source", doc_id) or file.folder,
        _strings(item, "authors", doc_id),
        _strings(item, "tags", doc_id),
    )


def day(value: str) -> dt.date | None:
    """The calendar day as written, whatever the time zone; None for an empty *value*.

    Takes ISO 8601 dates and times, dd.mm.yyyy and, from feeds, RFC 822. Raises ValueError naming the value.
    """
    value = value.strip()
    if not value:
        return None
    try:
        return dt.date.fromisoformat(value) if len(value) == 10 else dt.datetime.fromisoformat(value).date()
    except ValueError:
        pass
    try:
        if match := _RUSSIAN_DATE.fullmatch(value):
            return dt.date(int(match[3]), int(match[2]), int(match[1]))
        if _RFC_822_DATE.fullmatch(value[:100]):
            return parsedate_to_datetime(value[:100]).date()
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"no such date: {value[:40]!r}")


def titled(title: str, text: str) -> tuple[str, str]:
    """*title* and *text* of a file that keeps its title aside, as in the properties of a .docx.

    One that the text doesn't show is a template's («Microsoft Word - 1.doc») and dropped; one that the text begins with
    is taken off it, or every query would match it twice.
    """
    words = title[:500].split()
    shown = re.compile(r"\s+".join(map(re.escape, words))).search(text) if words else None
    if shown is None:
        return "", text
    return " ".join(words), text[shown.end() :].lstrip() if not text[: shown.start()].strip() else text


def _made_id(title: str, text: str, file: File) -> str:
    content = f"{title}\n{text}".encode()
    return f"{file.name}#{xxhash.xxh3_64_hexdigest(content)}"


def _string(item: Mapping[str, object], name: str, doc_id: str) -> str:
    value = item.get(name)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise UnfitError(f"{name} is {_kind(value)}, not a string", doc_id=doc_id)


def _strings(item: Mapping[str, object], name: str, doc_id: str) -> tuple[str, ...]:
    """A list of strings, or one string with «;» between them."""
    value = item.get(name)
    if not value:
        return ()
    values = value.split(";") if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise UnfitError(f"{name} is {_kind(value)}, not a list of strings", doc_id=doc_id)
    return tuple(one.strip() for one in values if one.strip())


def _kind(value: object) -> str:
    """What JSON calls the type of *value*."""
    names = {bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "an object", str: "a string"}
    return names.get(type(value), type(value).__name__)
