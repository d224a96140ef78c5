"""Threads of a server take their memory from one place."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from tests.web.conftest import ROOT

# malloc_info(3) tells of every arena that there is.
COUNT_ARENAS = """
import ctypes, sys, threading
from web.memory import in_one_arena

if sys.argv[1] == "one":
    in_one_arena()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.fdopen.restype = ctypes.c_void_p
together = threading.Barrier(4)

def work():
    libc.malloc(10_000)
    together.wait()

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""


def _arenas(which: str) -> int:
    command = [sys.executable, "-c", COUNT_ARENAS, which]
    # An operator may have set it for all programs.
    own = {name: value for name, value in os.environ.items() if name not in ("MALLOC_ARENA_MAX", "GLIBC_TUNABLES")}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=own)
    return done.stdout.count("<heap nr")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_all_threads_share_one_arena() -> None:
    assert _arenas("one") == 1 < _arenas("as it is")
