"""The load that servers are measured under counts what came and what did not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tools.serve_bench.load import Load, ask

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"
LAST = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody"


@contextmanager
def _answering(*answers: bytes, each: bool) -> Iterator[str]:
    """A server of *answers* in turn, over connections that it closes behind the last, or behind *each*."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            left = list(answers)
            while left:
                with listener.accept()[0] as client:
                    while left and client.recv(65_536):
                        client.sendall(left.pop(0))
                        if each:
                            break

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(timeout=10)


def _load(*answers: bytes, each: bool = False, right: bytes = b"body") -> Load:
    with _answering(*answers, each=each) as address:
        paths = iter(["/"] * len(answers))
        return ask(address, paths, connections=1, check=lambda _, body: None if body == right else "wrong")


def test_whole_answers_over_one_connection_are_no_failures() -> None:
    found = _load(WHOLE, WHOLE)
    assert (found.asked, found.failed) == (2, 0)


def test_a_connection_that_is_closed_as_told_is_opened_anew() -> None:
    assert _load(LAST, LAST, each=True).failed == 0


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "status 500"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody", "ends early"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "ends early"),
        (b"HTTP/1.1 200 OK\r\n\r\nbody", "ValueError"),
        (b"no answer\r\n\r\n", "ValueError"),
        (b"", "ends early"),
    ],
)
def test_anything_else_is_a_failure_that_is_told(answer: bytes, told: str) -> None:
    found = _load(answer, each=True)
    assert (found.asked, found.failed) == (1, 1)
    assert told in found.told[0]


def test_a_body_that_is_not_what_it_should_be_is_a_failure() -> None:
    assert _load(WHOLE, right=b"another").told == ("/: wrong",)
