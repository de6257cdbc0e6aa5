"""Rows of 8-bit weights times rows of activations, in the processor's own multiply-and-add of pairs.

numba's optimiser finds no fast form for sums of products of mixed integers, so this part is written in LLVM's words.
"""

from dataclasses import dataclass
from itertools import product

import llvmlite.binding as llvm
from llvmlite import ir
from numba import types
from numba.core import cgutils

from tts.gpt_sovits.semantic.compiled.compiling import in_llvm

I8, I16, I32, I64 = (ir.IntType(bits) for bits in (8, 16, 32, 64))
LARGEST = 8191
"""What activations become at most; weights become 127 at most."""
MOST_INPUTS = (2**31 - 1) // (LARGEST * 127)
"""The sum of so many products still fits into 32 bits: just enough for 2048."""
WIDEST_BLOCK = 64
"""The number of inputs is a multiple of this."""


@dataclass(frozen=True)
class Instruction:
    """Multiplies 16-bit numbers and adds neighbours. adds: whether it adds them to what there is by itself."""

    name: str
    lanes: int
    adds: bool


def instruction() -> Instruction:
    """The best one of this processor."""
    features = llvm.get_host_cpu_features()
    if features.get("avx512vnni"):
        return Instruction("llvm.x86.avx512.vpdpwssd.512", 32, adds=True)
    if features.get("avx512bw"):
        return Instruction("llvm.x86.avx512.pmaddw.d.512", 32, adds=False)
    return Instruction("llvm.x86.avx2.pmadd.wd", 16, adds=False)


def is_supported() -> bool:
    return bool(llvm.get_host_cpu_features().get("avx2"))


class Products:
    """Writes the code that multiplies one block of weights with one of activations, and adds the products up."""

    def __init__(self, builder):
        self.builder = builder
        self.kind = instruction()
        lanes = self.kind.lanes
        self.codes, self.words = ir.VectorType(I8, lanes), ir.VectorType(I16, lanes)
        self.totals = ir.VectorType(I32, lanes // 2)
        takes = [self.totals] * 3 if self.kind.adds else [self.words] * 2
        function = ir.FunctionType(self.totals, takes)
        self._multiply = cgutils.get_or_insert_function(builder.module, function, self.kind.name)
        function = ir.FunctionType(I32, [self.totals])
        self._reduce = cgutils.get_or_insert_function(
            builder.module, function, f"llvm.vector.reduce.add.v{lanes // 2}i32"
        )

    def zero(self):
        return cgutils.alloca_once_value(self.builder, ir.Constant(self.totals, [0] * (self.kind.lanes // 2)))

    def load(self, address, kind):
        return self.builder.load(self.builder.inttoptr(address, kind.as_pointer()), align=1)

    def add(self, total, weight, activation) -> None:
        builder, before = self.builder, self.builder.load(total)
        if self.kind.adds:
            pairs = (builder.bitcast(words, self.totals) for words in (weight, activation))
            builder.store(builder.call(self._multiply, [before, *pairs]), total)
        else:
            builder.store(builder.add(before, builder.call(self._multiply, [weight, activation])), total)

    def sum(self, total):
        return self.builder.call(self._reduce, [self.builder.load(total)])


def _dots(output_count: int, row_count: int):
    """An intrinsic dots(weights, activations, stride, inputs, sums): addresses, and a stride in bytes between rows.

    Writes the sums as int32 [outputs, rows]. Each weight is loaded once for all rows, each activation for all outputs.
    """

    @in_llvm
    def dots(typing_context, weights, activations, stride, inputs, sums):
        signature = types.void(types.uintp, types.uintp, types.intp, types.intp, types.uintp)

        def generate(context, builder, signature, arguments):
            weights, activations, stride, inputs, sums = arguments
            products = Products(builder)
            places = list(product(range(output_count), range(row_count)))
            totals = {place: products.zero() for place in places}
            step = ir.Constant(I64, products.kind.lanes)
            with cgutils.for_range_slice(builder, ir.Constant(I64, 0), inputs, step) as (start, _):
                from_start = builder.shl(start, ir.Constant(I64, 1))
                rows = []
                for row in range(row_count):
                    offset = builder.add(from_start, builder.mul(stride, ir.Constant(I64, row)))
                    rows.append(products.load(builder.add(activations, offset), products.words))
                for output in range(output_count):
                    offset = builder.add(start, builder.mul(inputs, ir.Constant(I64, output)))
                    weight = products.load(builder.add(weights, offset), products.codes)
                    weight = builder.sext(weight, products.words)
                    for row in range(row_count):
                        products.add(totals[output, row], weight, rows[row])
            for index, place in enumerate(places):
                address = builder.add(sums, ir.Constant(I64, 4 * index))
                builder.store(products.sum(totals[place]), builder.inttoptr(address, I32.as_pointer()))
            return context.get_dummy_value()

        return signature, generate

    return dots


OUTPUTS = 4
"""How many outputs are computed together."""
dots_of_1, dots_of_4 = _dots(OUTPUTS, 1), _dots(OUTPUTS, 4)
