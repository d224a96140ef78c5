"""Finds a Chrome and its driver for the browser tests; run as a script, it first brings Debian's when it may.

Prints one line on stdout when there is none, with the reason; nothing when there is. Never fails: a machine without a
browser still runs every other test, and those that need one are skipped with this reason.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# Debian's first: its browser and driver are of one version, which a mixed pair need not be.
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC_APPS = ("Google Chrome", "Chromium", "Google Chrome for Testing")
_PACKAGES = ("chromium", "chromium-driver")
_NAMED = " ".join(_PACKAGES)


@dataclass(frozen=True, slots=True)
class Browser:
    """Paths of a browser and of its chromedriver; without a driver Selenium brings the one that fits."""

    binary: str
    driver: str | None


def find() -> Browser | None:
    """The first Chrome or Chromium of PATH, then of macOS's applications; None when there is none."""
    apps = (f"/Applications/{name}.app/Contents/MacOS/{name}" for name in _MAC_APPS)
    for binary in (*map(shutil.which, _NAMES), *apps):
        if binary and Path(binary).exists():
            return Browser(binary, shutil.which("chromedriver"))
    return None


def _on_debian() -> bool:
    # Not its derivatives: Ubuntu's package of this name only sends one to a snap.
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def _apt_get(*arguments: str) -> str:
    """Why apt-get failed, in its own words; empty when it did not."""
    command = ["apt-get", "-qq", "-o", "Acquire::Retries=2", "-o", "DPkg::Lock::Timeout=300", *arguments]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
    except OSError as error:
        return f"{command[0]}: {error.strerror}"
    if not done.returncode:
        return ""
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    # The first error is the cause; those after it follow from it.
    return next((line for line in lines if line.startswith("E:")), lines[-1] if lines else "no reason given")


def bring() -> str:
    """Install Debian's browser and driver where they are missing; the reason when there is no browser afterwards."""
    found = find()
    if found and found.driver:
        return ""
    failure = ""
    if _on_debian() and os.geteuid() == 0:
        print(f"Installing {_NAMED} for the browser tests", file=sys.stderr, flush=True)
        # Tried even with stale lists: one dead source must not keep another's package away. If that fails too, the
        # lists are the cause to name.
        stale = _apt_get("-o", "APT::Update::Error-Mode=any", "update")
        failure = _apt_get("install", "--yes", "--no-install-recommends", *_PACKAGES)
        failure = failure and (stale or failure)
        found = find()
    if found:
        return ""
    remedy = f"apt-get could not install one ({failure})" if failure else f"on Debian: apt-get install {_NAMED}"
    return f"no Chrome or Chromium found; {remedy}"


if __name__ == "__main__":
    missing = bring()
    if missing:
        print(f"The browser tests will be skipped: {missing}", file=sys.stderr)
        print(missing)
