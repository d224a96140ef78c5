"""Chooses the passages of a document that answer best: the rarest words together, whole sentences where they fit.

A caption, byline or teaser is shown only when nothing in the body matches. Knows nothing of queries or engines: it is
handed what was found and how much each word weighs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.text import Part, parts
from search.highlight import Found, Read, leaf_of, merge, start_of
from search.results import Mark, Snippet

__all__ = ["snippets"]

# Two lines of a result page at 70 characters a line, and a third for a second passage.
WIDTH = 240
PASSAGES = 2
# A second passage is shown when it has a word that the first lacks, or nearly as much as the first.
_WORTH = 0.6
# Another occurrence of a word already counted, against the first: it breaks ties and no more.
_AGAIN = 0.05


# A passage ``text[start:end]``: its score below zero, start, end, the slice of what was found that lies in it, and the
# leaves of that. So they sort by score, then by place.
_Passage = tuple[float, int, int, int, int, frozenset[int]]


class _Text(NamedTuple):
    """A text, where its words and sentences begin, what was *found* in it and at which ``offsets``; all ascend."""

    text: str
    words: NDArray[np.int32]
    sentences: Sequence[int]
    found: Sequence[Found]
    offsets: Sequence[int]
    weights: Sequence[float]
    title: str
    width: int


def snippets(
    text: str, read: Read, weights: Sequence[float], *, title: str = "", width: int = WIDTH
) -> tuple[Snippet, ...]:
    """At most PASSAGES passages of *text*, in its order, of about *width* characters each.

    *read* is what was found in it; *weights* those of the leaves. Without a match, the beginning of the body.
    A passage that only repeats the *title* comes last. Linear in the text and in what was found.
    """
    found = read.found
    offsets = list(map(start_of, found))
    sections = parts(text, offsets)
    whole = _Text(text, read.words, read.sentences, found, offsets, weights, title, width)
    chosen = _best(whole, [section for section in sections if section.kind == "body"])
    chosen = chosen or _best(whole, [section for section in sections if section.kind != "body"])
    if not chosen:
        return _opening(text, title, width)
    chosen.sort(key=itemgetter(1))
    return tuple([_cut(text, start, end, merge(found[low:high])) for _, start, end, low, high, _ in chosen])


def _best(whole: _Text, sections: Sequence[Part]) -> list[_Passage]:
    """The best passage inside *sections*, and a second one when it is worth its room."""
    candidates = [passage for section in sections for passage in _windows(whole, section)]
    if not candidates:
        return []
    candidates.sort()
    best, start, end, _, _, leaves = candidates[0]
    for second in candidates[1:]:
        score, begins, ends, _, _, others = second
        apart = ends <= start or begins >= end
        if apart and (score <= _WORTH * best or others - leaves) and PASSAGES > 1:
            return [candidates[0], second]
    return candidates[:1]


def _windows(whole: _Text, section: Part) -> Iterator[_Passage]:
    """One candidate for each sentence with a match: it, and its neighbours while they fit. Each once."""
    offsets = whole.offsets
    low, high = bisect_left(offsets, section.start), bisect_left(offsets, section.end)
    if low == high:
        return
    if section.end - section.start <= whole.width:
        # Whichever sentence it starts from.
        yield _passage(whole, section.start, section.end, low, high)
        return
    bounds = _sentences(whole, section)
    starts = [start for start, _ in bounds]
    window = (-1, -1)
    for number in sorted({bisect_right(starts, offset) - 1 for offset in offsets[low:high]}):
        first = last = max(number, 0)
        start, end = bounds[first]
        if end - start > whole.width:
            start, end = _narrow(whole, start, end, bisect_left(offsets, start, low, high), high)
        while last + 1 < len(bounds) and bounds[last + 1][1] - start <= whole.width:
            last += 1
            end = bounds[last][1]
        while first > 0 and end - bounds[first - 1][0] <= whole.width:
            first -= 1
            start = bounds[first][0]
        if (start, end) != window:
            window = (start, end)
            inside = bisect_left(offsets, start, low, high), bisect_left(offsets, end, low, high)
            yield _passage(whole, start, end, *inside)


def _passage(whole: _Text, start: int, end: int, low: int, high: int) -> _Passage:
    leaves = frozenset(map(leaf_of, whole.found[low:high]))
    again = (high - low - len(leaves)) / (high - low)
    score = sum(map(whole.weights.__getitem__, leaves)) * (1 + _AGAIN * again)
    title = whole.title
    if len(title) > (end - start) / 2 and whole.text[start:end].strip().rstrip(".").startswith(title.rstrip("….")):
        score *= 0.5
    return -score, start, end, low, high, leaves


def _sentences(whole: _Text, section: Part) -> list[Mark]:
    """The sentences of *section* as offsets that cover it; the punctuation between two belongs to the first."""
    # A call of NumPy's searchsorted takes twice as long, for a few hundred words.
    first = int(whole.words[bisect_left(whole.words, section.start)])
    inside = slice(bisect_right(whole.sentences, first), bisect_left(whole.sentences, section.end))
    starts = [section.start]
    for at in whole.sentences[inside]:
        gap = whole.text.rfind(" ", starts[-1], at)
        starts.append(gap + 1 if gap > starts[-1] and at - gap < 4 else at)
    return list(zip(starts, [*starts[1:], section.end], strict=True))


def _narrow(whole: _Text, start: int, end: int, low: int, high: int) -> Mark:
    """The stretch of a long sentence with the most matches, cut at spaces; they are among ``found[low:high]``."""
    text, width = whole.text, whole.width
    inside = whole.offsets[low : bisect_left(whole.offsets, end, low, high)]
    counts = [bisect_left(inside, offset + width * 3 // 4) - at for at, offset in enumerate(inside)]
    anchor = inside[counts.index(max(counts))]
    left = max(start, min(anchor - width // 8, end - width))
    if left > start:
        left = text.find(" ", left, anchor + 1) + 1 or anchor
    right = min(end, left + width)
    if right < end:
        right = max(text.rfind(" ", anchor, right), right if " " not in text[anchor:right] else 0)
    return left, right


def _opening(text: str, title: str, width: int) -> tuple[Snippet, ...]:
    """The beginning of the body, behind the sentence that serves as its title."""
    every = parts(text)
    sections = [section for section in every if section.kind == "body"] or every
    if not sections:
        return ()
    start, end = sections[0].start, sections[0].end
    head = title.rstrip("….")
    if head and text[start:end].lstrip().startswith(head) and (end - start) - len(head) > 20:
        start = text.index(head, start) + len(head)
        start += len(text[start:end]) - len(text[start:end].lstrip(".!?…»” "))
    elif head and text[start:end].strip().startswith(head) and len(sections) > 1:
        start, end = sections[1].start, sections[1].end
    if end - start > width:
        end = text.rfind(" ", start, start + width) if " " in text[start : start + width] else start + width
    return (_cut(text, start, end, ()),)


def _cut(text: str, start: int, end: int, marks: Sequence[Mark]) -> Snippet:
    """``text[start:end]`` without space around it, an ellipsis where a sentence was cut, marks moved along."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    before = "…" if start and text[start].islower() else ""
    after = "" if end == len(text) or not text[end - 1].isalnum() or text[end : end + 1] == "\n" else "…"
    shift = len(before) - start
    moved = tuple([(a + shift, b + shift) for a, b in marks if start <= a and b <= end])
    return Snippet(before + text[start:end].replace("\n", " ") + after, moved)
