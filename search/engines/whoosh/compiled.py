"""Compiles a loop with numba and keeps the machine code between runs. Decision 040 says why and what it costs.

The code is kept in __pycache__ beside the source, else in the user's cache folder ($NUMBA_CACHE_DIR names another);
where neither can be written, each process compiles anew. numba sees only that the file itself changed: compiled
functions never call those of another module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

__all__ = ["byte_at", "compiled", "int32_at", "trailing_zeros"]

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """*function* as machine code that other threads run beside it: it must touch nothing but its arguments."""
    try:
        return cast(F, numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:
        # No folder to keep the code in.
        return cast(F, numba.njit(nogil=True)(function))


def _trailing_zeros(_context: Any, _value: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, True))

    return types.uint64(types.uint64), generate


# trailing_zeros(x: uint64) -> uint64, one instruction; x must not be 0. In Python there is none.
trailing_zeros: Callable[[Any], Any] = cast(Any, intrinsic)(_trailing_zeros)


def _loading(bits: int, result: Any) -> Callable[[Any], Any]:
    def load(_context: Any, _address: Any) -> Any:
        def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            pointer = builder.inttoptr(arguments[0], ir.IntType(bits).as_pointer())
            return builder.zext(builder.load(pointer), ir.IntType(64))

        return result(types.uint64), generate

    return cast(Callable[[Any], Any], cast(Any, intrinsic)(load))


# What lies at an address (uint64), not negative, unchecked. Whoever passes an array to a compiled function pays for
# counting its references, 5 ns a call, more than a posting costs; an address is a mere number (``array.ctypes.data``).
byte_at = _loading(8, types.uint64)
int32_at = _loading(32, types.int64)
