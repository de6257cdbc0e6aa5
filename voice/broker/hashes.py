"""Digests of files, remembered for as long as a file's size and time stay what they were."""

import threading
from collections import OrderedDict
from pathlib import Path

from voice.studio.ledger import digest

MOST_REMEMBERED = 50_000


class FileHashes:
    """For any number of threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int, int], str] = OrderedDict()
        self._changing = threading.Lock()

    def of(self, file: Path) -> str:
        """SHA-256 in hexadecimal; "" when there is no such file."""
        try:
            found = file.stat()
        except FileNotFoundError:
            return ""
        key = (str(file), found.st_size, found.st_mtime_ns)
        with self._changing:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        made = digest(file)
        with self._changing:
            self._known[key] = made
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        return made
