"""The cases that the clients in Python and in TypeScript share."""

import json
from typing import Any

import pytest

from tests.support.vectors import VECTORS


def client_cases(name: str, **wanted: str) -> Any:
    """Parametrize a test with the cases of a file, or with those whose fields have these values."""
    cases = json.loads((VECTORS / "clients" / f"{name}.json").read_text(encoding="utf-8"))["cases"]
    chosen = [case for case in cases if all(case[field] == value for field, value in wanted.items())]
    assert chosen
    return pytest.mark.parametrize("case", chosen, ids=lambda case: case["name"])
