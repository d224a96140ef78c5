"""Words are looked up by compiled loops, which say the same as the plain definitions."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.engines.whoosh.format import Sections, SectionsWriter
from index.engines.whoosh.strings import Strings, put_strings
from index.text.roots import SUFFIXES, root
from search.engines.whoosh import scan
from search.engines.whoosh.terms import ROOTS, lower_bound

_endings = st.lists(st.sampled_from(SUFFIXES), max_size=3).map("".join)
_lemmas = st.builds(str.__add__, st.sampled_from(["сталь", "суд", "банк", "казах", "Ali", ""]), _endings)


@given(st.sets(_lemmas, min_size=1, max_size=30), _lemmas)
def test_lemmas_of_a_root_are_those_that_the_definition_gives_it(lemmas: set[str], lemma: str) -> None:
    wanted, table = root(lemma), sorted(lemmas)
    with TemporaryDirectory() as folder:
        writer = SectionsWriter(Path(folder))
        put_strings(writer, "lemmas", table)
        writer.write(Path(folder) / "x")
        strings = Strings(Sections(Path(folder) / "x"), "lemmas")
        low, high = lower_bound(strings, wanted)[0], lower_bound(strings, wanted + "\U0010ffff")[0]
        heads, data, _ = strings.arrays
        found = scan.rooted(heads, data, low, high, len(wanted.encode()), *ROOTS)
        assert [table[at] for at in found] == [own for own in table if root(own) == wanted]


@given(st.sets(st.text("абя\x01", max_size=4), min_size=1, max_size=40), st.lists(st.text("абя", max_size=4)))
def test_several_strings_are_looked_up_at_once_as_one_by_one(strings: set[str], keys: list[str]) -> None:
    with TemporaryDirectory() as folder:
        writer = SectionsWriter(Path(folder))
        put_strings(writer, "x", sorted(strings))
        writer.write(Path(folder) / "x")
        table = Strings(Sections(Path(folder) / "x"), "x")
        joined = np.frombuffer("".join(keys).encode(), np.uint8)
        ends = np.cumsum([len(key.encode()) for key in keys], dtype=np.int64)
        numbers, present = scan.lower_bounds(*table.arrays, joined, ends)
        assert list(zip(numbers.tolist(), present.tolist(), strict=True)) == [lower_bound(table, key) for key in keys]
