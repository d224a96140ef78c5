"""What the memory of a server's processes costs: as much as may be is shared, and the rest has few holes."""

from __future__ import annotations

import ctypes
import gc

__all__ = ["in_one_arena", "keep_shared"]

# malloc.h of glibc.
_M_ARENA_MAX = -8


def in_one_arena() -> None:
    """Has all threads take their memory from one place; to be called before there are any.

    glibc gives each its own, with holes of its own: 25 MB of 205 that a worker had for itself after 5,000 answers. They
    hardly ever want some at the same time, as one of them has the interpreter: answers take the same time.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other systems have other allocators
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def keep_shared() -> None:
    """Takes what is loaded by now out of garbage collection: workers share it as long as nobody writes to it.

    An answer makes thousands of objects that die with it, few in circles: collections found next to nothing, and the
    longest made one answer in two thousand wait 0.3 s. So they are rarer too.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
