"""The pages as a reader without JavaScript gets them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import html  # type: ignore[import-untyped]  # published without types


def _page(client: FlaskClient, path: str, /, expected: int = 200, **query: str) -> Any:
    response = client.get(path, query_string=query or None)
    assert (response.status_code, response.mimetype) == (expected, "text/html")
    return html.fromstring(response.text)


def _text(element: Any) -> str:
    return " ".join(element.text_content().replace("\xa0", " ").split())


def _links(page: Any, xpath: str) -> dict[str, str]:
    return {_text(link): link.get("href") for link in page.xpath(xpath)}


def _total(page: Any) -> int:
    return int(re.sub(r"\D", "", _text(page.xpath("//h1")[0])) or 0)


def test_home_tells_what_the_archive_holds(client: FlaskClient) -> None:
    page = _page(client, "/")
    holds = _text(page.find_class("holds")[0])
    assert re.search(r"В архиве \d+ документ.* с \d+ \w+ 2023 по \d+ \w+ 2026", holds)
    dates = [time.get("datetime") for time in page.xpath("//ol[@class='headlines']//time")]
    assert len(dates) == 8
    assert dates == sorted(dates, reverse=True)


def test_what_home_counts_is_what_its_links_find(client: FlaskClient) -> None:
    page = _page(client, "/")
    items = page.xpath("//aside//li")
    bars = page.xpath("//details[@class='tabular']//tbody/tr")
    assert len(items) > 5
    for item in items[:6] + bars[:3]:
        count = int(re.sub(r"\D", "", _text(item.xpath(".//*[@class='count' or @class='figure']")[0])))
        assert _total(_page(client, item.xpath(".//a")[0].get("href"))) == count


def test_marks_cover_the_forms_of_the_word(client: FlaskClient) -> None:
    page = _page(client, "/search", q="сталь", size="50")
    marked = {_text(mark).lower() for mark in page.xpath("//mark")}
    assert {"стали", "сталью", "сталь"} <= marked
    # One author wrote «cталь» with a Latin letter.
    assert all(word[1:4] == "тал" for word in marked)


@pytest.mark.parametrize(
    ("query", "said"),
    [("сталь", r"^Нашл(ось|ёлся) \d+ документ(а|ов)?$"), ("абвгдеёжз", "^Ничего не нашлось$")],
)
def test_the_count_is_said_in_russian(client: FlaskClient, query: str, said: str) -> None:
    assert re.search(said, _text(_page(client, "/search", q=query).xpath("//h1")[0]))


def test_a_hit_shows_title_date_source_and_snippet(client: FlaskClient) -> None:
    hit = _page(client, "/search", q="металлургия").find_class("hit")[0]
    assert _text(hit.xpath(".//h2/a")[0])
    assert re.fullmatch(r"\d{1,2} [а-я]+ 20\d\d", _text(hit.xpath(".//time")[0]))
    assert hit.find_class("snippet")


def test_how_the_query_was_understood_lists_forms_with_counts(client: FlaskClient) -> None:
    understood = _text(_page(client, "/search", q="стали").find_class("understood")[0])
    assert "сталь" in understood
    assert "стать" in understood
    assert re.search(r"стали \d", understood)


def test_a_facet_leads_to_as_many_documents_as_it_says(client: FlaskClient) -> None:
    page = _page(client, "/search", q="год")
    items = page.xpath("//aside//ul[@class='values']/li")
    assert items
    for item in items[:8]:
        count = int(re.sub(r"\D", "", _text(item.find_class("count")[0])))
        assert _total(_page(client, item.xpath(".//a")[0].get("href"))) == count


def test_a_bar_of_the_timeline_leads_to_as_many_documents_as_it_says(client: FlaskClient) -> None:
    page = _page(client, "/search", q="год")
    rows = page.xpath("//details[@class='tabular']//tbody/tr")
    assert len(rows) > 3
    for row in rows[:4]:
        assert _total(_page(client, row.xpath(".//a")[0].get("href"))) == int(_text(row.xpath("td")[0]))
    drawn = {link.get("href") for link in page.xpath("//*[local-name()='svg']/a")}
    assert {row.xpath(".//a")[0].get("href") for row in rows} <= drawn


def test_chips_show_the_filters_and_each_takes_its_own_away(client: FlaskClient) -> None:
    source = _text(_page(client, "/search", q="год").xpath("//ul[@class='values']//a")[0])
    address = "/search?" + urlencode({"q": "год", "source": source, "from": "2024-02", "to": "2026"})
    chips = _links(_page(client, address), "//ul[@class='chips']//a")
    assert len(chips) == 2
    left = [parse_qs(urlsplit(address).query) for address in chips.values()]
    assert left == [{"q": ["год"], "from": ["2024-02"], "to": ["2026"]}, {"q": ["год"], "source": [source]}]


def test_a_new_query_keeps_the_filters_that_the_chips_show(client: FlaskClient) -> None:
    page = _page(client, "/search", q="год", tag="экономика", sort="date")
    kept = {
        field.get("name"): field.get("value") for field in page.xpath("//form[@role='search']//input[@type='hidden']")
    }
    assert kept == {"tag": "экономика", "sort": "date"}


def test_paging_names_the_current_page_and_the_neighbours(client: FlaskClient) -> None:
    page = _page(client, "/search", q="год", size="5", page="2")
    assert _text(page.xpath("//nav[@class='paging']//a[@aria-current='page']")[0]).endswith("2")
    first = [hit.xpath(".//h2/a")[0].get("href") for hit in page.find_class("hit")]
    following = _page(client, page.xpath("//a[@rel='next']")[0].get("href"))
    assert not set(first) & {hit.xpath(".//h2/a")[0].get("href") for hit in following.find_class("hit")}
    assert page.xpath("//ol[@class='hits']")[0].get("start") == "6"


def test_a_page_past_the_end_leads_back_to_the_last(client: FlaskClient) -> None:
    page = _page(client, "/search", q="сталь", page="500")
    back = page.xpath("//p[@class='advice']/a")[0].get("href")
    assert _page(client, back).find_class("hit")


def test_nothing_found_names_the_word_to_blame_and_ways_that_find(client: FlaskClient) -> None:
    page = _page(client, "/search", q='"сталь абвгдеёжз"', tag="экономика")
    advice = page.find_class("advice")[0]
    assert "абвгдеёжз" in _text(advice)
    ways = _links(advice, ".//li/a")
    assert any("без фильтров" in label for label in ways)
    alone = advice.xpath(".//li[a[contains(., 'искать только «сталь»')]]")[0]
    found = _total(_page(client, alone.xpath("a")[0].get("href")))
    assert found == int(_text(alone.find_class("count")[0])) > 0


def test_documents_that_lack_a_word_follow_under_a_heading_and_say_which(client: FlaskClient) -> None:
    page = _page(client, "/search", q="министр абвгдеёжз")
    assert _text(page.xpath("//h1")[0]) == "Документов со всеми словами нет"
    assert re.match(r"\d+ документ.* не все слова", _text(page.find_class("relaxed")[0]))
    lacking = page.find_class("lacks")
    assert lacking
    assert {_text(word) for word in lacking[0].xpath("s")} == {"абвгдеёжз"}


def test_a_second_tag_narrows_what_the_first_found(client: FlaskClient) -> None:
    first = _page(client, "/search", tag="металлургия")
    item = first.xpath("//section[@class='facet'][h2='Тема']//li")[0]
    second = _page(client, item.xpath(".//a")[0].get("href"))
    assert 0 < _total(second) < _total(first)
    assert _total(second) == int(item.xpath(".//*[@class='count']/text()")[0])
    assert len(second.xpath("//ul[@class='chips']/li")) == 2


def test_all_documents_are_listed_newest_first_from_home(client: FlaskClient) -> None:
    home = _page(client, "/")
    listed = _page(client, home.xpath("//section[@class='latest']/p/a")[0].get("href"))
    assert str(_total(listed)) in _text(home.find_class("holds")[0])


def test_an_empty_query_leads_home(client: FlaskClient) -> None:
    for path in ("/search", "/search?q=", "/search?q=&from=&to="):
        response = client.get(path)
        assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_sorting_by_date_goes_from_the_newest_or_from_the_oldest(client: FlaskClient) -> None:
    for sort, reverse in (("-date", True), ("date", False)):
        page = _page(client, "/search", q="год", sort=sort)
        dates = [time.get("datetime") for time in page.xpath("//ol[@class='hits']//time")]
        assert dates == sorted(dates, reverse=reverse)
        assert page.xpath("//nav[@class='sorts']/a[@aria-current='true']")


def test_a_document_is_shown_whole_with_every_match_marked(client: FlaskClient) -> None:
    hit = _page(client, "/search", q="сталь").find_class("hit")[0].xpath(".//h2/a")[0].get("href")
    page = _page(client, hit)
    identity = _text(page.find_class("id")[0])
    document = client.get(f"/api/v1/documents/{identity}", query_string={"q": "сталь"}).get_json()
    marks = page.xpath("//div[@class='text']//mark")
    assert [mark.text for mark in marks] == [document["text"][a:b] for a, b in document["text_marks"]]
    assert [mark.get("id") for mark in marks] == [f"m{number}" for number in range(1, len(marks) + 1)]
    for hop in page.find_class("hop"):
        hop.drop_tree()
    shown = "".join(page.find_class("text")[0].text_content().split())
    assert shown == "".join(document["text"].split())


def test_captions_are_set_apart_from_the_body(client: FlaskClient) -> None:
    page = _page(client, "/search", q="фото")
    for hit in page.find_class("hit"):
        captions = _page(client, hit.xpath(".//h2/a")[0].get("href")).xpath("//p[@class='caption']")
        if captions:
            assert all(re.match(r"(Фото|Видео|Иллюстрация|На )", _text(caption)) for caption in captions)
            return
    pytest.fail("no document with a caption is found by its word")


def test_help_tells_the_whole_language_and_every_example_finds_its_page(client: FlaskClient) -> None:
    examples = _links(_page(client, "/help"), "//table[1]//td/a")
    assert len(examples) > 5
    for address in examples.values():
        _page(client, address)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/doc/нет-такого", 404), ("/search?page=0", 400), ("/search?pag=2&q=год", 400)],
)
def test_mistakes_get_a_page_in_russian_with_a_way_on(client: FlaskClient, path: str, status: int) -> None:
    page = _page(client, path, status)
    assert page.xpath("//html")[0].get("lang") == "ru"
    assert re.search("[А-Яа-я]", _text(page.xpath("//h1")[0]))
    assert page.xpath("//main//a[@href='/']")
    assert page.xpath("//form[@role='search']")


def test_the_mistake_page_names_the_parameter_and_keeps_the_query(client: FlaskClient) -> None:
    page = _page(client, "/search", 400, q="год", pag="2")
    assert "pag" in _text(page.find_class("mistakes")[0])
    assert page.xpath("//input[@name='q']")[0].get("value") == "год"


def test_a_page_can_say_what_its_order_comes_from(client: FlaskClient) -> None:
    plain = client.get("/search", query_string={"q": "сталь завод"}).get_data(as_text=True)
    assert "Почему здесь" not in plain
    assert "explain=1" in plain
    told = client.get("/search", query_string={"q": "сталь завод", "explain": "1"}).get_data(as_text=True)
    assert told.count("Почему здесь") == told.count('class="hit"') > 0
