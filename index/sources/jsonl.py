"""JSON lines: an object a line, with Document's fields. Large archives come so: this loop is what a rerun costs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson

from index.documents import Document, Rejection
from index.sources.files import MAX_BYTES, File, Reader
from index.sources.items import document
from index.sources.unfit import UnfitError

__all__ = ["READER"]

_ID = re.compile(rb'[\s{,]"id"\s*:\s*("(?:[^"\\]|\\.){1,2000}")')


def _read(file: File) -> Iterator[Document | Rejection]:
    for number, line in enumerate(file.lines(), 1):
        file.line = number
        try:
            if len(line) > MAX_BYTES:
                raise UnfitError(f"a line of more than {MAX_BYTES // 1_000_000} MB; split it", doc_id=_id_in(line))
            item = orjson.loads(line)
            if not isinstance(item, dict):
                raise UnfitError(f"no JSON object: {_beginning(line)}")
            found: Document | Rejection = document(item, file)
        except orjson.JSONDecodeError as error:
            if not line.strip():
                continue
            found = file.rejection(f"no JSON: {error.msg} at column {error.colno}", doc_id=_id_in(line))
            if not line.endswith(b"\n"):
                # Copying stopped here; whatever followed is missing too.
                found = file.rejection(f"the file breaks off: {_beginning(line)}", doc_id=found.doc_id, cut=True)
        except UnfitError as error:
            found = file.rejection(str(error), doc_id=error.doc_id)
        yield found


def _id_in(line: bytes) -> str:
    """The id in a line that is no JSON, so that the document's older version may stay; "" when it can't be seen."""
    match = _ID.search(line[:10_000])
    try:
        return str(orjson.loads(match[1])) if match else ""
    except orjson.JSONDecodeError:
        return ""


def _beginning(line: bytes) -> str:
    return line[:200].decode("utf-8", "replace").strip()[:60]


READER = Reader((".jsonl", ".ndjson"), _read, many=True)
