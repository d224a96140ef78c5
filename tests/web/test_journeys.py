"""Ways of a reader through several pages, in a real browser, on a phone and on a wide screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from tests.web.conftest import Running


@pytest.fixture(params=[320, 1280])
def page(request: pytest.FixtureRequest, browser: Chrome, server: Running) -> Iterator[Chrome]:
    """The home page."""
    metrics = {"width": request.param, "height": 800, "deviceScaleFactor": 1, "mobile": request.param < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(server.address)
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def _search(page: Chrome, text: str) -> None:
    box = page.find_element(By.ID, "q")
    box.clear()
    box.send_keys(text + Keys.ENTER)
    WebDriverWait(page, 20).until(lambda shown: shown.title.startswith(text))
    WebDriverWait(page, 20).until(lambda shown: shown.execute_script("return document.readyState") == "complete")


def _titles(page: Chrome) -> list[str]:
    return [link.text for link in page.find_elements(By.CSS_SELECTOR, ".hit h2 a")]


def _click(page: Chrome, selector: str) -> None:
    page.find_element(By.CSS_SELECTOR, selector).click()


def test_a_query_in_the_wrong_layout_is_set_right_and_the_reader_has_the_last_word(page: Chrome) -> None:
    _search(page, "cnfkm")
    meant = _titles(page)
    assert "сталь" in page.find_element(By.CSS_SELECTOR, ".notice b").text
    # One author wrote «cталь» with a Latin letter.
    assert page.find_element(By.CSS_SELECTOR, ".hit mark").text.lower()[1:4] == "тал"
    _click(page, ".notice a")
    assert _titles(page) != meant
    _click(page, ".chips a")
    assert _titles(page) == meant


def test_how_the_query_was_understood_unfolds_and_a_word_is_taken_at_its_word(page: Chrome) -> None:
    _search(page, "стали")
    assert not page.find_element(By.CSS_SELECTOR, ".understood dl").is_displayed()
    _click(page, ".understood summary")
    told = page.find_element(By.CSS_SELECTOR, ".understood dl").text
    assert "сталь" in told
    assert "стать" in told
    _click(page, ".undo a")
    assert page.find_element(By.ID, "q").get_attribute("value") == "!стали"
    assert {mark.text.lower() for mark in page.find_elements(By.CSS_SELECTOR, ".hit mark")} == {"стали"}


def test_retellings_are_opened_and_left_again(page: Chrome) -> None:
    _search(page, "совещание металлургия")
    found = _titles(page)
    _click(page, ".meta a[href*='copies=']")
    opened = _titles(page)
    assert len(opened) > 1
    assert set(opened) & set(found)
    assert set(opened) - set(found)
    _click(page, ".chips a")
    assert _titles(page) == found


def test_where_nothing_is_found_a_way_leads_on(page: Chrome) -> None:
    _search(page, "«сталь абвгдеёжз»")
    assert "абвгдеёжз" in page.find_element(By.CSS_SELECTOR, ".advice").text
    for _ in range(2):
        if not _titles(page):
            _click(page, ".advice li a")
    assert _titles(page)


def test_an_order_is_explained_and_the_sum_is_that_of_its_parts(page: Chrome) -> None:
    _search(page, "министр сталь")
    _click(page, ".understood summary")
    _click(page, ".understood > p a")
    _click(page, ".why summary")
    figures = [float(cell.text.replace(",", ".")) for cell in page.find_elements(By.CSS_SELECTOR, ".why[open] .figure")]
    assert len(figures) >= 3
    assert sum(figures[:-1]) == pytest.approx(figures[-1], abs=0.002)


def test_home_leads_to_a_source_to_its_documents_and_to_one_of_them(page: Chrome) -> None:
    source = page.find_element(By.CSS_SELECTOR, ".facet .values a")
    name = source.text
    source.click()
    assert name in page.find_element(By.CSS_SELECTOR, ".chips").text
    _click(page, ".hit h2 a")
    assert name in page.find_element(By.CSS_SELECTOR, "article .meta").text


def test_an_example_of_the_help_is_tried(page: Chrome) -> None:
    _click(page, ".site a")
    example = page.find_element(By.CSS_SELECTOR, ".language td a")
    text = example.text
    example.click()
    assert page.find_element(By.ID, "q").get_attribute("value") == text
    assert _titles(page)


def test_the_language_is_changed_without_losing_the_search(page: Chrome) -> None:
    try:
        _search(page, "сталь")
        found = _titles(page)
        _click(page, ".languages a[hreflang=en]")
        assert page.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
        assert _titles(page) == found
    finally:
        page.delete_all_cookies()
