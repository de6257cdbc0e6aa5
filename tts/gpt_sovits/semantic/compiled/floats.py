"""Arithmetic that numba has no fast form of: bfloat16, and an exponential that runs on whole vectors."""

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils

from tts.gpt_sovits.semantic.compiled.compiling import VECTOR, compiled, in_llvm

LANES = 16
I16, I32, I64, F32 = ir.IntType(16), ir.IntType(32), ir.IntType(64), ir.FloatType()
NUMBERS = ir.VectorType(F32, LANES)
FUSED = ("contract",)
"""Products may be added without rounding in between."""


@in_llvm
def scores_of_tile(typing_context, query, keys, head_dim, scores):
    """Products of a query, float32 [head_dim], with keys, bfloat16 [head_dim, LANES]; writes float32 [LANES].

    All but head_dim are addresses; head_dim is even.
    """
    signature = types.void(types.uintp, types.uintp, types.intp, types.uintp)

    def generate(context, builder, signature, arguments):
        query, keys, head_dim, scores = arguments
        # Two sums, since one addition waits for the one before.
        totals = [cgutils.alloca_once_value(builder, ir.Constant(NUMBERS, [0.0] * LANES)) for _ in range(2)]
        with cgutils.for_range_slice(builder, ir.Constant(I64, 0), head_dim, ir.Constant(I64, 2)) as (first, _):
            for index, total in enumerate(totals):
                channel = builder.add(first, ir.Constant(I64, index))
                factor = _everywhere(builder, _load(builder, query, channel, 4, F32))
                key = _load_bfloat16(builder, keys, builder.mul(channel, ir.Constant(I64, LANES)))
                _add_product(builder, total, factor, key)
        _store(builder, scores, ir.Constant(I64, 0), builder.fadd(*map(builder.load, totals)))
        return context.get_dummy_value()

    return signature, generate


@in_llvm
def add_tile(typing_context, weights, values, head_dim, sums):
    """Add to sums, float32 [head_dim], values, bfloat16 [LANES, head_dim], by weights, float32 [LANES].

    All but head_dim are addresses; head_dim is a multiple of LANES.
    """
    signature = types.void(types.uintp, types.uintp, types.intp, types.uintp)

    def generate(context, builder, signature, arguments):
        weights, values, head_dim, sums = arguments
        total = cgutils.alloca_once(builder, NUMBERS)
        with cgutils.for_range_slice(builder, ir.Constant(I64, 0), head_dim, ir.Constant(I64, LANES)) as (channel, _):
            builder.store(_load(builder, sums, channel, 4, NUMBERS), total)
            for place in range(LANES):
                weight = _everywhere(builder, _load(builder, weights, ir.Constant(I64, place), 4, F32))
                start = builder.add(channel, builder.mul(head_dim, ir.Constant(I64, place)))
                _add_product(builder, total, weight, _load_bfloat16(builder, values, start))
            _store(builder, sums, channel, builder.load(total))
        return context.get_dummy_value()

    return signature, generate


def _add_product(builder, total, factor, numbers) -> None:
    sum_ = builder.fadd(builder.load(total), builder.fmul(factor, numbers, flags=FUSED), flags=FUSED)
    builder.store(sum_, total)


def _everywhere(builder, number):
    first = builder.insert_element(ir.Constant(NUMBERS, ir.Undefined), number, ir.Constant(I32, 0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(I32, LANES), [0] * LANES))


def _store(builder, start, place, numbers) -> None:
    target = builder.inttoptr(_address(builder, start, place, 4), NUMBERS.as_pointer())
    builder.store(numbers, target, align=1)


def _address(builder, start, place, size: int):
    return builder.add(start, builder.mul(place, ir.Constant(I64, size)))


def _load(builder, start, place, size: int, kind):
    return builder.load(builder.inttoptr(_address(builder, start, place, size), kind.as_pointer()), align=1)


def _load_bfloat16(builder, start, place):
    wide = ir.VectorType(I32, LANES)
    bits = builder.zext(_load(builder, start, place, 2, ir.VectorType(I16, LANES)), wide)
    return builder.bitcast(builder.shl(bits, ir.Constant(wide, [16] * LANES)), NUMBERS)


@in_llvm
def bits_of(typing_context, number):
    signature = types.uint32(types.float32)

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], I32)

    return signature, generate


@in_llvm
def power_of_two(typing_context, exponent):
    """2 to the power of an int32 between -126 and 127."""
    signature = types.float32(types.int32)

    def generate(context, builder, signature, arguments):
        biased = builder.add(arguments[0], ir.Constant(I32, 127))
        return builder.bitcast(builder.shl(biased, ir.Constant(I32, 23)), F32)

    return signature, generate


@compiled(inline="always")
def to_bfloat16(number):
    """The nearest bfloat16 of a finite number, as 16 bits."""
    bits = bits_of(np.float32(number))
    return np.uint16((bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) >> np.uint32(16))


@compiled(inline="always", fastmath=VECTOR)
def exp_of_negative(x):
    """exp(x) for x <= 0 within 2e-7 of its size: a power of two, then a polynomial (Cody and Waite, 1980)."""
    x = max(np.float32(x), np.float32(-87.0))
    whole = np.floor(x * np.float32(1.44269504) + np.float32(0.5))
    rest = x - whole * np.float32(0.693359375) + whole * np.float32(2.12194440e-4)
    series = np.float32(1.9875691500e-4)
    series = series * rest + np.float32(1.3981999507e-3)
    series = series * rest + np.float32(8.3334519073e-3)
    series = series * rest + np.float32(4.1665795894e-2)
    series = series * rest + np.float32(1.6666665459e-1)
    series = series * rest + np.float32(5.0000001201e-1)
    return (series * rest * rest + rest + np.float32(1.0)) * power_of_two(np.int32(whole))
