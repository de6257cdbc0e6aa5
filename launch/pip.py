"""Calls pip in .venv: quiet while it goes well, and with a remedy when it does not."""

import os
import re
import shutil
import subprocess
import sys

from launch.environment import PYTHON
from launch.places import ROOT, VENV
from launch.words import Refusal, words

LOG = VENV / "install.log"

# What pip's last lines say, and what the user can do about it. The first that fits counts.
REMEDIES = (
    (
        r"No space left|Errno 28|not enough space",
        "The disk is full: free some space (doctor shows how much there is).",
        "磁盘已满：请清理空间（doctor 会显示剩余空间）。",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerif",
        "The connection's certificate is not trusted: behind a company proxy, set PIP_CERT to its certificate file.",
        "连接的证书不受信任：在公司代理之后，请把 PIP_CERT 设为其证书文件。",
    ),
    (
        r"ProxyError|proxy",
        "The proxy does not let pip through: check HTTPS_PROXY.",
        "代理没有放行 pip：请检查 HTTPS_PROXY。",
    ),
    (
        r"NewConnectionError|ConnectTimeout|ReadTimeout|name resolution|getaddrinfo|Max retries|IncompleteRead"
        r"|Connection (reset|refused|broken)",
        "The network does not reach the package index: check it, set HTTPS_PROXY if there is a proxy,"
        " or name a mirror with PIP_INDEX_URL. Then run this again; it goes on where it stopped.",
        "无法访问软件包源：请检查网络；有代理请设置 HTTPS_PROXY，或用 PIP_INDEX_URL 指定镜像。之后重新运行即可继续。",
    ),
    (
        r"No matching distribution|Could not find a version",
        "The package index has nothing for this machine or Python: try Python 3.11, or another mirror (PIP_INDEX_URL).",
        "软件包源没有适合本机或当前 Python 的版本：请尝试 Python 3.11，或换一个镜像（PIP_INDEX_URL）。",
    ),
    (
        r"Microsoft Visual C\+\+|command '?\S*(gcc|cc|clang|g\+\+)'? failed|Failed to build|building wheel",
        "A package had to be compiled: install a C compiler (Debian: apt install build-essential python3-dev;"
        " Windows: Visual Studio Build Tools; macOS: xcode-select --install).",
        "有的包需要编译：请安装 C 编译器（Debian：apt install build-essential python3-dev；"
        "Windows：Visual Studio Build Tools；macOS：xcode-select --install）。",
    ),
    (
        r"Permission denied|Errno 13|Access is denied",
        "This folder may not be written to: move it to your home folder, or stop the server that is using it.",
        "没有写入此文件夹的权限：请移到个人目录，或先停止正在使用它的服务。",
    ),
)


class PipFailed(Refusal):
    """pip ended with an error; the message holds its last lines."""


def install(arguments: list[str], lock: int) -> None:
    """Run `pip install` with these arguments; the lock outlives this process as long as pip runs.

    Raises PipFailed.
    """
    command = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
    ]
    process = subprocess.Popen(
        [*command, *arguments],
        cwd=ROOT,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=() if sys.platform == "win32" else (lock,),
    )
    try:
        lines = _follow(process)
    except BaseException:
        process.terminate()
        raise
    finally:
        status = process.wait()
    if status:
        raise failure(lines)


def _environment() -> dict[str, str]:
    """Packages elsewhere must not count as installed, nor be where new ones go."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PIP_TARGET", "PIP_PREFIX")}
    return {**kept, "PIP_USER": "0"}


def _follow(process: subprocess.Popen[str]) -> list[str]:
    """Keep pip's words in a file; a terminal sees the latest, in one line."""
    lines = []
    assert process.stdout
    with open(LOG, "w", encoding="utf-8") as log:
        for line in process.stdout:
            log.write(line)
            lines.append(line.rstrip())
            _show(lines[-1])
    _show("")
    return lines


def _show(line: str) -> None:
    if sys.stderr.isatty() and not line.startswith("Requirement already"):
        width = shutil.get_terminal_size().columns - 1
        print("\r" + line.strip()[:width].ljust(width) + "\r", end="", file=sys.stderr, flush=True)


def failure(lines: list[str]) -> PipFailed:
    """What to tell the user about a pip that ended with these lines."""
    text = "\n".join(lines[-40:])
    remedy = next((words(en, zh) for pattern, en, zh in REMEDIES if re.search(pattern, text, re.IGNORECASE)), "")
    last = "\n".join(f"  {line:.160}" for line in lines[-8:])
    return PipFailed(
        f"pip could not install everything. Its last words (all of them: {LOG}):\n{last}\n{remedy}",
        f"pip 未能完成安装。最后的输出（全部内容见 {LOG}）：\n{last}\n{remedy}",
    )
