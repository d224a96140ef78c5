"""One segment made ready for the kernels: the lists of its words, and the calls of the loops over them.

What is derived is made on first use and then shared by threads. Knows nothing of trees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh.keywords import KEYWORDS
from index.engines.whoosh.positions import WIDTHS
from index.engines.whoosh.segment import Segment
from index.errors import IndexDamaged
from index.records import FIELDS
from search.engines.meaning import Fields, Term, keyword_key
from search.engines.whoosh import adjoining, arrays, joining, lookup, narrowing, placing
from search.engines.whoosh.batch import Batch
from search.engines.whoosh.blocks import DAMAGED
from search.engines.whoosh.formula import Formula, bits_of
from search.engines.whoosh.parts import Cache, Found, Lists, Scratch
from search.engines.whoosh.terms import ROOTS, forms_of, grades_of, lower_bounds, root_of, spelt, word_key
from search.query import Word
from search.ranking import Averages, Ranking, Saturation

__all__ = ["Reader"]

# Ids of hits whose numbers are kept, 150 bytes each: their documents are asked for next.
_SHOWN = 4_096


class Reader:
    """A segment whose documents come after the *base* documents of those before it."""

    def __init__(self, segment: Segment, averages: Averages, ranking: Ranking) -> None:
        self.segment = segment
        self.documents = segment.documents
        self._grades = grades_of(ranking)
        live = np.ones(self.documents, bool) if segment.deleted is None else ~segment.deleted
        self.live = _bit_words(live)
        self.all_live = np.flatnonzero(live).astype(np.int32)
        self.formula = Formula(segment, averages, ranking)
        self._keys = Cache(len(KEYWORDS))
        self._marks = Cache(128)
        # 1 to 2 KB each. Of the words of a question that follows 3,500 others a quarter more are here than of 4,096.
        self._words = Cache(16_384)
        # 100 bytes a form, and a pattern may have 50,000.
        self._patterns = Cache(16)
        self._shown: dict[str, int] = {}

    def word(self, term: Term) -> Lists:
        """The lists of a word. Kept: words are asked again, for the next page, with a filter, by others."""
        kept = self._words if isinstance(term, Word) else self._patterns
        return kept.get(word_key(term), self._found, term)

    def kin(self, word: Word) -> Lists:
        """The lists of a word and of others with its root; kept too. A tenth of a millisecond to a few to find."""
        return self._words.get((root_of, word_key(word)), self._kin, word)

    def _found(self, term: Term) -> Lists:
        if isinstance(term, Word):
            return self._listed(term, "")
        lists = self.lists(*forms_of(term, self.segment))
        if term.most is None or len(lists.forms) <= term.most:
            return lists
        kept = np.sort(np.argsort(-lists.df, kind="stable")[: term.most])
        return replace(self.lists(lists.forms[kept], lists.grades[lists.slots[kept]]), cut=True)

    def _kin(self, word: Word) -> Lists:
        wanted = root_of(word)
        lists = self._listed(word, wanted) if wanted else None
        return lists if lists is not None and lists.kin else self.word(word)

    def _listed(self, word: Word, root: str) -> Lists:
        """The lists of a word, and of all others with that *root* unless it is empty."""
        asked = *spelt(word, root), self._grades, ROOTS
        forms, rows, grades, slots, df, postings, kin = lookup.listed(*asked, *self._lemmas, self._lists)
        if postings < 0 or (len(forms) and forms[0] < 0):
            raise self.damaged("forms, lemmas or posting lists")
        return Lists(forms, df, rows, grades, slots, postings, kin)

    def keys(self, forms: NDArray[np.int64]) -> list[str]:
        """The keys of the forms with those numbers."""
        return self.segment.forms.keys_of(forms)

    def ids(self, docs: NDArray[np.int32]) -> list[str]:
        """The ids of these live documents (local numbers), which ``find_all`` knows from then on."""
        try:
            ids = self.segment.ids.keys_of(self.segment.id_ranks.take(docs))
        except (IndexError, IndexDamaged) as error:
            raise self.damaged("ids") from error
        if len(self._shown) > _SHOWN:
            self._shown = {}
        self._shown.update(zip(ids, docs.tolist(), strict=True))
        return ids

    def find_all(self, ids: Sequence[str]) -> list[int]:
        """The local numbers of the live documents with these *ids*; -1 for those that are not here."""
        known = list(map(self._shown.get, ids))
        if None not in known:
            return cast(list[int], known)
        segment = self.segment
        places, here = lower_bounds(segment.ids, ids)
        numbers = np.full(len(ids), -1)
        numbers[here] = segment.id_docs[places[here]]
        if segment.deleted is not None:
            numbers[here] = np.where(segment.deleted[numbers[here]], -1, numbers[here])
        return numbers.tolist()

    def lengths(self, field: str) -> NDArray[Any]:
        """Words of each document in *field*."""
        return self.segment.lengths[FIELDS.index(field)]

    def united(self, batch: Batch, form: Saturation, scratch: Scratch) -> Found:
        """The live documents with any of the words, the scores of these added up."""
        found = self._room(sum(batch.postings))
        size = joining.united(
            self.segment.doc_bytes,
            batch.words,
            *self.formula.prepared(form, batch.tables),
            scratch.sums,
            scratch.bits,
            scratch.summary,
            found.docs,
            found.scores,
        )
        return self._living(found, size)

    def joined(self, found: Found | None, batch: Batch, required: int, form: Saturation, scratch: Scratch) -> Found:
        """*found* with the scores of the words added, without documents that lack one of the first *required*.

        Where nothing was found yet: the live documents of the first word, which the others narrow.
        """
        begun = found is not None
        found = found if found is not None else self._room(batch.postings[0])
        segment = self.segment
        size = joining.joined(
            segment.doc_bytes,
            segment.block_last,
            segment.block_doc,
            batch.words,
            required,
            *self.formula.prepared(form, batch.tables),
            scratch.sums,
            scratch.bits,
            scratch.summary,
            scratch.slots,
            found.docs,
            found.scores,
            len(found) if begun else -1,
        )
        return self._living(found, size)

    def _room(self, postings: int) -> Found:
        """Room for the documents that so many postings may have, and one more."""
        most = min(postings, self.documents) + 1
        return Found(np.empty(most, np.int32), np.empty(most, np.float32))

    def _living(self, found: Found, size: int) -> Found:
        """What of *found* loops have kept, but for deleted documents."""
        if size == DAMAGED:
            raise self.damaged("posting lists")
        found = found.cut(size)
        if self.segment.deleted is None:
            return found
        return found.cut(arrays.marked(found.docs, found.scores, self.live))

    def places(self, lists: Lists, fields: Fields, wanted: NDArray[np.int32], scratch: Scratch) -> NDArray[np.int64]:
        """Where a word stands in *fields* of the *wanted* documents: places (placing.py), in order, each once."""
        if not len(wanted):
            return np.empty(0, np.int64)
        asked, room = (lists.rows, lists.grades, bits_of(fields)), (scratch.bits, scratch.slots)
        return self._placed(placing.places(*self._positions, *asked, self.documents, wanted, True, *room))

    def adjoining(self, batch: Batch, fields: Fields, wanted: NDArray[np.int32], scratch: Scratch) -> NDArray[np.int64]:
        """Which of the *wanted* documents, not none, have the words side by side in one of *fields*, ascending."""
        asked, room = (batch.words, bits_of(fields)), (scratch.bits, scratch.slots)
        return self._placed(adjoining.adjoining(*self._positions, *asked, self.documents, wanted, *room))

    @cached_property
    def _positions(self) -> tuple[Any, Any, Any, Any, Any, Any, Any, Any]:
        """What loops over positions read."""
        segment = self.segment
        packed = segment.doc_bytes, segment.pos_bytes, self.formula.kind_counts, segment.width_codes, WIDTHS
        return *packed, segment.block_last, segment.block_doc, segment.block_pos

    def _placed(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        if len(places) and places[0] == DAMAGED:
            raise self.damaged("postings or positions")
        return places

    def sentence_starts(self, docs: NDArray[np.int32]) -> NDArray[np.int64]:
        """Places where sentences of the text of *docs* start."""
        return placing.sentence_starts(self.segment.sentence_at, self.segment.sentence_bytes, docs)

    def count(self, lists: Lists) -> int:
        """How many live documents have one of the forms."""
        asked = (self.segment.doc_bytes, lists.rows, lists.grades, self.documents, self.live)
        found: int = narrowing.count_together(*asked)
        if found == DAMAGED:
            raise self.damaged("posting lists")
        return found

    def live_counts(self, lists: Lists) -> NDArray[np.int64]:
        """How many live documents each form is in."""
        if self.segment.deleted is None:
            return lists.df
        counts = np.zeros(len(lists.grades), np.int64)
        if narrowing.count_live(self.segment.doc_bytes, lists.rows, self.live, counts):
            raise self.damaged("posting lists")
        return counts[lists.slots]

    def marks(self, field: str, values: tuple[str, ...]) -> NDArray[np.uint64]:
        """A bit for each document with one of *values*, compared by their keys. Kept, as filters are used again."""
        keys = frozenset(map(keyword_key, values))
        return self._marks.get((field, keys), self._make_marks, field, keys)

    def lists(self, forms: NDArray[np.int64], grades: NDArray[np.float32]) -> Lists:
        """The lists of *forms*, which ascend. Raises IndexDamaged when they do not follow one another."""
        rows, grades, slots, df, postings = lookup.located(forms, grades, *self._lists)
        if postings < 0:
            raise self.damaged("posting lists")
        return Lists(forms, df, rows, grades, slots, postings)

    @cached_property
    def _lemmas(self) -> tuple[Any, Any, Any]:
        """What leads from lemmas to forms."""
        segment = self.segment
        return segment.lemmas.arrays, segment.lemma_table.packed, segment.forms.arrays

    @cached_property
    def _lists(self) -> tuple[Any, Any, Any, Any, Any, Any]:
        """What ``lookup.located`` reads."""
        segment, table = self.segment, self.segment.form_lists
        places = (table.lists, table.places, table.starts), segment.form_postings, segment.list_posting
        return *places, segment.list_doc.arrays, segment.list_pos.arrays, segment.block_list

    def close(self) -> None:
        """Lets go of the segment's files and of what was derived from them."""
        self.segment.close()
        self.__dict__.clear()

    def damaged(self, what: str) -> IndexDamaged:
        """An error that names the segment."""
        hint = "Run: python reindex.py --verify, then --rollback or --rebuild"
        return IndexDamaged(f"segment {self.segment.name}: {what} cannot be read. {hint}")

    def _make_marks(self, field: str, keys: frozenset[str]) -> NDArray[np.uint64]:
        column = self.segment.keyword(field)
        table = self._keys.get(field, self._make_keys, field)
        chosen = np.zeros(len(column.values), bool)
        for key in keys:
            chosen[table.get(key, [])] = True
        marks = np.zeros(self.documents, bool)
        marks[np.searchsorted(column.doc_at, np.flatnonzero(chosen[column.doc_values]), "right") - 1] = True
        return _bit_words(marks)

    def _make_keys(self, field: str) -> dict[str, list[int]]:
        values = self.segment.keyword(field).values
        table: dict[str, list[int]] = {}
        for number, value in enumerate(values.keys(0, len(values))):
            table.setdefault(keyword_key(value), []).append(number)
        return table


def _bit_words(marks: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """*marks* as bits of 64-bit words, the first mark lowest."""
    packed = np.zeros(-(-len(marks) // 64) * 8, np.uint8)
    bits = np.packbits(marks, bitorder="little")
    packed[: len(bits)] = bits
    return packed.view("<u8").astype(np.uint64)
