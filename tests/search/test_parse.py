"""What a reader types is understood, whatever it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.text import Analyzer
from search.language import LANGUAGE
from search.limits import Limits
from search.parse import Parsed, parse
from search.query import (
    Aimed,
    All,
    Any,
    Between,
    Boosted,
    Everything,
    Fuzzy,
    Keyword,
    Near,
    Node,
    Not,
    Nothing,
    Phrase,
    SameSentence,
    Wildcard,
    Word,
    depth,
    walk,
)
from search.show import show
from tools.fuzz_strings import string

TODAY = dt.date(2026, 11, 20)
ANALYZER = Analyzer()


def parsed(text: str, **limits: int) -> Parsed:
    return parse(text, ANALYZER, today=TODAY, limits=Limits(**limits))


def outline(node: Node) -> str:
    """The tree's shape as text: what a table of expectations can hold."""
    match node:
        case Word(text, exact=exact, optional=optional):
            return f"{'!' if exact else ''}{text}{'?' if optional else ''}"
        case Wildcard(text) | Fuzzy(text):
            return f"{type(node).__name__}({text}{node.distance if isinstance(node, Fuzzy) else ''})"
        case Phrase(parts) | All(parts) | Any(parts) | SameSentence(parts):
            return f"{type(node).__name__}({', '.join(map(outline, parts))})"
        case Near(parts, distance):
            return f"Near{distance}({', '.join(map(outline, parts))})"
        case Not(part):
            return f"Not({outline(part)})"
        case Aimed(field, part):
            return f"{field}:{outline(part)}"
        case Boosted(part, factor):
            return f"{outline(part)}^{factor:g}"
        case Keyword(field, values):
            return f"{field}={'|'.join(values)}"
        case Between(first, last):
            return f"[{first or ''}..{last or ''}]"
        case _:
            return type(node).__name__


TABLE = [
    ("сталь завод", "All(сталь, завод)"),
    ("кто победил в Астане", "All(кто?, победил, в?, Астане)"),
    ("«рост цен»", "Phrase(рост, цен)"),
    ('"рост цен"', "Phrase(рост, цен)"),
    ("“рост цен”", "Phrase(рост, цен)"),
    ("„рост цен“", "Phrase(рост, цен)"),
    ('"рост цен"~5', "Near5(рост, цен)"),
    ("!стали", "!стали"),
    ('"!стали рост"', "Phrase(!стали, рост)"),
    ("сталь -чугун", "All(сталь, Not(чугун))"),
    ("сталь НЕ чугун", "All(сталь, Not(чугун))"),
    ("сталь NOT чугун", "All(сталь, Not(чугун))"),
    ("-чугун", "All(Everything, Not(чугун))"),
    ("сталь | чугун", "Any(сталь, чугун)"),
    ("сталь ИЛИ чугун OR медь", "Any(сталь, чугун, медь)"),
    ("завод сталь | чугун", "Any(All(завод, сталь), чугун)"),
    ("завод (сталь | чугун)", "All(завод, Any(сталь, чугун))"),
    ("сталь И завод AND цех", "All(сталь, завод, цех)"),
    ("суд & приговор & срок", "SameSentence(суд, приговор, срок)"),
    ("суд /3 приговор", "Near2(суд, приговор)"),
    ("суд & (приговор срок | штраф)", "SameSentence(суд, Any(SameSentence(приговор, срок), штраф))"),
    ("суд /3 (приговор срок)", "Near2(суд, Near2(приговор, срок))"),
    ("минист*", "Wildcard(минист*)"),
    ("м?нистр", "Wildcard(м?нистр)"),
    ("слово~", "Fuzzy(слово2)"),
    ("слово~1", "Fuzzy(слово1)"),
    ("дом~", "Fuzzy(дом1)"),
    ("заголовок:сталь цех", "All(title:сталь, цех)"),
    ("title:(сталь | чугун)", "title:Any(сталь, чугун)"),
    ('тег:"малый бизнес"', "tag=малый бизнес"),
    ("источник:Вестник", "source=Вестник"),
    ("author:Иванов", "author=Иванов"),
    ("дата:2024", "[2024-01-01..2024-12-31]"),
    ("дата:2024-02", "[2024-02-01..2024-02-29]"),
    ("дата:01.02.2024..15.03.2024", "[2024-02-01..2024-03-15]"),
    ("дата:>2024-02", "[2024-03-01..]"),
    ("дата:<=2024-02-10", "[..2024-02-10]"),
    ("дата:вчера", "[2026-11-19..2026-11-19]"),
    ('дата:"за неделю"', "[2026-11-13..2026-11-20]"),
    ("слово^2 дело", "All(слово^2, дело)"),
    ("вице-министр", "Any(вице-министр, Phrase(вице, министр))"),
    ("суд РК", "All(суд, Any(РК, Phrase(Республика, Казахстан)^0.5))"),
    ("республика казахстан", "Any(All(республика, казахстан), РК^0.5)"),
    ("«суд РК»", "Any(Phrase(суд, РК), Phrase(суд, Республика, Казахстан))"),
    ('"РК"', "РК"),
    ("Кто такой Мороз?", "All(Кто?, такой?, Мороз)"),
    ("в 12:30", "All(в?, 12, 30)"),
    ("цены — рост", "All(цены, рост)"),
    ("выделили 1 200 000 тенге", "All(выделили, 1 200 000, тенге)"),
    ("рост 3,5%", "All(рост, 3,5)"),
    ('!"рост цен"', "Phrase(!рост, !цен)"),
    ("дата:2020..", "[2020-01-01..]"),
    ("дата:..2020", "[..2020-12-31]"),
    ("", "Nothing"),
    ("?!…", "Nothing"),
]


@pytest.mark.parametrize(("text", "shape"), TABLE)
def test_a_query_is_understood_as_the_language_says(text: str, shape: str) -> None:
    result = parsed(text)
    assert outline(result.tree) == shape
    assert result.warnings == ()


SLIPS = [
    ("«рост цен", "Phrase(рост, цен)", "Кавычка не закрыта"),
    ("(сталь", "сталь", "Скобка не закрыта"),
    ("сталь)", "сталь", "Лишняя закрывающая скобка"),
    ("сталь |", "сталь", "не учтено"),
    ("| сталь", "сталь", "не учтено"),
    ("И сталь", "сталь", "не учтено"),
    ("& сталь", "сталь", "не учтено"),
    ("сталь НЕ", "сталь", "не учтено"),
    ("*", "Nothing", "не учтено"),
    ("суд & (-штраф | срок)", "SameSentence(суд, срок)", "только слова"),
    ("суд & (-штраф)", "суд", "только слова"),
    ("суд & (срок -штраф)", "SameSentence(суд, срок)", "только слова"),
    ("дата:32.13.2024 сталь", "сталь", "не дата"),
    ("тег: сталь", "сталь", ""),
    ("((((сталь))))", "Nothing", "глубже 3 уровней"),
    ("суд /2 " * 5 + "срок", "Near1(Near1(Near1(суд, суд), суд), суд)", "глубже 3 уровней"),
    ("суд & срок /2 " * 3 + "год", "Near1(SameSentence(Near1(SameSentence(суд, срок), суд), срок), суд)", "глубже 3"),
    ("(медь | сталь " * 3 + "-слово_слово", "All(сталь, Any(медь, сталь))", "глубже 3 уровней"),
    ("медь | сталь -(медь -(медь -(сталь медь)))) цех", "цех", "глубже 3 уровней"),
    ("заголовок:" * 9 + "сталь", "сталь", "глубже 3 уровней"),
    ("слово " * 20, "All(слово, слово, слово, слово, слово, слово, слово, слово)", "больше 8 слов"),
    ("«" + "слово " * 20 + "»", "Phrase(слово, слово, слово, слово, слово, слово, слово, слово)", "больше 8 слов"),
    ("я | " * 20, "Any(я?, я?, я?, я?, я?, я?, я?, я?)", "больше 8 слов"),
    ("а-б-в-г-д-е-ж-з-и-к", "а-б-в-г-д-е-ж-з", "больше 8 слов"),
]


@pytest.mark.parametrize(("text", "shape", "said"), SLIPS)
def test_a_slip_is_understood_and_said(text: str, shape: str, said: str) -> None:
    result = parsed(text, depth=3, words=8)
    if shape != "Nothing":
        assert shape in outline(result.tree)
    assert said in " ".join(result.warnings)


@pytest.mark.parametrize("rule", LANGUAGE, ids=lambda rule: rule.syntax)
def test_every_example_of_the_help_page_is_understood_without_a_warning(rule: object) -> None:
    result = parsed(rule.example)  # type: ignore[attr-defined]
    assert not isinstance(result.tree, Nothing)
    assert result.warnings == ()


def test_offsets_point_into_the_query_as_typed() -> None:
    text = "  !стали «рост цен» -чугуна вице-министр"
    for node in walk(parsed(text).tree):
        if isinstance(node, Word):
            assert text[node.start : node.end] == node.text


WORDS = ("сталь", "Стали", "премьер-министр", "в", "м?нистр", "а", "№5", "1 200", "000", "5,4z", "РК", "ё", "\u0301")
OPERATORS = ("НЕ", "ИЛИ", "И", "|", "&", "/3", "(", ")", "«", "»", '"', "!", "-", "~", "^2", "*", "?")
FIELDS = ("заголовок:", "дата:2024 ", "тег:", ":", " ", "  ")
PIECES = st.sampled_from((*WORDS, *OPERATORS, *FIELDS))


@pytest.mark.parametrize(
    "text",
    [
        '"2премьер-министр не"',
        '!"2премьер-министр не"',
        "!ил-76 /3 прошел !министр",
        "!!в~9",
        "слово_слово~",
        "сталь /99 завод",
        "(сталь) т.е. премьер-министр /99 -сталь",
        "«Токаев !ил-76»~2^0.5",
        "!«стали 1 200 000»~10",
        "суд /3 (РК) -(РК)",
        "суд /3 срок /3 год",
        "«республика Казахстан»^2",
        "tıtle:сталь",
        "м?н? с?",
        # Words that would be one number side by side.
        "1 И 200 000",
        "-5 И 000 | !1 И 200",
        '"70, 720" "20-20\t70\t720"~3',
        "1 200 000^2",
        "70 И 720,26",
        # Windows of more than two words, and of words that come apart in quotes.
        "(т.е. сталь) /3 a*",
        "5 /3 4z",
        "№ 5,4z",
        "(!ил-76 !77а сталь) /3 год",
        "ёж & (цена /3 рост /3 год) & год",
        # Words longer than a form, alone and in a phrase.
        "г. /3 " + "щ" * 70,
        f"«ил-76взаголовок:😀А{'щ' * 69}4стали»",
        "щ" * 70 + "*",
        "рк?*!рк?*",
        "_yy–.<_*+",
        "a_*.??-?",
        # Names of several words, whole or in parts that a group has kept apart.
        "сталь & (республика Казахстан | ёж)",
        "(сталь республика) Казахстан",
        "республика) Казахстан",
        "республика И Казахстан",
        "республика дата:никогда Казахстан",
        "(РК сталь) РК",
        "сталь & (республика Казахстан1 ИЛИ ёж)",
        "сталь & (республика Казахстан3,5%)",
        "-b;РК",
        "РК " * 12,
        # Words that are operators elsewhere.
        "слово_ИЛИ слово_НЕ^2",
        "x/-сайт.рф -(x/-сайт.рф)",
        "!«сталь»",
        "a@b.kz-!сталь a@b.kz.-+a@b.kz",
        "http://a.b/c~2^2http://a.b/c",
        # Groups with a filter or a negation only.
        "сталь & заголовок:(-цех)",
        "(-цех) сталь",
        "не /3 (-цех)",
        "(сталь & (цех | (рост | год) -ёж)) & цена",
        "слово^0.00001 дело^1.2345",
    ],
)
def test_what_was_once_printed_otherwise_is_printed_as_it_is_read(text: str) -> None:
    assert_printed_as_read(text)


def assert_printed_as_read(text: str) -> None:
    """The tree of *text*, printed and read again, is the same, offsets apart."""
    tree = parsed(text).tree
    printed = show(tree)
    again = parsed(printed, characters=100_000, words=10_000, depth=200).tree
    assert show(again) == printed
    assert bare(again) == bare(tree)


def bare(node: Node) -> Node:
    """*node* without where its words stand in the query."""
    match node:
        case Wildcard(pattern=pattern):
            return replace(node, text=pattern, start=0, end=0)
        case Word() | Fuzzy():
            return replace(node, start=0, end=0)
        case Phrase(parts) | Near(parts) | SameSentence(parts) | All(parts) | Any(parts):
            return replace(node, parts=tuple(map(bare, parts)))
        case Not(part) | Aimed(_, part) | Boosted(part):
            return replace(node, part=bare(part))
        case _:
            return node


@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60) | st.integers(0).map(string))
@settings(max_examples=400, deadline=None)
def test_any_text_is_understood_and_printed_as_it_is_read(text: str) -> None:
    assert_printed_as_read(text)
    tree = parsed(text).tree
    assert isinstance(tree, Nothing | Everything) or show(tree)


SIGNS = ("(", "(", ")", "-", "|", "&", "& ", "/3 ", "заголовок:")
NESTED = (*SIGNS, "сталь ", "слово_слово ", "РК ", "«а б»~3 ", "«а б» ")


def height(node: Node) -> int:
    """How many nodes lie one below another."""
    match node:
        case Phrase(parts) | Near(parts) | SameSentence(parts) | All(parts) | Any(parts):
            return 1 + max(map(height, parts))
        case Not(part) | Aimed(_, part) | Boosted(part):
            return 1 + height(part)
        case _:
            return 1


@given(
    st.lists(st.sampled_from(NESTED), max_size=400).map("".join)
    | st.lists(st.sampled_from(NESTED), min_size=2, max_size=12).map(lambda pieces: "".join(pieces) * 60)
    | st.integers(0).map(string)
    | st.integers(0).map(lambda number: f"{string(number)} " * 60),
    st.sampled_from((3, Limits().depth)),
)
@settings(max_examples=400, deadline=None)
def test_no_tree_is_deeper_than_the_limit_however_it_nests(text: str, limit: int) -> None:
    tree = parsed(text, depth=limit).tree
    assert depth(tree) <= limit
    # So that no recursion through it meets Python's own limit.
    assert height(tree) <= 4 * limit + 8


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("сталь", 0),
        ("вице-министр РК «рост цен» «рост цен»~5", 0),
        ("суд & (республика Казахстан)", 0),
        ("сталь -чугун | заголовок:цех", 0),
        ("завод (сталь | чугун)", 1),
        ("-(сталь цех)", 1),
        ("-заголовок:-сталь", 1),
        ("суд /3 приговор", 0),
        ("суд /3 приговор /3 срок", 1),
        ("суд & приговор & срок", 0),
        ("суд & приговор /3 срок & год", 2),
    ],
)
def test_a_level_is_a_bracket_or_a_window_in_a_window(text: str, levels: int) -> None:
    assert depth(parsed(text).tree) == levels


@given(st.lists(st.sampled_from(["(", ")", "-", "!", '"', "|", "&", "a"]), max_size=3000).map("".join))
@settings(max_examples=20, deadline=None)
def test_a_hostile_query_ends_within_its_limits(text: str) -> None:
    assert len(list(walk(parsed(text).tree))) <= 3 * Limits().words


def test_words_of_a_group_join_the_sentence_around_it() -> None:
    for text in ("(республика Казахстан) & ёж", "ёж & (сталь & (чугун & завод))"):
        printed = show(parse(text, ANALYZER, today=TODAY).tree)
        assert printed == show(parse(printed, ANALYZER, today=TODAY).tree)
