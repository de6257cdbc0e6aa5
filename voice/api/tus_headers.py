"""The headers of tus 1.0.0 (https://tus.io/protocols/resumable-upload), read and written. Pure.

Our own, since the one kept package for FastAPI makes files in a single folder before it asks, takes identities from
addresses as names of files, writes on the event loop, and cannot look at content before all of it has come.
"""

import base64
import binascii
from collections.abc import Mapping
from email.utils import formatdate

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration"
CONTENT_TYPE = "application/offset+octet-stream"
MOST_METADATA = 8192
"""Characters."""
LONGEST_NUMBER = 18


class BadHeader(ValueError):
    """A header that is missing or cannot be read; the message names it."""


def number_in(headers: Mapping[str, str], name: str) -> int:
    """A header that is a number of bytes. Raises BadHeader."""
    text = headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise BadHeader(f"{name} is to be a number of bytes, not {text!r:.40}.")
    return int(text)


def metadata_in(header: str) -> dict[str, str]:
    """`key base64, key base64`; a key without a value has "". Raises BadHeader."""
    if len(header) > MOST_METADATA:
        raise BadHeader(f"Upload-Metadata has more than {MOST_METADATA} characters.")
    found: dict[str, str] = {}
    for pair in header.split(",") if header.strip() else ():
        key, _, value = pair.strip().partition(" ")
        if not key or not key.isascii() or not key.isprintable() or key in found:
            raise BadHeader(f"Upload-Metadata has an empty, odd or repeated key: {key!r:.40}.")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            raise BadHeader(f"Upload-Metadata: {key:.40} is no text in base64.") from None
    return found


def metadata_header(metadata: Mapping[str, str]) -> str:
    """The header that metadata_in reads."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}".strip() for key, value in metadata.items())


def expires_header(expires_s: float) -> str:
    """Seconds since 1970 as HTTP writes a date."""
    return formatdate(expires_s, usegmt=True)
