"""Rules for words that the dictionary knows: which readings news mean, which comes first, what is missing.

The dictionary leads a word to one lemma by its own conventions («крупнейший» to «крупный», «расположен» to
«расположить»). A reader may type either, so both are kept; which comes first follows Universal Dependencies, where
linguists have said for whole texts what they take a word for.
"""

from __future__ import annotations

import re

from index.text import dictionary
from index.text.dictionary import Reading
from index.text.fold import twin
from index.text.paradigms import nominatives
from index.text.word import Rule, Scores, Word

__all__ = ["RULES", "read"]

_CYRILLIC = re.compile("[а-я]+")
_ENDING = re.compile(r"(?:ый|ий|ая|яя|ое|ее|ые|ие|ого|его|ому|ему|ым|им|ом|ем|ой|ей|ую|юю|ою|ею|ых|их|ыми|ими)(?:ся)?$")

# How the names of women end whose men's names end otherwise.
_WOMEN = ("ова", "ева", "ина", "ына", "ая", "вна", "чна")


def read(word: Word, scores: Scores) -> None:
    """Looks the word up, and drops the readings that news never mean."""
    plain = word.lower if _CYRILLIC.fullmatch(word.lower) else twin(word.lower)
    word.known = dictionary.knows(plain)
    every = [own for reading in dictionary.readings(plain) for own in _own_gender(reading, plain)]
    word.readings = [reading for reading in every if _is_plausible(reading, word)]
    if word.lower in word.lexicon.only:
        word.known, word.readings = False, []
    if word.known and not word.is_capitalised and not all(reading.is_name for reading in word.readings):
        word.readings = [reading for reading in word.readings if not reading.is_name]
    word.tags = frozenset().union(*[reading.tags for reading in word.readings])
    if word.known:
        for reading in word.readings:
            scores[reading.lemma] = scores.get(reading.lemma, 0.0) + reading.score
        word.known = bool(scores)


def _own_gender(reading: Reading, word: str) -> list[Reading]:
    """«Ивановной» is of «Ивановна», «Ивановой» of «Иванова»; the dictionary has every woman under a man's name.

    A surname keeps the man's too, after hers: a family is one word to a reader.
    """
    if "femn" in reading.tags and {"Patr", "Surn"} & reading.tags:
        own = next((name for name in nominatives(word) if name.endswith(_WOMEN)), reading.lemma)
        hers = reading._replace(lemma=own)
        return [hers] if "Patr" in reading.tags else [hers, reading._replace(score=0.5 * reading.score)]
    return [reading]


def _is_plausible(reading: Reading, word: Word) -> bool:
    tags = reading.tags
    if "voct" in tags or ("Abbr" in tags and reading.lemma != word.lower):
        return False
    # «Иванов» is not many Ivans, nor «Абаев» many Abais.
    return not ("Name" in tags and "plur" in tags and word.lower.endswith(("ов", "ев")))


def _superlative(word: Word, scores: Scores) -> None:
    """«крупнейшем» is «крупнейший» before it is «крупный»."""
    for reading in word.readings:
        if reading.lemma in scores and "Supr" in reading.tags and _ENDING.search(word.lower):
            _lead(scores, _ENDING.sub("ий", word.lower), reading.lemma)


def _comparative(word: Word, scores: Scores) -> None:
    """«сильнее» is of «сильный» and of «сильно»."""
    for reading in word.readings:
        if "COMP" in reading.tags and reading.lemma in scores and re.search("[иыо]й$", reading.lemma):
            scores.setdefault(reading.lemma[:-2] + "о", 0.5 * scores[reading.lemma])


def _participle(word: Word, scores: Scores) -> None:
    """«расположены», «обвиняемых» lead to the verb first, and to the participle by itself."""
    for reading in word.readings:
        if reading.lemma not in scores:
            continue
        if "PRTS" in reading.tags:
            own = re.sub("[аоы]$", "", word.lower)
            own += "ный" if own.endswith("н") else "ый"
        elif "PRTF" in reading.tags and _ENDING.search(word.lower):
            stem = _ENDING.sub("", word.lower)
            own = stem + ("ий" if stem.endswith(("щ", "ш")) else "ый") + ("ся" if word.lower.endswith("ся") else "")
        else:
            continue
        if own in scores and scores[own] > scores[reading.lemma] and "PRTS" in reading.tags:
            scores[reading.lemma] = 1.01 * scores[own]
        scores.setdefault(own, 0.1 * scores[reading.lemma])


def _noun_before_adverb(word: Word, scores: Scores) -> None:
    """«вечером», «зимой» are forms of nouns that are used as adverbs."""
    nouns = [reading.lemma for reading in word.readings if {"NOUN", "ablt"} <= reading.tags and not reading.is_name]
    adverb = any("ADVB" in reading.tags and reading.lemma == word.lower for reading in word.readings)
    if word.known and nouns and adverb:
        _lead(scores, nouns[0], word.lower)


def _adjective_before_its_noun(word: Word, scores: Scores) -> None:
    """«прошлого», «основном» are adjectives before they are the nouns «прошлое», «основное»."""
    adjectives = [reading.lemma for reading in word.readings if "ADJF" in reading.tags]
    for reading in word.readings:
        if "NOUN" in reading.tags and reading.lemma in scores and reading.lemma.endswith(("ое", "ее")) and adjectives:
            best = max(adjectives, key=lambda lemma: (scores.get(lemma, 0.0), lemma.endswith("ой")))
            if best[:-2] == reading.lemma[:-2] and word.lower != reading.lemma:
                _lead(scores, best, reading.lemma)


def _short_adjective(word: Word, scores: Scores) -> None:
    """«известно, что …», «нужно» are short adjectives, where the dictionary has them as adverbs or predicates."""
    if word.lower not in scores or not any({"PRED", "Prdx"} & reading.tags for reading in word.readings):
        return
    for reading in word.readings:
        if "ADJS" in reading.tags and reading.lemma in scores:
            _lead(scores, reading.lemma, word.lower)


def _soft_noun(word: Word, scores: Scores) -> None:
    """«счастья» is of «счастье» first, and of the bookish «счастие»."""
    for lemma in [lemma for lemma in scores if lemma.endswith("ие") and lemma[:-2] + "ь" in word.lower]:
        _lead(scores, lemma[:-2] + "ье", lemma)


def _lead(scores: Scores, first: str, second: str) -> None:
    """Puts *first* before *second*, which keeps some of its score."""
    best = max(scores.get(first, 0.0), scores.get(second, 0.0), 0.01)
    scores[first], scores[second] = best, 0.5 * best


RULES = (
    Rule("superlative", "a reader may type «крупнейший» and mean no other", _superlative, frozenset({"Supr"})),
    Rule("comparative", "of an adjective and of its adverb", _comparative, frozenset({"COMP"})),
    Rule("participle", "verbs first, participles left to their own lemmas", _participle, frozenset({"PRTS", "PRTF"})),
    Rule("noun before adverb", "«вечером» is when, and an evening", _noun_before_adverb, frozenset({"ADVB"})),
    Rule(
        "adjective before its noun",
        "nouns made of adjectives are rarer than these",
        _adjective_before_its_noun,
        frozenset({"ADJF"}),
    ),
    Rule("short adjective", "«известно» is «известный»", _short_adjective, frozenset({"ADJS"})),
    Rule("soft noun", "«-ье» is how the word is spelt today", _soft_noun),
)
