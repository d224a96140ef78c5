"""Surface forms as keys of the term table: the word in lower case, then a mark of how it is capitalised.

«токаев», «Токаев» and «ТОКАЕВ» are three forms; marked so, all shapes of a word and all words of a prefix are one range
of the table, whatever their capitals.
"""

from __future__ import annotations

__all__ = ["AFTER_SHAPES", "form_of", "key_of", "word_of"]

TITLE = "\x01"
UPPER = "\x02"
# The few that capitalising does not bring back («İstanbul», «ﬁ»): the form itself follows.
OTHER = "\x03"
# A word and this is after all shapes of the word and before any longer word.
AFTER_SHAPES = "\x04"


def key_of(form: str) -> str:
    """The key of *form*; keys of different forms differ."""
    word = form.lower()
    if word == form:
        return word
    if word[:1].upper() + word[1:] == form:
        return word + TITLE
    if word.upper() == form:
        return word + UPPER
    return word + OTHER + form


def form_of(key: str) -> str:
    """The form that *key* was made of."""
    mark = key[-1:]
    if mark > AFTER_SHAPES and OTHER not in key:  # most are as they are
        return key
    word = key[:-1]
    if mark == TITLE:
        return word[:1].upper() + word[1:]
    if mark == UPPER:
        return word.upper()
    return key.partition(OTHER)[2] or key


def word_of(key: str) -> str:
    """The lower-cased word that *key* is a shape of."""
    return key.partition(OTHER)[0].rstrip(TITLE + UPPER)
