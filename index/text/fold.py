"""Makes different spellings of one surface form the same string; the case of its first letter is kept.

«прошeл» with a Latin e, «прошёл», «Прошел» and «про\u00adшёл» are one word to a reader. Folding never looks at a
dictionary: what it joins is the same word in every text. Knows nothing of lemmas.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["APOSTROPHES", "HYPHENS", "MARKS", "MAX_LETTERS", "fold", "shape", "twin"]

# A longer "word" is a key, a path or noise: nobody types it, and normalising a long run of marks takes square time.
# 64: of 1.7 million words of news none has 30 letters.
MAX_LETTERS = 64

# Written as classes of a regular expression; used inside [...].
HYPHENS = "-‐‑‒–−"
APOSTROPHES = "'’ʼ‘`´"
# What may stand inside a word without being read: combining marks (a stress above all), soft hyphens, joiners.
MARKS = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"

_INVISIBLE = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_SAME = _INVISIBLE | dict.fromkeys(map(ord, HYPHENS), "-") | dict.fromkeys(map(ord, APOSTROPHES), "'")
_YO = str.maketrans("ёЁ", "еЕ")
_STRESS = re.compile("[\u0300\u0301\u0340\u0341]")
_PLAIN = re.compile("[а-яА-Я0-9.,-]+|[a-zA-Z0-9.,-]+")

_LATIN_TWINS = "aceopxykmtbhiABCEHIKMOPTXYhëË"
_CYRILLIC_TWINS = "асеорхукмтвніАВСЕНІКМОРТХУһеЕ"
_TO_CYRILLIC = str.maketrans(_LATIN_TWINS, _CYRILLIC_TWINS)
_TO_LATIN = str.maketrans("асеорхукіАВСЕНІКМОРТХУ", "aceopxykiABCEHIKMOPTXY")
_LATIN = re.compile("[a-zA-ZëË]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_ONLY_LATIN = re.compile(f"[a-zA-ZëË](?<![{_LATIN_TWINS}])")
_ONLY_CYRILLIC = re.compile("[\u0400-\u052f](?<![асеорхукіАВСЕНІКМОРТХУ])")

_KAZAKH = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІїґєў", "агкноуухиАГКНОУУХИигеу")


def fold(word: str) -> str:
    """The canonical spelling of *word*: lower case but for a leading or full capitalisation («Токаев», «РК»).

    At most MAX_LETTERS long: what is beyond is cut. Idempotent.
    """
    if not _PLAIN.fullmatch(word):
        word = _respell(word[: 4 * MAX_LETTERS])
    word = word[:MAX_LETTERS]
    if word.islower() or (len(word) > 1 and word.isupper()):
        return word
    return word[:1] + word[1:].lower()


def _respell(word: str) -> str:
    if word.isascii():  # an address, mostly
        return word.replace("`", "'")
    word = unicodedata.normalize("NFKC", word.translate(_SAME))
    word = unicodedata.normalize("NFC", _STRESS.sub("", unicodedata.normalize("NFD", word))).translate(_YO)
    if not _CYRILLIC.search(word):
        # «José» is typed as «Jose»; in Cyrillic a mark makes another letter (й), so it stays.
        word = "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
        return unicodedata.normalize("NFC", word).translate(_SAME)
    if _LATIN.search(word):
        return "".join(_one_script(piece) for piece in re.split("([-'])", word))
    return word


def _one_script(word: str) -> str:
    """*word* in the one script that it looks to be in; as it is when both scripts have a letter that only they have."""
    if not _ONLY_LATIN.search(word):
        return word.translate(_TO_CYRILLIC)
    if not _ONLY_CYRILLIC.search(word):
        return word.translate(_TO_LATIN)
    return word


def shape(form: str) -> str:
    """How *form* is capitalised: 'lower', 'title' or 'upper'."""
    if len(form) > 1 and form.isupper():
        return "upper"
    return "title" if form[:1].isupper() else "lower"


def twin(word: str) -> str:
    """*word* as it is typed on a Russian keyboard: «әлихан» -> «алихан», «о'нил» -> «онил»."""
    return word.translate(_KAZAKH).replace("'", "")
