"""How a query was read, word by word, with links that undo each step of it. Knows no template."""

from __future__ import annotations

from dataclasses import dataclass

from search.results import Answer, AskedWord
from search.service import Ask
from web.language import gettext as _
from web.navigation import Choice
from web.params import query_string

__all__ = ["Told", "as_typed", "instead", "told"]


@dataclass(frozen=True, slots=True)
class Told:
    """``undo`` takes a correction or other names away from ``word``; ``alone`` asks for this form of it only."""

    word: AskedWord
    undo: Choice | None
    alone: Choice | None


def told(answer: Answer, ask: Ask) -> list[Told]:
    """What to tell of each word that was looked for."""
    text = answer.query.answered
    return [Told(word, _undo(word, ask), _alone(word, text, ask)) for word in answer.query.words]


def as_typed(ask: Ask) -> str:
    """The URL query of *ask* without any correction."""
    return query_string(ask, verbatim=True)


def instead(answer: Answer, ask: Ask) -> str:
    """The URL query of what the reader may have meant."""
    other = answer.query.correction
    return query_string(ask, text=other.text if other else ask.text, keep=())


def _undo(word: AskedWord, ask: Ask) -> Choice | None:
    if word.typed:
        label = _("вернуть «%(word)s»", word=word.typed)
    elif word.expansions:
        label = _("без других названий")
    else:
        return None
    # What was torn apart is two words, and each of them is kept.
    keep = (word.typed or word.text).split()
    return Choice(label, query_string(ask, keep=tuple(dict.fromkeys((*ask.keep, *keep)))))


def _alone(word: AskedWord, text: str, ask: Ask) -> Choice | None:
    """Only for a word that stands free: inside quotes, behind a field or a sign, «!» would be read otherwise."""
    free = f" {text} "[word.start] + f" {text} "[word.end + 1]
    if not word.lemmas or len(word.forms) < 2 or not free.isspace():
        return None
    exact = f"{text[: word.start]}!{text[word.start :]}"
    return Choice(_("только «%(word)s» в этой форме", word=word.text), query_string(ask, text=exact, keep=()))
