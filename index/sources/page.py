"""Saved web pages, one document a file: the article without menus and adverts, and what its markup says of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from index.documents import Document
from index.sources.encodings import decode
from index.sources.files import MAX_MARKUP, File, Reader
from index.sources.items import document, titled
from index.sources.unfit import UnfitError, parsing

__all__ = ["READER"]

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{1,40})""", re.IGNORECASE)
# Its remarks on pages («discarding data») would stand among the progress; a page without article is said by ourselves.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())
logging.getLogger("htmldate").addHandler(logging.NullHandler())


def _read(file: File) -> Iterator[Document]:
    page = file.content(MAX_MARKUP)
    charset = _CHARSET.search(page[:4096])
    text = decode(page, declared=charset[1].decode() if charset else "")
    item = _article(text)
    if file.folder and str(item["source"]) in str(item["url"]):
        item["source"] = None  # made by trafilatura from the address; the folder knows the publisher's name
    yield document(item | {"id": file.name}, file)


def _article(page: str) -> dict[str, object]:
    """Fields of the page's article. Raises UnfitError when there is none."""
    from trafilatura import bare_extraction  # 0.2 s, which archives without pages need not wait for

    with parsing("HTML"):
        found = bare_extraction(
            page,
            include_comments=False,
            with_metadata=True,
            # Only a date that the markup or the address states: guesses from the text take any date that is told of.
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    if found is None or isinstance(found, dict) or not found.text:
        raise UnfitError("no article in this page")
    _, text = titled(found.title or "", found.text)
    return {
        "title": found.title,
        "text": text,
        "date": found.date,
        "url": found.url,
        "source": found.sitename,
        "authors": found.author,
        "tags": found.tags,
    }


READER = Reader((".html", ".htm"), _read)
