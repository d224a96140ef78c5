"""What one application holds: its service, its counts, and a mark of its own code for validators. Made once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import xxhash
from flask import Flask, current_app

from search.service import Service

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

__all__ = ["State", "fingerprint", "install", "state"]

_NAME = "slovo"


@dataclass(frozen=True, slots=True)
class State:
    """``build`` changes with any file of this package: a page cached before an update must not pass for a fresh one.

    ``counts`` are the requests of this process; those of all workers are put together when they are asked for.
    """

    service: Service
    build: str
    counts: CollectorRegistry


def install(app: Flask, service: Service, counts: CollectorRegistry) -> None:
    """Gives *app* its state."""
    app.extensions[_NAME] = State(service, fingerprint(Path(__file__).parent), counts)


def state() -> State:
    """That of the application at work."""
    found: State = current_app.extensions[_NAME]
    return found


def fingerprint(folder: Path) -> str:
    """16 hexadecimal digits over the contents of every source, template and style in *folder*."""
    hasher = xxhash.xxh3_64()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in (".pyc", ".mo"):
            hasher.update(path.name.encode() + b"\0" + path.read_bytes())
    return hasher.hexdigest()
