"""What a document is, and what makes one unfit to be indexed.

Readers (index/sources) yield Documents and Rejections side by side: one bad line never costs the rest of a file.
Knows nothing of analysis, engines or files on disk.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass

import xxhash

__all__ = ["MAX_ID", "MAX_TEXT", "Document", "Rejection", "digest", "flaw"]

# A novel is 1-3 million characters; beyond this a "document" is a dump that somebody forgot to split, and its
# snippet, its similarity and its length norm mean nothing. Issue: a 50 MB document is refused by name.
MAX_TEXT = 20_000_000
# Ids stand in URLs; longer ones are cut by proxies and file systems.
MAX_ID = 500


@dataclass(frozen=True, slots=True)
class Document:
    """One item of an archive as it was written; nothing here is folded, trimmed or escaped.

    ``id`` is unique in an index and stable between runs. An empty ``title`` means that the text has none of its own;
    build.py makes one from the first sentence. ``date`` is the day of publication in the source's own calendar day.
    """

    id: str
    title: str = ""
    text: str = ""
    date: dt.date | None = None
    url: str = ""
    source: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something in a source that did not become a document: where, and why in words an editor understands.

    ``doc_id`` is the document's id where it is known: an older version of it stays in the index. ``cut`` says that an
    unknown number of documents is missing with it (a broken archive): nothing is taken out of the index in such a run.
    """

    file: str
    line: int | None
    reason: str
    doc_id: str = ""
    cut: bool = False

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.reason}"


def flaw(document: Document) -> str | None:
    """Why *document* cannot be indexed, or None when it can."""
    if not document.id.strip():
        return "no id"
    if len(document.id) > MAX_ID:
        return f"id of {len(document.id)} characters, at most {MAX_ID} are taken: {document.id[:40]!r}…"
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in document.id):
        return f"control character in id {document.id!r}"
    if not document.text.strip() and not document.title.strip():
        return f"neither text nor title in {document.id!r}"
    size = len(document.text) + len(document.title)
    if size > MAX_TEXT:
        return f"{size:,} characters in {document.id!r}, at most {MAX_TEXT:,} are taken; split it"
    return None


def digest(document: Document) -> bytes:
    """16 bytes that change when anything in *document* does.

    xxh3 and not SHA-2: it guards against forgetting an update, not against an enemy, and costs a tenth as much.
    """
    date = document.date.isoformat() if document.date else ""
    lists = ("\x1e".join(document.authors), "\x1e".join(document.tags))
    values = (document.id, document.title, document.text, date, document.url, document.source, *lists, "")
    return xxhash.xxh3_128_digest("\x1f".join(values).encode("utf-8", "surrogatepass"))
