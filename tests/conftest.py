"""Shared by all tests: one async backend, and hypothesis without a clock on a busy machine."""

import pytest
from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.load_profile("here")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
