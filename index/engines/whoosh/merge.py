"""Several segments into one, without the deleted documents; bounded memory, whatever their size.

Lists are read and written a range at a time, stored documents one by one. Knows nothing of analysis: what is in the
segments is enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh import varint
from index.engines.whoosh.buffer import put_dates, put_ids
from index.engines.whoosh.format import SectionsWriter
from index.engines.whoosh.grouping import lists_of, united
from index.engines.whoosh.keywords import KEYWORDS, merge_keywords, narrow
from index.engines.whoosh.phrases import merge_phrases
from index.engines.whoosh.positions import widths_of
from index.engines.whoosh.postings import Postings, PostingsWriter, count_table
from index.engines.whoosh.segment import Segment
from index.engines.whoosh.stored import put_stored
from index.engines.whoosh.strings import put_strings
from index.records import FIELDS

__all__ = ["Source", "merge"]

# Postings unpacked at a time, about 150 bytes each; one list longer than this is still taken whole.
_CHUNK = 1_000_000

_FIELDS = range(len(FIELDS))
# A segment and a mark for each of its documents that stays.
Source = tuple[Segment, NDArray[np.bool_]]


def merge(sources: Sequence[Source], path: Path) -> tuple[int, int, tuple[int, ...]]:
    """Writes the segment file of *sources*; returns its identity, its number of documents and the words of each field.

    Documents keep their order. Ids must be distinct among those that stay.
    """
    sections = SectionsWriter(path.parent)
    _put_stored(sections, sources)
    put_dates(sections, np.concatenate([segment.dates[live] for segment, live in sources]))
    lengths = np.stack([np.concatenate([segment.lengths[at][live] for segment, live in sources]) for at in _FIELDS])
    for field, words in zip(FIELDS, lengths, strict=True):
        sections.put(f"{field}.lengths", narrow(words))
    sections.put("sketches", np.concatenate([segment.sketches[live] for segment, live in sources]))
    tables = [(segment.phrases, segment.phrase_counts) for segment, _ in sources]
    merge_phrases(sections, tables, lengths.shape[1])
    put_ids(sections, [doc_id for source in sources for doc_id in _ids(*source)])
    for field in KEYWORDS:
        merge_keywords(sections, field, [(segment.keyword(field), live) for segment, live in sources])
    _put_sentences(sections, sources)
    _put_postings(sections, sources, widths_of(tuple(lengths)))
    return sections.write(path), lengths.shape[1], tuple(int(total) for total in lengths.sum(axis=1, dtype=np.int64))


def _ids(segment: Segment, live: NDArray[np.bool_]) -> list[str]:
    ids = segment.ids.keys(0, len(segment.ids))
    return [ids[rank] for rank in segment.id_ranks[live].tolist()]


def _put_stored(sections: SectionsWriter, sources: Sequence[Source]) -> None:
    kept = [np.flatnonzero(live) for _, live in sources]
    owners, numbers = np.repeat(np.arange(len(kept)), list(map(len, kept))), np.concatenate(kept)

    def entry(place: int) -> bytes:
        segment, _ = sources[int(owners[place])]
        return segment.stored.entry(int(numbers[place]))

    put_stored(sections, len(numbers), entry)


def _put_sentences(sections: SectionsWriter, sources: Sequence[Source]) -> None:
    sizes = []
    for segment, live in sources:
        at = segment.sentence_at.astype(np.int64)
        size = np.diff(at)[live]
        sections.put("sentence_bytes", varint.copy_spans(segment.sentence_bytes, at[:-1][live], size))
        sizes.append(size)
    sections.put("sentence_sizes", narrow(np.concatenate(sizes)))


def _put_postings(sections: SectionsWriter, sources: Sequence[Source], widths: NDArray[np.uint16]) -> None:
    segments = [segment for segment, _ in sources]
    keys, forms = _united_forms(segments)
    table, rows = _united_counts(segments)
    shared = [(own, segment.form_lists.lists) for own, segment in zip(forms, segments, strict=True)]
    lists = lists_of(united(len(keys), shared))
    writer = PostingsWriter(sections, table, widths, len(keys))
    docs = _new_numbers([live for _, live in sources])
    owners = [lists[own] for own in forms]
    for low, high in _chunks(segments, owners):
        parts = [_part(*each, low, high) for each in zip(segments, forms, owners, rows, docs, strict=True)]
        writer.add(_joined(parts, sum(len(live) for _, live in sources)))
    put_strings(sections, "forms", [keys[number] for number in writer.finish().tolist()])


def _united_forms(segments: Sequence[Segment]) -> tuple[list[str], list[NDArray[np.int64]]]:
    """All keys, sorted, and for each segment the new number of each of its forms."""
    each = [segment.forms.keys(0, len(segment.forms)) for segment in segments]
    # Runs that are in order already: sorting only merges them.
    keys = list(dict.fromkeys(sorted(chain.from_iterable(each))))
    number = dict(zip(keys, range(len(keys)), strict=True))
    return keys, [np.fromiter(map(number.__getitem__, own), np.int64, len(own)) for own in each]


def _united_counts(segments: Sequence[Segment]) -> tuple[NDArray[np.uint32], list[NDArray[np.int64]]]:
    """One table of counts, and for each segment the new number of each of its rows."""
    frequencies = []
    for segment in segments:
        frequencies.append(segment.count_totals.astype(np.int64))
    table, place = count_table(np.concatenate([segment.counts for segment in segments]), np.concatenate(frequencies))
    ends = np.cumsum([len(segment.counts) for segment in segments])
    return table, np.split(place, ends[:-1])


def _new_numbers(lives: Sequence[NDArray[np.bool_]]) -> list[NDArray[np.int64]]:
    """For each segment the new number of each of its documents, -1 for those that go."""
    numbers = []
    base = 0
    for live in lives:
        new = np.cumsum(live) - 1 + base
        base += int(live.sum())
        numbers.append(np.where(live, new, -1))
    return numbers


def _chunks(segments: Sequence[Segment], lists: list[NDArray[np.int64]]) -> Iterator[tuple[int, int]]:
    """Ranges of new lists that have about _CHUNK postings each; *lists*: of each segment the new list of each form."""
    count = max((int(own.max()) + 1 for own in lists if len(own)), default=0)
    postings = np.zeros(count, np.int64)
    for segment, own in zip(segments, lists, strict=True):
        postings += np.bincount(own, np.diff(segment.form_postings), count).astype(np.int64)
    total = np.concatenate((np.zeros(1, np.int64), np.cumsum(postings)))
    low = 0
    while low < count:
        high = max(low + 1, int(np.searchsorted(total, total[low] + _CHUNK, "right")) - 1)
        yield low, high
        low = high


def _part(
    segment: Segment,
    forms: NDArray[np.int64],
    lists: NDArray[np.int64],
    rows: NDArray[np.int64],
    docs: NDArray[np.int64],
    low: int,
    high: int,
) -> Postings:
    """What new lists *low*..*high*-1 have of one segment, renumbered, without what goes.

    The new numbers are of each form, of its list, of each row of counts and of each document.
    """
    chosen = (lists >= low) & (lists < high)
    own = segment.postings(np.unique(segment.form_lists.lists[chosen]).astype(np.int64))
    new, owner = docs[own.docs], lists[own.forms]
    # A list of more forms than one may have is made several, and then read for each.
    kept = (new >= 0) & (owner >= low) & (owner < high)
    return Postings(
        owner[kept],
        forms[own.forms[kept]],
        new[kept],
        rows[own.rows[kept]],
        own.positions,
        own.pos_start[kept],
    )


def _joined(parts: Sequence[Postings], documents: int) -> Postings:
    """*parts* brought together list by list; *documents*: how many there are, with those that go."""
    base = np.cumsum([0, *(len(part.positions) for part in parts)])
    lists, docs = (np.concatenate([getattr(part, name) for part in parts]) for name in ("lists", "docs"))
    # Runs in order, one or a few for each part: sorting merges them.
    order = np.argsort(lists * documents + docs, kind="stable")
    starts = [part.pos_start + at for part, at in zip(parts, base, strict=False)]
    return Postings(
        lists[order],
        np.concatenate([part.forms for part in parts])[order],
        docs[order],
        np.concatenate([part.rows for part in parts])[order],
        np.concatenate([part.positions for part in parts]),
        np.concatenate(starts)[order],
    )
