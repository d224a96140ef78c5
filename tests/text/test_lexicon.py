"""The lexicon is plain text: an operator's file is read after ours, and a wrong line says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import LexiconError
from index.text import Analyzer


def analyzer(tmp_path: Path, content: str) -> Analyzer:
    path = tmp_path / "own.txt"
    path.write_text(content, "utf-8")
    return Analyzer(lexicons=[path])


def lemmas(which: Analyzer, form: str) -> list[str]:
    return [lemma.text for lemma in which.lemmas(form)]


def expansions(which: Analyzer, query: str) -> list[tuple[str, str]]:
    tokens = which.tokens(query)
    return [
        (query[tokens.starts[item.start] : tokens.ends[item.end - 1]], " ".join(item.words))
        for item in which.expansions(tokens)
    ]


def test_an_operators_entries_add_to_ours_and_win_over_them(tmp_path: Path) -> None:
    own = analyzer(
        tmp_path, "# ours say «тенге»\n[леммы]\nтенге = деньги\n\n[имена]\nШарыпан ж\n[равно]\nКенсай = Кең-Сай\n"
    )
    assert lemmas(own, "тенге") == ["деньги"]
    assert lemmas(own, "Кең-Сай")[-1] != lemmas(own, "Кең-Сай")[0]
    assert "кенсай" in lemmas(own, "Кең-Сай")
    assert lemmas(own, "Токаевым")[0] == "токаев"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Токаев", "before any heading"),
        ("[глаголы]", "unknown heading"),
        ("[имена]\nКасым Жомарт Кемелевич", "is no name"),
        ("[равно]\nКазахстан", "«=» with something on either side"),
        ("[равно]\nЕС = Европейский союз", "one word on each side"),
        ("[сокращения]\nДве буквы = слова", "is no abbreviation"),
        ("[леммы]\nа = б = в", "«=» with something on either side"),
        ("[синонимы]\nавария = ", "«=» with something on either side"),
    ],
)
def test_a_wrong_line_is_an_error_with_file_line_and_reason(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(LexiconError) as caught:
        analyzer(tmp_path, "# heading\n" + line)
    assert "own.txt:" in str(caught.value)
    assert f":{1 + len(line.splitlines())}:" in str(caught.value)
    assert reason in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"none\.txt"):
        Analyzer(lexicons=[tmp_path / "none.txt"])
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LexiconError, match=r"bytes\.txt"):
        Analyzer(lexicons=[tmp_path / "bytes.txt"])


def test_a_changed_entry_changes_the_fingerprint_and_no_token(tmp_path: Path) -> None:
    ours, own = Analyzer(), analyzer(tmp_path, "[равно]\nКенсай = Қенсай\n")
    assert own.fingerprint != ours.fingerprint
    assert own.tokens_version == ours.tokens_version
    assert analyzer(tmp_path, "# a comment more\n[равно]\nКенсай = Қенсай\n").fingerprint == own.fingerprint
    text = "В Кенсае, «Қенсай» и премьер-министр"
    assert own.tokens(text).positions.tolist() == ours.tokens(text).positions.tolist()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("рк", ("рк", "Республика Казахстан")),
        ("правительство Республики Казахстан", ("Республики Казахстан", "РК")),
        ("в комитете национальной безопасности", ("комитете национальной безопасности", "КНБ")),
        ("ТОО «Кенсай»", ("ТОО", "товарищество с ограниченной ответственностью")),
        ("Соединёнными Штатами Америки", ("Соединёнными Штатами Америки", "США")),
        ("премьера", ("премьера", "премьер-министр")),
        ("премьер-министра", ("премьер-министра", "премьер")),
    ],
)
def test_abbreviations_and_phrases_stand_for_each_other_in_every_case(query: str, expected: tuple[str, str]) -> None:
    analyzer = Analyzer()
    assert expected in expansions(analyzer, query)
    assert analyzer.may_expand(map(analyzer.form, analyzer.tokens(query).forms.tolist()))


def test_a_phrase_is_met_as_a_whole_or_not_at_all() -> None:
    ours = Analyzer()
    assert expansions(ours, "республика узбекистан казахстан") == []
    assert expansions(ours, "министр внутренних дел") == []


def test_lemma_sets_learnt_are_not_looked_up_again() -> None:
    first = Analyzer()
    known = first.lemmas_many(["Токаевым", "стали"])
    second = Analyzer({"Токаевым": known["стали"]})
    assert second.lemmas("Токаевым") == known["стали"]
    second.learn(known.items())
    assert second.lemmas("Токаевым") == known["Токаевым"]
