"""The decoding step for a processor, compiled by numba: 8-bit weights, read once for all rows, and no Python between.

Only this way a step takes little longer than memory needs to deliver the weights.
"""
