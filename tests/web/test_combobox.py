"""Suggestions under the query box, in a real browser: the editable combobox of WAI-ARIA's Authoring Practices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.web.conftest import Running
from tests.web.test_accessible import faults


@pytest.fixture(params=[320, 1280])
def page(request: pytest.FixtureRequest, browser: Chrome, server: Running) -> Iterator[Chrome]:
    """The page of help, where the box is not in focus, on a phone and on a wide screen."""
    metrics = {"width": request.param, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(f"{server.address}/help")
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def _type(page: Chrome, text: str) -> WebElement:
    box = page.find_element(By.ID, "q")
    box.send_keys(text)
    WebDriverWait(page, 20).until(lambda shown: shown.find_element(By.ID, "suggestions").is_displayed())
    return box


def _options(page: Chrome) -> list[WebElement]:
    return page.find_elements(By.CSS_SELECTOR, "#suggestions [role=option]")


def _active(page: Chrome, box: WebElement) -> str | None:
    """The text of the option that assistive technology is told of."""
    told = box.get_attribute("aria-activedescendant")
    return page.find_element(By.ID, told).get_attribute("data-text") if told else None


def test_typing_shows_suggestions_with_how_many_documents_each_finds(page: Chrome) -> None:
    box = _type(page, "метал")
    assert box.get_attribute("aria-expanded") == "true"
    assert page.switch_to.active_element == box
    texts = [str(option.get_attribute("data-text")) for option in _options(page)]
    assert texts
    assert all(text.startswith("метал") for text in texts)
    assert all(int(option.find_element(By.CLASS_NAME, "count").text) > 0 for option in _options(page))
    assert not faults(page)
    assert page.execute_script("return document.documentElement.scrollWidth <= innerWidth")


def test_arrows_walk_through_the_list_and_past_its_end_back_to_what_was_typed(page: Chrome) -> None:
    box = _type(page, "метал")
    texts = [option.get_attribute("data-text") for option in _options(page)]
    for text in texts:
        box.send_keys(Keys.ARROW_DOWN)
        assert box.get_attribute("value") == _active(page, box) == text
    box.send_keys(Keys.ARROW_DOWN)
    assert (box.get_attribute("value"), _active(page, box)) == ("метал", None)
    box.send_keys(Keys.ARROW_UP)
    assert box.get_attribute("value") == texts[-1]
    selected = [option.get_attribute("aria-selected") for option in _options(page)]
    assert selected == ["false"] * (len(texts) - 1) + ["true"]


def test_escape_closes_the_list_and_gives_back_what_was_typed(page: Chrome) -> None:
    box = _type(page, "метал")
    box.send_keys(Keys.ARROW_DOWN, Keys.ESCAPE)
    assert not page.find_element(By.ID, "suggestions").is_displayed()
    assert (box.get_attribute("value"), box.get_attribute("aria-expanded")) == ("метал", "false")


@pytest.mark.parametrize("by", ["keyboard", "mouse"])
def test_a_suggestion_that_is_chosen_is_searched_for(page: Chrome, by: str) -> None:
    box = _type(page, "метал")
    wanted = _options(page)[0].get_attribute("data-text")
    if by == "keyboard":
        box.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    else:
        ActionChains(page).click(_options(page)[0]).perform()
    WebDriverWait(page, 20).until(lambda shown: shown.find_elements(By.CLASS_NAME, "hit"))
    assert page.find_element(By.ID, "q").get_attribute("value") == wanted


def test_leaving_the_box_closes_the_list(page: Chrome) -> None:
    _type(page, "метал").send_keys(Keys.TAB)
    assert not page.find_element(By.ID, "suggestions").is_displayed()
