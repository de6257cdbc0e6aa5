"""Why a training cannot begin or go on."""


class TrainingRefused(Exception):
    """A sentence for the person who started it, in English (the message) and in Chinese."""

    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.english = english
        self.chinese = chinese

    def __reduce__(self):
        # What goes from one process to another is made anew, from both sentences.
        return type(self), (self.english, self.chinese)
