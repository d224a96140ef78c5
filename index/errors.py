"""Every error Slovo raises on purpose, drawn as a tree.

    SlovoError
      SettingsError       a setting is unknown or has a value that cannot be
      SourceError         a source of documents is not there or is not of a kind we read
      LexiconError        a line of a lexicon file cannot be understood
      IndexFault          something about an index on disk
        NoIndex             nothing was published there yet
        IndexBusy           another process is writing it
        IndexDamaged        a file is missing, cut short or changed
        IndexMismatch       made by another version of analysis, schema or format
      RequestError        a parameter of a search request is unknown or bad
      NotFound            a document or page that is not there
      OutOfTime           a query reached its time limit; search/ turns it into what was found by then
      Interrupted         the operator asked a run to stop (SIGINT, SIGTERM)

A message says what happened, to which value, where, and what to do. Adapters translate the exceptions of libraries;
nothing but these crosses a package's door.
"""

from __future__ import annotations


class SlovoError(Exception):
    """Root of the tree. ``str(error)`` is one line that a user can act upon."""


class SettingsError(SlovoError):
    """A setting is unknown or has a value that cannot be."""


class SourceError(SlovoError):
    """A source of documents is not there or is not of a kind we read."""


class LexiconError(SlovoError):
    """A line of a lexicon file cannot be understood; names file and line."""


class IndexFault(SlovoError):
    """Something about an index on disk."""


class NoIndex(IndexFault):
    """Nothing was published there yet."""


class IndexBusy(IndexFault):
    """Another process is writing this index."""


class IndexDamaged(IndexFault):
    """A file of a generation is missing, cut short or changed."""


class IndexMismatch(IndexFault):
    """Made by another version of analysis, schema or format than this program's."""


class RequestError(SlovoError):
    """A parameter of a request is unknown or bad."""

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(f"{parameter}: {reason}")
        self.parameter = parameter
        self.reason = reason


class NotFound(SlovoError):
    """A document or page that is not there."""


class OutOfTime(SlovoError):
    """A query reached its time limit. Never leaves search/: an answer tells what was found by then."""


class Interrupted(SlovoError):
    """The operator asked a run to stop; the published generation is untouched."""
