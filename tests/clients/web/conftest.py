"""A browser for the tests of one file, a server that answers in order, and who looks whether anybody is kept out."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.browser import chromium
from tests.support.live_server import live_server
from tests.support.scripted_talk import SHORT, OrderlyReplier, talking_app


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def model() -> OrderlyReplier:
    return OrderlyReplier([SHORT])


@pytest.fixture
def url(model: OrderlyReplier) -> Iterator[str]:
    with live_server(talking_app(model)) as address:
        yield address


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def look() -> Callable[[Any], None]:
    """Fails with the rule, the element and the way to mend it for each thing that keeps somebody out."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()

    def run(page: Any) -> None:
        # Colours that are still fading from one to another are neither.
        page.emulate_media(reduced_motion="reduce")
        found = axe.run(page).response["violations"]
        assert not [
            (rule["id"], node["html"][:200], node["failureSummary"]) for rule in found for node in rule["nodes"]
        ]

    return run
