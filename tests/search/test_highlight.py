"""What is marked is what was found, in the text as it was written."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Document
from index.text import Analyzer
from search.engines import Request
from search.engines.meaning import regex
from search.highlight import Marker, merge
from search.parse import parse
from search.results import Snippet
from search.snippets import snippets
from tests.engines.search.building import Run, opened

ANALYZER = Analyzer()
TODAY = dt.date(2026, 11, 20)


def marked(query: str, text: str, field: str = "text") -> list[str]:
    """The stretches of *text* that *query* marks."""
    tokens = ANALYZER.tokens(text)
    marker = Marker(parse(query, ANALYZER, today=TODAY).tree, ANALYZER)
    return [text[start:end] for start, end in merge(marker.found(tokens, field))]


def passages(query: str, text: str, title: str = "") -> tuple[Snippet, ...]:
    marker = Marker(parse(query, ANALYZER, today=TODAY).tree, ANALYZER)
    (read,) = marker.read([text], ["text"])
    return snippets(text, read, [1.0] * 50, title=title)


CASES = [
    ("сталь", "Марки стали и торговля сталью стали шире", ["стали", "сталью", "стали"]),
    ("!стали", "Стали меньше, сталью торгуют", ["Стали"]),
    ("министр", "Премьер-министра и вице-министр", ["министра", "министр"]),
    ("премьер-министр", "Премьер-министра ждут", ["Премьер-министра"]),
    ("«рост цен»", "Рост зарплат и цен; роста цен нет", ["роста", "цен"]),
    ('"цен рост"~1', "рост всех цен, а потом снова рост в городе без новых цен", ["рост", "цен"]),
    ("суд & срок", "Суд дал срок. Срок велик.", ["Суд", "срок"]),
    ("суд /2 срок", "Суд дал срок, а новый срок даст не он: суд.", ["Суд", "срок"]),
    ("суд /2 срок /3 год", "срок суд год и суд", ["срок", "суд", "год"]),
    ("сталь -чугун", "сталь и чугун", ["сталь"]),
    ("минист*", "министру, Министерство, мини", ["министру", "Министерство"]),
    ("министерсво~", "Министерство здоровья", ["Министерство"]),
    ("заголовок:сталь цех", "сталь и цех", ["цех"]),
    ("рк", "в Республике Казахстан и в РК", ["Республике", "Казахстан", "РК"]),
    ("республика казахстан", "законы РК", ["РК"]),
    ("замок", "старый за\u0301мок", ["за\u0301мок"]),
    ("прошел", "прошёл и прош\u0065л", ["прошёл", "прош\u0065л"]),
    ("землетрясение в турции", "В числе жертв землетрясения: в Турции и в Сирии", ["землетрясения", "в", "Турции"]),
    ("и в", "и в лесу, и в поле", ["и", "в", "и", "в"]),
    ("токаев", "Токаевым, ТОКАЕВ, токай", ["Токаевым", "ТОКАЕВ"]),
]


@pytest.mark.parametrize(("query", "text", "marks"), CASES)
def test_marks_cover_whole_words_that_the_query_means(query: str, text: str, marks: list[str]) -> None:
    assert marked(query, text) == marks


def test_forms_that_an_index_has_mark_what_lemmas_do() -> None:
    texts = [text for _, text, _ in CASES]
    documents = [Document(f"d{number}", "Сталь и цены", text) for number, text in enumerate(texts)]
    with opened([Run(documents[:9]), Run(documents[9:])], ANALYZER) as searcher:
        for query, _, _ in CASES:
            tree = parse(query, ANALYZER, today=TODAY).tree
            told = searcher.search(Request(tree, limit=0)).words
            by_forms = Marker(tree, ANALYZER, [[count.value for count in word.forms] for word in told])
            by_lemmas = Marker(tree, ANALYZER)
            fields = (["text", "title"] * len(texts))[: len(texts)]
            together = [list(marker.read(texts, fields)) for marker in (by_forms, by_lemmas)]
            for field, tokens, one, other in zip(fields, ANALYZER.tokens_many(texts), *together, strict=True):
                assert by_forms.found(tokens, field) == by_lemmas.found(tokens, field) == one.found == other.found
                begun = tokens.sentences[1:] != tokens.sentences[:-1]
                assert one.sentences == tokens.starts[1:][begun].tolist()
                assert one.words.tolist() == tokens.starts.tolist()


def test_a_window_of_a_hundred_common_words_is_marked_without_trying_every_choice() -> None:
    query = '"' + "суд срок " * 50 + '"~9'
    assert marked(query, "суд срок " * 200 + "и ещё " * 60 + "суд") == ["суд", "срок"] * 200


def test_a_pattern_of_many_stars_is_marked_without_trying_every_way_to_fit() -> None:
    word = "а" * 60
    assert marked("*а" * 12 + "*б", f"{word} {word}б") == [f"{word}б"]


def plainly(pattern: str, form: str) -> bool:
    """What ``regex`` must say, by the meaning of a star."""
    if not pattern or pattern[0] != "*":
        return (
            pattern[:1] in ("?", form[:1])
            and bool(pattern) == bool(form)
            and (not form or plainly(pattern[1:], form[1:]))
        )
    return any(plainly(pattern[1:], form[at:]) for at in range(len(form) + 1))


@given(st.text("аб*?", max_size=7), st.text("аб", max_size=7))
def test_a_pattern_matches_what_its_stars_and_question_marks_can_stand_for(pattern: str, form: str) -> None:
    assert (regex(pattern).fullmatch(form) is not None) == plainly(pattern, form)


@pytest.mark.parametrize(
    ("query", "text", "lacks"),
    [
        ("сталь рост цен", "Рост стали", ("цен",)),
        ("сталь «рост цен»", "Рост стали и цен", ('"рост цен"',)),
        ("сталь текст:(рост цен)", "Рост стали", ("текст:(рост цен)",)),
        ("сталь (рост | спад)", "Рост чугуна", ("сталь",)),
        ("сталь заголовок:(рост в цене)", "Сталь", ("заголовок:(рост в цене)",)),
    ],
)
def test_a_text_lacks_each_part_of_which_it_has_not_all(query: str, text: str, lacks: tuple[str, ...]) -> None:
    marker = Marker(parse(query, ANALYZER, today=TODAY).tree, ANALYZER)
    assert marker.lacking({hit.leaf for hit in marker.found(ANALYZER.tokens(text), "text")}) == lacks


def test_a_caption_is_never_the_snippet_when_the_body_matches() -> None:
    text = "Фото: пресс-служба завода, сталь\n\nВчера говорили о погоде.\n\nЗавод показал новую сталь."
    (only,) = passages("сталь", text)
    assert only.text == "Завод показал новую сталь."
    (caption,) = passages("пресс-служба", text)
    assert caption.text.startswith("Фото:")


def test_a_snippet_is_a_whole_sentence_and_its_marks_are_its_own() -> None:
    text = " ".join(f"Предложение номер {number} ни о чём." for number in range(60))
    text += " Здесь министр и сталь вместе. " + "Конец длинного рассказа. " * 40
    first = passages("министр сталь", text)[0]
    assert "Здесь министр и сталь вместе." in first.text
    assert [first.text[start:end] for start, end in first.marks] == ["министр", "сталь"]
    assert len(first.text) <= 250


def test_a_text_without_a_match_shows_how_it_begins_behind_its_title() -> None:
    text = "Завод пустил печь. Её ждали три года и наконец дождались всем городом."
    (only,) = passages("луна", text, title="Завод пустил печь")
    assert only.text.startswith("Её ждали")
    assert only.marks == ()


WORDS = st.sampled_from(["сталь", "Стали", "рост", "цен", "премьер-министр", "РК", "за\u0301мок", ".", ",", "\n", "—"])


@given(st.lists(WORDS, max_size=40).map(" ".join), st.sampled_from(["сталь", "«рост цен»", "рост & цен", "рк | замок"]))
@settings(max_examples=150, deadline=None)
def test_marks_of_snippets_are_ordered_apart_and_inside(text: str, query: str) -> None:
    for snippet in passages(query, text):
        ends = [0]
        for start, end in snippet.marks:
            assert ends[-1] <= start < end <= len(snippet.text)
            ends.append(end)
        assert not snippet.text.startswith(" ")
