"""Reads what was typed with the keyboard in another layout: «vbybcnh» is «министр», «ьштшыекн» is «ministry».

Works on the raw text of a query: on a Russian keyboard б ю х ъ ж э stand where the Latin one has , . [ ] ; ' — which
analysis throws away. Knows keys only; whether a reading is a word is for others to say.
"""

from __future__ import annotations

import re

__all__ = ["other_layouts", "plausible"]

_LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./"
_RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбю."
_SHIFTED_LATIN = '~QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?'
_SHIFTED_RUSSIAN = "ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,"
# The Kazakh layout has its own letters on the row of digits and is Russian below it.
_DIGITS = "234589 0-=".replace(" ", "")
_KAZAKH = "әіңғүұқөһ"

_TO_RUSSIAN = str.maketrans(_LATIN + _SHIFTED_LATIN, _RUSSIAN + _SHIFTED_RUSSIAN)
_TO_LATIN = str.maketrans(_RUSSIAN + _SHIFTED_RUSSIAN, _LATIN + _SHIFTED_LATIN)
_TO_KAZAKH = _TO_RUSSIAN | str.maketrans(_DIGITS, _KAZAKH)

_HAS_LATIN = re.compile("[a-zA-Z]")
_HAS_CYRILLIC = re.compile("[а-яёА-ЯЁ]")
# After a word these are more often punctuation than letters; both readings are tried.
_TAIL = re.compile(r"[.,;:?!]+$")
_VOWELS = re.compile("[аеёиоуыэюяәіөүұaeiouy]")
_CLUSTER = re.compile("[^аеёиоуыэюяәіөүұьъaeiouy]{5}|^[ьъы]|[аеиоуыэюя]{4}|[жш]ы|[чщ]я|[аеиоуыэюя][ьъ]|[ьъ]{2}")


def other_layouts(chunk: str) -> list[str]:
    """What the same keys give in the other layouts, the likeliest first; *chunk* has no blanks.

    A chunk that is part Latin, part Russian («минbcnh») was begun in one layout and gone on with in the other.
    """
    found = []
    tail = _TAIL.search(chunk)
    word, rest = (chunk[: tail.start()], tail.group()) if tail else (chunk, "")
    if _HAS_LATIN.search(word) or (_HAS_CYRILLIC.search(word) is None and re.search(r"[\[\];',.]\w", word)):
        found.append(word.translate(_TO_RUSSIAN) + rest)
        if rest and rest.translate(_TO_RUSSIAN).isalpha():
            found.append(chunk.translate(_TO_RUSSIAN))
        if re.search("[2-90=]", word):
            found.append(word.translate(_TO_KAZAKH) + rest)
    if _HAS_CYRILLIC.search(word):
        found.append(word.translate(_TO_LATIN) + rest)
    return [reading for reading in dict.fromkeys(found) if reading != chunk]


def plausible(word: str) -> bool:
    """Whether lower-case *word* could be read aloud: it has vowels, and no heap of consonants."""
    letters = len(word)
    vowels = len(_VOWELS.findall(word))
    return letters >= 3 and 0.2 <= vowels / letters <= 0.75 and not _CLUSTER.search(word)
