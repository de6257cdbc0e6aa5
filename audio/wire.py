"""Bytes inside JSON: base64 as clients really send it."""

import base64
import binascii

from audio.samples import AudioError

_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_WHITE_SPACE = b" \t\r\n\v\f"


def from_base64(text: str) -> bytes:
    """Read either alphabet or both, wrapped or not, padded or not, with or without `data:audio/...;base64,`.

    Raises AudioError.
    """
    text = text.strip()
    if text[:5].lower() == "data:":
        head, comma, text = text.partition(",")
        if not comma or not head.lower().endswith(";base64"):
            raise AudioError("A data URI must hold base64: data:audio/wav;base64,...")
    try:
        plain = text.encode("ascii").translate(_TO_STANDARD, _WHITE_SPACE).rstrip(b"=")
        return base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise AudioError("The audio is not valid base64.") from error


def to_base64(data: bytes) -> str:
    """Write the URL-safe alphabet with padding."""
    return base64.urlsafe_b64encode(data).decode("ascii")
