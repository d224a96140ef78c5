"""Completes what is being typed: words of the index in dictionary form, and phrases and titles when there is a table.

Forgives ё, the wrong keyboard layout, Latin letters and, from the fourth letter on, a slip; what was typed as it stands
comes first. Counts are what asking for the suggestion finds. Knows nothing of HTTP or of how an index is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from index.text.fold import fold
from index.text.function_words import is_function_word
from search.correct import translit
from search.correct.layout import other_layouts
from search.correct.vocabulary import Vocabulary
from search.engines import Completion
from search.language import DATES, KEYWORDS
from search.limits import NEVER, Deadline

__all__ = ["Phrases", "Suggester", "Suggestion"]

LETTERS = 2
# Words looked at for one beginning; with fewer than _FEW, a slip is looked for too.
_WORDS = 10
_FEW = 5
# Latin readings of a beginning that are looked up.
_SPELLINGS = 4
_SLIP_FROM = 4
_SLIP = 110
# Documents of a suggestion count this much when what was typed had to be read otherwise to come to it.
_OTHERWISE = 0.3
# Suggestions after other words are counted together with them, a search each.
_TOGETHER = 5
_REMEMBERED = 4_096

_LAST = re.compile(r"(?P<before>.*?)(?P<sign>[!-]?)(?P<word>[^\s()|&\"«»“”„!-][^\s()|&\"«»“”„]*)$", re.S)
# Where there is one, words may be found with another that are not found without it.
_OPERATOR = re.compile(r"[|()&\"«»“”„/~-]|\b(?:ИЛИ|OR|НЕ|NOT)\b")
_FIELD = re.compile(rf"(?:{'|'.join((*KEYWORDS, *DATES))}):", re.I)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the line of the query would be, and in how many documents a search for it."""

    text: str
    kind: Literal["word", "phrase", "title"]
    documents: int


class Phrases(Protocol):
    """Phrases and titles of an index, by how they begin; search/phrases.py makes one."""

    def starting(self, beginning: str, limit: int) -> list[Suggestion]:
        """At most *limit* that begin with the words *beginning*, folded and in lower case, the last perhaps cut."""


class Suggester:
    """Suggestions over one generation; safe to share between threads.

    *count* says how many documents a query finds; with it, a word after others is counted with them.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        *,
        phrases: Phrases | None = None,
        count: Callable[[str, Deadline], int] | None = None,
    ) -> None:
        self._vocabulary = vocabulary
        self._phrases = phrases
        self._count = count
        self._known: dict[tuple[str, int], tuple[Suggestion, ...]] = {}

    def suggest(self, text: str, limit: int = 8, deadline: Deadline = NEVER) -> list[Suggestion]:
        """At most *limit* completions of the query *text*, best first; none before its last word has two letters.

        Raises OutOfTime: what stands before the last word may be any query.
        """
        key, known = (text[-200:], limit), self._known
        if key not in known:
            if len(known) >= _REMEMBERED:
                known = self._known = {}
            known[key] = self._suggested(*key, deadline)
        return list(known[key])

    def _suggested(self, text: str, limit: int, deadline: Deadline) -> tuple[Suggestion, ...]:
        match = _LAST.fullmatch(text)
        if match is None or match["sign"] or _FIELD.match(match["word"]):
            return ()
        before, word = match["before"], fold(match["word"]).lower()
        beginning = _folded(text)
        if len(beginning) < LETTERS:
            return ()
        words: list[Suggestion] = []
        if len(word) >= LETTERS:
            words = self._together(before, word, limit, deadline) if before.strip() else self._words(word, limit)
        shown = {suggestion.text.lower() for suggestion in words}
        phrases = self._phrases.starting(beginning, limit) if self._phrases else []
        phrases = [phrase for phrase in phrases if phrase.text not in shown]
        # Phrases take at most half the list while words can fill the rest.
        room = max(limit - len(words), limit // 2)
        return tuple(words[: max(limit - len(phrases), limit - room)] + phrases[:room])[:limit]

    def _words(self, word: str, limit: int) -> list[Suggestion]:
        """Words by themselves, in dictionary form."""
        found = []
        for completion in self._completions(word)[:limit]:
            text = _shown(completion)
            found.append(Suggestion(text, "word", self._vocabulary.known(text)))
        return [suggestion for suggestion in found if suggestion.documents]

    def _together(self, before: str, word: str, limit: int, deadline: Deadline) -> list[Suggestion]:
        """Words after others, in the form that is met most, where documents have all of them."""
        if self._count and not _OPERATOR.search(before) and not self._count(before, deadline):
            return []
        found = []
        for form in [completion.form for completion in self._completions(word)][:_TOGETHER]:
            documents = self._count(before + form, deadline) if self._count else self._vocabulary.known(form)
            if documents:
                found.append(Suggestion(before + form, "word", documents))
        found.sort(key=lambda suggestion: -suggestion.documents)
        return found[:limit]

    def _completions(self, word: str) -> list[Completion]:
        """Words with content that begin like *word*, or like what it may have been meant to be, likeliest first."""
        found: dict[str, Completion] = {}

        def add(completions: Iterable[Completion], factor: float) -> None:
            for each in completions:
                if each.lemma not in found and not is_function_word(each.lemma):
                    found[each.lemma] = replace(each, weight=each.weight * factor)

        add(self._vocabulary.completions(word, budget=0, limit=_WORDS), 1.0)
        for beginning in dict.fromkeys(_otherwise(word)):
            add(self._vocabulary.completions(beginning, budget=0, limit=_WORDS), _OTHERWISE)
        if len(found) < _FEW and len(word) >= _SLIP_FROM:
            add(self._vocabulary.completions(word, budget=_SLIP, limit=_WORDS), _OTHERWISE)
        return sorted(found.values(), key=lambda each: (-each.weight, each.lemma))


def _shown(completion: Completion) -> str:
    """The dictionary form; the form itself when another word would stand there («людей»: человек)."""
    same = completion.lemma[:LETTERS] == completion.form[:LETTERS]
    return completion.lemma if same else completion.form


def _otherwise(word: str) -> Iterable[str]:
    """*word* typed in another layout or in Latin letters."""
    for text in other_layouts(word):
        reading = fold(text).lower()
        if reading.isalpha():
            yield reading
    if translit.is_latin(word):
        yield from (spelling for spelling, _ in translit.readings(word)[:_SPELLINGS])


def _folded(text: str) -> str:
    return " ".join(fold(word).lower() for word in re.findall(r"[\w'-]+", text))
