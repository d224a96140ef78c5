"""Two matchers of whoosh 3.54.0 that give wrong answers on any index, mended where our codec is used.

- AndNotMatcher can begin with a document that is excluded (it only looks whether the first two are the same), and can
  read past its end after ``skip_to``.
- InverseMatcher gives a deleted document that follows the last one of what it turns round.

The version is pinned; tests/engines/write/test_stock_whoosh.py holds what the queries mean.
"""

from __future__ import annotations

from typing import Any

from whoosh.matching.binary import AndNotMatcher
from whoosh.matching.wrappers import InverseMatcher

__all__ = ["mend"]

_stock_find_next = AndNotMatcher._find_next


def _and_not(self: Any) -> Any:
    """To the first document from here that is not excluded."""
    if self.a.is_active() and self.b.is_active():
        return _stock_find_next(self)  # type: ignore[no-untyped-call]
    return False


def _inverse(self: Any) -> None:
    """To the first document from here that is there and that the child does not have."""
    child = self.child
    while self._id < self.limit:
        if child.is_active() and child.id() < self._id:
            child.skip_to(self._id)
        if not self.missing(self._id) and not (child.is_active() and child.id() == self._id):
            return
        self._id += 1


def mend() -> None:
    """Puts the mended methods in place of Whoosh's; harmless a second time."""
    for name in ("_find_first", "_find_next"):
        setattr(AndNotMatcher, name, _and_not)
    setattr(InverseMatcher, "_find_next", _inverse)  # noqa: B010  # an assignment would be a type error
