"""Names that come from outside and become names of files: what is allowed, and nothing that leaves its folder."""

import hashlib
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

LONGEST_NAME = 60
LONGEST_FILE_NAME_BYTES = 200
AUDIO_EXTENSIONS = (".wav", ".mp3", ".m4a", ".flac", ".aac", ".3gp", ".ogg", ".opus", ".webm", ".aiff", ".amr")
FOLDERS_END = "__"
"""Stands between the folders that a recording came in and its own name."""
_FORBIDDEN = frozenset('<>:"|?*')
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
"""Device names that Windows finds in every folder."""


class BadName(ValueError):
    """The name cannot be used; the message is a sentence, `chinese` the same in Chinese."""

    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.chinese = chinese


def character_name(name: str) -> str:
    """The name in composed form: letters of any script, digits, _ and -. Raises BadName."""
    composed = unicodedata.normalize("NFC", name)
    if composed.lower() in _RESERVED:
        raise BadName(
            f"{composed} is a device's name on Windows: choose another.",
            f"{composed} 是 Windows 的设备名，请换一个名称",
        )
    is_plain = composed and all(char.isalnum() or char in "_-" for char in composed)
    if not is_plain or len(composed) > LONGEST_NAME:
        raise BadName(
            f"A character's name consists of up to {LONGEST_NAME} letters, digits, underscores and hyphens.",
            "角色名称只能包含字母、数字、下划线和连字符",
        )
    return composed


def recording_name(name: str) -> str:
    """The last part of an uploaded file's name, whatever path its sender wrote before it. Raises BadName."""
    base = PurePosixPath(PureWindowsPath(unicodedata.normalize("NFC", name)).as_posix()).name
    is_plain = base and base.isprintable() and not base.startswith(".") and not _FORBIDDEN & set(base)
    if not is_plain or len(base.encode()) > LONGEST_FILE_NAME_BYTES or base.split(".")[0].lower() in _RESERVED:
        raise BadName(f"{name!r:.80} cannot be a file's name here.", f"文件名不可用：{name!r:.80}")
    if not base.lower().endswith(AUDIO_EXTENSIONS):
        kinds = ", ".join(extension.removeprefix(".") for extension in AUDIO_EXTENSIONS)
        raise BadName(
            f"{base!r:.80} is no recording by its name: send {kinds}.", f"不支持的音频格式：{base:.80}；可用 {kinds}"
        )
    return base


def recording_name_with_folders(path: str) -> str:
    """One name for a path below a folder that somebody sends: a/x.wav and b/x.wav stay apart. Raises BadName.

    Folders whose names are too long together are told apart by a digest.
    """
    *folders, _ = PureWindowsPath(path).as_posix().split("/")
    base = recording_name(path)
    kept = [plain for folder in folders if (plain := _plain_folder(folder))]
    name = FOLDERS_END.join([*kept, base])
    if len(name.encode()) > LONGEST_FILE_NAME_BYTES:
        name = FOLDERS_END.join([hashlib.sha256("/".join(kept).encode("utf-8", "replace")).hexdigest()[:8], base])
    return recording_name(name)


def _plain_folder(folder: str) -> str:
    """ "" for what only leads somewhere else: `..`, `.`, a drive."""
    if folder.endswith(":"):
        return ""
    composed = unicodedata.normalize("NFC", folder).strip(". ")
    return "".join(char if char.isprintable() and char not in _FORBIDDEN else "_" for char in composed)
