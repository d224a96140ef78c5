"""Generations of an index: built aside, published by one atomic rename, kept, rolled back, verified, collected.

    INDEX/CURRENT         the name of the published generation; replaced by rename, never written in place
    INDEX/000017/         one generation: files that never change, and manifest.json that names and checks each of them
    INDEX/building-*/     a draft; a writer that stops removes it, what a killed one left the next one removes
    INDEX/write.lock      held by the OS for the one writer, so that kill -9 releases it
    INDEX/writer.json     who holds it, for the message to the second

A crash at any moment leaves CURRENT naming a complete generation. Knows nothing of documents or engines. Decision 003.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock
import orjson
import xxhash

from index.errors import IndexBusy, IndexDamaged, IndexFault, NoIndex

__all__ = ["Draft", "Generation", "Store", "checksum", "faults"]

# Two to roll back to: one for the run that went wrong, one for the run before anybody noticed.
KEPT = 3
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Generation:
    """One complete state of the index. ``versions`` tells what made it (analysis, format, code)."""

    name: str
    folder: Path
    created: dt.datetime
    documents: int
    versions: Mapping[str, str]
    files: Mapping[str, Mapping[str, Any]]


class Store:
    """The folder of an index. Reading needs no lock; ``writing`` holds the one writer's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def pointer(self) -> Path:
        """The file that names the published generation; it is replaced whenever another is published."""
        return self.folder / "CURRENT"

    def current(self) -> Generation:
        """The published generation. Raises NoIndex when there is none, IndexDamaged when it cannot be read."""
        try:
            name = self.pointer.read_text("ascii").strip()
        except FileNotFoundError:
            hint = f"Run: python reindex.py DOCUMENTS --index {self.folder}"
            raise NoIndex(f"No index in {self.folder}. {hint}") from None
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"{self.pointer}: {error}") from error
        return self.read(name)

    def read(self, name: str) -> Generation:
        """The generation of that *name*. Raises IndexDamaged when its manifest is missing or cannot be understood."""
        folder = self.folder / name
        try:
            data = orjson.loads((folder / _MANIFEST).read_bytes())
            created = dt.datetime.fromisoformat(data["created"])
            documents, versions, files = int(data["documents"]), dict(data["versions"]), dict(data["files"])
            return Generation(name, folder, created, documents, versions, files)
        except (OSError, ValueError, KeyError, TypeError) as error:
            hint = f"Run: python reindex.py --rollback --index {self.folder}"
            raise IndexDamaged(f"{folder / _MANIFEST}: {error}. {hint}") from error

    def names(self) -> list[str]:
        """Names of all kept generations, oldest first, complete or not."""
        with contextlib.suppress(FileNotFoundError):
            return sorted(path.name for path in self.folder.iterdir() if path.name.isdecimal() and path.is_dir())
        return []

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the writer's lock; no draft is there before nor after, however the writer ends.

        Raises IndexBusy naming who has it, IndexFault when something can't be written: no right, no room.
        """
        note = self.folder / "writer.json"
        try:
            # A stack: a signal that comes while one thing is put away does not keep the others from it.
            with self._locked(), contextlib.ExitStack() as leaving:
                leaving.callback(note.unlink, missing_ok=True)
                leaving.callback(self._sweep)
                started = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
                note.write_bytes(orjson.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": started}))
                self._sweep()
                yield
        except OSError as error:
            what = f"{error.strerror}: {error.filename}" if error.filename else error.strerror or error
            hint = "What is published stays as it is; put that right and run again"
            raise IndexFault(f"Cannot write the index folder {self.folder}: {what}. {hint}") from error

    def begin(self, base: Generation | None, *, previous: Generation | None = None) -> Draft:
        """A new draft on top of *base*; *previous*, by default the base, is what it may learn from.

        The writer's lock must be held.
        """
        number = 1 + max((int(name) for name in self.names()), default=0)
        folder = self.folder / f"building-{number:06d}"
        folder.mkdir()
        return Draft(self, f"{number:06d}", folder, base, previous or base)

    def publish(self, name: str) -> None:
        """Makes *name* the current generation: durable and atomic."""
        fresh = self.folder / "CURRENT.new"
        fresh.write_text(f"{name}\n", "ascii")
        _sync(fresh)
        fresh.replace(self.pointer)
        _sync(self.folder)

    def rollback(self) -> Generation:
        """Publishes the newest readable generation older than the current one. Raises NoIndex when there is none."""
        try:
            current = self.pointer.read_text("ascii").strip()
        except FileNotFoundError:
            raise NoIndex(f"No index in {self.folder}") from None
        for name in reversed([name for name in self.names() if name < current]):
            with contextlib.suppress(IndexDamaged):
                generation = self.read(name)
                self.publish(name)
                return generation
        raise NoIndex(f"No generation before {current} in {self.folder}")

    def collect(self, published: str) -> None:
        """Removes all but *published* and the newest others, KEPT in all."""
        others = [name for name in self.names() if name != published]
        for name in others[: -(KEPT - 1)]:
            shutil.rmtree(self.folder / name, ignore_errors=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(self.folder / "write.lock", timeout=0)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise IndexBusy(f"{self.folder} is being written by {self._holder()}. Wait for it or stop it.") from None
        try:
            yield
        finally:
            lock.release()

    def _sweep(self) -> None:
        """Removes drafts, whose writers were killed or did not come to it."""
        for path in self.folder.glob("building-*"):
            shutil.rmtree(path)

    def _holder(self) -> str:
        try:
            holder = orjson.loads((self.folder / "writer.json").read_bytes())
            return f"process {holder['pid']} on {holder['host']} since {holder['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"


class Draft:
    """A generation being built in ``folder``, invisible to readers until ``publish``.

    ``base`` is what it continues, None when it is made anew; ``previous`` may be read even then, for what an earlier
    run found out.
    """

    def __init__(
        self, store: Store, name: str, folder: Path, base: Generation | None, previous: Generation | None
    ) -> None:
        self.name = name
        self.folder = folder
        self.base = base
        self.previous = previous
        self.versions: dict[str, str] = {}
        self._store = store
        self._inherited: dict[str, Mapping[str, Any]] = {}

    def inherit(self, filename: str) -> None:
        """Takes over a file of the base unchanged: a hard link, or a copy where the file system has none."""
        if self.base is None:
            raise ValueError(f"{filename}: a draft without a base inherits nothing")
        source, target = self.base.folder / filename, self.folder / filename
        try:
            os.link(source, target)
        except FileNotFoundError:
            raise IndexDamaged(f"{source} is missing. Run: python reindex.py --verify") from None
        except OSError:
            shutil.copyfile(source, target)
            _sync(target)
        self._inherited[filename] = self.base.files[filename]

    def publish(self, *, documents: int, versions: Mapping[str, str]) -> Generation:
        """Syncs every file, writes the manifest, publishes by rename, collects old generations.

        *versions* are the engine's, joined to those in ``self.versions``, which build.py sets.
        """
        created = dt.datetime.now(dt.UTC)
        files = {path.name: self._described(path) for path in sorted(self.folder.iterdir())}
        manifest = {
            "created": created.isoformat(timespec="seconds"),
            "documents": documents,
            "versions": {**self.versions, **versions},
            "files": files,
        }
        (self.folder / _MANIFEST).write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        _sync(self.folder / _MANIFEST)
        _sync(self.folder)
        final = self._store.folder / self.name
        self.folder.rename(final)
        _sync(self._store.folder)
        self._store.publish(self.name)
        self._store.collect(self.name)
        return self._store.read(self.name)

    def abort(self) -> None:
        """Removes the draft; harmless after ``publish`` and a second time."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _described(self, path: Path) -> Mapping[str, Any]:
        if path.name in self._inherited:
            return self._inherited[path.name]
        _sync(path)
        return {"bytes": path.stat().st_size, "xxh3": checksum(path)}


def faults(generation: Generation) -> list[str]:
    """What is wrong with the files of *generation*, a line each; reads every byte. Empty when all is well."""
    found = []
    for name, entry in generation.files.items():
        path = generation.folder / name
        if not path.is_file():
            found.append(f"{path}: missing")
        elif path.stat().st_size != entry["bytes"]:
            found.append(f"{path}: {path.stat().st_size} bytes, {entry['bytes']} were published")
        elif checksum(path) != entry["xxh3"]:
            found.append(f"{path}: changed since it was published (checksum)")
    return found


def checksum(path: Path) -> str:
    """xxh3 of the file's bytes, as hex; reads 1 MiB at a time."""
    hasher = xxhash.xxh3_128()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            hasher.update(chunk)
    return hasher.hexdigest()


def _sync(path: Path) -> None:
    """fsync of a file or a folder: the rename that follows must not overtake the data."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
