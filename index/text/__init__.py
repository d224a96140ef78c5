"""Folding, tokens, sentences, morphology, lexicon: the one analysis that documents and queries share.

Knows no engine, no query language and no file of an index.
"""

from index.text.analyzer import Analyzer, Batch, Tokens
from index.text.lemmas import Lemma, LemmaSet
from index.text.phrases import Expansion
from index.text.sketch import SIZE as SKETCH
from index.text.structure import Part, parts
from index.text.titles import first_sentence

__all__ = ["SKETCH", "Analyzer", "Batch", "Expansion", "Lemma", "LemmaSet", "Part", "Tokens", "first_sentence", "parts"]
