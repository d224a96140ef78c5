"""The server process as an operator starts, watches and stops it."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import orjson
import psutil

from tests.web.conftest import ROOT, Running, clean, reindex


def _start(*options: str) -> tuple[int, str]:
    """Exit status and stderr of a server that cannot start."""
    command = [sys.executable, "-m", "web", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=clean(), timeout=120)
    return done.returncode, done.stderr


def _get(address: str) -> dict[str, object]:
    with urllib.request.urlopen(address) as response:
        found = json.load(response)
    assert isinstance(found, dict)
    return found


def _assert_one_helpful_line(status: int, errors: str, *, about: str) -> None:
    assert status == 2
    assert errors.count("\n") == 1
    assert about in errors


def test_it_prints_its_address_and_answers_there(server: Running) -> None:
    assert server.address.startswith("http://127.0.0.1:")
    assert _get(f"{server.address}/readyz")["status"] == "ready"


def test_without_an_index_it_makes_one_of_the_sample_archive(tmp_path: Path) -> None:
    running = Running("--index", str(tmp_path / "index"))
    try:
        documents = _get(f"{running.address}/readyz")["documents"]
        assert isinstance(documents, int)
        assert documents >= 100
    finally:
        running.stop()


def test_a_busy_port_is_one_line_that_says_what_to_do(index_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, errors = _start("--port", port, "--index", str(index_folder))
    _assert_one_helpful_line(status, errors, about=f"SLOVO_PORT={int(port) + 1}")


def test_an_impossible_port_or_host_is_one_line(index_folder: Path) -> None:
    for option, value in (("--port", "99999"), ("--host", "no.such.host.invalid"), ("--host", "192.0.2.1")):
        status, errors = _start(option, value, "--index", str(index_folder))
        _assert_one_helpful_line(status, errors, about="SLOVO_")


def test_an_index_folder_that_cannot_be_made_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    status, errors = _start("--port", "0", "--index", str(tmp_path / "file" / "index"))
    assert status == 2
    assert "Traceback" not in errors
    assert str(tmp_path / "file") in errors.splitlines()[-1]


def test_an_unknown_setting_is_one_line_that_names_the_nearest() -> None:
    command = [sys.executable, "-m", "web"]
    environment = {**clean(), "SLOVO_PROT": "1"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    _assert_one_helpful_line(done.returncode, done.stderr, about="'port'")


def test_a_damaged_index_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text("000042\n")
    _assert_one_helpful_line(*_start("--port", "0", "--index", str(tmp_path)), about="000042")


def test_an_index_of_another_version_is_one_line(index_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(index_folder, tmp_path / "index")
    manifest = next((tmp_path / "index").glob("*/manifest.json"))
    content = orjson.loads(manifest.read_bytes())
    content["versions"]["analysis"] = "of another day"
    manifest.write_bytes(orjson.dumps(content))
    _assert_one_helpful_line(*_start("--port", "0", "--index", str(tmp_path / "index")), about="of another day")


def test_sigterm_stops_it_quietly(index_folder: Path) -> None:
    assert Running("--index", str(index_folder), "--workers", "2").stop() == (0, "")


def test_a_request_line_beyond_the_limit_is_refused(server: Running) -> None:
    host, _, port = server.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET /search?q=" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: slovo\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 4")


def test_clients_that_do_not_close_hold_up_no_one(server: Running) -> None:
    host, _, port = server.address.removeprefix("http://").partition(":")
    asked = b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with contextlib.ExitStack() as held:
        clients = [held.enter_context(socket.create_connection((host, int(port)))) for _ in range(6)]
        for client in clients:
            client.sendall(asked)
        # What follows the last request is never read, and its answer is whole nevertheless.
        clients[0].sendall(b"GET /readyz HTTP/1.1\r\n" * 1_000)
        started = time.monotonic()
        for _ in range(3):
            assert _get(f"{server.address}/readyz")["status"] == "ready"
        # One after the other they took 12 s.
        assert time.monotonic() - started < 6
        for client in clients:
            answer = b"".join(iter(lambda: client.recv(65_536), b""))  # noqa: B023  # called here
            assert answer.startswith(b"HTTP/1.1 200")
            assert orjson.loads(answer.partition(b"\r\n\r\n")[2])["status"] == "ready"


def test_clients_that_ask_without_pause_hold_up_no_one(server: Running) -> None:
    port = int(server.address.rpartition(":")[2])
    stop = threading.Event()
    told: list[int] = []

    def hammer() -> None:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as client:
            asked = 0
            while not stop.is_set():
                client.request("GET", "/readyz")
                assert client.getresponse().read()
                asked += 1
            told.append(asked)

    # More than there are threads, so that some wait for one whatever the others do.
    clients = [threading.Thread(target=hammer) for _ in range(12)]
    for client in clients:
        client.start()
    for _ in range(10):
        assert _get(f"{server.address}/readyz")["status"] == "ready"
    stop.set()
    for client in clients:
        client.join()
    assert len(told) == 12
    assert all(told)


def test_connections_that_come_together_are_shared_among_workers(index_folder: Path) -> None:
    running = Running("--index", str(index_folder), "--workers", "2")
    try:
        shares = [_shares(running) for _ in range(30)]
    finally:
        running.stop()
    # The second worker may begin later than the first answers, and whoever is quicker is up to the machine.
    shared = [share for share in shares[10:] if len(share) == 2 and min(share)]
    assert len(shared) >= 15, shares


def _shares(running: Running) -> list[int]:
    """How many of four connections that were opened at once each worker has taken."""
    port = int(running.address.rpartition(":")[2])
    with contextlib.ExitStack() as held:
        clients = [http.client.HTTPConnection("127.0.0.1", port) for _ in range(4)]
        for client in clients:
            held.callback(client.close)
            client.connect()
        for client in clients:
            client.request("GET", "/readyz")
        for client in clients:
            assert client.getresponse().read()
        taken = [worker.net_connections() for worker in psutil.Process(running.process.pid).children()]
    return [sum(each.status == psutil.CONN_ESTABLISHED for each in own) for own in taken]


def test_an_address_with_letters_as_they_are_is_understood(server: Running) -> None:
    asked = "GET /api/v1/search?q=сталь&size=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", int(server.address.rpartition(":")[2]))) as connection:
        connection.sendall(asked.encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 200")
    assert orjson.loads(answer.partition(b"\r\n\r\n")[2])["query"]["text"] == "сталь"


def test_a_new_generation_shows_while_no_request_fails(tmp_path: Path) -> None:
    archive, folder = tmp_path / "archive.jsonl", tmp_path / "index"
    archive.write_bytes(orjson.dumps({"id": "1", "text": "Сталь."}))
    reindex(archive, folder)
    running = Running("--index", str(folder), "--workers", "2")
    done, failures, answers = threading.Event(), [], 0

    def ask() -> None:
        nonlocal answers
        while not done.is_set():
            try:
                _get(f"{running.address}/api/v1/search?q=%D1%81%D1%82%D0%B0%D0%BB%D1%8C")
                answers += 1
            except OSError as error:
                failures.append(error)

    reader = threading.Thread(target=ask)
    reader.start()
    try:
        archive.write_bytes(b"\n".join(orjson.dumps({"id": str(n), "text": "Сталь."}) for n in range(5)))
        reindex(archive, folder)
        while _get(f"{running.address}/readyz")["documents"] != 5:
            time.sleep(0.05)
    finally:
        done.set()
        reader.join()
        running.stop()
    assert not failures
    assert answers


# As systemd does it: the socket is descriptor 3, and the process is told that it is meant.
_PASS_ON = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


def _activated(held: socket.socket, index_folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _PASS_ON, str(held.fileno()), "-m", "web", "--index", str(index_folder)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=clean(),
        pass_fds=[held.fileno()],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_restart_with_the_port_held_for_it_refuses_no_one(index_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        address = f"http://127.0.0.1:{held.getsockname()[1]}/readyz"
        done, failures, answers = threading.Event(), [], 0

        def ask() -> None:
            nonlocal answers
            while not done.is_set():
                try:
                    _get(address)
                    answers += 1
                except OSError as error:
                    failures.append(error)

        first = _activated(held, index_folder)
        assert first.stdout is not None
        assert first.stdout.readline().strip() == f"Slovo: {address.removesuffix('/readyz')}"
        readers = [threading.Thread(target=ask) for _ in range(4)]
        for reader in readers:
            reader.start()
        first.terminate()
        first.communicate()
        before = answers
        second = _activated(held, index_folder)
        try:
            while answers < before + 20 and not failures:
                time.sleep(0.05)
        finally:
            done.set()
            for reader in readers:
                reader.join()
            second.terminate()
            second.communicate()
    assert not failures
    assert (first.returncode, second.returncode) == (0, 0)


# The server stops while its worker, just forked, attends to no signal yet.
_STOPPED_AS_IT_FORKS = """
import os, signal, time
from flask import Flask
from web.server import Server, listen

class Stopped(Server):
    def load_config(self):
        super().load_config()
        self.cfg.set("post_fork", lambda _arbiter, _worker: stop())

def stop():
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(1)

Stopped(lambda: Flask("slovo"), listener=listen("127.0.0.1", 0), workers=1, ready=lambda: None).run()
"""


def test_a_worker_that_is_told_to_stop_as_it_forks_does_not_go_on() -> None:
    command = [sys.executable, "-c", _STOPPED_AS_IT_FORKS]
    # One that goes on is killed 20 seconds later.
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=clean(), timeout=15)
    assert (done.returncode, done.stderr) == (0, "")
