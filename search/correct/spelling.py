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

__all__ = ["belief", "faith", "length_bonus", "recased", "spelled"]

# A dictionary word counts as if it stood in this many documents more: rare is not wrong («плезиозавр»).
DICTIONARY = 100
# Nats that another word must be ahead of one that the dictionary has.
LOYALTY = 1.0
# Words of no dictionary that some documents have are often slips of those («аппеляция»); since a query of them finds
# something, another reading is only offered.
DOUBT = 0.8
# What another word must reach where what was typed is in no document and no dictionary: a slip, or a name that is new
# here. At -1.5 the right word is missed for 1 of 100 simulated slips and 13 of 1,107 right queries are spoilt, at -0.5
# for 3 and 6, at 0 for 5 and 4.
UNKNOWN = -0.5
# ... in an index of that many forms. In a smaller one fewer words are near by chance, and all are rarer.
_FORMS = 427_000
# A slip of cost 100 is 5 nats: 1 in 150 words.
PER_COST = 1 / 20
# Nats for each letter over six.
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
    believed = belief(word, vocabulary)
    if not believed:
        return UNKNOWN + math.log(max(1, vocabulary.size) / _FORMS)
    return believed + (LOYALTY if vocabulary.in_dictionary(word) else -DOUBT)


def spelled(word: str, vocabulary: Vocabulary, least: float = -math.inf) -> list[Candidate]:
    """What the lower-case *word* may have been meant to be, best first, not itself; scores compare with ``faith``.

    Those with no more than *least* may be left out: asking what they are worth takes as long as finding them.
    """
    found: dict[str, float] = {}
    full = slips.budget(word)
    for budget in dict.fromkeys((min(_NEAR, full), full)):
        # With a score up to nothing one does not make a longer walk needless.
        _look(word, 0, budget, vocabulary, found, least if budget == full else min(0.0, least))
        if max(found.values(), default=0.0) > 0:
            break
    for heard, written in _RESPELLED:
        if heard in word:
            _look(word.replace(heard, written, 1), _RESPELLING, full - _RESPELLING, vocabulary, found, least)
    found.pop(word, None)
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [Candidate(form, "split" if form.replace("-", "") == word else "spelling", score) for form, score in ranked]


def _look(word: str, price: int, budget: int, vocabulary: Vocabulary, found: dict[str, float], least: float) -> None:
    """Adds the words near *word* to *found* with their scores, and their lemmas, which no document need have.

    Those that cannot have more than *least* are left out.
    """
    for near in vocabulary.neighbours(word, budget=budget, limit=_LOOKED_AT):
        lemma = vocabulary.lemma_of(near.form)
        for form in (near.form, lemma) if lemma else (near.form,):
            cost = near.cost if form == near.form else slips.cost(word, form)
            slipped = (cost + price) * PER_COST
            if _promised(form, vocabulary) - slipped + length_bonus(word) <= least:
                continue
            score = _asked(form, vocabulary) - slipped + length_bonus(word)
            found[form] = max(score, found.get(form, score))


def _asked(form: str, vocabulary: Vocabulary) -> float:
    """Half by the form, which tells «министра» from «министры», half by all forms, which a rare form shares."""
    return (math.log(1 + vocabulary.documents_with(form)) + belief(form, vocabulary)) / 2


def _promised(form: str, vocabulary: Vocabulary) -> float:
    """The most that ``_asked`` may say, without a search for all forms."""
    most = math.log(1 + vocabulary.documents + DICTIONARY)
    return (math.log(1 + vocabulary.documents_with(form)) + most) / 2


def length_bonus(word: str) -> float:
    """Nats for a long *word*, which resembles another by chance less often."""
    return PER_LETTER * max(0, len(word) - 6)


def recased(new: str, old: str) -> str:
    """*new*, in lower case, capitalised as *old* is."""
    if len(old) > 1 and old.isupper():
        return new.upper()
    return new[:1].upper() + new[1:] if old[:1].isupper() else new
