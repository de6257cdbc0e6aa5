#!/usr/bin/env python3
# -*- coding: utf-8 -*-
# Any Python must be able to parse this file, or it could not say which one it wants.
# ruff: noqa: UP009, UP031, RUF005
"""The one command: finds a Python that fits and hands over to `launch`. Standard library only."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OLDEST, NEWEST = (3, 10), (3, 12)
REFUSAL = (
    "Python 3.10, 3.11 or 3.12 is needed; this is %d.%d and no other was found."
    " Install one (Debian: apt install python3.11 python3.11-venv; Windows: winget install Python.Python.3.11;"
    " macOS: brew install python@3.11) and run this again."
)
REFUSAL_ZH = (
    "需要 Python 3.10、3.11 或 3.12；当前是 %d.%d，也没有找到其它版本。"
    "请先安装（Debian：apt install python3.11 python3.11-venv；Windows：winget install Python.Python.3.11；"
    "macOS：brew install python@3.11），然后重新运行。"
)


def candidates():
    """Commands that may start a fitting Python, best first."""
    yield [os.path.join(HERE, ".venv", "Scripts", "python.exe") if os.name == "nt" else HERE + "/.venv/bin/python"]
    for minor in (11, 12, 10):
        if os.name == "nt":
            yield ["py", "-3.%d" % minor]
        yield ["python3.%d" % minor]


def fits(command):
    """Whether the command starts one; being on the PATH is not enough, pyenv puts stubs there."""
    check = "import sys; sys.exit(not %r <= sys.version_info[:2] <= %r)" % (OLDEST, NEWEST)
    try:
        with open(os.devnull, "w") as nowhere:
            return subprocess.call(command + ["-c", check], stdout=nowhere, stderr=nowhere) == 0
    except OSError:
        return False


def run_with(command):
    """Become this script under another Python, or on Windows wait for it."""
    command = command + [os.path.abspath(__file__)] + sys.argv[1:]
    if os.name != "nt":
        os.execvp(command[0], command)
    child = subprocess.Popen(command)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:  # the console has told the child, too
            pass


def refuse():
    print(REFUSAL % sys.version_info[:2])
    try:
        print(REFUSAL_ZH % sys.version_info[:2])
    except UnicodeError:
        pass  # an old Python on a terminal without Chinese
    return 1


def main():
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        for command in candidates():
            if fits(command):
                return run_with(command)
        return refuse()
    sys.path.insert(0, HERE)
    from launch import verbs

    return verbs.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
