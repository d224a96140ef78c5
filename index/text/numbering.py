"""The loops over the characters of texts: they cut them at blanks, number what stands between, and fold plain words.

Both add to tables of strings (entries.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from index.compiled import compiled
from index.text.entries import BASIS, PRIME, Array, U, entry_of, fits, put, sum_of, written
from index.text.fold import MAX_LETTERS
from index.text.raws import BLANK, DIGITS, LATIN, LETTER, LINE, MAX_RAW, OTHER, STOP
from index.text.sentences import LOWER, UPPER

__all__ = ["LINE_BREAK", "LONG", "NOT_PLAIN", "UNTOLD", "number", "plain", "spread"]

# The number of a line break, whichever character it is, and of what is longer than MAX_RAW.
LINE_BREAK, LONG = 0, -1
# In place of a form: it is no plain word. In place of flags: a digit, or a stop, of which what is around it tells more.
NOT_PLAIN, UNTOLD = -1, -1

_A, _RUSSIAN_A, _YO, _SMALL_YO, _YE, _SMALL_YE = (U(ord(letter)) for letter in "aаЁёЕе")
# From a capital to its small letter, in both alphabets.
_SMALLER = U(32)


@compiled
def number(
    codes: Array,
    bounds: Array,
    kinds: Array,
    entries: Array,
    slots: Array,
    state: Array,
    ids: Array,
    starts: Array,
    sizes: Array,
) -> bool:
    """Writes the number of every raw string to *ids* and where it begins to *starts*; *sizes* counts them by text.

    *codes* are the code points of texts end to end, text i is ``codes[bounds[i]:bounds[i + 1]]``; *kinds* tells what a
    code point is. Raw strings that *entries* and *slots* do not have are added. *state* is where it stands: text, place
    in *codes*, raw strings found, raw strings known, end of entries. Returns whether it is done; if not, the table has
    no more room: make some and call again.
    """
    last = U(len(kinds) - 1)
    text, place, found, count, free = state[0], U(state[1]), state[2], state[3], U(state[4])
    full = False
    while text < len(sizes) and not full:
        end = U(bounds[text + 1])
        while place < end:
            start = place
            kind = kinds[min(U(codes[place]), last)]
            place += U(1)
            if kind == BLANK:
                continue
            one: Any = LINE_BREAK
            if kind != LINE:
                total = (BASIS ^ U(codes[start])) * PRIME
                while place < end and kinds[min(U(codes[place]), last)] == LETTER:
                    total = (total ^ U(codes[place])) * PRIME
                    place += U(1)
                length = place - start
                long = length > U(MAX_RAW)
                entry = U(0) if long else entry_of(slots, entries, total, codes, start, length)
                if long:
                    one = LONG
                elif entry:
                    one = np.int64(entries[entry])
                elif not fits(entries, slots, count, free, length):
                    place, full = start, True
                    break
                else:
                    one, count = count, count + 1
                    put(slots, total, free)
                    free = written(entries, free, one, codes, start, length)
            ids[found] = one
            starts[found] = start
            found += 1
            sizes[text] += 1
        if not full:
            text += 1
    state[0], state[1], state[2], state[3], state[4] = text, place, found, count, free
    return not full


@compiled
def _folded(letters: Array, start: Any, end: Any, small: Any, word: Array) -> Any:
    """Writes the folded form of the plain word ``letters[start:end]`` to *word*; returns its length (fold.py).

    Small letters are those from *small* on.
    """
    length = min(end - start, U(MAX_LETTERS))
    capitals = U(0)
    for i in range(length):
        letter = U(letters[start + i])
        letter = _SMALL_YE if letter == _SMALL_YO else _YE if letter == _YO else letter
        capitals += U(letter < small)
        word[i] = letter
    if capitals == length and length > U(1):
        return length
    for i in range(U(1), length):
        if word[i] < small:
            word[i] += _SMALLER
    return length


@compiled
def plain(
    letters: Array,
    places: Array,
    classes: Array,
    entries: Array,
    slots: Array,
    state: Array,
    forms: Array,
    starts: Array,
    ends: Array,
    flags: Array,
) -> bool:
    """Of each raw string that is a plain word: its form, where that starts and ends, its flags.

    Raw strings are the entries of *letters* at *places*; *classes* tells letters, digits and what may be around them.
    *entries* and *slots* are the table of forms, to which new ones are added. Other raw strings get NOT_PLAIN; flags
    are UNTOLD where there is a stop or a digit. *state*: the next raw string, forms known, end of *entries*. Returns
    whether it is done; if not, make room and call again.
    """
    last = U(len(classes) - 1)
    word = np.empty(MAX_LETTERS, np.uint32)
    while state[0] < len(places):
        raw = state[0]
        start = U(places[raw]) + U(2)
        stop = start + U(letters[start - U(1)])
        low = start
        stops = False
        while low < stop and classes[min(U(letters[low]), last)] <= STOP:
            stops |= classes[min(U(letters[low]), last)] == STOP
            low += U(1)
        high, kind = low, U(OTHER)
        if low < stop:
            kind = U(classes[min(U(letters[low]), last)])
        while high < stop and classes[min(U(letters[high]), last)] == kind:
            high += U(1)
        end = high
        while high < stop and classes[min(U(letters[high]), last)] <= STOP:
            stops |= classes[min(U(letters[high]), last)] == STOP
            high += U(1)
        forms[raw] = NOT_PLAIN
        if high == stop and kind != OTHER:
            small = _A if kind == LATIN else _RUSSIAN_A
            length = _folded(letters, low, end, small, word)
            total = sum_of(word, U(0), length)
            entry = entry_of(slots, entries, total, word, U(0), length)
            if entry:
                forms[raw] = entries[entry]
            elif fits(entries, slots, state[1], state[2], length):
                forms[raw] = state[1]
                put(slots, total, U(state[2]))
                state[2] = written(entries, U(state[2]), state[1], word, U(0), length)
                state[1] += 1
            else:
                return False
            starts[raw], ends[raw] = low - start, end - start
            lower = U(letters[low]) >= small
            flags[raw] = UNTOLD if stops or kind == DIGITS else LOWER if lower else UPPER
        state[0] += 1
    return True


@compiled
def spread(
    ids: Array,
    sizes: Array,
    ends: Array,
    first: Array,
    widths: Array,
    cells: Array,
    rows: Array,
    owners: Array,
    positions: Array,
    sentences: Array,
    bounds: Array,
) -> None:
    """Writes for each token of the raw strings *ids* its row, whose token it is, its position and its sentence.

    Raw string i has the rows ``first[i]:first[i + 1]``, which stand at *cells* of its *widths*. Texts have *sizes* of
    them; positions and sentences begin at 0 in each. *ends* tells which end a sentence; those without a word make none.
    *bounds* gets where the tokens of each text begin, and the end.
    """
    raw, token = 0, 0
    for text in range(len(sizes)):
        base, sentence, ended = 0, 0, False
        bounds[text] = token
        start = token
        for _ in range(sizes[text]):
            one = ids[raw]
            if first[one] < first[one + 1] and ended:
                sentence += token > start
                ended = False
            for row in range(first[one], first[one + 1]):
                rows[token] = row
                owners[token] = raw
                positions[token] = base + cells[row]
                sentences[token] = sentence
                token += 1
            base += widths[one]
            ended |= ends[raw]
            raw += 1
    bounds[len(sizes)] = token
