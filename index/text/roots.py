"""The root of a lemma, roughly: what «Казахстан», «казахстанский» and «казахстанец» have in common.

For ranking alone. Roots join too much («банк» and «банка») to say what a document is about, and so never find one;
among documents that are found, words of one root tell a little. Knows nothing of forms, documents or weights.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["LEAST", "ROUNDS", "SUFFIXES", "root"]

# What is taken off the end, the longest that leaves four letters; twice, for «-ист» and «-ск» stand before endings.
# Four letters: with three «суд» meets «судно», and nothing is gained. One round gives up a third of the gain.
LEAST, ROUNDS = 4, 2
_SUFFIXES = (
    "ический еский ский ской цкий ный ной ний нной нный енный анный овый евый овой ивый альный ельный тельный ый ий ой",
    "ость ение ание ование ирование ство ество тель атель итель ник ница щик чик изм ист ация яция изация иция",
    "ия ие ье ка ок ек ец ица ин анин янин ян ов ев а я о е и ы у ю ь й",
    "ать ять ить еть уть овать ировать изировать ться аться иться яться оваться",
)
SUFFIXES = " ".join(_SUFFIXES).split()
_WORD = re.compile(f"(.{{{LEAST},}}?)(?:{'|'.join(SUFFIXES)})")


@lru_cache(maxsize=1 << 16)
def root(lemma: str) -> str:
    """The beginning of *lemma* that other words of its root share; the lemma itself when it is short or bare."""
    for _ in range(ROUNDS):
        found = _WORD.fullmatch(lemma)
        if found is None:
            break
        lemma = found[1]
    return lemma
