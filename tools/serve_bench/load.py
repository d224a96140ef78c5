"""Asks a running server over many connections and times each answer: ``python -m tools.serve_bench.load ADDRESS …``.

A process of its own, so that neither its memory nor its work is the server's. Prints one line of JSON. A connection
asks one question after the other and is kept alive; with one connection nothing waits for anything else.
"""

from __future__ import annotations

import itertools
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from io import BufferedReader
from pathlib import Path
from urllib.parse import quote, urlsplit

import click

__all__ = ["Load", "addresses", "ask"]

# Of failures only the first are told; thousands say no more.
_TOLD = 5
_TIMEOUT = 30


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured: milliseconds from the request to the last byte, requests a second over all connections."""

    asked: int
    failed: int
    told: tuple[str, ...]
    seconds: float
    p50: float
    p95: float
    p99: float
    most: float

    def __str__(self) -> str:
        return f"p50 {self.p50:.1f}, p95 {self.p95:.1f}, p99 {self.p99:.1f}, most {self.most:.1f} ms"

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.asked / self.seconds if self.seconds else 0.0


def ask(
    address: str, paths: Iterator[str], *, connections: int, check: Callable[[str, bytes], str | None] | None = None
) -> Load:
    """Asks for each of *paths* at ``http://host:port``; *check* says what is wrong with a path's body of status 200.

    An answer that does not come, or of another status, is a failure.
    """
    spent: list[float] = []
    failures: list[str] = []
    lock = threading.Lock()

    def work() -> None:
        connection = _Connection(address)
        while True:
            with lock:
                path = next(paths, None)
            if path is None:
                return connection.close()
            began = time.perf_counter()
            fault = _fault(connection, path, check)
            with lock:
                spent.append(time.perf_counter() - began)
                if fault:
                    failures.append(f"{path}: {fault}")

    threads = [threading.Thread(target=work) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _told(spent, failures, time.perf_counter() - began)


class _Connection:
    """A connection that is kept, and opened anew when it was closed; of the headers it reads what it needs.

    http.client makes objects of them: half a millisecond an answer, which would pass for the server's.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._socket: socket.socket | None = None
        self._answers: BufferedReader

    def get(self, path: str) -> tuple[int, bytes]:
        """The status of *path* and its body. Raises OSError, ValueError or IndexError when that is no answer."""
        if self._socket is None:
            self._socket = socket.create_connection((self._host, self._port), _TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._answers = self._socket.makefile("rb")
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n\r\n".encode("ascii"))
        status, length, closes = self._line().split(b" ", 2)[1], b"", False
        while line := self._line():
            name, _, value = line.lower().partition(b":")
            length = value if name == b"content-length" else length
            closes |= name == b"connection" and value.strip() == b"close"
        body = self._answers.read(int(length))
        if len(body) < int(length):
            raise ConnectionError("the answer ends early")
        if closes:
            self.close()
        return int(status), body

    def _line(self) -> bytes:
        line = self._answers.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the answer ends early")
        return line[:-2]

    def close(self) -> None:
        """Ends it; the next question opens another."""
        if self._socket is not None:
            self._answers.close()
            self._socket.close()
            self._socket = None


def _fault(connection: _Connection, path: str, check: Callable[[str, bytes], str | None] | None) -> str | None:
    try:
        status, body = connection.get(path)
    except (OSError, ValueError, IndexError) as error:
        connection.close()
        return repr(error)
    if status != HTTPStatus.OK:
        return f"status {status}"
    return check(path, body) if check else None


def _told(spent: list[float], failures: list[str], seconds: float) -> Load:
    spent.sort()
    places = (len(spent) * share // 100 for share in (50, 95, 99))
    p50, p95, p99 = (spent[place] * 1000 for place in places)
    return Load(len(spent), len(failures), tuple(failures[:_TOLD]), seconds, p50, p95, p99, spent[-1] * 1000)


def addresses(route: str, queries: Sequence[str]) -> list[str]:
    """The path of each query."""
    return [f"{route}?q={quote(query, safe='')}" for query in queries]


@click.command()
@click.argument("address")
@click.option("--route", default="/api/v1/search", help="Where to ask.")
@click.option("--queries", type=click.Path(path_type=Path), required=True, help="A query a line, behind a tab if any.")
@click.option("--skip", default=0, help="Queries to leave out at the beginning.")
@click.option("--requests", default=1_000, help="How many to ask; queries are begun anew when they end.")
@click.option("--connections", default=1, help="How many at the same time.")
def main(address: str, route: str, queries: Path, skip: int, requests: int, connections: int) -> None:
    """Put ADDRESS under load."""
    lines = queries.read_text("utf-8").splitlines()
    paths = addresses(route, [line.rpartition("\t")[2] for line in lines if line.strip()])
    load = ask(address, itertools.islice(itertools.cycle(paths), skip, skip + requests), connections=connections)
    json.dump(asdict(load), sys.stdout)


if __name__ == "__main__":
    main()
