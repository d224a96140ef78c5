"""Vocabularies that corrections are tried on: a few words, the sample archive, the large archive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.text import Analyzer
from tests.correct.words import CountedWords, archive_words, counted

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(__file__).resolve().parent


def rows(name: str) -> list[list[str]]:
    """The lines of a table beside this file, without its comments."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    return Analyzer()


@pytest.fixture(scope="session")
def sample(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> CountedWords:
    """The words of the sample archive's plain files."""
    return counted(_sample_texts(), tmp_path_factory.mktemp("words") / "sample", analyzer)


@pytest.fixture(scope="session")
def archive(shared_data: Path, analyzer: Analyzer) -> CountedWords:
    """The words of the large archive."""
    return archive_words(shared_data / "news.jsonl.xz", analyzer)


def _sample_texts() -> Iterator[str]:
    for line in (ROOT / "sample" / "agency.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["title"] + "\n" + json.loads(line)["text"]
    for path in sorted((ROOT / "sample").glob("*/*.txt")):
        content = path.read_bytes()
        # Two of them are in older encodings; the analysis of their words is not what is tried here.
        yield content.decode("utf-8", "ignore")
