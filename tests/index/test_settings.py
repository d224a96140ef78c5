"""Settings come from one place each, and a wrong one is never ignored."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import SettingsError
from index.settings import Settings, load


def write(folder: Path, text: str) -> Path:
    path = folder / "slovo.toml"
    path.write_text(text, "utf-8")
    return path


def test_an_option_wins_over_a_variable_and_a_variable_over_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, 'port = 1\nhost = "file"\nengine = "whoosh"\n')
    environ = {"SLOVO_PORT": "2", "SLOVO_HOST": "variable"}
    found = load(file=file, environ=environ, options={"port": 3, "host": None})
    assert (found.port, found.host, found.engine) == (3, "variable", "whoosh")


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(environ={}) == Settings()


def test_paths_of_the_file_are_relative_to_it(tmp_path: Path) -> None:
    found = load(file=write(tmp_path, 'index = "there"\nsources = ["news", "/abs"]\n'), environ={})
    assert found.index == tmp_path / "there"
    assert found.sources == (tmp_path / "news", Path("/abs"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1", "unknown setting 'prot'; did you mean 'port'"),
        ('port = "many"', "port = 'many': a whole number from 0 is wanted"),
        ("port = true", "port = True: a whole number"),
        ("sources = 5", "sources = 5: a list is wanted"),
        ("port = ", "slovo.toml"),
    ],
)
def test_a_wrong_setting_is_an_error_with_the_file_and_the_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load(file=write(tmp_path, text), environ={})


def test_an_unknown_variable_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(SettingsError, match="variable SLOVO_PROT: unknown setting 'prot'; did you mean 'port'"):
        load(environ={"SLOVO_PROT": "1"})


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such settings file"):
        load(file=tmp_path / "none.toml", environ={})
