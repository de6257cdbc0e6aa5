"""How the stages say that something cannot be done."""


class Refused(Exception):
    """A sentence for the person whose recordings these are; `chinese` is the same in Chinese."""

    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.chinese = chinese
