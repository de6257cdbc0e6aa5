"""Small tables written as text: `km=千米 m=米`. Pure."""


def table(pairs: str) -> dict[str, str]:
    """A dictionary from words that are parted by blanks, each with what it stands for behind its last `=`."""
    entries = (pair.rpartition("=") for pair in pairs.split())
    return {key: value for key, _, value in entries}
