"""Each rule of lemmas by its name, with the example that it is there for."""

from __future__ import annotations

import pytest

from index.text import Analyzer
from index.text.fold import fold
from index.text.rules import RULES

ANALYZER = Analyzer()


def lemmas(form: str) -> list[str]:
    return [lemma.text for lemma in ANALYZER.lemmas(fold(form))]


# rule: form, lemmas that it has, lemmas that it has not; the first wanted lemma leads.
EXAMPLES: dict[str, list[tuple[str, list[str], list[str]]]] = {
    "fixed": [("тенге", ["тенге"], ["тенг"]), ("млрд", ["миллиард"], []), ("должны", ["должен"], ["должный"])],
    "other script": [
        ("3.5", ["3.5", "3,5"], []),
        ("Ил-76", ["ил-76", "ил76"], ["ил"]),
        ("4-м", ["четвертый", "4-й"], []),
        ("28-летней", ["28-летний"], ["летний"]),
        ("iPhone", ["iphone"], []),
        ("Google'а", ["google"], []),
        ("1,200,000", ["1,200,000", "1200000"], []),
    ],
    "compound": [
        ("премьер-министра", ["премьер-министр"], ["министр"]),
        ("генерал-майором", ["генерал-майор"], []),
        ("Ростова-на-Дону", ["ростов-на-дону"], []),
        ("Алма-Атой", ["алма-ата", "алматы"], []),
        ("Петровой-Водкиной", ["петрова-водкина", "петров-водкин"], ["водкин"]),
    ],
    "short": [
        ("ев", ["ев"], ["есть", "ева"]),
        ("ИИ", ["ии"], ["ия"]),
        ("РАН", ["ран"], ["рана"]),
        ("ДОМ", ["дом"], []),
        ("ею", ["она"], []),
    ],
    "dictionary": [("стали", ["стать", "сталь"], []), ("выше", ["высокий"], ["выша"])],
    "superlative": [("крупнейшем", ["крупнейший", "крупный"], [])],
    "comparative": [("сильнее", ["сильный", "сильно"], [])],
    "participle": [
        ("расположены", ["расположить", "расположенный"], []),
        ("обвиняемых", ["обвинять", "обвиняемый"], []),
    ],
    "noun before adverb": [("вечером", ["вечер", "вечером"], [])],
    "adjective before its noun": [("Основном", ["основной", "основное"], []), ("прошлого", ["прошлый", "прошлое"], [])],
    "short adjective": [("нужно", ["нужный", "нужно"], [])],
    "soft noun": [("счастья", ["счастье", "счастие"], [])],
    "abbreviation": [("ОПЕК", ["опек"], ["опека"]), ("КНБ", ["кнб"], [])],
    "listed name": [("Токаев", ["токаев"], ["токай"]), ("токаев", ["токаев"], ["токай"]), ("Сауле", ["сауле"], [])],
    "name": [
        ("Бозумбаевой", ["бозумбаева", "бозумбаев"], ["бозумбай"]),
        ("Эрраном", ["эрран"], []),
        ("Столов", ["стол", "столов"], ["столовая"]),
        ("Слова", ["слово"], ["словить"]),
        ("Завтра", ["завтра"], ["завтрак"]),
        ("Борисов", ["борисов"], ["борис"]),
        ("СПИДом", ["спид"], []),
        ("Ананидзе", ["ананидзе"], ["ананидза"]),
        ("Как", ["как"], ["кака"]),
    ],
    "guess": [
        ("криптовалютами", ["криптовалюта"], []),
        ("пристыковался", ["пристыковаться"], []),
        ("мечел", [], ["мечеть"]),
        ("Мечел", ["мечел"], ["мечеть"]),
    ],
}


def test_every_rule_has_an_example_and_a_reason() -> None:
    assert [rule.name for rule in RULES] == list(dict.fromkeys(rule.name for rule in RULES))
    assert {rule.name for rule in RULES} == set(EXAMPLES)
    assert all(rule.reason for rule in RULES)


@pytest.mark.parametrize(
    ("form", "wanted", "unwanted"), [example for examples in EXAMPLES.values() for example in examples]
)
def test_a_form_has_the_lemmas_that_its_rule_promises(form: str, wanted: list[str], unwanted: list[str]) -> None:
    found = lemmas(form)
    assert set(wanted) <= set(found)
    assert not set(unwanted) & set(found)
    assert not wanted or found[0] == wanted[0]


def test_a_typed_word_has_the_lemmas_of_every_capitalisation_its_own_first() -> None:
    typed = [lemma.text for lemma in ANALYZER.query_lemmas("песков")]
    assert typed[0] == "песок"
    assert "песков" in typed
    assert [lemma.text for lemma in ANALYZER.query_lemmas("ИИ")] == ["ии"]


@pytest.mark.parametrize(
    "typed", ["сталь", "Токаева", "ГОСТом", "юнеско", "Ахметзаки", "әлихан", "straße", "премьер-министру", "5-летний"]
)
def test_a_typed_word_has_the_lemmas_of_all_its_capitalisations(typed: str) -> None:
    form = fold(typed)
    merged: dict[str, float] = {}
    for shaped in (form, form.lower(), form.lower().capitalize(), form.upper()):
        for lemma, weight in ANALYZER.lemmas(shaped):
            merged.setdefault(lemma, weight)
    assert dict(ANALYZER.query_lemmas(form)) == merged


@pytest.mark.parametrize(("query", "document"), [("алихан", "Әлихан"), ("әлихан", "Алихана"), ("онил", "О'Нил")])
def test_kazakh_letters_and_apostrophes_may_be_left_out(query: str, document: str) -> None:
    wanted = {lemma.text for lemma in ANALYZER.query_lemmas(fold(query))}
    assert wanted & set(lemmas(document))


@pytest.mark.parametrize(
    ("query", "document"),
    [("Қазақстан", "Казахстана"), ("Казахстаном", "Қазақстан"), ("алматы", "Алма-Атой"), ("Нур-Султане", "Астаной")],
)
def test_the_names_of_one_place_find_each_other(query: str, document: str) -> None:
    wanted = {lemma.text for lemma in ANALYZER.query_lemmas(fold(query))}
    assert wanted & set(lemmas(document))
