"""The pages in a real browser, as a reader uses them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from tests.web.conftest import PAGES, Running

_TEXTS = (
    "h1",
    ".hit h2 a",
    ".hit mark",
    ".meta",
    ".snippet",
    ".snippet mark",
    ".sorts a",
    ".count",
    "button",
    ".foot a",
)


def _width(browser: Chrome, pixels: int) -> None:
    metrics = {"width": pixels, "height": 700, "deviceScaleFactor": 1, "mobile": pixels < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


@pytest.fixture
def page(browser: Chrome) -> Iterator[Chrome]:
    """The browser at 1280 pixels, put back as it was afterwards."""
    _width(browser, 1280)
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def _search(page: Chrome, server: Running, text: str) -> None:
    page.get(server.address)
    page.find_element(By.NAME, "q").send_keys(text + Keys.ENTER)
    # A key only sets the browser going: the driver waits for a page it asked for itself, not for this one.
    WebDriverWait(page, 20).until(lambda browser: "/search?" in browser.current_url)
    WebDriverWait(page, 20).until(lambda browser: browser.execute_script("return document.readyState") == "complete")


def _marked(page: Chrome, where: str = "main") -> set[str]:
    return {mark.text.lower() for mark in page.find_elements(By.CSS_SELECTOR, f"{where} mark") if mark.text}


def test_typing_steel_marks_its_forms(page: Chrome, server: Running) -> None:
    _search(page, server, "сталь")
    marked = _marked(page)
    while following := page.find_elements(By.CSS_SELECTOR, "a[rel=next]"):
        following[0].click()
        marked |= _marked(page)
    assert {"стали", "сталью"} <= marked


def test_marks_are_bold_and_stand_out_from_the_page(page: Chrome, server: Running) -> None:
    _search(page, server, "сталь")
    style = "const s = getComputedStyle(document.querySelector('mark')); return [s.fontWeight, s.backgroundColor]"
    weight, ground = page.execute_script(style)
    assert int(weight) >= 700
    assert ground != page.execute_script("return getComputedStyle(document.documentElement).backgroundColor")


def test_every_function_works_without_javascript(page: Chrome, server: Running) -> None:
    page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    _width(page, 768)
    _search(page, server, "сталь")
    page.find_element(By.CSS_SELECTOR, ".understood summary").click()
    assert "сталь" in page.find_element(By.CSS_SELECTOR, ".understood dl").text
    page.find_element(By.CSS_SELECTOR, ".folded > summary").click()
    page.find_element(By.CSS_SELECTOR, "aside .values a").click()
    assert page.find_elements(By.CSS_SELECTOR, ".chips a")
    page.find_element(By.CSS_SELECTOR, ".chips a").click()
    assert not page.find_elements(By.CSS_SELECTOR, ".chips a")
    page.find_element(By.LINK_TEXT, "сначала новые").click()
    page.find_element(By.CSS_SELECTOR, ".hit h2 a").click()
    assert _marked(page, "article")


def test_arrows_lead_from_match_to_match(page: Chrome, server: Running) -> None:
    _search(page, server, "стали")
    links = [link.get_attribute("href") for link in page.find_elements(By.CSS_SELECTOR, ".hit h2 a")]
    for link in links:
        page.get(str(link))
        if len(page.find_elements(By.CSS_SELECTOR, ".text mark")) > 1:
            break
    page.find_element(By.CSS_SELECTOR, ".matches a").click()
    assert page.current_url.endswith("#m1")
    page.find_element(By.CSS_SELECTOR, "mark:target + .hop a:last-child").click()
    assert page.current_url.endswith("#m2")
    page.find_element(By.CSS_SELECTOR, "mark:target + .hop a:first-child").click()
    assert page.current_url.endswith("#m1")
    assert [hop.is_displayed() for hop in page.find_elements(By.CSS_SELECTOR, ".hop")].count(True) == 1


def test_a_printed_document_is_the_document_alone(page: Chrome, server: Running) -> None:
    page.get(f"{server.address}/search?q=сталь")
    page.find_element(By.CSS_SELECTOR, ".hit h2 a").click()
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        shown = {name: page.find_elements(By.CSS_SELECTOR, name) for name in ("h1", ".text", ".meta", ".id")}
        assert all(element.is_displayed() for found in shown.values() for element in found[:1])
        for name in (".top", ".foot", ".back", ".matches", ".similar"):
            assert not page.find_element(By.CSS_SELECTOR, name).is_displayed(), name
        ground = "return getComputedStyle(document.querySelector('.text mark')).backgroundColor"
        assert page.execute_script(ground) == "rgba(0, 0, 0, 0)"
    finally:
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_a_document_leads_to_those_most_like_it(page: Chrome, server: Running) -> None:
    page.get(f"{server.address}/search?q=домна")
    page.find_element(By.CSS_SELECTOR, ".hit h2 a").click()
    before = page.current_url
    links = page.find_elements(By.CSS_SELECTOR, ".similar a")
    assert len(links) == 5
    links[0].click()
    assert page.current_url != before
    assert page.find_element(By.CSS_SELECTOR, "article .text").text


def test_a_bar_of_the_timeline_can_be_clicked(page: Chrome, server: Running) -> None:
    _search(page, server, "год")
    before = page.find_element(By.TAG_NAME, "h1").text
    page.find_element(By.CSS_SELECTOR, ".bars a .reach").click()
    # The page may be the one before while it is looked at.
    patient = WebDriverWait(page, 20, ignored_exceptions=[StaleElementReferenceException])
    patient.until(lambda shown: shown.find_elements(By.CSS_SELECTOR, ".chips a"))
    assert patient.until(lambda shown: shown.find_element(By.TAG_NAME, "h1").text) != before


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pixels", [320, 768, 1440])
def test_no_page_scrolls_sideways(page: Chrome, server: Running, pixels: int, scheme: str) -> None:
    _width(page, pixels)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    page.get(f"{server.address}/search?q=год")
    document = str(page.find_element(By.CSS_SELECTOR, ".hit h2 a").get_attribute("href"))
    for path in (*PAGES, document.removeprefix(server.address)):
        page.get(server.address + path)
        assert page.execute_script("return document.documentElement.scrollWidth") <= pixels, path


def test_on_a_phone_the_filters_are_folded_above_the_hits(page: Chrome, server: Running) -> None:
    _width(page, 320)
    page.get(f"{server.address}/search?q=год")
    field = page.find_element(By.NAME, "from")
    assert not field.is_displayed()
    page.find_element(By.CSS_SELECTOR, ".folded > summary").click()
    assert field.is_displayed()
    first = page.find_element(By.CLASS_NAME, "hit")
    assert field.location["y"] < first.location["y"]


def test_the_keyboard_reaches_the_first_hit_by_the_skip_link(page: Chrome, server: Running) -> None:
    page.get(f"{server.address}/search?q=год")
    page.switch_to.active_element.send_keys(Keys.TAB)
    assert page.switch_to.active_element.get_attribute("class") == "skip"
    page.switch_to.active_element.send_keys(Keys.ENTER)
    page.switch_to.active_element.send_keys(Keys.TAB)
    assert page.switch_to.active_element.find_element(By.XPATH, "..").tag_name == "h2"


_KEYDOWN = (
    "document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, cancelable: true, ...arguments[0]}))"
)


@pytest.mark.parametrize(
    ("key", "focuses"),
    [
        ({"key": "/", "code": "Slash"}, True),
        ({"key": ".", "code": "Slash"}, True),
        ({"key": "/", "code": "Digit7", "shiftKey": True}, True),
        ({"key": "/", "code": "Slash", "ctrlKey": True}, False),
        ({"key": ".", "code": "Period"}, False),
    ],
)
def test_the_slash_of_any_layout_leads_to_the_box(
    page: Chrome, server: Running, key: dict[str, object], focuses: bool
) -> None:
    page.get(f"{server.address}/search?q=год")
    page.execute_script(_KEYDOWN, key)
    assert (page.switch_to.active_element.get_attribute("name") == "q") == focuses


def test_a_slash_typed_into_the_box_stays_there(page: Chrome, server: Running) -> None:
    page.get(f"{server.address}/help")
    page.switch_to.active_element.send_keys("/")
    box = page.switch_to.active_element
    box.send_keys("а/б")
    assert box.get_attribute("value") == "а/б"


def test_the_slash_can_be_switched_off_for_good(page: Chrome, server: Running) -> None:
    page.get(f"{server.address}/help")
    page.find_element(By.CSS_SELECTOR, "#slash input").click()
    page.refresh()
    try:
        assert not page.find_element(By.CSS_SELECTOR, "#slash input").is_selected()
        page.execute_script(_KEYDOWN, {"key": "/", "code": "Slash"})
        assert page.switch_to.active_element.tag_name == "body"
    finally:
        page.execute_script("localStorage.clear()")


def _contrast(page: Chrome, selector: str) -> float:
    """The contrast of text and ground as WCAG 2 defines it, of the first element that *selector* finds."""
    script = """
      const seen = document.querySelector(arguments[0]);
      let ground = seen;
      while (getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
      return [getComputedStyle(seen).color, getComputedStyle(ground).backgroundColor]"""
    return _ratio(*(_luminance(colour) for colour in page.execute_script(script, selector)))


def _luminance(colour: Any) -> float:
    channels = [int(part) / 255 for part in colour.removeprefix("rgb(").rstrip(")").split(",")]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _ratio(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_by_four_and_a_half(page: Chrome, server: Running, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    page.get(f"{server.address}/search?q=сталь&tag=экономика")
    page.get(f"{server.address}/search?q=сталь")
    for selector in _TEXTS:
        assert _contrast(page, selector) >= 4.5, selector
