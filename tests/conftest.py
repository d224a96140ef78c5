"""What many tests need: the real browser and the large archive, or a reason to skip."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchDriverException
from selenium.webdriver.chrome.service import Service

from tools import browser as finder

ROOT = Path(__file__).resolve().parent.parent

# Taken out of the environment: commands started by tests would read it as a setting, and it is none.
_DATA = Path(os.environ.pop("SLOVO_DATA", ROOT.parent / "shared" / "data"))

# No test measures time, and a busy machine must not make one fail.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")

# No sandbox: it refuses to run as root, and only our own pages are opened. The rest keeps it from calling home.
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
    "--accept-lang=ru",
)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """A headless Chrome with an empty profile, one for the whole run."""
    found = finder.find()
    if found is None:
        pytest.skip(os.environ.get("BROWSER_MISSING") or "no Chrome or Chromium found; `make test` brings Debian's")
    options = webdriver.ChromeOptions()
    options.binary_location = found.binary
    for flag in (*_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    try:
        # A driver given by path keeps Selenium from looking for one on the network.
        driver = webdriver.Chrome(options=options, service=Service(found.driver) if found.driver else Service())
    except NoSuchDriverException as error:
        pytest.skip(f"{found.binary} has no chromedriver, and Selenium could not bring one: {error.msg}")
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the large archive and its queries; $SLOVO_DATA names another place."""
    if not (_DATA / "news.jsonl.xz").is_file():
        pytest.skip(f"no news.jsonl.xz in {_DATA}; SLOVO_DATA names the folder that has it")
    return _DATA
