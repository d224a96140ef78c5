"""Which other query a reader may have meant: slips of spelling, the wrong layout, Latin letters, lost blanks."""

from search.correct.choose import Chosen, choose, decide, looks_right, readings
from search.correct.plain import PlainNeighbours
from search.correct.reading import Kind, Reading, Replaced
from search.correct.vocabulary import IndexVocabulary, Vocabulary

__all__ = [
    "Chosen",
    "IndexVocabulary",
    "Kind",
    "PlainNeighbours",
    "Reading",
    "Replaced",
    "Vocabulary",
    "choose",
    "decide",
    "looks_right",
    "readings",
]
