"""What a file is, by its first bytes, where it is not the checkpoint that was expected. Standard library only."""

import re
from pathlib import Path

from tts.gpt_sovits.refusal import Fault

ZIP = b"PK\x03\x04"
MARKED_ZIP = re.compile(rb"0[0-6]\x03\x04")
"""Upstream writes two digits over `PK` to tell its versions apart: 05 is v2Pro, 06 is v2ProPlus."""

_ARCHIVES = (b"\x1f\x8b", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\x28\xb5\x2f\xfd")
_OLD_TORCH = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19"
_LFS_POINTER = b"version https://git-lfs"


def fault_of_file(path: Path) -> Fault | None:
    """What keeps it from being any model at all: it is missing, empty, a pointer or a web page."""
    if path.is_dir():
        return Fault("is a folder, not a file", "是文件夹，不是文件")
    if not path.is_file():
        return Fault("does not exist", "不存在")
    try:
        start = first_bytes(path)
    except OSError as error:
        return Fault(f"cannot be read ({error.strerror})", f"无法读取（{error.strerror}）")
    if not start:
        return Fault("is empty; download it again", "是空文件，请重新下载")
    if start.startswith(_LFS_POINTER):
        return Fault(
            "is only a Git LFS pointer, not the model itself; fetch it with `git lfs pull` or download it again",
            "只是 Git LFS 指针，不是模型本身；请用 git lfs pull 获取或重新下载",
        )
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return Fault(
            "is a web page, not the model itself; download the file behind the page's link",
            "是网页，不是模型本身；请下载网页链接指向的文件",
        )
    return None


def first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)


def is_checkpoint(start: bytes) -> bool:
    """Whether the file begins as torch.save writes it, or as upstream marks it afterwards."""
    return start.startswith(ZIP) or MARKED_ZIP.match(start) is not None


def fault_of_format(path: Path, start: bytes) -> Fault:
    """What a file is that is no checkpoint of torch."""
    if start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 1 << 30:
        return _format("a safetensors file")
    if start.startswith(b"GGUF"):
        return _format("a GGUF file")
    if start.startswith(b"\x08") and (path.suffix == ".onnx" or start[2:3] == b"\x12"):
        return _format("an ONNX file")
    if start.startswith(_ARCHIVES) or start[257:262] == b"ustar":
        return Fault("is a compressed archive; unpack it first", "是压缩包，请先解压")
    if start.startswith(_OLD_TORCH):
        return Fault(
            "has the format of torch before version 1.6; load and save it once with a newer torch",
            "是 torch 1.6 之前的旧格式；请用新版 torch 读取并重新保存一次",
        )
    return Fault(
        "is no checkpoint of torch; GPT-SoVITS weights are .ckpt (GPT) and .pth (SoVITS) files",
        "不是 torch 权重文件；GPT-SoVITS 的权重是 .ckpt（GPT）和 .pth（SoVITS）文件",
    )


def _format(name: str) -> Fault:
    kind = name.split()[1]
    return Fault(
        f"is {name}; GPT-SoVITS weights are read from upstream's .ckpt (GPT) and .pth (SoVITS) files",
        f"是 {kind} 文件；请使用上游格式的 .ckpt（GPT）和 .pth（SoVITS）权重",
    )
