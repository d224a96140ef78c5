"""A query that finds documents like a given one: its most telling words, the more telling the heavier.

A word tells much when the document has it often and few others do. Knows no engine; the tree is like any other.
"""

from __future__ import annotations

import math
from collections import Counter

from index.documents import Document
from index.text import Analyzer
from index.text.function_words import is_function_word
from search.engines import Neighbours
from search.query import Any, Boosted, Node, Nothing, Word

__all__ = ["like"]

# More words find more that is merely near; 12 take 2 ms at 175,352 documents.
_WORDS = 12
# News say what they are about at once, and the first words of a long one cost what those of a short one do.
_CHARACTERS = 6_000
_TITLE = 3
_LETTERS = 3
# Repetitions count for less and less, as in the ranking.
_K = 1.2


def like(document: Document, analyzer: Analyzer, forms: Neighbours, documents: int) -> Node:
    """The tree for *document*, whose index has *forms* and *documents*; Nothing when it has no words."""
    counts: Counter[str] = Counter()
    for text, times in ((document.title, _TITLE), (document.text[:_CHARACTERS], 1)):
        for number in analyzer.stream(text).forms.tolist():
            counts[analyzer.form(number)] += times
    telling: dict[str, tuple[float, str]] = {}
    for form, count in counts.items():
        if len(form) >= _LETTERS and not form[0].isdigit() and not is_function_word(form):
            rare = math.log(1 + documents / (1 + forms.documents_with(form.lower())))
            weight = rare * count / (count + _K)
            lemma = analyzer.lemmas(form)[0].text
            telling[lemma] = max(telling.get(lemma, (0.0, "")), (weight, form))
    best = sorted(telling.values(), reverse=True)[:_WORDS]
    words = (Boosted(Word(form, form, analyzer.query_lemmas(form)), weight) for weight, form in best)
    return Any(tuple(words)) if best else Nothing()
