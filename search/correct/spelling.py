"""Chooses what a misspelt word was meant to be, out of the words of the index.

A noisy channel: how likely the word is to be asked (documents that have it, whether a dictionary does) times how likely
the slip is (slips.py); a word is left alone unless another beats it by far. All in natural logarithms.
Knows nothing of layouts, Latin or the rest of the query.
"""

from __future__ import annotations

import math

from search.correct import slips
from search.correct.reading import Candidate
from search.correct.vocabulary import Vocabulary

__all__ = ["belief", "faith", "recased", "spelled"]

# A dictionary word counts as if it stood in this many documents more: rare is not wrong («плезиозавр»).
DICTIONARY = 100
# Nats that another word must be ahead of one that the dictionary has; of one that only some documents have, none.
LOYALTY = 1.0
# What another word must reach where what was typed is in no document and no dictionary: a slip, or a name that is new
# here. At -1.5 the right word is missed for 1 of 100 simulated slips and 13 of 1,107 right queries are spoilt, at -0.5
# for 3 and 6, at 0 for 5 and 4.
UNKNOWN = -0.5
# A slip of cost 100 is 5 nats: 1 in 150 words.
PER_COST = 1 / 20
# A long word resembles another by chance less often: nats for each letter over six.
PER_LETTER = 0.35
# Candidates whose lemma is looked up: the right one was among the first 5 for 99% of simulated slips.
_LOOKED_AT = 6
_NEAR = 110
# Heard alike and written with two letters for one; each costs a slip of sound more.
_RESPELLED = (("щ", "сч"), ("щ", "зч"), ("ц", "тс"), ("ц", "дс"), ("йо", "е"), ("шн", "чн"), ("хк", "гк"))
_RESPELLING = 60


def belief(word: str, vocabulary: Vocabulary) -> float:
    """How much *word* is a word: log of the documents that a query of it finds."""
    return math.log(1 + vocabulary.known(word) + DICTIONARY * vocabulary.in_dictionary(word))


def faith(word: str, vocabulary: Vocabulary) -> float:
    """What another reading of the typed *word* must beat."""
    return (belief(word, vocabulary) or UNKNOWN) + LOYALTY * vocabulary.in_dictionary(word)


def spelled(word: str, vocabulary: Vocabulary) -> list[Candidate]:
    """What the lower-case *word* may have been meant to be, best first, not itself; scores compare with ``faith``."""
    found: dict[str, float] = {}
    full = slips.budget(word)
    for budget in dict.fromkeys((min(_NEAR, full), full)):
        _look(word, 0, budget, vocabulary, found)
        if found and max(found.values()) > 0:
            break
    for heard, written in _RESPELLED:
        if heard in word:
            _look(word.replace(heard, written, 1), _RESPELLING, full - _RESPELLING, vocabulary, found)
    found.pop(word, None)
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [Candidate(form, "spelling", score) for form, score in ranked]


def _look(word: str, price: int, budget: int, vocabulary: Vocabulary, found: dict[str, float]) -> None:
    """Adds the words near *word* to *found* with their scores."""
    bonus = PER_LETTER * max(0, len(word) - 6)
    for near in vocabulary.neighbours(word, budget=budget, limit=_LOOKED_AT):
        # Half by the form, which tells «министра» from «министры», half by all forms, which a rare form shares.
        asked = (math.log(1 + near.documents) + belief(near.form, vocabulary)) / 2
        score = asked - (near.cost + price) * PER_COST + bonus
        found[near.form] = max(score, found.get(near.form, score))


def recased(new: str, old: str) -> str:
    """*new*, in lower case, capitalised as *old* is."""
    if len(old) > 1 and old.isupper():
        return new.upper()
    return new[:1].upper() + new[1:] if old[:1].isupper() else new
