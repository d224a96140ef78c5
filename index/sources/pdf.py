"""PDF files with a text layer, one document a file. A scan has none and is refused by name.

A PDF knows lines on paper, not paragraphs: lines are joined again, and words that were divided at their ends.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator

from index.documents import MAX_TEXT, Document
from index.sources.files import File, Reader
from index.sources.items import document, titled
from index.sources.unfit import UnfitError, parsing

__all__ = ["READER"]

_SENTENCE_END = re.compile(r"[.!?…:;][»”\")]?\s*\Z")
# Bounded: a page may hold a «word» of a million letters.
_DIVIDED = re.compile(r"\b(\w{0,40}\w)[-\xad]\n([0-9a-zа-яёәғқңөұүһі]\w{0,40})")
_HYPHENED = re.compile(r"\b\w{1,41}-\w{1,41}\b")
# Its remarks on slips of format would stand among the progress.
logging.getLogger("pypdf").addHandler(logging.NullHandler())


def _read(file: File) -> Iterator[Document]:
    with parsing("PDF"):
        item = _item(file.content())
    yield document(item | {"id": file.name}, file)


def _item(content: bytes) -> dict[str, object]:
    from pypdf import PdfReader  # 0.1 s, which archives without PDF need not wait for

    opened = PdfReader(io.BytesIO(content))
    # Many are encrypted with no password at all, only to forbid printing.
    if opened.is_encrypted and not opened.decrypt(""):
        raise UnfitError("encrypted; save it without a password")
    pages: list[str] = []
    for page in opened.pages:
        pages.append(page.extract_text())
        if sum(map(len, pages)) > MAX_TEXT:
            raise UnfitError(f"more than {MAX_TEXT:,} characters; split it")
    text = "\n".join(pages)
    if not text.strip():
        raise UnfitError("no text in this PDF; is it a scan?")
    about = opened.metadata
    title, text = titled(about.title or "" if about else "", text)
    created = about.creation_date if about else None
    return {
        "title": title,
        "text": unwrapped(text),
        "date": created.date().isoformat() if created else None,
        "authors": about.author if about else None,
        "tags": str(about.get("/Keywords", "")).replace(",", ";") if about else None,
    }


def unwrapped(text: str) -> str:
    """*text* with the lines of a paragraph on one line.

    A paragraph ends with a line that ends a sentence and leaves room, in comparison with the longest one.
    """
    hyphened = set(_HYPHENED.findall(text))

    def joined(match: re.Match[str]) -> str:
        """«перера-|ботка» is one word; «Ил-|76» is not, nor «премьер-|министр» if it stands undivided elsewhere."""
        word = f"{match[1]}-{match[2]}"
        return word if word in hyphened or match[2][0].isdigit() else match[1] + match[2]

    text = _DIVIDED.sub(joined, text)
    lines = [line.strip() for line in text.split("\n")]
    full = 0.85 * max(map(len, lines))
    pieces = []
    for line in lines:
        ends = not line or (len(line) < full and _SENTENCE_END.search(line))
        pieces.append(line + ("\n" if ends else " "))
    return "".join(pieces).strip()


READER = Reader((".pdf",), _read)
