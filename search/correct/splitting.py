"""Parts words that were run together («внастоящее», «премьерминистр») and joins those that were torn («пре мьер»).

Knows words and how often they are met; slips inside the parts are not looked for.
"""

from __future__ import annotations

import math

from index.text.function_words import is_function_word
from search.correct import slips
from search.correct.reading import Candidate
from search.correct.spelling import belief, length_bonus
from search.correct.vocabulary import Vocabulary

__all__ = ["joined", "parted"]

_PIECES = 4
# Letters of the longest piece.
_PIECE = 20
# Nats: a blank left out is about as rare as a slip, and a part can be a word by chance («Автор ханов»: 4.5 made such
# of 5 rare names and terms in 700 real questions, 5.5 of none).
_BLANK = 5.5
_HYPHEN = 3.5
# A blank too many.
_TORN = 3.0
# Shorter parts must be words that link others («в», «не», «из»); nearly every two letters are some abbreviation.
_SHORT = 3


def parted(word: str, vocabulary: Vocabulary) -> list[Candidate]:
    """The likeliest way to cut the lower-case *word* into at most four words of the index, and to hyphenate it."""
    if not 4 <= len(word) <= slips.LONGEST or not word.isalpha():
        return []
    cuts = _cuts(word, vocabulary)
    # best[end]: by number of pieces, the least believed piece and where the last one begins.
    best: list[dict[int, tuple[float, int]]] = [{0: (math.inf, 0)}] + [{} for _ in word]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _PIECE), end):
            if not best[start] or (start, end) not in cuts:
                continue
            worth = _worth(word[start:end], vocabulary)
            if worth <= 0:
                continue
            for pieces, (least, _) in best[start].items():
                reached = min(least, worth)
                if pieces < _PIECES and reached > best[end].get(pieces + 1, (0.0, 0))[0]:
                    best[end][pieces + 1] = reached, start
    bonus = length_bonus(word)
    scored = [(least - _BLANK * (pieces - 1) + bonus, pieces) for pieces, (least, _) in best[-1].items()]
    plain = [_spelled_out(word, best, max(scored)[1], max(scored)[0])] if scored else []
    return plain + _hyphenated(word, vocabulary)


def joined(left: str, right: str, vocabulary: Vocabulary) -> Candidate | None:
    """*left* and *right* as one word, when that is one; ``score`` compares with the faith in the rarer of the two."""
    word = left + right
    if len(word) < 5 or not word.isalpha() or not vocabulary.documents_with(word):
        return None
    return Candidate(word, "split", math.log(1 + vocabulary.known(word)) - _TORN)


def _cuts(word: str, vocabulary: Vocabulary) -> set[tuple[int, int]]:
    """The pieces of *word* that may stand by themselves and leave a rest that can be cut: few, and each costs a search.

    In documents is cheap to ask.
    """
    cuts: set[tuple[int, int]] = set()
    ends = {len(word)}
    for start in range(len(word) - 1, -1, -1):
        own = [(start, end) for end in ends if 0 < end - start <= _PIECE and _stands(word[start:end], vocabulary)]
        cuts.update(cut for cut in own if cut != (0, len(word)))
        if own:
            ends.add(start)
    return cuts


def _stands(piece: str, vocabulary: Vocabulary) -> bool:
    """Whether *piece* is a word that may stand by itself."""
    return (len(piece) > _SHORT or is_function_word(piece)) and vocabulary.documents_with(piece) > 0


def _worth(piece: str, vocabulary: Vocabulary) -> float:
    """How much *piece*, which may stand by itself, is a word."""
    met = vocabulary.documents_with(piece)
    return math.log(1 + met) if len(piece) <= _SHORT else (math.log(1 + met) + belief(piece, vocabulary)) / 2


def _hyphenated(word: str, vocabulary: Vocabulary) -> list[Candidate]:
    """*word* with the hyphen that a compound of the index has in it."""
    compounds = [f"{word[:at]}-{word[at:]}" for at in range(2, len(word) - 1)]
    met = [(compound, vocabulary.documents_with(compound)) for compound in compounds]
    return [Candidate(compound, "split", math.log(1 + many) + 2 - _HYPHEN) for compound, many in met if many]


def _spelled_out(word: str, best: list[dict[int, tuple[float, int]]], pieces: int, score: float) -> Candidate:
    cut, end = [], len(word)
    while end:
        start = best[end][pieces][1]
        cut.append(word[start:end])
        end, pieces = start, pieces - 1
    return Candidate(" ".join(reversed(cut)), "split", score)
