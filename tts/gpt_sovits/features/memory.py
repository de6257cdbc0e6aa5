"""Gives memory back that the process no longer needs but still counts as its own. Only Linux is asked to take it."""

import ctypes
import mmap
import sys

from torch import Tensor


def forget_pages(tensor: Tensor) -> None:
    """Drop what was read of a tensor that lies in a mapped file; it would be read again when needed.

    Only for such tensors: any other memory would come back as zeros.
    """
    if sys.platform != "linux" or not tensor.is_contiguous():  # the numbers of others lie somewhere else
        return
    start = -(-tensor.data_ptr() // mmap.PAGESIZE) * mmap.PAGESIZE
    length = tensor.data_ptr() + tensor.nbytes - start
    if length >= mmap.PAGESIZE:
        ctypes.CDLL(None).madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), mmap.MADV_DONTNEED)


def trim() -> None:
    """Free what the allocator keeps for later: after loading, that is a quarter of the weights."""
    trim_heap = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim_heap:  # glibc has it, musl has not
        trim_heap(0)
