"""Engines write what build.py hands them. Each meets IndexWriter and leaks nothing of its library."""

from __future__ import annotations

from typing import Protocol

from index.generations import Generation
from index.records import Record

__all__ = ["IndexWriter"]


class IndexWriter(Protocol):
    """One generation being written, on top of the published one. Used by one thread."""

    def add(self, record: Record) -> None:
        """Takes in *record*; a document with the same id, older or from this run, is replaced."""

    def delete(self, doc_id: str) -> None:
        """Takes out the document; one that is not there is no error."""

    def publish(self) -> Generation:
        """All or nothing, durable when it returns. The writer is finished after it."""

    def abort(self) -> None:
        """Leaves nothing behind; the published generation is untouched. May be called at any time, also twice."""
