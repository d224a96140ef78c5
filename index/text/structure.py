"""Tells a document's body from what stands around it: captions, bylines, source tails, teasers.

«Фото: пресс-служба …» and «Читайте также: …» carry words of other documents, and «передаёт Zakon.kz» stands under every
item of a site: they must not win a query. A line is taken for body unless its form says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

__all__ = ["Kind", "Part", "parts"]

Kind = Literal["body", "caption", "byline", "tail", "teaser"]

_CAPTION = r"(?:фото(?:граф(?:ия|ии))?|видео|коллаж|иллюстрация|инфографика|скриншот|кадр из видео|на (?:снимке|фото))"
_TEASER = (
    r"(?:(?:читай|смотри|слушай)те (?:также|ещё|еще)|(?:также |материалы |ещё |еще )по теме|подробнее|по теме|ранее)"
)
_BYLINE = r"(?:автор(?:ы)?|текст|корреспондент|подготовил[аи]?|записал[аи]?|редактор)"
_RULES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    # With a colon a caption for sure; without one it has no full stop («Фото Ивана Петрова»).
    ("caption", re.compile(rf"{_CAPTION}\b\s*[:©/|—–-].*", re.I)),
    ("caption", re.compile(rf"{_CAPTION}\b[^.!?…]{{0,120}}", re.I)),
    ("caption", re.compile(r"©.{0,120}")),
    ("teaser", re.compile(rf"{_TEASER}\s*[:—–-].*", re.I)),
    ("byline", re.compile(rf"{_BYLINE}\s*:.{{0,80}}", re.I)),
    ("tail", re.compile(r"(?:источник|по материалам|по информации)\s*:.{0,120}", re.I)),
)
# How a line begins that any of the rules may take: one look spares six for a paragraph of the body.
_OPENING = re.compile(rf"{_CAPTION}|©|{_TEASER}|{_BYLINE}|источник|по материалам|по информации", re.I)
# «Читайте также» on a line of its own: the headlines under it, which end in no full stop, belong to it.
_TEASER_HEAD = re.compile(rf"{_TEASER}\s*:?", re.I)
# The most letters of either.
_HEADLINE = 160

_MEDIUM = (
    r"(?:«[^»\n]{2,60}»|\"[^\"\n]{2,60}\"|(?:[\w-]+\.){1,3}(?:kz|ru|com|info|org|net|рф|қаз)\b"
    r"|ТАСС|РИА|Интерфакс\w*|Казинформ|Би-би-си|Рейтер|Евроньюс|[A-Z][\w-]*(?: [A-Z][\w-]*){0,2})"
)
_SAYS = r"(?:[Сс]ообщ(?:ает|ают|ила?|или)|[Пп]ереда(?:ет|ёт|ют)|[Пп]иш(?:ет|ут)|[Ии]нформирует|[Уу]точняет|[Оо]тмечает)"
_WHO = (
    r"(?:(?:собственный |специальный |наш )?корр(?:еспондент|\.)\s+)?"
    r"(?:(?:[А-Я]?ИА|[а-я-]*агентств[оа]|портала?|сайта?|издани[ея]|газет[аы]|телеканала?|журнала?)\s+){0,2}"
)
_TAIL = re.compile(
    rf"(?:[,.;]?\s*[—–-]?\s+|^)(?:(?:[Кк]ак|[Оо]б этом|о чём|о чем)\s+)?{_SAYS}\s+{_WHO}{_MEDIUM}"
    r"(?:\s+(?:Новости|Казахстан))?(?:,?\s+со? ссылкой[^.!?\n]{0,160})?[.!]?\s*$"
)
# What every tail has of _SAYS: looking for these first makes telling structure three times as fast.
_STEMS = ("ообщ", "ереда", "ишет", "ишут", "нформирует", "точняет", "тмечает")
# How far from a paragraph's end a tail may begin: a medium, and a reference of 160 characters to where it has it from.
_REACH = 320


class Part(NamedTuple):
    """A paragraph of the text or a piece of one: ``text[start:end]``, half-open, in code points."""

    start: int
    end: int
    kind: Kind


def parts(text: str, matter: Sequence[int] | None = None) -> list[Part]:
    """The non-empty paragraphs of *text* in order, each with its kind; a source tail is a part of its own.

    Parts do not overlap and cover everything but white space. Linear in ``len(text)``. Where only some offsets *matter*
    (they ascend), only the paragraphs that have them are told: a hit has matches in four of its twenty.
    """
    found: list[Part] = []
    for start, line, stripped, teases in _lines(text) if matter is None else _lines_at(text, matter):
        if teases:
            found.append(Part(start, start + len(line), "teaser"))
        elif (opening := _OPENING.match(stripped) is not None) or _may_say(line):
            found.extend(_paragraph(line, stripped, start, opening=opening))
        else:
            found.append(Part(start, start + len(line), "body"))
    return found


# Where a line that is not blank begins, itself, itself without blanks around it, and whether it is a teaser or one of
# the headlines under it.
_Line = tuple[int, str, str, bool]


def _lines(text: str) -> Iterator[_Line]:
    teases = False
    end = -1
    for line in text.split("\n"):
        start, end = end + 1, end + 1 + len(line)
        stripped = line.strip()
        if stripped:
            own = _teases(stripped)
            teases = teases if own is None else own
            yield start, line, stripped, teases


def _lines_at(text: str, offsets: Sequence[int]) -> Iterator[_Line]:
    """Those with one of *offsets*; above them no more is read than tells a headline under a teaser."""
    end, teases = -1, False
    for offset in offsets:
        if offset <= end:
            continue
        above, start = end, text.rfind("\n", end + 1, offset) + 1 or end + 1
        end = text.find("\n", offset)
        end = len(text) if end < 0 else end
        line = text[start:end]
        stripped = line.strip()
        own = _teases(stripped) if stripped else None
        teases = _is_under_teaser(text, above, start, teases=teases) if own is None else own
        if stripped:
            yield start, line, stripped, teases


def _is_under_teaser(text: str, above: int, start: int, *, teases: bool) -> bool:
    """Whether the headline at *start* follows a teaser; *teases*: whether the line that ends at *above* does."""
    end = start - 1
    while end > above:
        start = text.rfind("\n", above + 1, end) + 1 or above + 1
        line, end = text[start:end].strip(), start - 1
        own = _teases(line) if line else None
        if own is not None:
            return own
    return teases


def _teases(line: str) -> bool | None:
    """Whether *line* is the head of a teaser; None for a headline, which is of one when the line above is."""
    if len(line) > _HEADLINE:  # as most are: paragraphs
        return False
    if _TEASER_HEAD.fullmatch(line):
        return True
    return False if line[-1] in ".;:" else None


def _may_say(line: str) -> bool:
    """Whether a tail may stand at the end of *line*."""
    end = line[-_REACH:]
    for stem in _STEMS:  # noqa: SIM110  # half the time of any(): a text has twenty lines
        if stem in end:
            return True
    return False


def _paragraph(line: str, stripped: str, start: int, *, opening: bool) -> Iterator[Part]:
    # Rules look at no more than a caption's length; a paragraph of a megabyte is body.
    ruled = opening and len(stripped) <= 400
    kind = next((kind for kind, pattern in _RULES if pattern.fullmatch(stripped)), None) if ruled else None
    if kind is not None:
        yield Part(start, start + len(line), kind)
        return
    tail = _TAIL.search(line, max(0, len(line) - _REACH)) if _may_say(line) else None
    if tail is None:
        yield Part(start, start + len(line), "body")
        return
    if line[: tail.start()].strip():
        yield Part(start, start + tail.start(), "body")
    yield Part(start + tail.start(), start + len(line), "tail")
