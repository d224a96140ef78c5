"""Makes a headline of a text that has none: its first sentence, cut where a headline ends."""

from __future__ import annotations

import re

from index.text import sentences
from index.text.structure import parts

__all__ = ["first_sentence"]

# Headlines of newspapers are 40-90 characters; a lead cut beyond 140 no longer reads as one.
_WIDTH = 140
# A clause that ends before this says too little to stand for the sentence.
_LEAST = 60
# «АСТАНА, 17 фев — Sputnik.», «Алматы. 12 мая. КазТАГ —»: where and when, which the page shows already.
_DATELINE = re.compile(
    r"^[А-ЯЁӘҚ][\w-]+(?:,|\.)\s+\d{1,2}\s+[а-я]+\.?(?:\s*[,.—–-]\s*[\w «»-]{2,30}?)?(?:\s*[—–-]\s*|\.\s+)(?=[«А-ЯЁӘҚ])"
)


def first_sentence(text: str) -> str:
    """The first sentence of the body of *text* without its full stop; at most 141 characters, cut at a clause or word.

    Captions, bylines and source tails are passed over. Looks at the first 600 characters of the body alone: a longer
    sentence is cut anyway.
    """
    part = next((part for part in parts(text) if part.kind == "body"), None)
    paragraph = text[part.start : part.end].strip() if part else text.strip()
    paragraph = _DATELINE.sub("", " ".join(paragraph[:600].split()), count=1)
    sentence = sentences.first(paragraph)
    if len(sentence) > _WIDTH:
        return _cut(sentence)
    return sentence.removesuffix(".") if not sentence.endswith("..") else sentence


def _cut(sentence: str) -> str:
    head = sentence[:_WIDTH]
    clause = max(head.rfind(mark) for mark in (", ", "; ", ": ", " — ", " – "))
    head = head[:clause] if clause >= _LEAST else head.rpartition(" ")[0] or head
    return head.rstrip(",;:—–- ") + "…"
