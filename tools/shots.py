"""``make shots``: pictures of the pages over sample/, at three widths, light and dark, in docs/shots/.

Few colours and no alpha keep a picture under 150 KB. The archive is the sample, so that they can be shown anywhere.
"""

from __future__ import annotations

import base64
import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from tools import browser as finder

_ROOT = Path(__file__).resolve().parent.parent
_SHOTS = _ROOT / "docs" / "shots"
_PAGES = {
    "home": "/",
    "search": f"/search?q={quote('сталь')}",
    "corrected": f"/search?q={quote('cnfkm РК')}",
    "nothing": f"/search?q={quote('сталь абвгдеёжз')}",
    "help": "/help",
    "api": "/api",
    "status": "/status",
}
# What a reader would have opened to see what the picture is to show.
_OPENED = {"corrected": ".understood"}
_WIDTHS = (320, 768, 1440)
_SCHEMES = ("light", "dark")
# A first screen and a little of what follows; of the whole page on a phone the end would be all that is seen.
_TALLEST = 1600
# The octree keeps the paper its colour; cutting by coverage made it white.
_COLOURS = 96
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--accept-lang=ru",
)


def main() -> int:
    """Writes every picture; exit status 2 when there is no browser."""
    found = finder.find()
    if found is None:
        print("No Chrome or Chromium found; `make test` brings Debian's.", file=sys.stderr)
        return 2
    _SHOTS.mkdir(parents=True, exist_ok=True)
    with _served() as address, _driven(found) as browser:
        pages = {**_PAGES, "document": _first_document(browser, address + _PAGES["search"])}
        for name, path in pages.items():
            for scheme in _SCHEMES:
                for width in _WIDTHS:
                    shot = _SHOTS / f"{name}-{width}-{scheme}.png"
                    shot.write_bytes(_picture(browser, address + path, width, scheme, _OPENED.get(name)))
                    print(f"{shot.relative_to(_ROOT)} {shot.stat().st_size // 1000} KB")
    return 0


@contextmanager
def _served() -> Iterator[str]:
    """The address of a server over an index of sample/ that is thrown away afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "web", "--port", "0", "--index", f"{folder}/index"]
        with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            yield server.stdout.readline().rpartition(" ")[2].strip()
            server.terminate()


@contextmanager
def _driven(found: finder.Browser) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = found.binary
    for flag in _FLAGS:
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(found.driver) if found.driver else Service())
    try:
        yield driver
    finally:
        driver.quit()


def _first_document(browser: webdriver.Chrome, address: str) -> str:
    browser.get(address)
    link = str(browser.find_element(By.CSS_SELECTOR, ".hit h2 a").get_attribute("href"))
    return "/" + link.split("/", 3)[3]


def _picture(browser: webdriver.Chrome, address: str, width: int, scheme: str, opened: str | None) -> bytes:
    """A PNG of the page as high as it is, at most *_TALLEST* pixels; *opened* is a disclosure to unfold."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.get(address)
    if opened:
        browser.find_element(By.CSS_SELECTOR, f"{opened} > summary").click()
    height = min(_TALLEST, int(browser.execute_script("return document.documentElement.scrollHeight")))
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True})
    with Image.open(io.BytesIO(base64.b64decode(shot["data"]))) as picture:
        few = picture.convert("RGB").quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    few.save(packed, "PNG", optimize=True)
    return packed.getvalue()


if __name__ == "__main__":
    sys.exit(main())
