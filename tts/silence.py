"""Shortens the silence before and after speech while it streams. Pure."""


class SilenceTrimmer:
    """Keeps at most `lead_ms` of silence before the first sound and `tail_ms` after the last.

    Silence is exact zeros, as synthesisers write it. Only silence is ever held back: a chunk with sound in it comes
    out of the call that it went into.
    """

    def __init__(self, rate_hz: int, lead_ms: int, tail_ms: int):
        self._lead = lead_ms * rate_hz // 1000 * 2
        self._tail = tail_ms * rate_hz // 1000 * 2
        self._held = 0
        self.has_sound = False

    def feed(self, chunk: bytes) -> bytes:
        """Take signed 16-bit mono samples and return those that may be played now."""
        end = _even_up(len(chunk.rstrip(b"\0")))
        if not end:
            self._held += len(chunk)
            return b""
        start = 0 if self.has_sound else _even_down(len(chunk) - len(chunk.lstrip(b"\0")))
        silence = self._held if self.has_sound else min(self._held + start, self._lead)
        self._held = len(chunk) - end
        self.has_sound = True
        return bytes(silence) + chunk[start:end]

    def finish(self) -> bytes:
        """Return the silence that stays at the end."""
        return bytes(min(self._held, self._tail)) if self.has_sound else b""


def _even_up(count: int) -> int:
    return count + count % 2


def _even_down(count: int) -> int:
    return count - count % 2
