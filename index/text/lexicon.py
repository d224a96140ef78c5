"""The lexicon: what no rule can know, in UTF-8 text files that an editor can read and change.

One entry a line, «#» begins a comment, a heading in brackets says what kind of entries follow:

    [имена]        Токаев           declined by the table of paradigms; «ж», «м», «0» after it: gender, indeclinable
                   Кошанов !        in this and no other sense, in small letters too
    [равно]        Казахстан = Қазақстан      each form of one finds each form of the other
    [сокращения]   РК = Республика Казахстан  both ways, in every case; several meanings: «ЦА = … = …»
    [синонимы]     авария = катастрофа        both ways, of lower weight
    [леммы]        тенге = тенге              these lemmas and no others: words never to be merged, and new words

Only lemmas and expansions depend on it, never tokens: a change needs new lemma sets, and no document read again
(Analyzer.tokens_version stays, Analyzer.fingerprint changes).
An operator's files are read after ours and win over them. Knows nothing of the dictionary.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import LexiconError
from index.text.fold import fold, twin
from index.text.paradigms import decline

__all__ = ["OURS", "Lexicon", "Meaning", "load"]

OURS = Path(__file__).parent / "lexicon"

_HEADINGS = ("имена", "равно", "сокращения", "синонимы", "леммы")
_NAME = re.compile(r"(?P<name>[^\s!]+)(?:\s+(?P<genders>[мж0](?:\s*[мж])?))?(?:\s+(?P<only>!))?")
_WORDS = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Meaning:
    """Two sequences of words that may stand for each other; ``weight`` is that of the one written in place of it."""

    words: tuple[str, ...]
    instead: tuple[str, ...]
    weight: float


@dataclass(slots=True)
class Lexicon:
    """All entries, folded and in lower case but for ``meanings``, whose words are as written.

    ``names``: form -> nominatives; ``only``: forms that have no other reading; ``same``: lemma -> the lemma all its
    variants share; ``lemmas``: form -> its only lemmas. ``digest`` changes with any entry.
    """

    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    only: set[str] = field(default_factory=set)
    same: dict[str, str] = field(default_factory=dict)
    lemmas: dict[str, tuple[str, ...]] = field(default_factory=dict)
    meanings: list[Meaning] = field(default_factory=list)
    digest: str = ""


def load(paths: Iterable[Path] = ()) -> Lexicon:
    """Our own lexicon, then the files in *paths*. Raises LexiconError naming file, line and reason."""
    lexicon = Lexicon()
    digest = hashlib.sha256()
    for path in (*sorted(OURS.glob("*.txt")), *paths):
        try:
            content = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise LexiconError(f"{path}: cannot be read as UTF-8 text: {error}") from error
        for number, heading, entry in _entries(content, path):
            try:
                _READERS[heading](lexicon, entry)
            except ValueError as error:
                raise LexiconError(f"{path}:{number}: {error}") from None
            digest.update(f"{heading}\t{entry}\n".encode())
    lexicon.digest = digest.hexdigest()[:16]
    return lexicon


def _entries(content: str, path: Path) -> Iterator[tuple[int, str, str]]:
    heading = ""
    for number, line in enumerate(content.removeprefix("\ufeff").splitlines(), 1):
        entry = line.partition("#")[0].strip()
        if entry.startswith("["):
            heading = entry.strip("[] ").lower()
            if heading not in _HEADINGS:
                known = ", ".join(f"[{name}]" for name in _HEADINGS)
                raise LexiconError(f"{path}:{number}: unknown heading {entry!r}; known are {known}")
        elif entry:
            if not heading:
                raise LexiconError(f"{path}:{number}: {entry!r} stands before any heading such as [имена]")
            yield number, heading, entry


def _name(lexicon: Lexicon, entry: str) -> None:
    match = _NAME.fullmatch(entry)
    if match is None:
        raise ValueError(f"{entry!r} is no name; write it in the nominative, then «м», «ж» or «0», then «!»")
    name = fold(match["name"]).lower()
    genders = (match["genders"] or "мж").replace(" ", "")
    for spelling in dict.fromkeys((name, twin(name))):
        for form, nominatives in decline(spelling, genders=genders).items():
            lexicon.names[form] = tuple(dict.fromkeys((*lexicon.names.get(form, ()), *nominatives)))
            if match["only"]:
                lexicon.only.add(form)


def _same(lexicon: Lexicon, entry: str) -> None:
    variants = [fold(word).lower() for word in _sides(entry)]
    if any(" " in variant for variant in variants):
        raise ValueError(f"{entry!r}: one word on each side; phrases belong under [сокращения] or [синонимы]")
    head = lexicon.same.get(variants[0], variants[0])
    for variant in variants:
        lexicon.same[variant] = head


def _abbreviation(lexicon: Lexicon, entry: str) -> None:
    short, *meanings = _sides(entry)
    if len(_WORDS.findall(short)) != 1:
        raise ValueError(f"{short!r} is no abbreviation: one word is wanted on the left")
    for meaning in meanings:
        _meaning(lexicon, short, meaning, weight=1.0)


def _synonym(lexicon: Lexicon, entry: str) -> None:
    for one, other in itertools.combinations(_sides(entry), 2):
        # Half of a word as typed: a choice, not measured.
        _meaning(lexicon, one, other, weight=0.5)


def _meaning(lexicon: Lexicon, left: str, right: str, *, weight: float) -> None:
    a, b = tuple(_WORDS.findall(left)), tuple(_WORDS.findall(right))
    if not a or not b:
        raise ValueError(f"no words in {left!r} = {right!r}")
    lexicon.meanings += [Meaning(a, b, weight), Meaning(b, a, weight)]


def _lemmas(lexicon: Lexicon, entry: str) -> None:
    forms, lemmas = _sides(entry, most=2)
    found = tuple(fold(word).lower() for word in re.split(r"[\s,|]+", lemmas))
    for form in re.split(r"[\s,]+", forms):
        lexicon.lemmas[fold(form).lower()] = found


def _sides(entry: str, *, most: int = 99) -> list[str]:
    sides = [side.strip() for side in entry.split("=")]
    if not 2 <= len(sides) <= most or not all(sides):
        raise ValueError(f"{entry!r}: «=» with something on either side is wanted")
    return sides


_READERS = {"имена": _name, "равно": _same, "сокращения": _abbreviation, "синонимы": _synonym, "леммы": _lemmas}
