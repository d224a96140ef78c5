"""Which forms share a posting list: those with the same likeliest lemma, so that most words of a query are one list.

Lists are numbered by their first form; a form has a place in its list, the most frequent form the first. The grouping
decides where postings lie and never what is found: after a change of the lexicon it is merely no longer the best one.
Decision 030.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.engines.whoosh import varint
from index.engines.whoosh.format import Sections, SectionsWriter
from index.errors import IndexDamaged

__all__ = ["MOST_FORMS", "FormLists", "lists_of", "places_of", "put_form_lists", "read_form_lists", "united"]

# Forms in one list; of larger groups several are made. A place fits in a byte, and a table by place in the cache.
MOST_FORMS = 255


class FormLists(NamedTuple):
    """Of each form its list and its place there; of each list where its forms start in ``forms``, and their end.

    ``forms``: those of all lists, list after list, in order of their places.
    """

    lists: NDArray[np.uint32]
    places: NDArray[np.uint8]
    starts: NDArray[np.uint32]
    forms: NDArray[np.uint32]


def lists_of(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """The list of each form, numbered by first forms, where forms of a group share one, or several if they are many."""
    count = len(groups)
    order = np.argsort(groups, kind="stable")
    fresh = np.diff(groups[order], prepend=-1) != 0
    begin = np.flatnonzero(fresh)
    inside = np.arange(count) - np.repeat(begin, np.diff(begin, append=count))
    fresh |= inside % MOST_FORMS == 0
    # A group is named by its first form; names ascend with it, whatever the groups were called.
    first = np.zeros(count, np.int64)
    first[order] = order[fresh][np.cumsum(fresh) - 1]
    lists: NDArray[np.int64] = np.unique(first, return_inverse=True)[1].reshape(-1)
    return lists


def united(count: int, parts: Sequence[tuple[NDArray[np.int64], NDArray[np.uint32]]]) -> NDArray[np.int64]:
    """A group for each of *count* forms: together are those that share a list in some part, and what hangs together.

    A part is the numbers of its forms among all and their lists. After a few rounds nothing changes any more: lists of
    different parts overlap as one lemma's forms do.
    """
    groups = np.arange(count)
    while True:
        before = groups.copy()
        for forms, lists in parts:
            least = np.full(int(lists.max()) + 1 if len(lists) else 0, count)
            np.minimum.at(least, lists, groups[forms])
            groups[forms] = least[lists]
        if (groups == before).all():
            return groups


def places_of(lists: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of each form in its list: the one with the greatest of *counts* first, then by number."""
    order = np.lexsort((-counts, lists))
    begin = np.flatnonzero(np.diff(lists[order], prepend=-1))
    places = np.empty(len(lists), np.int64)
    places[order] = np.arange(len(lists)) - np.repeat(begin, np.diff(begin, append=len(lists)))
    return places


def put_form_lists(sections: SectionsWriter, lists: NDArray[np.int64], places: NDArray[np.int64]) -> None:
    """Writes which forms each list has, in order of their places; neighbours in a list are mostly near in number."""
    order = np.lexsort((places, lists))
    steps = np.diff(order, prepend=0)
    sections.put("list_sizes", np.bincount(lists).astype(np.uint8))
    sections.put("list_forms", varint.encode(steps << 1 ^ steps >> 63)[0])


def read_form_lists(sections: Sections, forms: int) -> FormLists:
    """What ``put_form_lists`` wrote of so many *forms*; 6 ms for half a million."""
    sizes: NDArray[np.uint8] = sections.array("list_sizes", "<u1")
    try:
        steps = varint.decode(sections.array("list_forms", "<u1"))
    except IndexDamaged as error:
        raise IndexDamaged(f"{sections.path}: section 'list_forms': {error}") from error
    order = np.cumsum(steps >> 1 ^ -(steps & 1))
    if len(order) != forms or int(sizes.sum(dtype=np.int64)) != forms or (sizes == 0).any():
        raise IndexDamaged(f"{sections.path}: section 'list_sizes' does not fit its {forms} forms")
    if forms and (order.min() < 0 or (np.bincount(order, minlength=forms) != 1).any()):
        raise IndexDamaged(f"{sections.path}: section 'list_forms' does not name each form once")
    starts = np.concatenate((np.zeros(1, np.uint32), np.cumsum(sizes, dtype=np.uint32)))
    lists, places = np.empty(forms, np.uint32), np.empty(forms, np.uint8)
    lists[order] = np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)
    places[order] = (np.arange(forms) - np.repeat(starts[:-1], sizes)).astype(np.uint8)
    return FormLists(lists, places, starts, order.astype(np.uint32))
