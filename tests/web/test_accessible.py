"""Every page by WCAG 2.2 AA as far as a program can tell (axe-core, in the real browser)."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from urllib.parse import quote

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.web.conftest import PAGES, Running

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def _axe() -> str:
    # The package is for another browser library and is not imported: its script is all that is wanted.
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0], "axe.min.js").read_text("utf-8")


def faults(page: Chrome) -> list[str]:
    """What axe-core objects to on *page* as it stands."""
    page.execute_script(_axe())
    found = page.execute_async_script(
        "axe.run(document, arguments[0]).then(arguments[1], error => arguments[1]({error: String(error)}))", _RULES
    )
    assert found.get("passes"), found
    return [f"{fault['id']}: {node['html'][:200]}" for fault in found["violations"] for node in fault["nodes"]]


def _paths(page: Chrome, server: Running) -> list[str]:
    page.get(f"{server.address}/search?q={quote('сталь')}")
    document = str(page.find_element(By.CSS_SELECTOR, ".hit h2 a").get_attribute("href"))
    return [*PAGES, document.removeprefix(server.address)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pixels", [320, 1280])
def test_axe_finds_nothing_on_any_page(browser: Chrome, server: Running, pixels: int, scheme: str) -> None:
    metrics = {"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": pixels < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        for path in _paths(browser, server):
            browser.get(server.address + path)
            # What is folded is a part of the page too.
            browser.execute_script("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert not faults(browser), path
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_axe_sees_a_fault_when_there_is_one(browser: Chrome, server: Running) -> None:
    browser.get(server.address + "/help")
    browser.execute_script("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=/x><p>')")
    assert any(fault.startswith("image-alt") for fault in faults(browser))
