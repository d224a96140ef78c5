"""RSS and Atom, a document an entry; the feed's title is their source.

Entities that would grow without end are refused by expat itself (2.4.1 and later; Python brings 2.5), others than the
standard ones are not loaded.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.parsers.expat import ErrorString, ExpatError, ParserCreate

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
    content = text.lstrip().encode("utf-8", "surrogatepass")  # many servers put a blank line first
    # First by expat alone: feedparser goes on after an error with a parser of its own, whose entries may end anywhere.
    try:
        ParserCreate("utf-8", namespace_separator=" ").Parse(content, True)
    except ExpatError as error:
        file.line = error.lineno
        raise UnfitError(f"not a well-formed feed: {ErrorString(error.code)}") from None
    with parsing("feed"):
        # The header outweighs what the file declares, for it is UTF-8 now. Never a str: feedparser would open it.
        feed = feedparser.parse(
            io.BytesIO(content),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    if feed.get("bozo") and not isinstance(feed["bozo_exception"], feedparser.CharacterEncodingOverride):
        raise UnfitError(f"not a well-formed feed: {feed['bozo_exception']}")
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
    """The text of a title or a content, a line a block. Linear, unlike html.parser, which a few MB of «<!--» stop."""
    if not detail or detail.get("type") == "text/plain":
        return detail["value"] if detail else ""
    from trafilatura import load_html

    tree = load_html(f"<html><body><div>{' '.join(detail['value'].split())}</div></body></html>")
    if tree is None:
        return ""
    for element in tree.iter("script", "style"):
        element.text = ""
    for element in tree.iter(*_BLOCKS):
        element.text, element.tail = f"\n{element.text or ''}", f"\n{element.tail or ''}"
    lines = "".join(tree.itertext()).split("\n")
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


READER = Reader((".xml", ".rss", ".atom"), _read, many=True)
