"""One segment of a generation, mapped into memory and never changed: what searchers and the writer read.

Opens in about a millisecond whatever its size; nothing is copied or rebuilt. Arrays may be used by any number of
threads, and stay valid after ``close`` while somebody still holds them. Knows nothing of queries or scores.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.documents import Document
from index.engines.whoosh.format import Sections
from index.engines.whoosh.grouping import FormLists, read_form_lists
from index.engines.whoosh.keys import form_of, key_of
from index.engines.whoosh.keywords import KEYWORDS, Keywords
from index.engines.whoosh.lemmatable import LemmaTable
from index.engines.whoosh.offsets import Offsets
from index.engines.whoosh.packing import BLOCK, PADDING
from index.engines.whoosh.positions import WIDTHS, codes_of
from index.engines.whoosh.postings import Postings, read_postings
from index.engines.whoosh.stored import Stored
from index.engines.whoosh.strings import Strings
from index.engines.whoosh.toc import SegmentEntry, read_toc
from index.errors import IndexDamaged
from index.records import FIELDS
from index.text import SKETCH, LemmaSet

__all__ = ["NO_DATE", "Segment", "open_generation"]

# The day of a document without date; no calendar day is as early.
NO_DATE = -(2**31)


class Segment:
    """Documents 0..``documents``-1 in order of arrival, and the forms in them, sorted by key.

    ``entry``: its line in the table of contents. ``files``: the sections files it is read from.
    ``deleted``: a mark for each document, or None when none is.
    ``lengths``: words of each document, an array for each of FIELDS; ``live_totals``: their sums over live documents.
    ``forms``: keys (keys.py) of surface forms. ``id_ranks``: each document's place in the order of ids.
    ``phrases`` that titles repeat (phrases.py), ``phrase_counts``: how often each.
    ``sketches``: a row for each document, by which near-duplicates are told (index/text/sketch.py).

    ``form_counts``: postings of each form. ``list_doc`` and ``list_pos``: where each list starts.

    Postings (postings.py): ``doc_bytes`` are blocks of packed numbers, ``pos_bytes`` positions (positions.py); a row of
    ``counts`` is (title, lead, body after the lead, aside), ``count_totals`` its number of postings. ``block_*``: the
    skip table, a row for each 128 postings of lists that have more.
    """

    def __init__(self, folder: Path, entry: SegmentEntry) -> None:
        self.entry = entry
        self.name = entry.name
        sections = Sections(folder / entry.files["seg"].name, identity=entry.files["seg"].identity)
        self.files = [sections]
        self._read(sections)
        self.deleted: NDArray[np.bool_] | None = None
        if "del" in entry.files:
            self._read_deleted(self._side(folder, "del"))
        self._lemmas: LemmaTable | None = None
        if "lem" in entry.files:
            self._lemmas = LemmaTable(self._side(folder, "lem"), len(self.forms))

    @property
    def live_documents(self) -> int:
        """How many documents are not deleted."""
        return self.entry.documents - self.entry.deleted

    @property
    def live_totals(self) -> tuple[int, ...]:
        """Words of each field in the documents that are not deleted."""
        return self.entry.lengths

    @property
    def lemma_table(self) -> LemmaTable:
        """Lemmas of the forms. A run of the writer, which no generation has, has none yet."""
        if self._lemmas is None:
            raise IndexDamaged(f"{self.files[0].path}: segment {self.name} has no lemma table")
        return self._lemmas

    @property
    def lemmas(self) -> Strings:
        """The distinct lemmas of the forms, sorted."""
        return self.lemma_table.lemmas

    def lemma_forms(self, lemma: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Numbers of the forms that may stand for a lemma, ascending, and its place among theirs (0: likeliest)."""
        return self.lemma_table.forms_of(lemma)

    def lemma_set(self, form: str) -> LemmaSet | None:
        """The lemmas of a surface form as the analysis gave them, weights to 1/255; None when it is not here."""
        number = self.forms.find(key_of(form))
        return None if number < 0 else self.lemma_table.lemma_set(number)

    def lemma_sets(self) -> Iterator[tuple[str, LemmaSet]]:
        """Every surface form with its lemmas."""
        forms = map(form_of, self.forms.keys(0, len(self.forms)))
        return zip(forms, self.lemma_table.lemma_sets(), strict=True)

    def blocks(self, first: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of each list, given by its first posting: the half-open range of its rows in the ``block_*`` arrays."""
        low = np.searchsorted(self.block_list, first, "left")
        return low, np.searchsorted(self.block_list, first, "right")

    def postings(self, lists: NDArray[np.int64]) -> Postings:
        """The posting lists with those numbers, which ascend, unpacked; the deleted documents are still in them."""
        try:
            return read_postings(self, lists)
        except (IndexDamaged, IndexError, ValueError) as error:
            raise IndexDamaged(f"{self.files[0].path}: posting lists: {error}") from error

    def keyword(self, field: str) -> Keywords:
        """The column of 'source', 'tag' or 'author'."""
        return self._keywords[field]

    @cached_property
    def dates(self) -> NDArray[np.int32]:
        """The day of each document since 1970-01-01, or NO_DATE; 1 ms for a million when first asked for."""
        days = self._days.astype(np.int64) + (self._first_day[0] - 1)
        return np.where(self._days == 0, NO_DATE, days).astype(np.int32)

    @cached_property
    def width_codes(self) -> NDArray[np.uint16]:
        """How many bits positions of each document take, as rows of positions.WIDTHS; made when first asked for."""
        return codes_of(self.lengths)

    @cached_property
    def position_widths(self) -> NDArray[np.uint16]:
        """How many bits positions of each document take, (documents, 4): what reads whole lists looks them up by."""
        widths: NDArray[np.uint16] = WIDTHS[self.width_codes]
        return widths

    @cached_property
    def form_postings(self) -> NDArray[np.uint32]:
        """How many postings the forms before each form have; one more element: all. 5 ms for half a million forms."""
        return self.form_counts.at(np.arange(len(self.forms) + 1)).astype(np.uint32)

    @cached_property
    def form_lists(self) -> FormLists:
        """Which forms each list has; made when it is first asked for."""
        return read_form_lists(self.files[0], len(self.forms))

    @cached_property
    def list_posting(self) -> NDArray[np.uint32]:
        """The first posting of each list, one element more than lists."""
        table = self.form_lists
        before = np.zeros(len(self.forms) + 1, np.uint32)
        np.cumsum(np.diff(self.form_postings)[table.forms], out=before[1:])
        if len(table.starts) - 1 != self.lists:
            raise IndexDamaged(f"{self.files[0].path}: section 'list_sizes' does not fit the lists")
        return before[table.starts]

    @cached_property
    def block_list(self) -> NDArray[np.uint32]:
        """The first posting of the list that each row of the skip table belongs to."""
        first = self.list_posting.astype(np.int64)
        df = first[1:] - first[:-1]
        blocks = np.where(df > BLOCK, -(-df // BLOCK), 0)
        if int(blocks.sum()) != len(self.block_last):
            raise IndexDamaged(f"{self.files[0].path}: section 'block_last' does not fit the lists")
        return np.repeat(first[:-1], blocks).astype(np.uint32)

    @cached_property
    def sentence_at(self) -> NDArray[np.uint32]:
        """Where the sentences of each document start in ``sentence_bytes``, one element more than documents."""
        at = np.concatenate((np.zeros(1, np.int64), np.cumsum(self._sentence_sizes, dtype=np.int64)))
        if at[-1] != len(self.sentence_bytes):
            raise IndexDamaged(f"{self.files[0].path}: section 'sentence_sizes' does not fit the sentences")
        return at.astype(np.uint32)

    @cached_property
    def id_docs(self) -> NDArray[np.uint32]:
        """The document of each id, in the order of ids; 1 ms for 175,000 when it is first asked for."""
        docs = np.zeros(self.documents, np.uint32)
        try:
            docs[self.id_ranks] = np.arange(self.documents, dtype=np.uint32)
        except IndexError as error:
            raise IndexDamaged(f"{self.files[0].path}: section 'id_ranks': {error}") from error
        return docs

    def find(self, doc_id: str) -> int:
        """The local number of the document with that id, deleted or not; -1 when it is not here."""
        place = self.ids.find(doc_id)
        return -1 if place < 0 else int(self.id_docs[place])

    def doc_id(self, number: int) -> str:
        """The id of the document with that local *number*."""
        rank = int(self.id_ranks[number])
        if rank >= len(self.ids):
            raise IndexDamaged(
                f"{self.files[0].path}: section 'id_ranks': document {number} has an id that is not there"
            )
        return self.ids.key(rank)

    def document(self, number: int) -> Document:
        """The document with that local *number* as it was written."""
        return self.stored.document(number)

    def verify(self) -> list[str]:
        """What is wrong with its files, a line each; reads every byte."""
        return [fault for sections in self.files for fault in sections.verify()]

    def close(self) -> None:
        """Lets go of the files; they are unmapped when nobody holds an array of them any longer."""
        self.__dict__.clear()

    def _read(self, sections: Sections) -> None:
        array = sections.array
        self._days = sections.unsigned("dates")
        self._first_day = array("first_day", "<i4").tolist()
        self.documents = documents = len(self._days)
        self.lengths = tuple(sections.unsigned(f"{field}.lengths") for field in FIELDS)
        self.forms = Strings(sections, "forms")
        self.doc_bytes: NDArray[np.uint8] = array("doc_bytes", "<u1")
        self.counts: NDArray[np.uint32] = array("counts", "<u4", columns=4)
        self.count_totals: NDArray[np.uint32] = array("count_totals", "<u4")
        self.pos_bytes: NDArray[np.uint8] = array("pos_bytes", "<u1")
        postings = int(self.count_totals.sum(dtype=np.int64))
        self.lists = len(array("list_sizes", "<u1"))
        self.form_counts = Offsets(sections, "form_counts", pieces=len(self.forms), end=postings)
        self.list_doc = Offsets(sections, "list_doc", pieces=self.lists, end=len(self.doc_bytes) - PADDING)
        self.list_pos = Offsets(sections, "list_pos", pieces=self.lists, end=len(self.pos_bytes) - PADDING)
        self.block_last: NDArray[np.uint32] = array("block_last", "<u4")
        self.block_doc: NDArray[np.uint32] = array("block_doc", "<u4")
        self.block_pos: NDArray[np.uint32] = array("block_pos", "<u4")
        self._sentence_sizes = sections.unsigned("sentence_sizes")
        self.sentence_bytes: NDArray[np.uint8] = array("sentence_bytes", "<u1")
        self.ids = Strings(sections, "ids")
        self.phrases = Strings(sections, "phrases")
        self.phrase_counts: NDArray[Any] = sections.unsigned("phrases.counts")
        self.id_ranks: NDArray[np.uint32] = array("id_ranks", "<u4")
        self.sketches: NDArray[np.uint8] = array("sketches", "<u1", columns=SKETCH)
        self._keywords = {field: Keywords(sections, field, documents) for field in KEYWORDS}
        self.stored = Stored(sections, documents)
        self._check(sections)

    def _check(self, sections: Sections) -> None:
        """Whether the sizes of the arrays agree; a crafted file must not make anybody read past an end."""
        documents = self.documents
        agree = (
            len(self.count_totals) == len(self.counts)
            and len(self.phrases) == len(self.phrase_counts)
            and {len(self._sentence_sizes), len(self.sketches), *map(len, self.lengths)} == {documents}
            and len(self._first_day) == 1
            and len(self.ids) == len(self.id_ranks) == documents == self.entry.documents
            and len(self.block_last) == len(self.block_doc) == len(self.block_pos)
        )
        if not agree:
            raise IndexDamaged(f"{sections.path}: its sections have sizes that do not agree")

    def _side(self, folder: Path, kind: str) -> Sections:
        file = self.entry.files[kind]
        sections = Sections(folder / file.name, identity=file.identity)
        self.files.append(sections)
        return sections

    def _read_deleted(self, sections: Sections) -> None:
        bits = sections.array("deleted", "<u1")
        marks = np.unpackbits(bits)[: self.documents].astype(bool)
        if len(bits) != -(-self.documents // 8) or int(marks.sum()) != self.entry.deleted:
            raise IndexDamaged(f"{sections.path}: section 'deleted' does not fit the segment")
        self.deleted = marks


def open_generation(folder: Path) -> list[Segment]:
    """The segments of the generation in *folder*, in order of global document numbers.

    Raises IndexDamaged or IndexMismatch naming the file; then nothing stays open.
    """
    return [Segment(folder, entry) for entry in read_toc(folder).segments]
