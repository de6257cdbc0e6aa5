"""Shared by all tests: one async backend, hypothesis without a clock on a busy machine, and Ctrl-C for programs."""

import signal

import pytest
from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.load_profile("here")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def pytest_configure() -> None:
    """A shell that starts this in the background lets it ignore Ctrl-C, and so would every program that is tested."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
