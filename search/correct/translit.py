"""Reads Russian written in Latin letters: «ministr», «Tokayev», «shchuka», «zakon o biznese», «4elovek».

Passports, maps and chats each have a scheme of their own, and readers mix them; so a Latin word has many readings. They
are spelled out from left to right, the cheapest kept, and the index says which are words. Knows nothing of queries.
"""

from __future__ import annotations

import re
from math import inf
from operator import itemgetter

from search.correct import slips

__all__ = ["MOST", "is_latin", "readings"]

# Spellings kept at each letter: the right one was among the first 40 for all words of tests/correct/latin.tsv.
MOST = 120
_WORD = re.compile(r"[a-z46][a-z'46]*")

# Cost 20 is a factor e of likelihood, as in slips.py. A reading with fewer letters of Latin is not cheaper by itself.
_TABLE = """
a    а 0  я 40
b    б 0
c    ц 10  к 15  с 20  ч 40
d    д 0
e    е 0  э 10  ъе 30
f    ф 0
g    г 0  ж 40  дж 40
h    х 5  г 20  - 40
i    и 0  й 10  ы 20  ь 40
j    й 10  ж 10  дж 10  ь 40
k    к 0
l    л 0  ль 10
m    м 0
n    н 0  нь 15
o    о 0  е 45
p    п 0
q    к 5
r    р 0  рь 20
s    с 0  сь 20  з 30
t    т 0  ть 15
u    у 0  ю 20
v    в 0  вь 30
w    в 5  ш 20  у 30
x    кс 0  х 10
y    ы 0  й 5  и 10  ый 20  ий 20  ь 35
z    з 0  ц 40  с 40
4    ч 20
6    ш 20
'    ь 0  ъ 10  - 15
ae   ае 0  э 20  аэ 5
ai   ай 0  аи 5
au   ау 0  аю 25
ay   ай 0  ы 40
ch   ч 0  х 35
ck   к 0
dj   дж 0
dzh  дж 0
ee   ее 0  и 25  ие 30
ei   ей 0  еи 5  эй 15
eo   ео 0  ё 20
ey   ей 0  эй 15
ia   ия 0  я 10  иа 10  ья 15
ie   ие 0  ье 10  е 15
ii   ий 0  ии 0
ij   ий 0
io   ио 0  ьо 20  ё 15
iu   ию 0  ю 10  ью 15
iy   ий 0  ый 10
iya  ия 0
iia  ия 0
iyu  ию 0
ja   я 0  ья 20  ъя 35  жа 20  джа 20
je   е 5  ье 15  ъе 30  дже 20  же 20
jo   ё 0  йо 5  ьё 20  жо 30  джо 20
ju   ю 0  ью 20  жу 30  джу 20
kh   х 0  кх 30
oi   ой 0  ои 5
oo   оо 0  у 20
ou   оу 0  у 20
oy   ой 0  ои 25
ph   ф 5  пх 30
sch  щ 0  сч 15  ш 10  сх 30
sh   ш 0  щ 25  сх 35
shch щ 0  шч 40
shh  щ 0
sj   сь 20
sky  ский 5  ски 20
stch щ 20
tch  ч 10  тч 10
tc   ц 5
th   т 20  тх 30
ts   ц 0  тс 5
tsya тся 0  ться 0  ця 20
tz   ц 5  тз 40
uy   уй 0
ya   я 0  ья 10  ъя 20  ыа 40
ye   е 0  ье 10  ъе 20  ые 15  э 30
yi   ый 5  ы 5  и 20  ыи 25  ьи 20
yj   ый 0
yo   ё 0  йо 10  ьо 15  ьё 20
yu   ю 0  ью 10  ъю 30
yy   ый 0
zh   ж 0  зх 40
"""
# A sign follows nothing else.
_CONSONANTS = frozenset("бвгджзклмнпрстфхцчшщ")
_SIGNS = frozenset("ьъ")
_APART = frozenset(("sh", "ch", "zh", "kh", "ya", "yu", "yo", "ju", "ja", "ts"))


def _table() -> dict[str, tuple[tuple[str, int], ...]]:
    table = {}
    for line in _TABLE.split("\n")[1:-1]:
        latin, *pairs = line.split()
        table[latin] = tuple(
            (russian.replace("-", "").replace("ё", "е"), int(price))
            for russian, price in zip(pairs[::2], pairs[1::2], strict=True)
        )
    return table


_READINGS = _table()
_WIDEST = max(map(len, _READINGS))


def is_latin(word: str) -> bool:
    """Whether lower-case *word* may be Russian in Latin letters."""
    return _WORD.fullmatch(word) is not None and len(word) <= slips.LONGEST and any(map(str.isalpha, word))


def readings(word: str) -> list[tuple[str, int]]:
    """Cyrillic spellings of a lower-case Latin *word* with their costs, cheapest first, at most MOST; ё is е."""
    kept: list[dict[str, int]] = [{"": 0}] + [{} for _ in word]
    for at in range(len(word)):
        steps = _steps(word, at)
        for begun, price in _cheapest(kept[at]):
            signs = begun[-1:] in _CONSONANTS
            for to, russian, more, is_sign in steps:
                if is_sign and not signs:
                    continue
                spelled, costs = begun + russian, kept[to]
                if price + more < costs.get(spelled, inf):
                    costs[spelled] = price + more
    return _cheapest(kept[-1])


def _cheapest(costs: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(costs.items(), key=itemgetter(1, 0))[:MOST]


def _steps(word: str, at: int) -> list[tuple[int, str, int, bool]]:
    """Readings of what begins at *at*: where they end, what they say and cost, and whether a sign begins them."""
    # Taking a digraph apart («s», «h» for «sh») is possible but rarer than its own reading.
    apart = 15 if word[at : at + 2] in _APART else 0
    return [
        (at + width, russian, price + (apart if width == 1 else 0), russian[:1] in _SIGNS)
        for width in range(1, min(_WIDEST, len(word) - at) + 1)
        for russian, price in _READINGS.get(word[at : at + width], ())
    ]
