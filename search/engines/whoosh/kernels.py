"""The loops over posting lists: the documents of a word with its counts, and its places in chosen documents.

Each walks the packed lists of all forms of a word (docs/format.md) and never builds one. Every number that comes from a
file is checked before it is used as an index: a damaged segment gives DAMAGED, and never a write to a wrong place.
Numbers are unsigned where they are indexes: numba then leaves out the check for negative ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.engines.whoosh.compiled import byte_at, compiled, trailing_zeros

__all__ = [
    "DAMAGED",
    "FIELD_BITS",
    "POSITION_BITS",
    "count_live",
    "draw",
    "gather",
    "mark",
    "narrow",
    "places",
    "pour",
    "sentence_starts",
]

DAMAGED, NO_ROOM = -1, -2
# A place is one number: document, field, position. 2**24 positions: MAX_TEXT characters are at most 10 million words.
# The document is told by where it stands among those that were asked for.
POSITION_BITS = 24
FIELD_BITS = 2

U = np.uint64
_POSITION = U((1 << POSITION_BITS) - 1)
Array = NDArray[Any]


@compiled
def _number(at: Any, end: Any) -> tuple[Any, Any]:
    """The varint at address *at* and where the next starts. From *end* on: 0, and a place past the end."""
    if at >= end:
        return U(0), end + U(1)
    value = byte_at(at)
    at += U(1)
    if value >= U(128):
        value &= U(127)
        shift = U(7)
        while at < end:
            byte = byte_at(at)
            at += U(1)
            value |= (byte & U(127)) << shift
            if byte < U(128):
                break
            shift += U(7)
    return value, at


@compiled
def _posting(at: Any, end: Any) -> tuple[Any, Any, Any]:
    """Gap of documents and row of counts of the posting at address *at*, and where the next starts."""
    value, at = _number(at, end)
    row = value & U(3)
    if row == U(3):
        more, at = _number(at, end)
        row += more >> U(2)
    return value >> U(2), row, at


@compiled
def _drained(bits: Array, summary: Array, docs: Array) -> Any:
    """Writes the documents whose bits are set to *docs*, ascending, and clears them; returns how many."""
    found = U(0)
    for high in range(U(len(summary))):
        words = summary[high]
        summary[high] = U(0)
        while words != U(0):
            word = (high << U(6)) | trailing_zeros(words)
            words &= words - U(1)
            touched = bits[word]
            bits[word] = U(0)
            while touched != U(0):
                docs[found] = (word << U(6)) | trailing_zeros(touched)
                touched &= touched - U(1)
                found += U(1)
    return found


@compiled
def gather(
    doc_bytes: Array,
    weights: Array,
    matches: Array,
    df: Array,
    doc_at: Array,
    grades: Array,
    live: Array,
    norms: Array,
    k1: Any,
    sums: Array,
    bits: Array,
    summary: Array,
    docs: Array,
    values: Array,
) -> Any:
    """Writes the live documents of a word to *docs*, ascending, and tf / (k1 + tf) to *values*; returns how many.

    List i starts at byte doc_at[i], has df[i] postings and counts grades[i]. *weights* (rows, 2) is what a row of
    counts adds to title and body, *matches* (rows) whether it counts at all; *norms* (documents, 2) multiplies them.
    *live* and *bits* have a bit a document, *summary* one for each 64 bits; *sums* (documents, 2), *bits* and *summary*
    are zero before and after. 4-6 ns a posting, 6 a document, half of it for branches that cannot be foreseen.
    """
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes))
    for i in range(len(df)):
        at, doc, grade = begin + U(doc_at[i]), U(0), grades[i]
        for _ in range(df[i]):
            gap, row, at = _posting(at, end)
            doc += gap
            if doc >= U(len(norms)) or row >= U(len(matches)):
                return DAMAGED
            if matches[row]:
                sums[doc, U(0)] += grade * weights[row, U(0)]
                sums[doc, U(1)] += grade * weights[row, U(1)]
                bits[doc >> U(6)] |= U(1) << (doc & U(63))
                summary[doc >> U(12)] |= U(1) << ((doc >> U(6)) & U(63))
        if at > end:
            return DAMAGED
    kept = U(0)
    for i in range(_drained(bits, summary, docs)):
        doc = U(docs[i])
        tf = sums[doc, U(0)] * norms[doc, U(0)] + sums[doc, U(1)] * norms[doc, U(1)]
        sums[doc, U(0)] = 0
        sums[doc, U(1)] = 0
        docs[kept] = doc
        values[kept] = tf / (k1 + tf)
        kept += (live[doc >> U(6)] >> (doc & U(63))) & U(1)
    return np.int64(kept)  # with DAMAGED beside an unsigned one it would become a float


@compiled
def pour(docs: Array, scores: Array, sums: Array, bits: Array, summary: Array) -> None:
    """Adds *scores* to ``sums[:, 0]`` and marks *docs*, for ``draw``."""
    for i in range(len(docs)):
        doc = U(docs[i])
        sums[doc, U(0)] += scores[i]
        bits[doc >> U(6)] |= U(1) << (doc & U(63))
        summary[doc >> U(12)] |= U(1) << ((doc >> U(6)) & U(63))


@compiled
def draw(sums: Array, bits: Array, summary: Array, docs: Array, scores: Array) -> Any:
    """Writes what was poured to *docs*, ascending, and *scores*, and clears it; returns how many."""
    found = _drained(bits, summary, docs)
    for i in range(found):
        doc = U(docs[i])
        scores[i] = sums[doc, U(0)]
        sums[doc, U(0)] = 0
    return np.int64(found)


@compiled
def _counted(
    start: tuple[Any, Any],
    end: Any,
    count: Any,
    last: Any,
    grade: Any,
    weights: Array,
    matches: Array,
    slots: Array,
    sums: Array,
    hits: Array,
) -> Any:
    """Adds to *sums* and marks in *hits* those of *count* postings whose document has a slot. 0, or DAMAGED.

    *start* is the document before and the address; *last* the last document with a slot here.
    """
    doc, at = start
    for _ in range(count):
        gap, row, at = _posting(at, end)
        doc += gap
        if row >= U(len(matches)) or doc >= U(len(slots)):
            return DAMAGED
        slot = slots[doc]
        if slot and matches[row]:
            sums[U(slot - 1), U(0)] += grade * weights[row, U(0)]
            sums[U(slot - 1), U(1)] += grade * weights[row, U(1)]
            hits[U(slot - 1)] = 1
        if doc >= last:
            break
    return 0 if at <= end else DAMAGED


@compiled
def narrow(
    doc_bytes: Array,
    weights: Array,
    matches: Array,
    block_last: Array,
    block_doc: Array,
    lists: Array,
    grades: Array,
    norms: Array,
    k1: Any,
    factor: Any,
    required: bool,
    slots: Array,
    docs: Array,
    scores: Array,
) -> Any:
    """Adds *factor* times the saturated count of a word to the *scores* of *docs*; returns how many are kept.

    Where it is *required*, only documents with the word are. Parameters are those of ``gather`` and ``places``. Blocks
    without a document are skipped, and nothing is written but for documents that are there already: a common word
    beside a rare one costs about 4 ns a posting, or less.
    """
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes))
    slots[docs] = np.arange(1, len(docs) + 1)
    sums, hits = np.zeros((len(docs), 2), np.float32), np.zeros(len(docs), np.uint8)
    for i in range(len(lists)):
        df, doc_at, _, low, high = lists[i]
        near = 0
        for block in range(low, max(high, low + 1)):
            start, count = (U(0), begin + U(doc_at)), df
            after: Any = len(docs)
            if low < high:
                start = (U(block_last[block - 1]) if block > low else U(0), begin + U(block_doc[block]))
                count = min(df - 128 * (block - low), 128)
                after = near + np.searchsorted(docs[near:], np.int64(block_last[block]), "right")
            if after > near:
                last = U(docs[after - 1])
                if _counted(start, end, count, last, grades[i], weights, matches, slots, sums, hits) == DAMAGED:
                    return DAMAGED
            near = after
    slots[docs] = 0
    kept = 0
    for i in range(len(docs)):
        doc = U(docs[i])
        tf = sums[i, 0] * norms[doc, U(0)] + sums[i, 1] * norms[doc, U(1)]
        docs[kept] = docs[i]
        scores[kept] = scores[i] + factor * tf / (k1 + tf)
        kept += not required or hits[i]
    return kept


@compiled
def mark(doc_bytes: Array, df: Array, doc_at: Array, documents: int, bits: Array) -> int:
    """Sets the bit of each document in any of the lists. Returns 0 or DAMAGED."""
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes))
    for i in range(len(df)):
        at, doc = begin + U(doc_at[i]), U(0)
        for _ in range(df[i]):
            gap, _row, at = _posting(at, end)
            doc += gap
            if doc >= U(documents):
                return DAMAGED
            bits[doc >> U(6)] |= U(1) << (doc & U(63))
        if at > end:
            return DAMAGED
    return 0


@compiled
def count_live(doc_bytes: Array, df: Array, doc_at: Array, live: Array, counts: Array) -> int:
    """Writes to *counts* how many live documents each list has; *live* has a bit a document. Returns 0 or DAMAGED."""
    begin = U(doc_bytes.ctypes.data)
    end = begin + U(len(doc_bytes))
    for i in range(len(df)):
        at, doc, count = begin + U(doc_at[i]), U(0), U(0)
        for _ in range(df[i]):
            gap, _row, at = _posting(at, end)
            doc += gap
            if doc >= U(64 * len(live)):
                return DAMAGED
            count += (live[doc >> U(6)] >> (doc & U(63))) & U(1)
        if at > end:
            return DAMAGED
        counts[i] = count
    return 0


@compiled
def _block(  # noqa: C901  # one hot loop; a function of its own for its inner part costs more than the part
    start: tuple[Any, Any, Any],
    ends: tuple[Any, Any],
    count: Any,
    last: Any,
    field_counts: Array,
    asked: tuple[Any, Any, Any],
    slots: Array,
    found: Array,
    size: Any,
) -> Any:
    """Adds to *found*, after *size* places, those of wanted documents in *count* postings; returns how many then.

    *start* is the document before, and the addresses of the postings and of their positions; *last* the last document
    wanted here, *asked* the fields, the tag and its bits. Returns NO_ROOM when *found* is too short.
    """
    doc, at, pos = start
    fields, tag, shift = asked
    behind = U(0)
    for _ in range(count):
        gap, row, at = _posting(at, ends[0])
        doc += gap
        if row >= U(len(field_counts)) or doc >= U(len(slots)):
            return DAMAGED
        total = field_counts[row, U(3)]
        if not slots[doc]:
            behind += U(total)
            continue
        while behind and pos < ends[1]:
            behind -= U(byte_at(pos) < U(128))
            pos += U(1)
        if size + total >= len(found):
            return NO_ROOM if total <= ends[1] - pos else DAMAGED
        slot = U(slots[doc] - 1) << U(FIELD_BITS)
        if total == 1:
            # Most postings; a loop over fields would guess wrong at every one.
            field = field_counts[row, U(4)]
            gap, pos = _number(pos, ends[1])
            place = (slot | U(field)) << U(POSITION_BITS) | (gap & _POSITION)
            found[size] = place << shift | tag
            size += fields >> field & 1
            if doc >= last:
                break
            continue
        for field in range(3):
            position = U(0)
            base = (slot | U(field)) << U(POSITION_BITS)
            for _ in range(field_counts[row, U(field)]):
                gap, pos = _number(pos, ends[1])
                position += gap
                found[size] = (base | (position & _POSITION)) << shift | tag
                size += fields >> field & 1
        if doc >= last:
            break
    return size if at <= ends[0] and pos <= ends[1] else DAMAGED


@compiled
def _arranged(found: Array, documents: int, shift: Any) -> Array:
    """*found* in order, each place once: dealt out by document, then each moved to its place among the few there.

    The document of a place is what lies above its lowest *shift* bits.
    """
    starts = np.zeros(documents + 2, np.int64)
    for i in range(len(found)):
        starts[(U(found[i]) >> shift) + U(2)] += 1
    for i in range(2, documents + 2):
        starts[i] += starts[i - 1]
    dealt = np.empty_like(found)
    for i in range(len(found)):
        document = (U(found[i]) >> shift) + U(1)
        dealt[U(starts[document])] = found[i]
        starts[document] += 1
    for next_one in range(U(1), U(len(dealt))):
        at: Any = next_one
        place = dealt[at]
        while at > U(0) and dealt[at - U(1)] > place:
            dealt[at] = dealt[at - U(1)]
            at -= U(1)
        dealt[at] = place
    size: Any = U(0)
    before = -1
    for i in range(len(dealt)):
        place = dealt[i]
        dealt[size] = place
        size += U(place != before)
        before = place
    return dealt[:size]


@compiled
def places(
    doc_bytes: Array,
    pos_bytes: Array,
    field_counts: Array,
    block_last: Array,
    block_doc: Array,
    block_pos: Array,
    lists: Array,
    tag_bits: int,
    wanted: Array,
    slots: Array,
) -> Array:
    """The places of words in the *wanted* documents (ascending, not none), in order, each once.

    A place is one number: which of the wanted documents, field, position, and in the lowest *tag_bits* the list's tag.
    A row of *lists* is one form: df, its start in doc_bytes and in pos_bytes, its rows low..high-1 in the block arrays,
    a bit for each field that is asked for, its tag. *field_counts* (rows, 5): a row of counts as occurrences in title,
    text, aside, all, and the field when there is but one. *slots*, one a document, is zero before and after. A damaged
    segment gives the single place DAMAGED. Blocks of 128 postings without a wanted document are skipped; in the others
    a posting costs 3 ns, a place 10.
    """
    docs, positions = U(doc_bytes.ctypes.data), U(pos_bytes.ctypes.data)
    ends = (docs + U(len(doc_bytes)), positions + U(len(pos_bytes)))
    slots[wanted] = np.arange(1, len(wanted) + 1)
    found, size = np.empty(4 * len(wanted) + 64, np.int64), 0
    for i in range(len(lists)):
        df, doc_at, pos_at, low, high, fields, tag = lists[i]
        asked = (fields, U(tag), U(tag_bits))
        near = 0
        for block in range(low, max(high, low + 1)):
            start, count = (U(0), docs + U(doc_at), positions + U(pos_at)), df
            after: Any = len(wanted)
            if low < high:
                before = U(block_last[block - 1]) if block > low else U(0)
                start = (before, docs + U(block_doc[block]), positions + U(block_pos[block]))
                count = min(df - 128 * (block - low), 128)
                after = near + np.searchsorted(wanted[near:], np.int64(block_last[block]), "right")
            if after > near:
                last = U(wanted[after - 1])
                then = _block(start, ends, count, last, field_counts, asked, slots, found, size)
                while then == NO_ROOM:
                    found = np.concatenate((found, np.empty_like(found)))
                    then = _block(start, ends, count, last, field_counts, asked, slots, found, size)
                if then == DAMAGED:
                    return np.full(1, DAMAGED, np.int64)
                size = then
            near = after
    slots[wanted] = 0
    return _arranged(found[:size], len(wanted), U(FIELD_BITS + POSITION_BITS + tag_bits))


@compiled
def sentence_starts(sentence_at: Array, sentence_bytes: Array, docs: Array) -> Array:
    """Places where sentences of the text of *docs* start, in order, the first of each document at position 0."""
    found, size = np.empty(len(docs) + len(sentence_bytes), np.int64), 0
    begin, end = U(sentence_bytes.ctypes.data), U(sentence_bytes.ctypes.data) + U(len(sentence_bytes))
    for i in range(len(docs)):
        at, stop = begin + U(sentence_at[docs[i]]), min(begin + U(sentence_at[docs[i] + 1]), end)
        base = ((U(i) << U(FIELD_BITS)) | U(1)) << U(POSITION_BITS)
        found[size] = base
        size += 1
        position = U(0)
        while at < stop:
            gap, at = _number(at, stop)
            position += gap
            found[size] = base | (position & _POSITION)
            size += 1
    return found[:size]
