"""Keeps ALSA from writing to the terminal and the journal what only its own developers can read."""

import contextlib
import ctypes
from typing import Any

LIBRARY = "libasound.so.2"
HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)


def silence_alsa() -> Any:
    """The result must be kept as long as there is sound, since ALSA calls it."""
    handler = HANDLER(lambda *_: None)
    with contextlib.suppress(OSError, AttributeError):  # no ALSA, nothing to silence
        ctypes.CDLL(LIBRARY).snd_lib_error_set_handler(handler)
    return handler
