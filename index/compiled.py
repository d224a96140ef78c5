"""Compiles a loop with numba and keeps the machine code between runs. Decision 040 says why and what it costs.

The code is kept in __pycache__ beside the source, else in the user's cache folder ($NUMBA_CACHE_DIR names another);
where neither can be written, each process compiles anew. It is thrown away when this file or one of the function's
folder changed: compiled functions call only those of modules beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

__all__ = ["bits_set", "byte_at", "carray", "compiled", "float_at", "floats_from", "int32_at", "int64s_from"]
__all__ += ["leading_zeros", "prefetch", "trailing_zeros", "uint32_at", "uint64_at"]

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """*function* as machine code that other threads run beside it: it must touch nothing but its arguments."""
    try:
        dispatcher = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:
        # No folder to keep the code in.
        return cast(F, numba.njit(nogil=True)(function))
    # numba looks at the function's own file only, though the code of what it calls is in it too.
    file = cast(Any, dispatcher)._cache._cache_file
    file._source_stamp = _stamp(Path(function.__code__.co_filename).parent)
    return cast(F, dispatcher)


@cache
def _stamp(folder: Path) -> tuple[tuple[str, float, int], ...]:
    """Changes with every file that a compiled function of *folder* may have code from."""
    stats = ((path.name, path.stat()) for path in (Path(__file__), *sorted(folder.glob("*.py"))))
    return tuple((name, stat.st_mtime, stat.st_size) for name, stat in stats)


def _trailing_zeros(_context: Any, _value: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, True))

    return types.uint64(types.uint64), generate


# trailing_zeros(x: uint64) -> uint64, one instruction; x must not be 0. In Python there is none.
trailing_zeros: Callable[[Any], Any] = cast(Any, intrinsic)(_trailing_zeros)


def _leading_zeros(_context: Any, _value: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], context.get_constant(types.boolean, False))

    return types.uint64(types.uint64), generate


# leading_zeros(x: uint64) -> uint64, one instruction; 64 for 0.
leading_zeros: Callable[[Any], Any] = cast(Any, intrinsic)(_leading_zeros)


def _bits_set(_context: Any, _value: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


# bits_set(x: uint64) -> uint64, one instruction.
bits_set: Callable[[Any], Any] = cast(Any, intrinsic)(_bits_set)


def _prefetch(_context: Any, _address: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        shape = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = builder.module.declare_intrinsic("llvm.prefetch", [byte], shape)
        # To read, into the nearest cache, data.
        builder.call(function, [builder.inttoptr(arguments[0], byte), number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(types.uint64), generate


# prefetch(address: uint64): what lies there will be read soon. Harmless wherever it points.
prefetch: Callable[[Any], None] = cast(Any, intrinsic)(_prefetch)


def _loading(kind: ir.Type, result: Any, widen: str = "") -> Callable[[Any], Any]:
    def load(_context: Any, _address: Any) -> Any:
        def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            value = builder.load(builder.inttoptr(arguments[0], kind.as_pointer()), align=1)
            return getattr(builder, widen)(value, ir.IntType(64)) if widen else value

        return result(types.uint64), generate

    return cast(Callable[[Any], Any], cast(Any, intrinsic)(load))


# What lies at an address (uint64), unchecked. Whoever passes an array to a compiled function pays for counting its
# references, 5 ns a call, more than a posting costs; an address is a mere number (``array.ctypes.data``).
byte_at = _loading(ir.IntType(8), types.uint64, "zext")
int32_at = _loading(ir.IntType(32), types.int64, "sext")
uint32_at = _loading(ir.IntType(32), types.uint64, "zext")
uint64_at = _loading(ir.IntType(64), types.uint64)
float_at = _loading(ir.FloatType(), types.float32)


def _pointing(kind: Any) -> Callable[[Any], Any]:
    def point(_context: Any, _address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return cast(Any, types).CPointer(kind)(types.uint64), generate

    return cast(Callable[[Any], Any], cast(Any, intrinsic)(point))


# An address as ``carray`` wants it, which makes an array of so many numbers there that somebody else must keep.
floats_from, int64s_from = _pointing(types.float32), _pointing(types.int64)
carray: Callable[..., Any] = cast(Any, numba).carray
