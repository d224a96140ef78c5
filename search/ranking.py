"""The formula that orders answers, and every number in it: BM25F over graded counts, then proximity for the best.

One query word is one virtual term: all its forms add to one count, each by how well it matches, and there is one number
of documents for the whole word. Every engine computes this; search/engines/plain.py does it plainly.

Figures are nDCG@10 gains on four development sets (headlines / summaries / tags / pairs of tags, 9,204 articles), each
with its 95% interval above zero where it is called a gain. Knows nothing of engines or trees.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

__all__ = ["LEAD", "RANKING", "Averages", "Counts", "Ranking", "Saturation"]
__all__ += ["frequency", "idf", "nearness", "norm", "score"]

# Words of the body that count as its lead. News tell who, what and where in the first paragraph; a weight that decays
# with position was no better than this step. Fixed here because indexes count occurrences before and after it.
LEAD = 100


class Saturation(NamedTuple):
    """How fast repetitions stop to matter (``k1``), how far long texts are held back (``b``), what the lead weighs."""

    k1: float
    b: float
    lead: float


# .289 -> .321 on pairs of tags. For headlines the common 1.2, .75 is best.
_TOPIC = Saturation(k1=0.6, b=0.3, lead=1.5)
_HEADLINE = Saturation(k1=1.2, b=0.75, lead=2.5)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every parameter of the formula with the measurement that chose it."""

    # Grades of a form that matches a word: as typed; its likeliest lemma is the word's; they share any other lemma.
    # Gain over all lemmas alike: +.007 / +.002 / +.002 / .001. The typed form as a second term loses .004 to .034.
    typed: float = 1.0
    likeliest: float = 0.8
    shared: float = 0.4
    # What a word is also called, «Соединенные Штаты» for «США», beside the word as typed; the better of both counts.
    # Pairs of tags: .3184 without other names, .3178 at .25, .3190 at .5, .3074 at 1, and headlines lose .004 there.
    alias: float = 0.5
    # A form that does not match, but has the root of the word (index/text/roots.py): counted in the ``depth`` best.
    root: float = 0.3

    # A title tells more: +.008 on tags at 3; 15 loses. Titles differ little in length and need a gentler norm.
    title: float = 3.0
    title_b: float = 0.3
    # Captions, bylines and teasers are found, but must not win a query: a tenth of the title. Not measured, as the
    # development sets have none; below 0.4 a teaser as typed stays under any form of the word in the body.
    aside: float = 0.3

    # Up to ``short`` words with content: topics; more: headlines.
    short: int = 4
    topic: Saturation = _TOPIC
    headline: Saturation = _HEADLINE

    # Words of the query close together: +.004 / 0 / +.006 / 0, for the ``depth`` best only: it needs positions. Of 50
    # and 100 documents neither is better on any set; 30 give up .002 on tags, for a third of the time of 100.
    proximity: float = 0.5
    proximity_k1: float = 1.2
    depth: int = 50

    def saturation(self, words: int) -> Saturation:
        """That of a query with so many words with content."""
        return self.topic if words <= self.short else self.headline


RANKING = Ranking()


@dataclass(frozen=True, slots=True)
class Counts:
    """Occurrences of a word in one document by field, each already multiplied by its grade."""

    title: float = 0.0
    lead: float = 0.0
    body: float = 0.0
    aside: float = 0.0


@dataclass(frozen=True, slots=True)
class Averages:
    """Mean lengths in words over all live documents; asides lengthen nothing."""

    title: float
    text: float


def idf(documents: int, matching: int) -> float:
    """What a word found in *matching* of all live *documents* weighs; above zero, so stop words need no list."""
    return math.log(1 + (documents - matching + 0.5) / (matching + 0.5))


def norm(b: float, length: float, average: float) -> float:
    """What counts are divided by for a field of *length* words; 1 at the average, and where nothing has any length."""
    return 1 - b + b * (length / average if average else 1.0)


def frequency(
    counts: Counts, *, title: int, text: int, averages: Averages, form: Saturation, ranking: Ranking
) -> float:
    """How often a word is in a document, as BM25F counts it, whose fields have *title* and *text* words.

    Asides are normalised as the body is.
    """
    body = form.lead * counts.lead + counts.body + ranking.aside * counts.aside
    tf = ranking.title * counts.title / norm(ranking.title_b, title, averages.title)
    return tf + body / norm(form.b, text, averages.text)


def score(tf: float, *, idf: float, form: Saturation) -> float:
    """What a word is worth in a document that has it *tf* times. All fields share one saturation.

    A sum of separate BM25s loses .01 to .10 on pairs of tags.
    """
    return idf * (form.k1 + 1) * tf / (form.k1 + tf)


def nearness(
    fields: Iterable[Sequence[tuple[int, int]]],
    weights: Sequence[float],
    *,
    text: int,
    averages: Averages,
    form: Saturation,
    ranking: Ranking,
) -> float:
    """What a document gains when different words of the query stand close together (Büttcher, Clarke, Lushman 2006).

    *fields* gives for each field the matches as (position, number of the query word) in order; *weights* the words'
    idf. Of two neighbouring matches of different words, d > 0 positions apart, each adds the other's idf / d².
    """
    gained = [0.0] * len(weights)
    for matches in fields:
        for (here, one), (there, other) in pairwise(matches):
            if one != other and there != here:
                gained[one] += weights[other] / (there - here) ** 2
                gained[other] += weights[one] / (there - here) ** 2
    k1 = ranking.proximity_k1
    k = k1 * norm(form.b, text, averages.text)
    total = sum(min(1.0, weight) * (k1 + 1) * gain / (gain + k) for weight, gain in zip(weights, gained, strict=True))
    return ranking.proximity * total
