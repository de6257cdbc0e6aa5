"""Where log lines go: the terminal, or files that rotate."""

import logging
import logging.handlers
from pathlib import Path

LINE = "%(asctime)s %(levelname).1s %(name)s: %(message)s"
FILE_BYTES = 5_000_000
KEPT_FILES = 5


def set_up_logs(file: Path | None) -> None:
    """Our own lines from INFO on, everybody else's from WARNING on; access lines never, they could hold tokens."""
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            file, maxBytes=FILE_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
        )
    else:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(LINE))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("yinliu").setLevel(logging.INFO)
