"""Serves the application by gunicorn: worker processes with threads, each with a service of its own.

The port is taken by the caller before anything slow is done, and handed over: a busy one is told of at once. Or systemd
holds it (deploy/slovo.socket): then who connects between one process and the next waits and is not refused. A service
is opened after the fork, since its threads would not survive one.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, MutableMapping
from concurrent.futures import Future
from functools import partial
from selectors import EVENT_READ
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import TConn, ThreadWorker

from index.errors import SettingsError

__all__ = ["Server", "counted_together", "listen", "passed_on"]

# Answering takes the interpreter for itself; threads only keep slow readers of answers from holding up the others.
_THREADS = 8
# The most gunicorn takes; a query of a thousand Cyrillic letters is 6,000 characters escaped.
_REQUEST_LINE = 8_190
_GRACE_SECONDS = 20
_COUNTS = "PROMETHEUS_MULTIPROC_DIR"
# How long a thread waits for the next request of its client, unless others wait for a thread: a program on the same
# machine sends it within a millisecond.
_FOLLOWS_SECONDS = 0.005
# How long a worker lets others be quicker to a new connection, for each that it has, and at most.
_YIELD_SECONDS, _YIELDS = 0.000_25, 4
# How long a client may take to close what it was told is closed.
_LINGER_SECONDS = 2.0
_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
# The first descriptor that systemd passes on (sd_listen_fds(3)).
_PASSED = 3


class _Request(Request):
    """Takes an address with letters as they are («?q=сталь»): so do people type it for curl, and old links have it.

    The standard wants them escaped, and gunicorn refuses what is not.
    """

    def parse_request_line(self, line_bytes: bytes) -> None:
        """Reads the line after escaping what is not ASCII."""
        escaped = re.sub(rb"[\x80-\xff]", lambda byte: b"%%%02X" % byte[0][0], line_bytes)
        super().parse_request_line(escaped)


class _Worker(ThreadWorker):
    """Hears what it was told since its fork, and waits for no client alone.

    gunicorn's own closes a connection where it accepts the others: four clients that kept theirs open behind the last
    answer kept everybody waiting for 8 s, and a dozen would have had a worker that stops killed.
    """

    def init_signals(self) -> None:
        """Attends to signals, first to those that have come."""
        super().init_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)

    def accept(self, listener: socket.socket) -> None:
        """Takes a new connection, unless a worker that has fewer was quicker.

        All hear of it at once. Without this the first to wake took four that came together, and kept them while others
        idled: two workers answered no more than one.
        """
        if self.cfg.workers > 1 and self.nr_conns:
            time.sleep(_YIELD_SECONDS * min(self.nr_conns, _YIELDS))
        super().accept(listener)

    def handle(self, conn: TConn) -> Any:
        """Answers a request, and those that its client sends right behind; whether the connection is kept.

        Handing a connection back to the thread that watches all, and over to another, takes a twentieth of an answer.
        """
        kept = super().handle(conn)
        while kept is True and self._goes_on(conn):
            kept = super().handle(conn)
        return kept

    def _goes_on(self, conn: TConn) -> bool:
        """Whether the client sends more, or closes, before anybody else needs this thread."""
        in_threads = self.nr_conns - len(self.keepalived_conns) - len(self.pending_conns)
        if not self.alive or in_threads > _THREADS:
            return False
        conn.sock.settimeout(_FOLLOWS_SECONDS)
        try:
            conn.sock.recv(1, socket.MSG_PEEK)
        except OSError:  # it is silent, or gone
            return False
        return True

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """What becomes of a connection behind a request: it is kept for the next one, or let go."""
        answered = not fs.cancelled() and not fs.exception()
        if answered and (not fs.result() or self._is_silent(conn)):
            self._let_go(conn)
        else:
            super().finish_request(conn, fs)

    def _is_silent(self, conn: TConn) -> bool:
        """Whether a worker that stops has waited for a first request long enough."""
        return not self.alive and conn.parser is None

    def _let_go(self, conn: TConn) -> None:
        """Says that no more will be sent. Closed at once, with something unread, it would be reset, its answer lost."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, partial(self._drain, conn))
        except (OSError, ValueError):  # it is closed
            self._close(conn)
            return
        # Those that are waited for; murder_pending closes them when their time is over.
        conn.timeout = time.monotonic() + _LINGER_SECONDS
        self.pending_conns.append(conn)

    def _drain(self, conn: TConn, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if client.recv(65_536):
                return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        self._close(conn)

    def _close(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()


class _Arbiter(Arbiter):
    """Loses no signal to a worker that is not yet attending to any.

    Until then a worker has the handlers of its parent, which only put a signal down. One that was told to stop in these
    milliseconds went on answering until it was killed, 20 s later, and whoever it was answering got a reset.
    """

    def spawn_worker(self) -> int:
        """The new worker's process; it begins with the signals to stop held back."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
        try:
            return int(super().spawn_worker())
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)


class Server(BaseApplication):
    """gunicorn with our settings and no file, variable or option of its own.

    *make* makes the application of one worker, in it; *ready* is called when signals and requests are attended to.
    """

    def __init__(
        self, make: Callable[[], Flask], *, listener: socket.socket, workers: int, ready: Callable[[], None]
    ) -> None:
        self._make = make
        self._ready = ready
        self._listener = listener
        self._workers = max(1, workers)
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": f"fd://{self._listener.fileno()}",
            "workers": self._workers,
            "worker_class": _Worker,
            # The one in C, where it is installed, would not ask _Request.
            "http_parser": "python",
            "threads": _THREADS,
            "limit_request_line": _REQUEST_LINE,
            "graceful_timeout": _GRACE_SECONDS,
            "loglevel": "warning",
            "child_exit": lambda _arbiter, worker: _forget(worker.pid),
            "when_ready": lambda _arbiter: self._ready(),
            "proc_name": "slovo",
            # It would put a socket in the user's home.
            "control_socket_disable": True,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)
        RequestParser.mesg_class = _Request

    def load(self) -> Any:  # the types of gunicorn want a dictionary wider than WSGI's
        """The application of one worker; called in it."""
        return self._make()

    def run(self) -> None:
        """Serves until SIGTERM (requests in flight end first) or SIGINT."""
        _Arbiter(self).run()


@contextlib.contextmanager
def counted_together() -> Iterator[None]:
    """A folder in which the workers keep their counts for each other; gone when the server ends."""
    folder, owner = tempfile.mkdtemp(prefix="slovo-metrics-"), os.getpid()
    os.environ[_COUNTS] = folder
    try:
        yield
    finally:
        # Workers leave through here too, while others still count.
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)


def _forget(pid: int) -> None:
    from prometheus_client import multiprocess  # late, as in web/watching.py

    if _COUNTS in os.environ:
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]  # untyped in the library


def passed_on(environ: MutableMapping[str, str]) -> socket.socket | None:
    """The listening socket that systemd opened for this process, if it did; *environ* then forgets that."""
    if environ.get("LISTEN_PID") != str(os.getpid()) or environ.get("LISTEN_FDS") != "1":
        return None
    # gunicorn would take it for one more.
    del environ["LISTEN_PID"], environ["LISTEN_FDS"]
    return socket.socket(fileno=_PASSED)


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to *host* and *port*, 0 for any free one. Raises SettingsError saying what to change."""
    if not 0 <= port <= 65_535:
        # getaddrinfo would take it, and the remainder of it for the port.
        raise SettingsError(f"there is no port {port}; choose one up to 65535: SLOVO_PORT=8080")
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen()
    except PermissionError:
        raise SettingsError(f"port {port} needs more rights than you have; choose another: SLOVO_PORT=8080") from None
    except socket.gaierror:
        raise SettingsError(f"host {host!r} is not known here; try SLOVO_HOST=127.0.0.1") from None
    except OSError as error:
        raise SettingsError(
            f"port {port} of {host} cannot be used ({error.strerror}); choose another: SLOVO_PORT={port + 1}"
        ) from None
    return bound
