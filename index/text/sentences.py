"""Where sentences end, told from what a raw string looks like and what follows it.

razdel does this well, and 99.7% of its ends on news are ours, but it would halve the speed of indexing; here each raw
string is judged once, and a text is a few array operations (decision 020). Knows nothing of lemmas.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from index.compiled import compiled
from index.text.fold import fold
from index.text.raws import CLOSERS, PARAGRAPH, STOPS, spans

__all__ = ["ends", "first", "flags", "told"]

STOP, MAYBE, YEAR, LOWER, UPPER, DIGIT, HEAD, GROUP, BREAK, NEUTRAL = (1 << bit for bit in range(10))

_STOPS = frozenset(STOPS)
_CLOSERS = f"[{re.escape(CLOSERS)}]*"
_HARD = re.compile(rf"[!?…]{_CLOSERS}[.…]*$|\.\.\.?{_CLOSERS}$")
_DOT = re.compile(rf"(\w*)(\W*?)\.{_CLOSERS}[.]*$")
_FIRST = re.compile(r"[^\W_]")
_HEAD = re.compile(r"[^\w\s]*\d{1,3}")
_GROUP = re.compile(r"\d{3}[^\w\s]*")
_INITIAL = re.compile(r"(?:^|[\W_])(?:[А-ЯЁA-ZӘҒҚҢӨҰҮҺІ]|Дж|Ал|Вл|Ю|Я)$")


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


# What follows belongs to the same sentence, capital or not: «ул. Абая», «им. Сатпаева», «проф. Иванов».
_NEVER = _words(
    "ул пр просп пер пл бул бульв мкр наб ш д дом стр корп кв оф г гор пос с сел дер обл р рн им св прп о оз ст",
    "проф акад доц канд чл корр ген полк подп кап лейт серж зам пом зав нач гл рук мин дир тов гр гос респ нац",
    "см ср напр т е п пп рис табл илл англ нем фр лат греч каз рус ред изд сост авт ок прибл приблиз тел факс моб",
    "mr mrs ms dr st no vs",
)
# These may stand last: «100 млн. Об этом …», «и др. Он …»; before a digit or a small letter they do not.
_SOMETIMES = _words(
    "др пр гг вв млн млрд трлн тыс руб коп долл тг тнг кг км м см мм га л т ч час мин сек шт экз чел кв куб проц",
    "янв февр мар апр авг сент окт нояб дек пн вт ср чт пт сб вс jr sr inc ltd co corp",
)
# Stand last only after a number: «в 2025 г. Президент», but «г. Астана».
_AFTER_NUMBER = _words("г гг в вв с т д м л ч н э р п")
# With these before a dot the sentence may go on, as it may with an initial, which has at most INITIAL letters.
ABBREVIATED = _NEVER | _SOMETIMES | _AFTER_NUMBER
INITIAL = 2


def flags(raw: str) -> int:
    """What *raw* says about the ends of sentences and groups of digits, as bits."""
    if raw == PARAGRAPH:
        return BREAK
    if raw.isalpha():
        return LOWER if raw[0].islower() else UPPER if raw[0].isupper() else 0
    found = _ending(raw)
    first = raw[0] if raw[0].isalnum() else _first(raw)
    if not first:
        return found | NEUTRAL
    if first.islower():
        found |= LOWER
    elif first.isupper():
        found |= UPPER
    if first.isdigit():
        found |= DIGIT if raw[-1].isdigit() or raw[-1] == "%" else 0
        found |= HEAD if _HEAD.fullmatch(raw) else 0
        found |= GROUP if _GROUP.fullmatch(raw) else 0
    return found


def _first(raw: str) -> str:
    match = _FIRST.search(raw)
    return match.group() if match else ""


def _ending(raw: str) -> int:
    # Half of all raw strings end in a letter, and of the others most in a comma or a quotation mark.
    if raw[-1].isalnum() or _STOPS.isdisjoint(raw):
        return 0
    if _HARD.search(raw):
        return STOP
    dot = _DOT.search(raw)
    if dot is None:
        return 0
    word = fold(dot[1]).lower()
    if not dot[2] and _INITIAL.search(raw[: dot.end(1)]):
        return 0
    if dot[2] or not word:
        return STOP
    kinds = YEAR if word in _AFTER_NUMBER else 0
    if raw.lower().rstrip(".,;)»").endswith(("т.д", "т.п", "н.э")):
        return MAYBE
    if word in _NEVER:
        return kinds
    return MAYBE if word in _SOMETIMES else kinds or STOP


def ends(bits: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which raw strings end a sentence; *bits* are the flags of consecutive raw strings."""
    found = np.empty(len(bits), np.bool_)
    _mark_ends(bits, found)
    return found


@compiled
def _mark_ends(bits: NDArray[np.int32], found: NDArray[np.bool_]) -> None:
    size = len(bits)
    for at in range(size):
        own, following = bits[at], bits[at + 1] if at + 1 < size else BREAK
        if following & NEUTRAL:
            # A dash or a quote standing alone speaks for the word behind it: «„Да!“ — сказал он».
            following = bits[at + 2] if at + 2 < size else BREAK
        maybe = own & MAYBE or (own & YEAR and at > 0 and bits[at - 1] & DIGIT)
        stops = own & STOP and not following & LOWER
        found[at] = bool(own & BREAK or stops or (maybe and following & (UPPER | BREAK)))


@compiled
def told(
    ids: NDArray[np.int32],
    sizes: NDArray[np.int64],
    known: NDArray[np.int32],
    flags: NDArray[np.int32],
    joined: NDArray[np.bool_],
) -> bool:
    """Adds to *flags* those of the raw strings that have numbers, which are *known*; texts have *sizes* of them.

    Tells in *joined* which go on with the number that the one before began, «1 200 000», and returns whether any does.
    """
    raw, found = 0, False
    for size in sizes:
        before = 0
        for _ in range(size):
            own = known[ids[raw]] if ids[raw] >= 0 else flags[raw]
            flags[raw] = own
            joined[raw] = own & GROUP and before & HEAD
            found |= joined[raw]
            before = own
            raw += 1
    return found


def first(text: str) -> str:
    """The first sentence of *text* without the white space around it. Linear in ``len(text)``."""
    found = list(spans(text))
    if not found:
        return ""
    stops = np.flatnonzero(ends(np.array([flags(raw) for raw, _ in found], dtype=np.int32)))
    raw, start = found[int(stops[0]) if len(stops) else -1]
    return text[found[0][1] : start + len(raw)].strip()
