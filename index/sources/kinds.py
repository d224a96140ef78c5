"""The kinds of file that are read. A new kind is one module with a READER, and one name here."""

from __future__ import annotations

from index.sources import feed, jsonl, page, pdf, plain, table, word
from index.sources.files import COMPRESSIONS, Reader

__all__ = ["KNOWN", "reader_of"]

_READERS = {
    suffix: module.READER
    for module in (plain, jsonl, table, page, word, pdf, feed)
    for suffix in module.READER.suffixes
}
# For messages.
KNOWN = f"{' '.join(_READERS)}, also with {' '.join(COMPRESSIONS)} after it"


def reader_of(name: str) -> Reader | None:
    """The reader for a file called *name*, or None; case doesn't matter."""
    stem, dot, suffix = name.lower().rpartition(".")
    if dot + suffix in COMPRESSIONS:
        stem, dot, suffix = stem.rpartition(".")
    return _READERS.get(dot + suffix) if stem else None
