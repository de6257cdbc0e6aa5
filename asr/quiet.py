"""Keeps a chatty library from what belongs to the whole process: standard output, the root logger, random numbers."""

import logging
import random
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import numpy as np


class _MutedForOneThread:
    """A stream that drops what one thread writes; the others are heard."""

    def __init__(self, stream: TextIO, thread_id: int):
        self._stream = stream
        self._thread_id = thread_id

    def write(self, text: str) -> int:
        return len(text) if threading.get_ident() == self._thread_id else self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def quiet() -> Iterator[None]:
    """Within this, prints and root-logger lines of the calling thread vanish.

    The root logger gets a handler meanwhile: only where it has none do `logging.basicConfig` and `logging.warning`,
    called by a library, change it for good.
    """
    thread_id, root, stdout = threading.get_ident(), logging.getLogger(), sys.stdout
    placeholder = logging.NullHandler()

    def is_from_elsewhere(record: logging.LogRecord) -> bool:
        return record.thread != thread_id

    muted: Any = _MutedForOneThread(stdout, thread_id)
    sys.stdout = muted
    root.addHandler(placeholder)
    root.addFilter(is_from_elsewhere)
    try:
        yield
    finally:
        if sys.stdout is muted:
            sys.stdout = stdout
        root.removeFilter(is_from_elsewhere)
        root.removeHandler(placeholder)


@contextmanager
def same_random_numbers() -> Iterator[None]:
    """Undo the seeding that funasr does when it builds a model; it would make the process predictable."""
    import torch

    python, array, tensor = random.getstate(), np.random.get_state(), torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(array)
        torch.set_rng_state(tensor)
