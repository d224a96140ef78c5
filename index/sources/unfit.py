"""Why something in a source becomes no document; raised here and there in this package, and never outside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import SlovoError

__all__ = ["UnfitError", "parsing"]


class UnfitError(SlovoError):
    """Why a file, or one item of it, becomes no document. Turned into a Rejection.

    ``doc_id`` is the item's id where it is known; a file that is one document needs none.
    """

    def __init__(self, reason: str, *, doc_id: str = "") -> None:
        super().__init__(reason)
        self.doc_id = doc_id


@contextmanager
def parsing(kind: str) -> Iterator[None]:
    """Whatever a library raises inside is raised as UnfitError.

    Libraries for files made by others raise anything on a bad one: KeyError, RecursionError, MemoryError, their own.
    """
    try:
        yield
    except SlovoError:  # ours already, or Interrupted out of a signal handler
        raise
    except Exception as error:
        said = " ".join(str(error).split())[:200]
        raise UnfitError(f"{kind} cannot be read: {type(error).__name__}{': ' if said else ''}{said}") from error
