"""Makes query strings that nobody would type: each is a function of its number, so that a fault can be met again.

A third are derived from the language's own grammar, a third are queries of our tests changed at random, a third are
heaps of pieces: operators, letters of every kind, halves of surrogate pairs. Few are long, for most faults are short.
"""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from search.language import CLOSING, DATES, FIELDS, KEYWORDS, LANGUAGE, OPENING

__all__ = ["string"]

_TESTS = Path(__file__).resolve().parent.parent / "tests"
_WORDS = (
    *("сталь", "стали", "министр", "премьер-министр", "Токаев", "в", "и", "РК", "республика Казахстан", "ИИ", "77а"),
    *("ил-76", "2премьер-министр", "1 200 000", "3,5%", "№ 5", "COVID-19", "Zakon.kz", "о'нил", "қазақ", "ё", "не"),
    *("или", "слово_слово", "прошeл", "за\u0301мок", "верб\u00adлюд", "премьер\u2011министр", "a", "т.е.", "г."),
    *("щ" * 70, "x-" * 9, "2025-2026"),
)
_PATTERNS = ("ст*", "*т*", "м?н*", "п*", "*", "?", "*о*а*", "с?", "**а", "a*", "?" * 30, "*-*")
_DAYS = ("2024", "2024-02", "01.02.2024..15.03.2024", ">2024", "<=2024-02-30", "вчера", '"за неделю"', "..", "9999")
_LETTERS = (
    *"абвгеиклмнопрстьъыэюяАОЁҚғіabcxyz0123459  ",
    *"\"«»„“”‘’'!-−–—|&()~^*%?/:;,.…\\<>@#[]{}_=+№$",
    *"\u0301\u00ad\u00a0\u200b\u200d\u202e\u2028\ufeff\ufffd\x00\n\t\r",
    *"\ud800\udfff😀漢𝔞ﬁßİıǆ\u1e9e\u0345",
)
_OPERATORS = (" ", " ", " ", " ", " | ", " ИЛИ ", " И ", " AND ", " & ", " /3 ", " /99 ", " -", " НЕ ", " NOT ", "")


def string(number: int) -> str:
    """The query of that *number*."""
    chance = random.Random(number)
    kind = number % 3
    text = _query(chance, 0) if kind == 0 else _changed(chance) if kind == 1 else _heap(chance)
    return text * chance.choice((1,) * 200 + (2, 30, 400)) if len(text) < 400 else text


def _query(chance: random.Random, depth: int) -> str:
    parts = [_part(chance, depth) for _ in range(chance.choice((1, 1, 2, 2, 3, 4, 6)))]
    return "".join(part + chance.choice(_OPERATORS) for part in parts[:-1]) + parts[-1]


def _part(chance: random.Random, depth: int) -> str:
    draw = chance.random()
    if draw < 0.45 or depth > 4:
        word = chance.choice(_WORDS)
    elif draw < 0.55:
        word = chance.choice(_PATTERNS)
    elif draw < 0.65:
        word = _phrase(chance)
    elif draw < 0.75:
        word = f"({_query(chance, depth + 1)})"
    elif draw < 0.85:
        word = chance.choice((*FIELDS, *KEYWORDS)) + ":" + _part(chance, depth + 1)
    elif draw < 0.9:
        word = chance.choice(DATES) + ":" + chance.choice(_DAYS)
    else:
        signs = ("~", "~1", "~9", "*", "%", "?")
        word = chance.choice(("!", "-", "!!", "")) + chance.choice(_WORDS) + chance.choice(signs)
    return word + chance.choice(("",) * 9 + (f"^{chance.choice((0, 2, 0.5, 999))}",))


def _phrase(chance: random.Random) -> str:
    words = [chance.choice(("", "", "!")) + chance.choice(_WORDS) for _ in range(chance.randint(0, 4))]
    quoted = chance.choice(OPENING) + " ".join(words) + chance.choice(CLOSING)
    return chance.choice(("", "", "!")) + quoted + chance.choice(("", "", f"~{chance.randint(0, 12)}"))


def _changed(chance: random.Random) -> str:
    """A sensible query with some of its characters replaced, doubled, moved or dropped."""
    text = list(chance.choice(_seeds()))
    for _ in range(chance.randint(0, 5)):
        at = chance.randint(0, len(text))
        match chance.randint(0, 3):
            case 0:
                text[at : at + 1] = chance.choice(_LETTERS)
            case 1:
                text[at:at] = text[at : at + chance.randint(1, 8)]
            case 2:
                del text[at : at + chance.randint(1, 4)]
            case _:
                text[at:at] = chance.choice((*_OPERATORS, *_PATTERNS, *_LETTERS))
    return "".join(text)


def _heap(chance: random.Random) -> str:
    pieces = (*_LETTERS, *_LETTERS, *_WORDS, *_OPERATORS, *(f"{name}:" for name in FIELDS))
    return "".join(chance.choices(pieces, k=min(chance.randint(0, 12), chance.randint(0, 40))))


@cache
def _seeds() -> tuple[str, ...]:
    table = (_TESTS / "search" / "table.txt").read_text("utf-8").splitlines()
    right = (_TESTS / "correct" / "right.tsv").read_text("utf-8").splitlines()
    lines = [line.partition("\t")[0] for line in (*table, *right) if line and not line.startswith("#")]
    return (*(rule.example for rule in LANGUAGE), *lines)
