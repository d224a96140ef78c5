"""What a slip of writing costs: how unlikely it is that somebody who meant one word typed another.

    typed «карупцыя», meant «коррупция»: а for о 45, р left out 45, ы for и 45 -> 135

A cost of 100 is a slip with no reason. Slips with one are cheaper: a sound written as it is heard, a key beside the
right one, a letter doubled or not. The tables are the model; search/engines/whoosh/neighbours.py walks an index with
them, and ``cost`` is the same in plain Python. Knows nothing of indexes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CODES",
    "FIRST",
    "LACKS",
    "LONGEST",
    "SUBSTITUTIONS",
    "SWAP",
    "TWICE",
    "budget",
    "codes",
    "cost",
    "extras",
]

# Longer words are left alone: nobody mistypes what nobody types.
LONGEST = 40

_PLAIN = 100
# Two letters in the wrong order: the commonest slip of fast typing after a wrong key.
SWAP = 75
# «комисия», «росийский»: one letter for two, or two for one.
TWICE = 50
# On top of a slip in the first letter: readers look at it, and few slips are there.
FIRST = 30
_KEY = 80
_SOUND = 55
_FAR_SOUND = 75
_SIGN = 45
_NEVER = 1_000

_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяәғқңөұүһіabcdefghijklmnopqrstuvwxyz0123456789-'"
_OTHER = len(_LETTERS)
# Code point -> row of the tables; what is beyond is _OTHER.
CODES: NDArray[np.uint8] = np.full(0x530, _OTHER, np.uint8)
CODES[[ord(letter) for letter in _LETTERS]] = np.arange(_OTHER)

_KEYBOARDS = (
    ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
)
# Written one for the other because they sound alike: unstressed vowels, voiced and voiceless at a word's end.
_ALIKE = "оа еи еэ иы ий эи яе яи юу бп вф гк дт жш зс ьъ әа ғг қк ңн өо ұу үу һх іи cs ck iy sz ei vw"
_LESS_ALIKE = "гх гв щш чш щч цс оу ео еы ая аэ ыэ ёо әя өе гқ кх ae ou ph bv"


def _neighbours(rows: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Keys that touch: beside each other, and those of the row below, which stands half a key to the right."""
    rows = list(rows)
    for row in rows:
        yield from pairwise(row)
    for upper, lower in pairwise(rows):
        yield from zip(upper, lower, strict=False)
        yield from zip(upper[1:], lower, strict=False)


def _substitutions() -> NDArray[np.int32]:
    """Row typed, column meant."""
    table = np.full((_OTHER + 1, _OTHER + 1), _PLAIN, np.int32)
    pairs = [(pair, _KEY) for rows in _KEYBOARDS for pair in _neighbours(rows)]
    pairs += [((pair[0], pair[1]), _FAR_SOUND) for pair in _LESS_ALIKE.split()]
    pairs += [((pair[0], pair[1]), _SOUND) for pair in _ALIKE.split()]
    for (one, other), price in pairs:
        row, column = _LETTERS.find(one), _LETTERS.find(other)
        if row >= 0 and column >= 0:
            table[row, column] = table[column, row] = min(table[row, column], price)
    for digit in "0123456789":
        table[_LETTERS.index(digit)] = table[:, _LETTERS.index(digit)] = _NEVER
    np.fill_diagonal(table[:_OTHER, :_OTHER], 0)
    return table


def _lacks() -> NDArray[np.int32]:
    """What leaving the letter out costs, unless it is a double."""
    table = np.full(_OTHER + 1, _PLAIN, np.int32)
    for letters, price in (("ьъ-'", _SIGN), ("йтд", 80), ("0123456789", _NEVER)):
        table[[_LETTERS.index(letter) for letter in letters]] = price
    return table


SUBSTITUTIONS = _substitutions()
LACKS = _lacks()


def codes(word: str) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """The code points of *word* and their rows in the tables."""
    points = np.array([ord(letter) for letter in word], np.int32)
    return points, np.where(points < len(CODES), CODES[np.minimum(points, len(CODES) - 1)], _OTHER).astype(np.uint8)


@lru_cache(maxsize=1024)
def extras(typed: str) -> tuple[int, ...]:
    """For each letter of *typed*, what it costs that it should not be there: a key hit twice or along with another."""
    _, rows = codes(typed)
    found = []
    for at, letter in enumerate(typed):
        beside = [near for near in (at - 1, at + 1) if 0 <= near < len(typed)]
        price = int(LACKS[rows[at]])
        if price < _NEVER and any(typed[near] == letter for near in beside):
            price = min(price, TWICE)
        elif price < _NEVER and any(SUBSTITUTIONS[rows[near], rows[at]] <= _KEY for near in beside):
            price = min(price, _KEY)
        found.append(price + (FIRST if at == 0 else 0))
    return tuple(found)


def budget(typed: str) -> int:
    """The most that the slips in *typed* may cost: two in a word of six letters, three in a long one.

    Beyond, so many words are as near that the right one is chance.
    """
    return (0, 0, 0, 80, 130, 170, 200, 220)[len(typed)] if len(typed) < 8 else min(300, 240 + 10 * (len(typed) - 8))


def cost(typed: str, meant: str) -> int:
    """The cheapest row of slips that makes *typed* of *meant*; O(len * len)."""
    _, a = codes(typed)
    _, b = codes(meant)
    extra = extras(typed)
    before: list[int] = []
    row = [0]
    for price in extra:
        row.append(row[-1] + price)
    for j, letter in enumerate(meant):
        lack = int(LACKS[b[j]])
        if j and letter == meant[j - 1]:
            lack = min(lack, TWICE)
        lack += FIRST if j == 0 else 0
        earlier, before, row = before, row, [row[0] + lack]
        for i, other in enumerate(typed):
            same = 0 if other == letter else int(SUBSTITUTIONS[a[i], b[j]]) + (FIRST if i == 0 and j == 0 else 0)
            best = min(before[i] + same, row[i] + extra[i], before[i + 1] + lack)
            if i and j and other == meant[j - 1] and typed[i - 1] == letter and other != letter:
                best = min(best, earlier[i - 1] + SWAP + (FIRST if i == 1 and j == 1 else 0))
            row.append(best)
    return row[-1]
