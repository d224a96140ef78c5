"""The loop over the characters of texts: it cuts them at blanks, folds plain words, and numbers all other raw strings.

A plain word, as nine of ten are, is folded where it stands: that takes less time than finding it among a million
strings, each as likely as not out of the processor's cache. Forms and raw strings stand in tables (entries.py).
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from index.compiled import compiled, inlined
from index.text.entries import BASIS, PRIME, Array, U, entry_of, fits, put, sum_of, written
from index.text.fold import MAX_LETTERS
from index.text.raws import BLANK, CLOSER, LATIN, LINE, MAX_RAW, RUSSIAN, STOP
from index.text.sentences import ABBREVIATED, INITIAL, LOWER, UPPER
from index.text.sentences import STOP as ENDS

__all__ = ["COLUMNS", "DONE", "FORMS_FULL", "LINE_BREAK", "LONG", "PLAIN", "RAWS_FULL", "UNKNOWN", "number"]
__all__ += ["starts"]


def _added(total: int, letter: int) -> int:
    """entries.sum_of, a step of it."""
    return (total ^ letter) * int(PRIME) % 2**64


# In place of a raw string's number: of a line break, whichever character it is; of what is longer than MAX_RAW; of a
# plain word, which has none.
LINE_BREAK, LONG, PLAIN = 0, -1, -2
# In place of a form: it is none of the table's. In place of flags: what is around a stop has to be looked at.
UNKNOWN, UNTOLD = -1, -1
# Of a row: form, position, start, end.
COLUMNS = 4
# Whether the end was reached, and if not, which table has no more room.
DONE, RAWS_FULL, FORMS_FULL = range(3)

_A, _RUSSIAN_A, _YO, _SMALL_YO, _YE, _SMALL_YE = (U(ord(letter)) for letter in "aаЁёЕе")
_FULL = -3
# From a capital to its small letter, in both alphabets.
_SMALLER = U(32)
_DOT = U(ord("."))
# Sums of the words that may end no sentence with a dot. Another word with the sum of one of them is looked at longer.
_ABBREVIATED = np.array([reduce(_added, map(ord, word), int(BASIS)) for word in ABBREVIATED], np.uint64)
_LONGEST = max(map(len, ABBREVIATED))


@inlined
def _class(codes: Array, place: Any, end: Any, classes: Array) -> Any:
    """What the code point at *place* is; a blank at the *end* of the text."""
    return U(classes[min(U(codes[place]), U(len(classes) - 1))]) if place < end else U(BLANK)


@inlined
def _shape(codes: Array, start: Any, end: Any, classes: Array) -> tuple[Any, Any, Any, bool]:
    """Where the letters of the raw string at *start* begin and end, where itself ends, and whether it is a plain word.

    A word with a stop before it is not counted as one.
    """
    low = start
    kind = _class(codes, low, end, classes)
    stops = False
    while kind <= STOP:
        stops |= kind == STOP
        low += U(1)
        kind = _class(codes, low, end, classes)
    letters = RUSSIAN <= kind <= LATIN
    high, own = low, kind
    while letters and own == kind:
        high += U(1)
        own = _class(codes, high, end, classes)
    stop = high
    while own <= STOP:
        stop += U(1)
        own = _class(codes, stop, end, classes)
    plain = letters and not stops and own >= BLANK
    while own < BLANK:
        stop += U(1)
        own = _class(codes, stop, end, classes)
    return low, high, stop, plain


@inlined
def _flags(codes: Array, low: Any, high: Any, stop: Any, classes: Array) -> Any:
    """What sentences.flags says of the plain word ``codes[low:high]`` with its punctuation up to *stop*, or UNTOLD."""
    small = _A if U(codes[low]) < U(128) else _RUSSIAN_A
    told = LOWER if U(codes[low]) >= small or U(codes[low]) == _SMALL_YO else UPPER
    place = high
    while place < stop and _class(codes, place, stop, classes) != STOP:
        place += U(1)
    if place == stop:
        return told
    behind = place + U(1)
    while behind < stop and _class(codes, behind, stop, classes) == STOP:
        behind += U(1)
    single = behind == place + U(1) and U(codes[place]) == _DOT
    while behind < stop and _class(codes, behind, stop, classes) == CLOSER:
        behind += U(1)
    if behind < stop or (single and place == high and _is_short(codes, low, high, small)):
        return UNTOLD
    return told | ENDS


@inlined
def _small(letter: Any, small: Any) -> Any:
    """The small letter of *letter*, «е» for «ё»; *small* is the first of its alphabet."""
    letter = _SMALL_YE if letter == _SMALL_YO else _YE if letter == _YO else letter
    return letter + (_SMALLER if letter < small else U(0))


@compiled
def _is_short(codes: Array, low: Any, high: Any, small: Any) -> Any:
    """Whether the plain word ``codes[low:high]`` may be an initial or an abbreviation."""
    if high - low > U(_LONGEST):
        return False
    total = BASIS
    for place in range(low, high):
        total = (total ^ _small(U(codes[place]), small)) * PRIME
    short = high - low <= U(INITIAL)
    for one in _ABBREVIATED:
        short |= one == total
    return short


@compiled
def _folded(codes: Array, low: Any, high: Any, word: Array) -> Any:
    """Writes the folded form of the plain word ``codes[low:high]`` to *word*; returns its length (fold.py)."""
    small = _A if U(codes[low]) < U(128) else _RUSSIAN_A
    length = min(high - low, U(MAX_LETTERS))
    capitals = U(0)
    for i in range(length):
        letter = U(codes[low + i])
        letter = _SMALL_YE if letter == _SMALL_YO else _YE if letter == _YO else letter
        capitals += U(letter < small)
        word[i] = letter
    if capitals == length and length > U(1):
        return length
    for i in range(U(1), length):
        if word[i] < small:
            word[i] += _SMALLER
    return length


@inlined
def _start(codes: Array, low: Any, high: Any) -> Any:
    """A bit for the first two letters of the word ``codes[low:high]``, whatever their case."""
    small = _A if U(codes[low]) < U(128) else _RUSSIAN_A
    total = U(0)
    for place in range(low, min(high, low + U(2))):
        total = total * U(37) + _small(U(codes[place]), small)
    return U(1) << (total & U(63))


@compiled
def starts(codes: Array, bounds: Array) -> Any:
    """The bits of all forms ``codes[bounds[i]:bounds[i + 1]]``: a word without one is none of them, nine of ten are so.

    Of plain words; what others set does no harm.
    """
    bits = U(0)
    for form in range(len(bounds) - 1):
        if bounds[form] < bounds[form + 1]:
            bits |= _start(codes, U(bounds[form]), U(bounds[form + 1]))
    return bits


@compiled
def _form(word: Array, length: Any, entries: Array, slots: Array, adding: bool, state: Array) -> Any:
    """The number of the form ``word[:length]``, a new one if it may be added; _FULL when there is no room for it."""
    total = sum_of(word, U(0), length)
    entry = entry_of(slots, entries, total, word, U(0), length)
    if entry:
        return np.int64(entries[entry])
    if not adding:
        return UNKNOWN
    if not fits(entries, slots, state[5], state[6], length):
        return _FULL
    put(slots, total, U(state[6]))
    state[6] = written(entries, U(state[6]), state[5], word, U(0), length)
    state[5] += 1
    return state[5] - 1


@compiled
def _raw(codes: Array, start: Any, length: Any, entries: Array, slots: Array, state: Array) -> Any:
    """The number of the raw string ``codes[start:start + length]``, a new one if need be; LONG, or _FULL."""
    if length > U(MAX_RAW):
        return LONG
    total = sum_of(codes, start, start + length)
    entry = entry_of(slots, entries, total, codes, start, length)
    if entry:
        return np.int64(entries[entry])
    if not fits(entries, slots, state[3], state[4], length):
        return _FULL
    put(slots, total, U(state[4]))
    state[4] = written(entries, U(state[4]), state[3], codes, start, length)
    state[3] += 1
    return state[3] - 1


@compiled
def number(
    codes: Array,
    bounds: Array,
    classes: Array,
    entries: Array,
    slots: Array,
    forms: Array,
    form_slots: Array,
    adding: bool,
    beginnings: Any,
    state: Array,
    ids: Array,
    begins: Array,
    sizes: Array,
    rows: Array,
    flags: Array,
) -> int:
    """Writes what every raw string is to *ids*, where it begins in its text to *begins*; *sizes* counts them by text.

    *codes* are the code points of texts end to end, text i is ``codes[bounds[i]:bounds[i + 1]]``; *classes* tells what
    a code point is. Of a plain word its row is written to *rows*, (…, COLUMNS), and its *flags*; others get a number in
    the table *entries* and *slots*, which gains those that are new. *forms* and *form_slots* are the table of forms;
    without *adding* a form that is not there is UNKNOWN; *beginnings* are the ``starts`` of those that are. *state* is
    where it stands: text, place in *codes*, raw strings found; raw strings known, end of *entries*; forms known, end of
    *forms*. Unless it is DONE, make room for what is full and call again.
    """
    word = np.empty(MAX_LETTERS, np.uint32)
    text, place, found = state[0], U(state[1]), state[2]
    full = DONE
    while text < len(sizes) and full == DONE:
        end = U(bounds[text + 1])
        while place < end:
            kind = _class(codes, place, end, classes)
            stop = place + U(1)
            if kind == BLANK:
                place = stop
                continue
            if kind == LINE:
                ids[found] = LINE_BREAK
            else:
                low, high, stop, plain = _shape(codes, place, end, classes)
                told = UNTOLD
                if plain and stop - place <= U(MAX_RAW):
                    told = _flags(codes, low, high, stop, classes)
                if told != UNTOLD:
                    form = UNKNOWN
                    if adding or beginnings & _start(codes, low, high):
                        form = _form(word, _folded(codes, low, high, word), forms, form_slots, adding, state)
                    full = FORMS_FULL if form == _FULL else DONE
                    ids[found] = PLAIN
                    flags[found] = told
                    rows[found, 0], rows[found, 1] = form, 0
                    rows[found, 2], rows[found, 3] = low - place, high - place
                else:
                    one = _raw(codes, place, stop - place, entries, slots, state)
                    full = RAWS_FULL if one == _FULL else DONE
                    ids[found] = one
            if full != DONE:
                break
            begins[found] = place - U(bounds[text])
            found += 1
            sizes[text] += 1
            place = stop
        if full == DONE:
            text += 1
    state[0], state[1], state[2] = text, place, found
    return full
