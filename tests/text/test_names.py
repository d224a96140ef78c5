"""Every form of a name finds every other, and nothing else. Linguists read and correct names.tsv and apart.tsv."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.text import Analyzer
from index.text.fold import fold

HERE = Path(__file__).parent
ANALYZER = Analyzer()


def rows(name: str) -> list[list[str]]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def families() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, _, *forms in rows("names.tsv"):
        found.setdefault(name, set()).update(forms)
    return found


def meets(query: str, document: str) -> bool:
    """The rule by which every engine matches a word: the same form, or a lemma of both."""
    asked, written = fold(query), fold(document)
    wanted = {lemma.text for lemma in ANALYZER.query_lemmas(asked)}
    return asked.lower() == written.lower() or any(lemma.text in wanted for lemma in ANALYZER.lemmas(written))


def test_the_lists_are_as_long_as_promised() -> None:
    assert len(families()) >= 150
    assert len(rows("apart.tsv")) >= 200


@pytest.mark.parametrize("name", families())
def test_every_form_of_a_name_finds_every_other_typed_with_or_without_capitals(name: str) -> None:
    forms = sorted(families()[name])
    missed = [
        (query, document)
        for asked in forms
        for query in (asked, asked.lower())
        for document in forms
        if not meets(query, document)
    ]
    assert not missed


@pytest.mark.parametrize(("left", "right"), rows("apart.tsv"), ids=lambda word: word)
def test_words_that_only_look_alike_do_not_meet(left: str, right: str) -> None:
    for query, document in ((left, right), (right, left)):
        assert not meets(query, document)
        # Letters of an abbreviation in small letters may be a word («ран», «мок»).
        assert left.isupper() or right.isupper() or not meets(query.lower(), document)


@pytest.mark.parametrize("name", ["Токаев", "Айгуль", "Меркель", "Байден", "Пашинян", "Назарбаева", "Саакашвили"])
def test_a_heading_in_capitals_has_the_same_names(name: str) -> None:
    assert meets(name, name.upper())
    assert meets(name.upper(), name)


def test_the_likeliest_lemma_of_a_name_is_its_nominative() -> None:
    for form, nominative in {
        "Токаевым": "токаев", "Токаевой": "токаева", "Зеленского": "зеленский", "Байдена": "байден",
        "Меркель": "меркель", "Айгулью": "айгуль", "Марии": "мария", "Льва": "лев", "Обамой": "обама",
        "Пашиняном": "пашинян", "Ивановной": "ивановна", "Мадуро": "мадуро", "Сауле": "сауле",
    }.items():  # fmt: skip
        assert ANALYZER.lemmas(form)[0].text == nominative


def test_what_may_be_two_words_weighs_by_likelihood() -> None:
    weights = {lemma.text: lemma.weight for lemma in ANALYZER.lemmas("Основном")}
    assert weights["основной"] > weights["основное"] > 0
    assert {lemma.text for lemma in ANALYZER.lemmas("стали")} == {"стать", "сталь"}
