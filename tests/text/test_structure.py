"""A document's body is told from captions, bylines, tails and teasers; a headline is made of its first sentence."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.text import first_sentence, parts

LINES = st.sampled_from(
    [
        *("Фото: архив", "Читайте также", "Читайте также: Пожар", "Суд вынес приговор, передает Zakon.kz.", "Тело."),
        *("Об этом сообщает «Вечерний».", "Автор: Иванов", "Заголовок", "сообщает", "", " ", "\t"),
    ]
)


@given(st.lists(LINES | st.text(max_size=30), max_size=12).map("\n".join))
@settings(max_examples=300, deadline=None)
def test_parts_cover_the_text_in_order_without_overlap(text: str) -> None:
    found = parts(text)
    covered = "".join(text[part.start : part.end] for part in found)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(text[part.start : part.end].strip() for part in found)


@given(st.lists(LINES | st.text(max_size=30), max_size=12).map("\n".join), st.data())
@settings(max_examples=300, deadline=None)
def test_where_it_matters_parts_are_told_as_in_all_of_the_text(text: str, data: st.DataObject) -> None:
    offsets = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=4)))
    whole, some = parts(text), parts(text, offsets)
    for at in offsets:
        assert [part for part in some if part.start <= at < part.end] == [
            part for part in whole if part.start <= at < part.end
        ]


def test_a_blank_line_that_matters_hides_no_teaser_above_it() -> None:
    text = "Тело.\nЧитайте также\n\nЗаголовок"
    blank = text.index("\n\n") + 1
    assert parts(text, [0, blank, blank + 1])[-1] == parts(text)[-1] == (blank + 1, len(text), "teaser")


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("Фото: пресс-служба министерства", ["caption"]),
        ("Фото Ильяса Кенжегалиева", ["caption"]),
        ("На снимке: Зорька. Фото Ильяса Кенжегалиева", ["caption"]),
        ("Фото попало в сеть, и полиция начала проверку.", ["body"]),
        ("Фотографии со слушаний опубликовал депутат, они разошлись по сети.", ["body"]),
        ("Автор: Серик Аманжолулы", ["byline"]),
        ("Читайте также: Год спустя", ["teaser"]),
        ("Ранее сообщалось о пожаре.", ["body"]),
        ("Об этом сообщает Zakon.kz.", ["tail"]),
        ("Министр провел совещание, передает «Жолан-Информ» со ссылкой на пресс-службу ведомства.", ["body", "tail"]),
        ("Суд вынес приговор — сообщает корреспондент МИА «Казинформ».", ["body", "tail"]),
        ("Взрыв произошел утром, пишет Reuters.", ["body", "tail"]),
        ("Билета у него не было, сообщает полиция Темиркента.", ["body"]),
        ("Спутник передаёт температуру и одно слово, «Сәлем».", ["body"]),
        ("Как сообщает МЧС РК, уровень реки упал.", ["body"]),
    ],
)
def test_a_line_is_told_by_its_form(line: str, kinds: list[str]) -> None:
    assert [part.kind for part in parts(line)] == kinds


def test_headlines_under_read_also_belong_to_it_until_the_body_goes_on() -> None:
    text = "Начало.\nЧитайте также\nПожар на элеваторе\nТариф вырастет\nТело идёт дальше.\nИ ещё."
    assert [part.kind for part in parts(text)] == ["body", "teaser", "teaser", "teaser", "body", "body"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Фото: архив\nСуд вынес приговор, передает Zakon.kz.\nДалее.", "Суд вынес приговор"),
        (
            "АСТАНА, 17 фев — Sputnik. Глава государства подписал указ. Он вступил в силу.",
            "Глава государства подписал указ",
        ),
        ("В г. Астана прошла встреча с К.К. Ивановым. Потом ещё.", "В г. Астана прошла встреча с К.К. Ивановым"),
        ("Нашли! Это слово передавали по рации.", "Нашли!"),
        ("", ""),
    ],
)
def test_a_title_reads_like_a_headline(text: str, title: str) -> None:
    assert first_sentence(text) == title


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    title = first_sentence(
        "Комиссия сочла причиной аварии износ кладки и зависшие датчики, " + "слово " * 40 + "и конец."
    )
    assert title == "Комиссия сочла причиной аварии износ кладки и зависшие датчики…"
    assert len(first_sentence("слово " * 100)) <= 141
    assert len(first_sentence("а" * 10_000)) <= 141
