"""How functions are compiled here: without the interpreter's lock, and once for all starts of the program."""

from functools import partial
from typing import Any

from numba import njit
from numba.extending import intrinsic

VECTOR = {"contract", "reassoc", "nnan", "nsz"}
"""Freedoms that let loops run on vectors without giving up infinities."""

compiled = partial(njit, nogil=True, cache=True, error_model="numpy")

in_llvm: Any = intrinsic
"""Marks a function that writes LLVM code; where it is called, its first parameter is left out."""
