"""Linear layers with 8-bit weights, one scale an output; activations become 14-bit integers, one scale a row."""

import numpy as np

from tts.gpt_sovits.semantic.compiled.compiling import VECTOR, compiled
from tts.gpt_sovits.semantic.compiled.dot import LARGEST, OUTPUTS, dots_of_1, dots_of_4

BYTES_EACH = 2


@compiled(fastmath=VECTOR)
def quantize(x, codes, scales):
    """x: float32 [rows, inputs] -> codes: int16 of the same form, scales: float32 [rows]."""
    for row in range(x.shape[0]):
        peak = np.float32(1e-12)
        for place in range(x.shape[1]):
            peak = max(peak, abs(x[row, place]))
        factor = np.float32(LARGEST) / peak
        for place in range(x.shape[1]):
            codes[row, place] = np.int16(np.rint(x[row, place] * factor))
        scales[row] = np.float32(1) / factor


@compiled()
def multiply(weights, weight_scales, bias, codes, scales, y):
    """y [rows, outputs] = weights [outputs, inputs] times codes [rows, inputs], in true size, plus bias.

    Each row of weights is read once for all rows of activations; sums are exact, so rows do not influence each other.
    """
    outputs, inputs = weights.shape
    rows = codes.shape[0]
    sums = np.empty((OUTPUTS, 4), np.int32)
    weight_address, code_address, sum_address = weights.ctypes.data, codes.ctypes.data, sums.ctypes.data
    stride = codes.shape[1] * BYTES_EACH
    flat = sums.ravel()
    for output in range(0, outputs, OUTPUTS):
        row = 0
        while row < rows:
            activations = code_address + row * stride
            if rows - row >= 4:
                dots_of_4(weight_address + output * inputs, activations, stride, inputs, sum_address)
                together = 4
            else:
                dots_of_1(weight_address + output * inputs, activations, stride, inputs, sum_address)
                together = 1
            for index in range(OUTPUTS * together):
                place, of = row + index % together, output + index // together
                y[place, of] = np.float32(flat[index]) * (weight_scales[of] * scales[place]) + bias[of]
            row += together
