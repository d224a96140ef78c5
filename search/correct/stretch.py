"""Tries every way in which one stretch of a query may be wrong, and weighs each against what was typed.

A stretch is what stands between blanks. In another layout it is read as a whole, since punctuation keys are letters
there; spelling and Latin writing are looked at word by word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from search.correct import layout, splitting, translit
from search.correct.chunks import Chunk
from search.correct.reading import Candidate
from search.correct.spelling import belief, faith, recased, spelled
from search.correct.vocabulary import Vocabulary

__all__ = ["Wrong", "least", "rekeyed", "retyped", "torn"]

_CYRILLIC = re.compile("[\u0400-\u052f]")
_LETTERS = re.compile(r"[^\W\d_]")
# Nats that a reader's having used the wrong layout, or Latin, costs; where another word of the query shows it, nothing.
_WHOLE = 1.0
# Any three keys give some word or abbreviation in any layout.
_SHORT = 3
_SHORT_COST = 3.0
_MANNER = 4.0
# A word that no index and no dictionary knows, but that can be read aloud where what was typed cannot.
_PLAUSIBLE = 0.0
# A word of no dictionary that stands in this many documents is a name or a term.
_ESTABLISHED = 300
# A slip inside a word that is in Latin letters besides.
_TWICE_WRONG = 1.5
# A shorter one in Latin letters is a name or English.
_GUESSED = 6
# A capital inside a query is a name, and names are new more often than misspelt.
_NAMED = 1.5
_ROMAN = re.compile("[IVXLC]+")
_SIGNED = re.compile("[46']")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A stretch of the query and what it may have been, best first; ``faith`` is what a candidate must beat.

    ``known``: what was typed is a word of the index or of the dictionary.
    """

    start: int
    end: int
    old: str
    faith: float
    known: bool
    candidates: tuple[Candidate, ...]

    @property
    def margin(self) -> float:
        """By how much the best beats what was typed."""
        return self.candidates[0].score - self.faith


def rekeyed(chunk: Chunk, vocabulary: Vocabulary, *, shown: bool) -> Wrong | None:
    """*chunk* in another keyboard layout; *shown* when another word of the query was surely typed so."""
    price = 0.0 if shown else _price(chunk.word)
    others = [(text, _written(text, chunk, vocabulary) - price) for text in layout.other_layouts(chunk.text)]
    words = [word for word, _, _ in vocabulary.words(chunk.word)]
    # Nobody makes a slip besides and comes out at a word that is met everywhere, or meant what cannot be read aloud.
    slipped = [text for text, _ in others if _is_long_russian(text) and layout.plausible(text.lower())]
    slipped = [] if _established(words, vocabulary) else slipped
    others = [(text, score) for text, score in others if score > -math.inf or text in slipped]
    if not others:
        return None
    trust = min((faith(word, vocabulary) for word in words), default=0.0) - (_MANNER if shown else 0.0)
    known = any(belief(word, vocabulary) for word in words)
    found = []
    for text, score in others:
        if score > trust:
            found.append(Candidate(text, "layout", score))
        elif text in slipped:
            near = spelled(text.lower(), vocabulary, trust + _TWICE_WRONG + price)[:1]
            found += [
                Candidate(recased(each.text, text), "layout", each.score - _TWICE_WRONG - price)
                for each in near
                if each.score - _TWICE_WRONG - price > trust
            ]
    if not found:
        return None
    found.sort(key=lambda candidate: -candidate.score)
    return Wrong(chunk.start, chunk.end, chunk.text, trust, known, tuple(found))


def retyped(chunk: Chunk, vocabulary: Vocabulary, *, shown: bool) -> list[Wrong]:
    """Words of *chunk* that are misspelt, in Latin letters, or several run together; *shown*: as for ``rekeyed``."""
    found: list[Wrong] = []
    for word, start, end in [] if chunk.address else _words(chunk, vocabulary):
        old = chunk.text[start:end]
        latin = translit.is_latin(word)
        if latin and (not (shown or len(word) > 2) or _ROMAN.fullmatch(old)):
            continue
        if not latin and not _may_be_misspelt(word, old, vocabulary):
            continue
        trust = _trust(chunk, word, start, end, vocabulary, shown=shown)
        if latin:
            candidates = _russian(word, vocabulary, 0.0 if shown else _price(word))
        else:
            candidates = [*spelled(word, vocabulary, trust), *splitting.parted(word, vocabulary)]
        better = [
            Candidate(recased(each.text, old), each.kind, each.score) for each in candidates if each.score > trust
        ]
        better.sort(key=lambda candidate: -candidate.score)
        if better:
            at = chunk.start + start
            found.append(Wrong(at, at + len(old), old, trust, belief(word, vocabulary) > 0, tuple(better)))
    return found


def least(chunk: Chunk, wrongs: Iterable[Wrong], vocabulary: Vocabulary, *, shown: bool) -> float:
    """The score of the least of the words of *chunk*, its *wrongs* as corrected; *shown*: as for ``retyped``."""
    corrected = {wrong.start: wrong.candidates[0].score for wrong in wrongs}
    words = [] if chunk.address else _words(chunk, vocabulary)
    scores = (
        corrected[at]
        if (at := chunk.start + start) in corrected
        else _trust(chunk, word, start, end, vocabulary, shown=shown)
        for word, start, end in words
    )
    return min(scores, default=math.inf)


def _trust(chunk: Chunk, word: str, start: int, end: int, vocabulary: Vocabulary, *, shown: bool) -> float:
    """What another reading of the *word* at *start* of *chunk* must beat."""
    named = chunk.text[start:end][:1].isupper() and chunk.start + start > 0
    manner = _MANNER if shown and translit.is_latin(word) else 0.0
    return faith(word, vocabulary) - manner + (_NAMED if named else 0.0)


def torn(left: Chunk, right: Chunk, between: str, vocabulary: Vocabulary) -> Wrong | None:
    """Two chunks that are one word with a blank in it; *between* is what stands between them."""
    if not between.isspace() or left.text != left.word:
        return None
    one, other = left.word.lower(), right.word.lower()
    if not (_CYRILLIC.search(one) and _CYRILLIC.search(other)):
        return None
    found = splitting.joined(one, other, vocabulary)
    if found is None:
        return None
    trust = min(faith(one, vocabulary), faith(other, vocabulary))
    if found.score <= trust:
        return None
    end = right.start + len(right.word)
    old = left.word + between + right.word
    known = bool(belief(one, vocabulary) and belief(other, vocabulary))
    return Wrong(left.start, end, old, trust, known, (Candidate(recased(found.text, left.word), "split", found.score),))


def _words(chunk: Chunk, vocabulary: Vocabulary) -> list[tuple[str, int, int]]:
    """The words of *chunk*, where Latin letters keep the signs of Russian: «4elovek», «zhizn'»."""
    text = re.sub("[’ʼ`´]", "'", chunk.text.lower())
    whole = re.sub(r"[^\w']+$", "", text)
    if translit.is_latin(whole) and _SIGNED.search(whole):
        return [(whole, 0, len(whole))]
    return vocabulary.words(chunk.word)


def _is_long_russian(text: str) -> bool:
    return len(text) >= _GUESSED and text.isalpha() and _CYRILLIC.search(text) is not None


def _established(words: Iterable[str], vocabulary: Vocabulary) -> bool:
    return all(vocabulary.documents_with(word) >= _ESTABLISHED for word in words)


def _price(typed: str) -> float:
    return _WHOLE + (_SHORT_COST if len(typed) <= _SHORT else 0.0)


def _written(text: str, chunk: Chunk, vocabulary: Vocabulary) -> float:
    """How likely a reader meant *text*, read off the keys of *chunk*."""
    words = [word for word, _, _ in vocabulary.words(text)]
    cyrillic = _CYRILLIC.search(text) is not None
    if not words or not all(_LETTERS.search(word) for word in words) or (not cyrillic and not text.isalpha()):
        return -math.inf
    if not cyrillic and not all(map(vocabulary.documents_with, words)):
        return -math.inf
    believed = min(belief(word, vocabulary) for word in words)
    if believed:
        return believed - (len(words) - 1)
    if cyrillic and not layout.plausible(chunk.word.lower()) and all(map(layout.plausible, words)):
        return _PLAUSIBLE
    return -math.inf


def _russian(word: str, vocabulary: Vocabulary, price: float) -> list[Candidate]:
    """Words of the index that the Latin *word* may write."""
    spellings = translit.readings(word)
    found = []
    for spelling, cost in spellings:
        met = vocabulary.documents_with(spelling)
        if met:
            asked = (math.log(1 + met) + belief(spelling, vocabulary)) / 2
            found.append(Candidate(spelling, "translit", asked - cost / 20 - price))
    if not found:
        # Another form of a word of the index («шуками»), else a slip besides («minstr»).
        for spelling, cost in spellings[:5]:
            believed = belief(spelling, vocabulary)
            found += [Candidate(spelling, "translit", believed - cost / 20 - price)] if believed else []
    if not found and spellings and len(word) >= _GUESSED and not _established([word], vocabulary):
        near = spelled(spellings[0][0], vocabulary)
        found = [Candidate(other.text, "translit", other.score - _TWICE_WRONG - price) for other in near]
    return sorted(found, key=lambda candidate: -candidate.score)[:5]


def _may_be_misspelt(word: str, old: str, vocabulary: Vocabulary) -> bool:
    if not (_CYRILLIC.search(word) and word.isalpha()) or len(word) < 3 or (old.isupper() and len(old) <= 5):
        return False
    # What stands in documents as it is written is known by that at least, which is cheaper to ask.
    known = vocabulary.documents_with(word)
    listed = vocabulary.in_dictionary(word)
    if known >= _ESTABLISHED or (known and listed):
        return False
    known = vocabulary.known(word)
    return known < _ESTABLISHED and not (known and listed)
