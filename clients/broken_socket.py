"""Ends a response that another thread is waiting for."""

import contextlib
import socket

import httpx


def shut_down(response: httpx.Response) -> None:
    """Wake the thread that reads; closing alone would leave it asleep in the operating system."""
    stream = response.extensions.get("network_stream")
    connection = stream.get_extra_info("socket") if stream else None
    if connection is not None:
        with contextlib.suppress(OSError):  # the other side was faster
            connection.shutdown(socket.SHUT_RDWR)
