"""Whether something was said to Chinese readers, too."""


def is_chinese(text: str) -> bool:
    """At least one of its characters is Han."""
    return any("\u4e00" <= char <= "\u9fff" for char in text)
