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

__all__ = ["add_row", "bits_set", "byte_at", "carray", "compiled", "float_at", "floats_from", "inlined", "int32_at"]
__all__ += ["int64s_from", "leading_zeros", "prefetch", "times_row", "trailing_zeros", "uint16_at", "uint32_at"]
__all__ += ["uint64_at"]

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


def inlined(function: F) -> F:
    """*function* for a compiled one of the same folder, whose code it becomes part of.

    A call counts the references of every array it is given, 5 ns each, at its beginning and at its end.
    """
    return cast(F, numba.njit(nogil=True, inline="always")(function))


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
uint16_at = _loading(ir.IntType(16), types.uint64, "zext")
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


_PAIR = ir.VectorType(ir.FloatType(), 2)


def _row(context: Any, builder: Any, signature: Any, arguments: Any, at: int) -> Any:
    """The pointer to a row of an array (argument *at*; the next is the row's number) that has two floats in each."""
    rows = context.make_array(signature.args[at])(context, builder, arguments[at]).data
    return builder.gep(builder.bitcast(rows, _PAIR.as_pointer()), [arguments[at + 1]])


def _add_row(_context: Any, sums: Any, _one: Any, adds: Any, _other: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, by = (_row(context, builder, signature, arguments, at) for at in (0, 2))
        total = builder.fadd(builder.load(to, align=4), builder.load(by, align=4))
        builder.store(total, to, align=4)
        return context.get_dummy_value()

    return types.void(sums, types.uint64, adds, types.uint64), generate


def _times_row(_context: Any, sums: Any, _one: Any, norms: Any, _other: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        one, other = (builder.load(_row(context, builder, signature, arguments, at), align=4) for at in (0, 2))
        product = builder.fmul(one, other)
        first, second = (builder.extract_element(product, ir.Constant(ir.IntType(32), at)) for at in (0, 1))
        return builder.fadd(first, second)

    return types.float32(sums, types.uint64, norms, types.uint64), generate


# Of arrays of float32 with two numbers in a row, unchecked: add_row(sums, i, adds, j) adds row j of the one to row i of
# the other, both numbers at once; times_row(sums, i, norms, j) is the sum of their products. numba does each number by
# itself, and multiplies to know where a row lies: a fifth of the time of adding up postings.
add_row: Callable[[Any, Any, Any, Any], None] = cast(Any, intrinsic)(_add_row)
times_row: Callable[[Any, Any, Any, Any], Any] = cast(Any, intrinsic)(_times_row)
