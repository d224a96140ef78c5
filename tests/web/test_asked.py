"""How a query was read, as the page tells it, and every way to undo that."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import html  # type: ignore[import-untyped]  # published without types


def _page(client: FlaskClient, path: str, **query: str) -> Any:
    response = client.get(path, query_string=query or None)
    assert response.status_code == 200
    return html.fromstring(response.text)


def _query(link: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(link.get("href")).query)


def _links(page: Any, where: str) -> dict[str, Any]:
    return {" ".join(link.text_content().split()): link for link in page.xpath(f"//{where}//a")}


def _ids(page: Any) -> list[str]:
    return [urlsplit(link.get("href")).path for link in page.xpath("//ol[@class='hits']//h2/a")]


@pytest.mark.parametrize(("typed", "meant"), [("стпль", "сталь"), ("cnfkm", "сталь"), ("chugun", "чугун")])
def test_a_correction_is_told_and_can_be_refused(client: FlaskClient, typed: str, meant: str) -> None:
    page = _page(client, "/search", q=typed)
    assert _ids(page) == _ids(_page(client, "/search", q=meant))
    notice = page.find_class("notice")[0]
    assert notice.xpath("b")[0].text == meant
    assert page.xpath("//input[@id='q']/@value") == [typed]
    refused = _page(client, notice.xpath("a")[0].get("href"))
    assert not [each for each in refused.find_class("notice") if each.xpath("b")]
    assert _ids(refused) != _ids(page)
    # And back again: the chip takes the refusal away.
    (chip,) = _links(refused, "ul[@class='chips']").values()
    assert _ids(_page(client, chip.get("href"))) == _ids(page)


def test_a_reading_that_no_document_has_whole_is_offered_without_a_number(client: FlaskClient) -> None:
    notice = _page(client, "/search", q="совищание чугун").find_class("notice")[0]
    assert " ".join(notice.text_content().split()) == "Возможно, вы искали: совещание чугун"


def test_a_single_word_of_a_corrected_query_can_be_brought_back(client: FlaskClient) -> None:
    page = _page(client, "/search", q="стпль чугун")
    undo = _links(page, "p[@class='undo']")["вернуть «стпль»"]
    assert _query(undo) == {"q": ["стпль чугун"], "keep": ["стпль"]}
    kept = _page(client, undo.get("href"))
    understood = kept.find_class("understood")[0].text_content()
    assert "стпль" in understood
    assert "исправлено" not in understood


def test_other_names_of_a_word_are_told_and_can_be_taken_away(client: FlaskClient) -> None:
    page = _page(client, "/search", q="РК", size="50")
    assert "Республика Казахстан" in page.find_class("understood")[0].text_content()
    kept = _page(client, _links(page, "p[@class='undo']")["без других названий"].get("href"))
    assert "Республика Казахстан" not in kept.find_class("understood")[0].text_content()
    assert 0 < len(_ids(kept)) < len(_ids(page))
    (chip,) = _links(kept, "ul[@class='chips']").values()
    assert _ids(_page(client, chip.get("href"))) == _ids(page)


def test_one_form_of_a_word_can_be_asked_for_alone(client: FlaskClient) -> None:
    page = _page(client, "/search", q="завод стали")
    link = _links(page, "p[@class='undo']")["только «стали» в этой форме"]
    assert _query(link)["q"] == ["завод !стали"]
    assert not _links(_page(client, "/search", q="«завод стали»"), "p[@class='undo']")


def test_what_a_corrected_page_links_to_is_of_the_corrected_query(client: FlaskClient) -> None:
    page = _page(client, "/search", q="стпль")
    assert {parse_qs(urlsplit(path).query)["q"][0] for path in page.xpath("//p[@class='files']/a/@href")} == {"сталь"}
    document = _page(client, page.xpath("//ol[@class='hits']//h2/a")[0].get("href"))
    assert document.xpath("//div[@class='text']//mark")


def test_a_new_query_is_read_afresh(client: FlaskClient) -> None:
    page = _page(client, "/search", q="стпль", verbatim="1", keep="стпль", tag="металлургия", fold="0")
    kept = {field.get("name") for field in page.xpath("//form[@role='search']//input[@type='hidden']")}
    assert kept == {"tag", "fold"}


def test_retellings_are_folded_and_a_link_opens_them(client: FlaskClient) -> None:
    page = _page(client, "/search", q="совещание металлургия")
    (link,) = [link for label, link in _links(page, "p[@class='meta']").items() if "похож" in label]
    leader = _query(link)["copies"][0]
    opened = _page(client, link.get("href"))
    many = int(opened.xpath("//h1")[0].text_content().split()[0])
    assert many == len(_ids(opened)) > 1
    assert len([path for path in _ids(page) if path in _ids(opened)]) == 1
    assert _ids(opened)[0].endswith(quote(leader))
    (chip,) = _links(opened, "ul[@class='chips']").values()
    assert "copies" not in _query(chip)


def test_retellings_can_be_shown_each_by_itself(client: FlaskClient) -> None:
    page = _page(client, "/search", q="совещание металлургия", size="50")
    choices = _links(page, "nav[contains(@class, 'foldings')]")
    apart = _page(client, choices["все подряд"].get("href"))
    assert set(_ids(page)) < set(_ids(apart))
    assert not [label for label in _links(apart, "p[@class='meta']") if "похож" in label]
    assert _links(apart, "nav[contains(@class, 'foldings')]")["все подряд"].get("aria-current") == "true"
