"""Shared by all tests: one async backend, hypothesis without a clock on a busy machine, and the long files first."""

import signal
from collections import Counter
from pathlib import Path

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with many slow tests first: one that is begun last would keep a single process busy in the end."""
    slowness = Counter[Path]()
    for item in items:
        slowness[item.path] += sum(item.get_closest_marker(name) is not None for name in ("slow", "long"))
    items.sort(key=lambda item: -slowness[item.path])
