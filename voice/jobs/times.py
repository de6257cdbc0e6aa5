"""Times as the API writes them."""

from datetime import datetime


def local_time(at_s: float | None) -> str | None:
    """Seconds since 1970 as local ISO-8601 without a zone, which is what clients of the character API parse."""
    return None if at_s is None else datetime.fromtimestamp(at_s).isoformat()
