"""Virtual hosts of the machine's own broker, one for each test: what one leaves behind must not reach another."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rabbit import system_brokers
from tests.support.remote_server import Place, place


@pytest.fixture(scope="module")
def urls(request: pytest.FixtureRequest) -> Iterator[Iterator[str]]:
    """BROKERS of the module says how many: made one by one they would take a second each."""
    with system_brokers(request.module.BROKERS) as found:
        yield iter(found)


@pytest.fixture
def url(urls: Iterator[str]) -> str:
    return next(urls)


@pytest.fixture
def here(tmp_path: Path, url: str) -> Iterator[Place]:
    with place(tmp_path, url) as made:
        yield made
