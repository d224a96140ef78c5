"""The configuration that docs/operations.md gives for nginx, tried with a real nginx where there is one."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.web.conftest import ROOT, Running

_GUIDE = (ROOT / "docs" / "operations.md").read_text("utf-8")
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@pytest.fixture(scope="module")
def proxied(index_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of nginx before a server that believes one proxy."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/opt/homebrew/bin")
    if nginx is None:
        pytest.skip("no nginx here; on Debian: apt-get install nginx-light")
    folder = tmp_path_factory.mktemp("nginx")
    running = Running("--index", str(index_folder), environment={"SLOVO_PROXIES": "1", "SLOVO_RATE": "500"})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    (folder / "nginx.conf").write_text(_configuration(folder, running.address, port), "utf-8")
    process = subprocess.Popen([nginx, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"])
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
        running.stop()


def _configuration(folder: Path, server: str, port: int) -> str:
    """That of the guide, with other addresses and without the certificate that nobody has here."""
    (given,) = re.findall(r"(?ms)^    upstream slovo \{.*?^    \}\n    server \{.*?^    \}\n", _GUIDE)
    given = textwrap.dedent(given).replace("127.0.0.1:8000", server.removeprefix("http://"))
    given = given.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    temporary = "".join(f"{name}_temp_path {folder}/{name};\n" for name in _TEMPORARY)
    process = f"daemon off;\nmaster_process off;\npid {folder}/pid;\nevents {{}}\n"
    return f"{process}http {{\naccess_log off;\n{temporary}{given}}}\n"


def _wait(port: int) -> None:
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)


def _get(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def test_pages_and_json_come_through_packed_and_with_their_own_id(proxied: str) -> None:
    for path in ("/", f"/search?q={quote('сталь')}", f"/api/v1/search?q={quote('сталь')}"):
        status, headers, body = _get(proxied + path, **{"Accept-Encoding": "gzip", "X-Request-ID": "forged"})
        assert status == 200
        assert (headers["Content-Encoding"], body[:2]) == ("gzip", b"\x1f\x8b")
        assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-ID"])
        again, _, rest = _get(proxied + path, **{"If-None-Match": headers["ETag"]})
        assert (again, rest) == (304, b"")


def test_a_query_as_long_as_may_be_comes_through(proxied: str) -> None:
    assert _get(f"{proxied}/api/v1/search?q={quote('сталь ' * 170)}")[0] == 200


def test_addresses_in_feeds_are_those_of_the_proxy(proxied: str) -> None:
    body = _get(f"{proxied}/opensearch.xml")[2].decode()
    host = proxied.removeprefix("http://").partition(":")[0]
    assert f"http://{host}/search?q=" in body


def test_an_export_is_streamed_whole(proxied: str) -> None:
    status, _, body = _get(f"{proxied}/export.ndjson")
    assert status == 200
    assert body.count(b"\n") >= 100


def test_what_is_for_operators_is_not_for_everyone(proxied: str) -> None:
    assert [_get(proxied + path)[0] for path in ("/metrics", "/readyz", "/healthz", "/status")] == [403, 403, 200, 200]


def test_readers_behind_the_proxy_are_counted_by_their_own_address(proxied: str) -> None:
    """This machine is never counted, and it is who the proxy saw, whatever the reader writes into the header."""
    status, headers, _ = _get(f"{proxied}/help", **{"X-Forwarded-For": "192.0.2.1"})
    assert status == 200
    assert "X-RateLimit-Limit" not in headers
