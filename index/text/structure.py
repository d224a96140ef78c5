"""Tells a document's body from what stands around it: captions, bylines, source tails, teasers.

«Фото: пресс-служба …» and «Читайте также: …» carry words of other documents; they must not win a query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["Kind", "Part", "parts"]

Kind = Literal["body", "caption", "byline", "tail", "teaser"]

_RULES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "caption",
        re.compile(r"(?:Фото|Фотография|Видео|Коллаж|Иллюстрация|На снимке|На фото|Скриншот)\b.{0,200}$", re.I),
    ),
    (
        "teaser",
        re.compile(r"(?:Читайте также|Смотрите также|Также по теме|Материалы по теме|Подробнее|Ранее)\s*:.*$", re.I),
    ),
    ("byline", re.compile(r"(?:Автор|Текст|Корреспондент)\s*:.{0,80}$", re.I)),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph of the text: ``text[start:end]``, half-open, in code points."""

    start: int
    end: int
    kind: Kind


def parts(text: str) -> list[Part]:
    """The non-empty paragraphs of *text* in order, each with its kind. Linear in ``len(text)``."""
    found = []
    for match in re.finditer(r"[^\n]*\S[^\n]*", text):
        line = match.group().strip()
        kind: Kind = next((kind for kind, pattern in _RULES if pattern.match(line)), "body")
        found.append(Part(match.start(), match.end(), kind))
    return found
