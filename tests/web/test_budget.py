"""What a page costs to load, as the browser counts it: one host, and few bytes."""

from __future__ import annotations

from urllib.parse import urlsplit

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.web.conftest import PAGES, Running

_MOST = 60_000
_LOADED = """
  const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  return all.map(each => [each.name, each.transferSize])"""


def test_a_page_with_everything_is_under_sixty_kilobytes_and_from_one_host(browser: Chrome, server: Running) -> None:
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
    try:
        browser.get(f"{server.address}/search?q=год&size=25")
        document = str(browser.find_element(By.CSS_SELECTOR, ".hit h2 a").get_attribute("href"))
        for path in (*PAGES, "/search?q=год&size=50", document.removeprefix(server.address)):
            browser.get(server.address + path)
            loaded = browser.execute_script(_LOADED)
            assert len(loaded) >= 3, path
            assert all(size for _, size in loaded), "without sizes this would count nothing"
            assert {urlsplit(name).netloc for name, _ in loaded} == {urlsplit(server.address).netloc}, path
            assert sum(size for _, size in loaded) < _MOST, path
    finally:
        browser.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": False})
        browser.execute_cdp_cmd("Network.disable", {})
