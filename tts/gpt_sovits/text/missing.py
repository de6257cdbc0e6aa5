"""What is said when a language cannot be spoken because something is not installed."""

from tts.gpt_sovits.text.spelling import LanguageMissing

INSTALL = ".venv/bin/pip install -r requirements-languages.txt"


class PartsMissing(LanguageMissing):
    """The message is English; `note` has it in English and in Chinese, `chinese` in the latter alone."""

    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.note = (english, chinese)
        self.chinese = chinese


def packages_missing(english: str, chinese: str) -> PartsMissing:
    """Name the command that installs the packages of a language, which is given by its two names."""
    return PartsMissing(
        f"{english} needs packages that are not installed; install them with `{INSTALL}`.",
        f"{chinese}所需的软件包尚未安装，请运行 `{INSTALL}`。",
    )
