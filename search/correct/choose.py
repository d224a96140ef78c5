"""Reads a whole query anew: which of its words are wrong, what each was meant to be, and whether to say or to do it.

Each stretch is tried in the other keyboard layouts, as Russian in Latin letters, as a misspelling, and as words run
together; the likeliest wins when it beats what was typed. A query typed in the wrong layout is wrong throughout, so one
word surely read so draws the short ones along. Bounded: at most WORDS words are looked into, a few milliseconds each.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from search.correct.chunks import Chunk, chunks
from search.correct.reading import Candidate, Reading, Replaced
from search.correct.stretch import Wrong, least, rekeyed, retyped, torn
from search.correct.vocabulary import Vocabulary
from search.limits import NEVER, Deadline

__all__ = ["WORDS", "Chosen", "choose", "decide", "looks_right", "readings"]

# Words of a query that are looked into; with more, one wrong word no longer spoils the answer.
WORDS = 12
_READINGS = 3
_WORD = re.compile(r"[^\W_]+")
# Another reading is offered when it finds this many times what the query as typed does, and at least so many documents.
FAR_MORE = 10
ENOUGH = 5
# Documents with a form that no dictionary has, from which on it passes for a word.
WELL_KNOWN = 100
# Nats by which another reading beats a word that is one, before it may be answered unasked: 20 times as likely.
_SURE = 3.0
# A second candidate makes a reading of its own when it is less than this behind: 1 to 20.
_CLOSE = 3.0
_LONG = 4


@dataclass(frozen=True, slots=True)
class Chosen:
    """The reading to tell the reader about, how many documents it finds, and whether it was answered or is offered."""

    reading: Reading
    total: int
    applied: bool


def decide(typed: int, other: int) -> Literal["apply", "offer"] | None:
    """What to do with a reading that finds *other* documents where the query as typed finds *typed*."""
    if not other:
        return None
    if not typed:
        return "apply"
    return "offer" if other >= max(ENOUGH, FAR_MORE * typed) else None


def choose(typed: int, found: Sequence[Reading], count: Callable[[str], int]) -> Chosen | None:
    """The best of *found* worth telling; *count* says how many documents a text finds, *typed* is that of the query.

    Words beside the wrong one help: of two readings that of words that are met together wins. A reading that is not
    sure is offered even when the query as typed finds nothing. Calls *count* once a reading.
    """
    weighed: list[tuple[float, Chosen]] = []
    for reading in found:
        total = count(reading.text)
        verdict = decide(typed, total)
        if not typed and not total and all(count(word.new) for word in reading.replaced):
            # No document has all words either way; but those of this reading are words.
            verdict = "offer"
        if verdict:
            alone = reading.text == reading.replaced[0].new
            weight = reading.score + (0.0 if alone else math.log(1 + total))
            weighed.append((weight, Chosen(reading, total, applied=verdict == "apply" and reading.sure)))
    return max(weighed, key=lambda pair: pair[0], default=(0.0, None))[1]


def readings(
    query: str, vocabulary: Vocabulary, *, keep: Collection[str] = (), deadline: Deadline = NEVER
) -> list[Reading]:
    """What *query* may have been meant to say, best first, at most three; none when nothing in it looks wrong.

    Words of *keep* (lower case, as typed) are left alone: what a reader undid. Raises OutOfTime, and never over what a
    reader typed.
    """
    kept = {word.lower() for word in keep}
    parts = [part for part in _first(chunks(query)) if part.word.lower() not in kept]
    wrongs = [wrong for wrong in _wrongs(query, parts, vocabulary, deadline) if wrong.old.lower() not in kept]
    if not wrongs:
        return []
    best = [(wrong, wrong.candidates[0]) for wrong in wrongs]
    found = [_reading(query, best)]
    for place, wrong in enumerate(wrongs):
        for other in wrong.candidates[1:_READINGS]:
            if other.score > wrong.faith and wrong.candidates[0].score - other.score < _CLOSE:
                found.append(_reading(query, [*best[:place], (wrong, other), *best[place + 1 :]]))
    found[1:] = sorted(found[1:], key=lambda reading: -reading.score)
    different: dict[str, Reading] = {}
    for reading in found:
        different.setdefault(reading.text, reading)
    return list(different.values())[:_READINGS]


def looks_right(query: str, vocabulary: Vocabulary) -> bool:
    """Whether every word of *query* is one of the dictionary or well known to the index; far cheaper than readings."""
    words = (word for part in _first(chunks(query)) for word, _, _ in vocabulary.words(part.word))
    return all(vocabulary.in_dictionary(word) or vocabulary.documents_with(word) >= WELL_KNOWN for word in words)


def _first(parts: Iterable[Chunk]) -> Iterator[Chunk]:
    """*parts* up to WORDS words, which may all stand in one of them: «слово_слово_…»."""
    left = WORDS
    for part in parts:
        left -= len(_WORD.findall(part.text))
        if left < 0:
            return
        yield part


def _wrongs(query: str, parts: Sequence[Chunk], vocabulary: Vocabulary, deadline: Deadline) -> list[Wrong]:
    """The wrong stretches of *query* in order, none inside another."""
    layouts: list[Wrong | None] = []
    others: list[list[Wrong]] = []
    for part in parts:
        deadline.check()
        layouts.append(rekeyed(part, vocabulary, shown=False))
        others.append(retyped(part, vocabulary, shown=False))
    # A query typed in the wrong layout is wrong throughout: one long word shows it for the short ones.
    beaten = _beaten(parts, layouts, others, vocabulary, shown=False)
    in_layout = any(one and better and _is_long(one) for one, better in zip(layouts, beaten, strict=True))
    if in_layout:
        layouts = [rekeyed(part, vocabulary, shown=True) for part in parts]
    elif any(one.candidates[0].kind == "translit" and _is_long(one) for found in others for one in found):
        others = [retyped(part, vocabulary, shown=True) for part in parts]
        beaten = _beaten(parts, layouts, others, vocabulary, shown=True)
    found: list[Wrong] = []
    for one, several, better in zip(layouts, others, beaten, strict=True):
        found += [one] if one and (in_layout or better) else several
    for left, right in pairwise(parts):
        one = torn(left, right, query[left.end : right.start], vocabulary)
        if one:
            inside = [wrong for wrong in found if wrong.start < one.end and one.start < wrong.end]
            if _beats(one, min((wrong.candidates[0].score for wrong in inside), default=one.faith)):
                found = [wrong for wrong in found if wrong not in inside] + [one]
    return sorted(found, key=lambda wrong: wrong.start)


def _beaten(
    parts: Sequence[Chunk],
    layouts: Sequence[Wrong | None],
    others: Sequence[list[Wrong]],
    vocabulary: Vocabulary,
    *,
    shown: bool,
) -> list[bool]:
    """Whether the other layout of each part, if there is one, beats its words one by one."""
    return [
        one is not None and _beats(one, least(part, several, vocabulary, shown=shown))
        for part, one, several in zip(parts, layouts, others, strict=True)
    ]


def _beats(wrong: Wrong, score: float) -> bool:
    return wrong.candidates[0].score > score


def _is_long(wrong: Wrong) -> bool:
    return len(wrong.old) >= _LONG


def _reading(query: str, picked: Sequence[tuple[Wrong, Candidate]]) -> Reading:
    replaced = tuple(Replaced(wrong.start, wrong.end, wrong.old, new.text, new.kind) for wrong, new in picked)
    sure = all(not wrong.known or new.score - wrong.faith >= _SURE for wrong, new in picked)
    return Reading.of(query, replaced, score=sum(new.score - wrong.faith for wrong, new in picked), sure=sure)
