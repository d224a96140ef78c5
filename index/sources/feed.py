"""RSS and Atom, a document an entry; the feed's title is their source.

Entities that would grow without end are refused by expat itself (2.4.1 and later; Python brings 2.5), others than the
standard ones are not loaded.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from index.documents import Document, Rejection
from index.sources.encodings import decode
from index.sources.files import MAX_MARKUP, File, Reader
from index.sources.items import document
from index.sources.unfit import UnfitError, parsing

__all__ = ["READER"]

_DECLARATION = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w-]{1,40})""")
_BLOCKS = {
    *("address", "article", "blockquote", "br", "dd", "div", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4"),
    *("h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul"),
}


def _read(file: File) -> Iterator[Document | Rejection]:
    feed = _parsed(file)
    source = _line(feed.get("feed", {}).get("title_detail"))
    for entry in feed["entries"]:
        try:
            with parsing("entry"):
                found: Document | Rejection = document(_item(entry, source), file)
        except UnfitError as error:
            found = file.rejection(f"{error} (entry {error.doc_id or '?'})", doc_id=error.doc_id)
        yield found


def _parsed(file: File) -> Mapping[str, Any]:
    import feedparser  # 0.1 s, which archives without feeds need not wait for

    content = file.content(MAX_MARKUP)
    declared = _DECLARATION.match(content[:1000])
    text = decode(content, declared=declared[1].decode() if declared else "")
    with parsing("feed"):
        # The header outweighs what the file declares, for it is UTF-8 now. Never a str: feedparser would open it.
        feed = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "surrogatepass")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    error = feed.get("bozo_exception")
    if feed.get("bozo") and not isinstance(error, feedparser.CharacterEncodingOverride):
        # What feedparser makes of it nevertheless may end anywhere.
        file.line = error.getLineNumber() if hasattr(error, "getLineNumber") else None
        said = error.getMessage() if hasattr(error, "getMessage") else error
        raise UnfitError(f"not a well-formed feed: {said}")
    if not feed.get("version"):
        raise UnfitError("neither RSS nor Atom")
    return dict(feed)


def _item(entry: Mapping[str, Any], source: str) -> dict[str, object]:
    contents = entry.get("content") or [entry.get("summary_detail")]
    link = entry.get("link", "")
    return {
        "id": entry.get("id") or link,
        "title": _line(entry.get("title_detail")),
        "text": "\n".join(filter(None, map(_plain, contents))),
        "date": entry.get("published") or entry.get("updated"),
        "url": link if "://" in link else None,  # feedparser gives the guid where there is no link
        "source": source,
        "authors": [author["name"] for author in entry.get("authors", []) if author.get("name")],
        "tags": [tag["term"] for tag in entry.get("tags", []) if tag.get("term")],
    }


def _line(detail: Mapping[str, str] | None) -> str:
    return " ".join(_plain(detail).split())


def _plain(detail: Mapping[str, str] | None) -> str:
    """The text of a title or a content, a line a block."""
    if not detail:
        return ""
    if detail.get("type") == "text/plain":
        return detail["value"]
    parser = _Text()
    parser.feed(detail["value"])
    parser.close()
    return "\n".join(line for line in (" ".join(line.split()) for line in "".join(parser.pieces).split("\n")) if line)


class _Text(HTMLParser):
    """Text of a fragment of HTML; blocks begin and end lines, scripts and styles are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._hidden = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's
        if tag in ("script", "style"):
            self._hidden = tag
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(" ".join(data.split("\n")))


READER = Reader((".xml", ".rss", ".atom"), _read, many=True)
