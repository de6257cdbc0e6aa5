"""Why weights cannot be used, in English and Chinese."""

from pathlib import Path


class Fault(Exception):
    """What a file is or has, as the rest of a sentence that begins with its name."""

    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.english = english
        self.chinese = chinese


class CheckpointRefused(Exception):
    """These weights cannot be used; the sentences say what the file is, and what is supported."""

    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.english = english
        self.chinese = chinese

    @classmethod
    def because_of(cls, path: Path, fault: Fault) -> "CheckpointRefused":
        return cls(f"{path} {fault.english}.", f"{path} {fault.chinese}。")
