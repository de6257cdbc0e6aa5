"""What a stranger can write into a message's properties must not end the connection that carries everybody's messages.

pamqp decodes properties before anybody has the message: text that is no UTF-8, or a date beyond the year 9999, ends the
connection, the broker delivers the message again, and so for ever. The broker itself does not look at them.
"""

import datetime

from pamqp import decode

_short_str, _timestamp = decode.short_str, decode.timestamp
LENGTH_OF_DATE = 8


def decode_leniently() -> None:
    """Let pamqp take whatever a broker hands on, for this process; twice is the same as once."""
    decode.short_str = short_str
    decode.timestamp = timestamp
    decode.METHODS |= {"shortstr": short_str, "timestamp": timestamp}
    decode.TABLE_MAPPING[b"T"] = timestamp


def short_str(value: bytes) -> tuple[int, str]:
    """As pamqp has it, with marks in the place of what is no text."""
    try:
        return _short_str(value)
    except UnicodeDecodeError:
        return value[0] + 1, value[1 : value[0] + 1].decode(errors="replace")


def timestamp(value: bytes) -> tuple[int, datetime.datetime]:
    """As pamqp has it; 1970 for what is no date."""
    try:
        return _timestamp(value)
    except (ValueError, OverflowError, OSError):
        return LENGTH_OF_DATE, datetime.datetime.fromtimestamp(0, tz=datetime.timezone.utc)
