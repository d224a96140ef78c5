"""Everything a page offers, by Tab, Shift, Enter and Space alone, and the eye always knows where one is."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.web.conftest import Running

# More stops than any page has: who does not arrive by then never will.
_FAR = 150


@pytest.fixture(params=[320, 1280])
def page(request: pytest.FixtureRequest, browser: Chrome) -> Iterator[Chrome]:
    """The browser as narrow as a phone, and wide."""
    metrics = {"width": request.param, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def _press(page: Chrome, *keys: str) -> None:
    ActionChains(page).send_keys(*keys).perform()


def _tab_to(page: Chrome, selector: str) -> WebElement:
    """Goes on with Tab to the first element that *selector* finds; it must be seen to have the focus."""
    for _ in range(_FAR):
        _press(page, Keys.TAB)
        reached = page.switch_to.active_element
        if page.execute_script("return arguments[0].matches(arguments[1])", reached, selector):
            outline = page.execute_script(
                "const s = getComputedStyle(arguments[0]); return [s.outlineStyle, parseFloat(s.outlineWidth)]", reached
            )
            assert outline[0] != "none", selector
            assert outline[1] >= 2, selector
            return reached
    pytest.fail(f"Tab never comes to {selector}")


def _follow(page: Chrome, selector: str) -> dict[str, list[str]]:
    """Tabs to a link and enters it; the parameters of the page it leads to."""
    before = page.current_url
    _tab_to(page, selector)
    _press(page, Keys.ENTER)
    WebDriverWait(page, 20).until(lambda shown: shown.current_url != before)
    WebDriverWait(page, 20).until(lambda shown: shown.execute_script("return document.readyState") == "complete")
    return parse_qs(urlsplit(page.current_url).query)


def _open(page: Chrome, selector: str) -> None:
    """Unfolds a disclosure unless it stands open, as filters do on a wide page."""
    if page.find_element(By.CSS_SELECTOR, selector).is_displayed():
        _tab_to(page, selector)
        _press(page, Keys.SPACE)


def test_a_reader_with_a_keyboard_searches_narrows_sorts_and_pages(page: Chrome, server: Running) -> None:
    page.get(server.address)
    _press(page, "год", Keys.ENTER)
    WebDriverWait(page, 20).until(lambda shown: shown.find_elements(By.CLASS_NAME, "hit"))
    _open(page, ".understood > summary")
    assert page.find_element(By.CSS_SELECTOR, ".understood dl").is_displayed()
    assert _follow(page, ".summary .sorts a:nth-child(2)")["sort"] == ["-date"]
    _open(page, ".folded > summary")
    narrowed = _follow(page, ".facet .values a")
    assert "source" in narrowed
    assert "source" not in _follow(page, ".chips a")
    _open(page, ".tabular > summary")
    assert "from" in _follow(page, ".tabular a")
    assert "from" not in _follow(page, ".chips a")
    assert _follow(page, "a[rel=next]")["page"] == ["2"]
    assert _follow(page, ".sizes a:last-child")["size"] == ["50"]


def test_a_reader_with_a_keyboard_goes_from_match_to_match(page: Chrome, server: Running) -> None:
    page.get(f"{server.address}/search?q=стали&sort=-date")
    links = [str(link.get_attribute("href")) for link in page.find_elements(By.CSS_SELECTOR, ".hit h2 a")]
    for link in links:
        page.get(link)
        if len(page.find_elements(By.CSS_SELECTOR, ".text mark")) > 1:
            break
    _follow(page, ".matches a")
    assert page.current_url.endswith("#m1")
    _follow(page, "mark:target + .hop a:last-child")
    assert page.current_url.endswith("#m2")
    assert "q" in _follow(page, ".back a") or page.current_url.startswith(f"{server.address}/search")


def test_a_date_is_typed_into_the_filter(page: Chrome, server: Running) -> None:
    page.get(f"{server.address}/search?q=год")
    _open(page, ".folded > summary")
    _tab_to(page, "#from")
    # The same in every order of day and month that a browser may have.
    _press(page, "01012025")
    assert _follow(page, ".dates button")["from"] == ["2025-01-01"]
