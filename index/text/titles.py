"""Makes a headline of a text that has none: its first sentence, cut where a headline ends."""

from __future__ import annotations

from razdel import sentenize

from index.text.structure import parts

__all__ = ["first_sentence"]

# Headlines of newspapers are 40-90 characters; a lead cut beyond 140 no longer reads as one.
_WIDTH = 140


def first_sentence(text: str) -> str:
    """The first sentence of the body of *text* without its full stop; at most 140 characters, cut at a word."""
    part = next((part for part in parts(text) if part.kind == "body"), None)
    paragraph = text[part.start : part.end].strip() if part else text.strip()[:1000]
    sentence = next((item.text for item in sentenize(paragraph[:2000])), "")
    sentence = " ".join(sentence.split())
    if len(sentence) > _WIDTH:
        sentence = sentence[:_WIDTH].rsplit(" ", 1)[0].rstrip(",;:—- ") + "…"
    return sentence.removesuffix(".")
