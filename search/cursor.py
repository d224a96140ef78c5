"""Writes where the next hits begin as a short text for an address, and reads it back.

It names a place in the order and no generation: what is added or taken out meanwhile moves nothing that was not shown.
"""

from __future__ import annotations

import base64
import binascii

import orjson

from index.errors import RequestError
from search.engines import SORTS, Place, Sort

__all__ = ["decoded", "encoded"]


def encoded(following: Place | int | None, sort: Sort) -> str | None:
    """*following* (``Response.next``) in an order as a cursor; None when nothing follows."""
    if following is None:
        return None
    parts = [SORTS.index(sort), *(following if isinstance(following, Place) else (following,))]
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def decoded(cursor: str, sort: Sort) -> Place | int:
    """What ``encoded`` was given. Raises RequestError when *cursor* is none, or of another order."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        order, *parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if order != SORTS.index(sort):
            raise RequestError("cursor", "it belongs to another order of hits")
        match parts:
            case [int(hits)] if hits >= 0:
                return hits
            case [float(score), int(day), str(doc_id)] if abs(day) <= 1 << 31:
                return Place(score, day, doc_id)
    except (binascii.Error, ValueError, TypeError, OverflowError):
        pass
    raise RequestError("cursor", "take it from an answer as it is")
