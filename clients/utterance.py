"""One stretch of speech, from its first frame until it is decided what it was."""

from dataclasses import dataclass, field

from clients.errands import Errand
from clients.interruption import SURE_S


@dataclass(eq=False)
class Utterance:
    first: int
    spoken: list[str] = field(default_factory=list)
    """What the loudspeaker said meanwhile."""
    last: int = -1
    ended_s: float = 0.0
    speech_s: float = 0.0
    is_over: bool = False
    text: str | None = None
    """What is known of it; of a part of it while it goes on. None: unread, or the speaker was rejected."""
    is_read: bool = False
    is_settled: bool = False
    """The text is that of the whole utterance, or will never be known."""
    is_unreadable: bool = False
    has_stopped: bool = False
    """It has silenced the answer."""
    reading: Errand | None = None
    read_to: int = -1
    """The last frame of speech that the reading under way, or the text, covers; -1: it was cut in mid-speech."""
    next_look_s: float = SURE_S

    def forget_reading(self) -> None:
        """What was read of it so far, or is being read, counts no more."""
        if self.reading:
            self.reading.cancel()
        self.reading, self.text, self.is_read = None, None, False
