"""Tells a document's body from what stands around it: captions, bylines, source tails, teasers.

«Фото: пресс-служба …» and «Читайте также: …» carry words of other documents, and «передаёт Zakon.kz» stands under every
item of a site: they must not win a query. A line is taken for body unless its form says otherwise.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
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
_HEADLINE = re.compile(r".{1,160}(?<![.;:])")

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
    (they ascend), no tail is looked for in other paragraphs.
    """
    found: list[Part] = []
    under_teaser = False
    end = -1
    for line in text.split("\n"):
        start, stripped = end + 1, line.strip()
        end = start + len(line)
        if not stripped:
            continue
        opening = _OPENING.match(stripped) is not None
        if opening and _TEASER_HEAD.fullmatch(stripped):
            under_teaser = True
            found.append(Part(start, end, "teaser"))
            continue
        under_teaser = under_teaser and _HEADLINE.fullmatch(stripped) is not None
        if under_teaser:
            found.append(Part(start, end, "teaser"))
        elif opening or ((matter is None or bisect_left(matter, start) < bisect_right(matter, end)) and _may_say(line)):
            found.extend(_paragraph(line, stripped, start, opening=opening))
        else:
            found.append(Part(start, end, "body"))
    return found


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
