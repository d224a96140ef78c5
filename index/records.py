"""What passes between analysis and an engine: one document, analysed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.documents import Document
from index.text import Tokens

__all__ = ["FIELDS", "Record"]

# The searchable fields. Captions, bylines and teasers are a field of their own and not part of ``text``: they are
# found, but weigh little, and their words neither lengthen the body nor stand next to it in a phrase.
FIELDS = ("title", "text", "aside")


@dataclass(frozen=True, slots=True)
class Record:
    """A document as it is stored, and the tokens of each of FIELDS; form numbers are those of the run's analyzer.

    ``sketch``: 32 bytes of its body, of a short one with its title, by which near-duplicates are told.
    """

    document: Document
    tokens: Mapping[str, Tokens]
    sketch: NDArray[np.uint8]
