"""Settings, read once at an entry point and passed in: slovo.toml < SLOVO_* variables < options.

An unknown key is an error that names the nearest one: a setting that is silently ignored is worse than none.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from index.errors import SettingsError

__all__ = ["Settings", "load"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. Paths in slovo.toml are relative to the file, elsewhere to the working folder.

    ``jobs`` 0 means one process for each core. ``memory_mb`` bounds what the writer keeps before it spills to disk.
    ``origins`` are sites whose scripts may read the JSON («https://news.example»). ``rate`` is how many requests an
    address may make in a minute, 0 for any; ``proxies`` how many reverse proxies stand in front and are believed when
    they say whose request it is. ``log`` of requests is "none", "text" or "json"; faults are logged always.
    The ``max_`` ones bound what one query may cost: its characters, its words, how deep its brackets nest, how many
    forms a pattern or a fuzzy word may stand for, and the seconds after which what was found by then is answered.
    """

    index: Path = Path("var/index")
    sources: tuple[Path, ...] = ()
    lexicons: tuple[Path, ...] = ()
    engine: str = "whoosh"
    jobs: int = 0
    memory_mb: int = 1024
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    origins: tuple[str, ...] = ()
    rate: int = 600
    proxies: int = 0
    log: str = "none"
    max_characters: int = 4_000
    max_words: int = 256
    max_depth: int = 24
    max_forms: int = 50_000
    max_seconds: int = 3


def load(
    *, file: Path | None = None, environ: Mapping[str, str] | None = None, options: Mapping[str, object] | None = None
) -> Settings:
    """The settings in force. *file* defaults to $SLOVO_CONFIG or slovo.toml of the working folder, which may be absent.

    *options* whose value is None were not given. Raises SettingsError naming the key, the value and where it stood.
    """
    environ = os.environ if environ is None else environ
    named = file or (Path(environ["SLOVO_CONFIG"]) if "SLOVO_CONFIG" in environ else None)
    found = _from_file(named or Path("slovo.toml"), required=named is not None)
    for name, text in environ.items():
        if name.startswith("SLOVO_") and name not in ("SLOVO_CONFIG", "SLOVO_DATA"):
            key = _known(name.removeprefix("SLOVO_").lower(), where=f"variable {name}")
            found[key] = _typed(key, text, where=f"variable {name}", base=Path())
    for key, value in (options or {}).items():
        if value is not None:
            found[key] = _typed(_known(key, where="options"), value, where=f"option --{key}", base=Path())
    return Settings(**found)  # type: ignore[arg-type]  # _typed has made each value of its field's type


def _from_file(path: Path, *, required: bool) -> dict[str, object]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if required:
            raise SettingsError(f"{path}: no such settings file") from None
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}") from error
    where = str(path)
    return {
        _known(key, where=where): _typed(key, value, where=where, base=path.parent) for key, value in content.items()
    }


def _known(key: str, *, where: str) -> str:
    names = [field.name for field in dataclasses.fields(Settings)]
    if key in names:
        return key
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}"
    raise SettingsError(f"{where}: unknown setting {key!r}; {hint}")


def _typed(key: str, value: object, *, where: str, base: Path) -> object:
    default = getattr(Settings(), key)
    try:
        if isinstance(default, int):
            return _whole(value)
        if isinstance(default, Path):
            return base / str(value)
        if isinstance(default, tuple):
            # Addresses have colons of their own.
            items = value.split(None if key == "origins" else os.pathsep) if isinstance(value, str) else value
            if not isinstance(items, list | tuple):
                raise ValueError("a list is wanted")
            return tuple(str(item) if key == "origins" else base / str(item) for item in items)
        if key == "log" and value not in ("none", "text", "json"):
            raise ValueError("none, text or json is wanted")
    except ValueError as error:
        raise SettingsError(f"{where}: {key} = {value!r}: {error}") from None
    return str(value)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not str(value).lstrip("-").isdigit() or int(str(value)) < 0:
        raise ValueError("a whole number from 0 is wanted")
    return int(str(value))
