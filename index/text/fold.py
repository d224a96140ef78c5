"""Makes different spellings of one surface form the same string; the case of its first letter is kept.

«прошeл» with a Latin e, «прошёл», «Прошел» and «про\u00adшёл» are one word to a reader.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["fold", "shape"]

_DROPPED = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x301, 0x300))
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–−"), "-")
_YO = {ord("ё"): "е", ord("Ё"): "Е"}
_LOOKALIKES = str.maketrans("aceopxykmtbhiABCEHIKMOPTXYё", "асеорхукмтвніАВСЕНІКМОРТХУе")
_CYRILLIC = re.compile("[а-яА-ЯёЁәғқңөұүһіӘҒҚҢӨҰҮҺІ]")
_LATIN = re.compile("[a-zA-Z]")


def fold(word: str) -> str:
    """The canonical spelling of *word*: lower case but for a leading or full capitalisation («Токаев», «РК»)."""
    word = unicodedata.normalize("NFC", word.translate(_DROPPED | _HYPHENS)).translate(_YO)
    if _LATIN.search(word) and len(_CYRILLIC.findall(word)) > len(_LATIN.findall(word)):
        word = word.translate(_LOOKALIKES)
    if len(word) > 1 and word.isupper():
        return word
    return word[:1] + word[1:].lower()


def shape(form: str) -> str:
    """How *form* is capitalised: 'lower', 'title' or 'upper'."""
    if len(form) > 1 and form.isupper():
        return "upper"
    return "title" if form[:1].isupper() else "lower"
