"""The access token: made on first use, kept in a file that only its owner can read."""

import os
import secrets
from pathlib import Path

TOKEN_FILE = "token"


def read_or_make_token(data_dir: Path) -> tuple[str, bool]:
    """The kept token, and whether it was made just now. Raises OSError where data_dir cannot be written."""
    file = data_dir / TOKEN_FILE
    try:
        kept = file.read_text(encoding="ascii").strip()
        if kept:
            return kept, False
    except FileNotFoundError:
        pass
    data_dir.mkdir(parents=True, exist_ok=True)
    token = secrets.token_urlsafe(24)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(token + "\n")
    return token, True
