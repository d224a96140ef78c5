"""Tells UTF-8, UTF-16 and cp1251 apart, and says when bytes are no text at all.

A guess that is wrong fills an index with rubbish that nobody finds, so every guess must look like writing; what does
not is refused by name. Knows no files.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import chain

from index.sources.unfit import UnfitError

__all__ = ["decode", "utf8"]

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# What a page or a feed may say of itself. Not the Latin ones: servers put them on Russian pages unasked.
_DECLARED = {"cp1251", "koi8-r", "koi8-u", "cp866", "iso8859-5", "mac-cyrillic"}
_SAMPLE = 1 << 20

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_NO_ASCII = re.compile(rb"[\x00\x80-\xff]")
_HIGH = re.compile(r"[^\x00-\x7f«»„“”‘’–—…№\xa0]")
_LETTER = re.compile(r"[А-яЁё]")
_FOREIGN = re.compile(r"[ЂЃѓ†‡‰Љ‹ЊЌЋЏђ™љ›њќћџ\ufffd]")
_WORD = re.compile(r"(?=[А-яЁё][А-яЁё])")
_MIXTURE = re.compile(r"(?=[A-Za-z][А-яЁё]|[А-яЁё][A-Za-z])")
_CAPITAL_FIRST = re.compile(r"(?=[А-ЯЁ][а-яё])")
_CAPITAL_LAST = re.compile(r"(?=[а-яё][А-ЯЁ])")


def decode(data: bytes, *, declared: str = "") -> str:
    """*data* as text. *declared* is what it says of its own encoding; it counts when *data* is no Unicode.

    Raises UnfitError. Linear; text that is no UTF-8 costs some scans of its first megabyte more.
    """
    try:
        text = data.decode(_encoding(data, declared=declared))
    except UnicodeDecodeError as error:
        raise UnfitError(f"not text: byte {error.start:,} is no {error.encoding}") from None
    if "\0" in text:
        raise UnfitError("not text: it holds NUL characters")
    return text


def utf8(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same text in UTF-8 without BOM, in blocks of about the same size, none of them empty.

    The encoding is told from the first block. Single bytes that are wrong stay wrong, so that only their line is lost.
    Raises UnfitError when the first block is no text, or when the last character is incomplete.
    """
    first = next(blocks, b"")
    if not first:
        return
    encoding = _encoding(first, whole=False)
    if encoding in ("utf-8", "utf-8-sig"):
        first = first.removeprefix(codecs.BOM_UTF8)
        yield from chain([first] if first else [], blocks)
        return
    errors = "surrogateescape" if encoding == "cp1251" else "surrogatepass"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    try:
        for block in chain([first], blocks):
            if text := decoder.decode(block):
                yield text.encode("utf-8", errors)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise UnfitError("breaks off within a character") from None


def _encoding(data: bytes, *, declared: str = "", whole: bool = True) -> str:
    """The name of the codec for *data*, which goes on when it is not the *whole*."""
    for bom, name in _BOMS.items():
        if data.startswith(bom):
            return name
    if name := _utf16(data[:_SAMPLE]):
        return name
    if b"\0" not in data:
        if _is_utf8(data, whole=whole):
            return "utf-8"
        if _codec(declared) in _DECLARED:
            return declared
        if not _is_damaged_utf8(data) and _is_cyrillic(data[:_SAMPLE].decode("cp1251", "replace")):
            return "cp1251"
    if not whole and (_is_damaged_utf8(data) or _is_nearly_ascii(data)):
        return "utf-8"
    raise UnfitError("not text: neither UTF-8 nor UTF-16 nor cp1251; save it as UTF-8")


def _is_utf8(data: bytes, *, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def _is_damaged_utf8(data: bytes) -> bool:
    """More letters that are right UTF-8 than bytes that are wrong; in another encoding hardly any is right."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return len(_HIGH.findall(text)) - wrong > wrong


def _is_nearly_ascii(data: bytes) -> bool:
    """A few bad bytes among Latin letters, as in JSON that escapes the others."""
    return 100 * len(_NO_ASCII.findall(data)) < len(data)


def _utf16(data: bytes) -> str:
    """UTF-16 without a mark: the high half of most letters is 0 (Latin) or 4 (Cyrillic), the low one is never 0."""
    for name, high, low in (("utf-16-le", data[1::2], data[::2]), ("utf-16-be", data[::2], data[1::2])):
        if 0 not in low and 10 * (high.count(0) + high.count(4)) > 7 * len(high):
            return name
    return ""


def _codec(declared: str) -> str:
    try:
        return codecs.lookup(declared).name if declared else ""
    except (LookupError, ValueError):
        return ""


def _is_cyrillic(text: str) -> bool:
    """Whether *text*, decoded as cp1251, looks like writing.

    Letters of cp1252 would stand inside Latin words, and KOI8-R has small letters where cp1251 has capital ones.
    Of 4,857 news items all were taken in cp1251, 1% in KOI8-R, none in cp866 or UTF-8.
    """
    if _CONTROL.search(text):
        return False

    def count(pattern: re.Pattern[str]) -> int:
        return sum(1 for _ in pattern.finditer(text))

    high = count(_HIGH)
    return (
        count(_LETTER) >= 0.7 * high
        and count(_FOREIGN) <= 0.02 * high
        and count(_MIXTURE) <= count(_WORD)
        and count(_CAPITAL_LAST) <= count(_CAPITAL_FIRST)
    )
