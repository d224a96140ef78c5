"""The loop that makes tokens of raw strings: positions, sentences, offsets."""

from __future__ import annotations

from index.compiled import compiled
from index.text.entries import Array
from index.text.numbering import PLAIN

__all__ = ["count", "spread"]


@compiled
def count(ids: Array, first: Array) -> int:
    """How many tokens the raw strings *ids* have: i has the rows ``first[i]:first[i + 1]``, a plain word one."""
    found = 0
    for one in ids:
        found += 1 if one == PLAIN else first[one + 1] - first[one]
    return found


@compiled
def spread(
    ids: Array,
    sizes: Array,
    ends: Array,
    own: Array,
    first: Array,
    widths: Array,
    rows: Array,
    whole: Array,
    begins: Array,
    tokens: Array,
    bounds: Array,
) -> None:
    """Writes the tokens of the raw strings *ids*: form, position, sentence, start and end, each a row of *tokens*.

    Raw string i has the rows ``first[i]:first[i + 1]`` of *rows*, (…, COLUMNS), and its *widths* of positions; a plain
    word has its *own* row. Texts have *sizes* of them; positions, sentences and offsets begin at 0 in each. *ends*
    tells which end a sentence; those without a word make none. *whole* has the first and the last of the strings that
    each was joined of, whose *begins* are where they begin in their texts. *bounds* gets where the tokens of each text
    begin, and the end. With three rows of *tokens* only, offsets are left out.
    """
    raw, token = 0, 0
    placed = len(tokens) > 3
    for text in range(len(sizes)):
        base, sentence, ended = 0, 0, False
        bounds[text] = token
        start = token
        for _ in range(sizes[text]):
            one, at = ids[raw], whole[0, raw]
            plain = one == PLAIN
            low, high = (at, at + 1) if plain else (first[one], first[one + 1])
            if low < high and ended:
                sentence += token > start
                ended = False
            for row in range(low, high):
                cut = own[row] if plain else rows[row]
                tokens[0, token] = cut[0]
                tokens[1, token] = base + cut[1]
                tokens[2, token] = sentence
                if placed:
                    last = whole[1, raw]
                    tokens[3, token] = begins[at] + cut[2]
                    # A number written in groups ends where the three digits of its last group do.
                    tokens[4, token] = begins[last] + 3 if last != at else begins[at] + cut[3]
                token += 1
            base += 1 if plain else widths[one]
            ended |= ends[raw]
            raw += 1
    bounds[len(sizes)] = token
