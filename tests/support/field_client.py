"""The loop of the clients in the field, as the contract describes it: the framing they survive."""

import json
from collections.abc import Iterable
from typing import Any


def read_like_a_field_client(lines: Iterable[bytes]) -> list[dict[str, Any]]:
    """Skip empty lines, drop six characters, decode, stop at `done`; any other line makes the client fail."""
    frames = []
    for line in lines:
        if not line:
            continue
        frames.append(json.loads(line.decode()[6:]))
        if frames[-1]["done"]:
            break
    return frames
