"""Where Open JTalk's dictionary lies. It is never downloaded: pyopenjtalk would, when asked without one."""

import os
from pathlib import Path

from tts.gpt_sovits.text.missing import PartsMissing, packages_missing

VARIABLE = "OPEN_JTALK_DICT_DIR"
DEBIAN_FOLDER = Path("/var/lib/mecab/dic/open-jtalk/naist-jdic")
LARGEST_FILE = "sys.dic"


def dictionary_folder() -> Path:
    """The folder that the environment variable names, or Debian's. Raises LanguageMissing."""
    named = os.environ.get(VARIABLE)
    folder = Path(named) if named else DEBIAN_FOLDER
    if (folder / LARGEST_FILE).is_file():
        return folder
    raise PartsMissing(
        f"Japanese needs Open JTalk's dictionary, which is not in {folder}; install the Debian package"
        f" open-jtalk-mecab-naist-jdic, or name a folder that holds it in {VARIABLE}.",
        f"日语需要 Open JTalk 词典，{folder} 中没有找到；请安装 Debian 软件包 open-jtalk-mecab-naist-jdic，"
        f"或用环境变量 {VARIABLE} 指定词典目录。",
    )


def open_dictionary():
    """Open JTalk with its dictionary loaded. Raises LanguageMissing."""
    try:
        from pyopenjtalk.openjtalk import OpenJTalk  # pyright: ignore[reportMissingImports] - an optional package
    except ImportError:
        raise packages_missing("Japanese", "日语") from None
    return OpenJTalk(dn_mecab=os.fsencode(dictionary_folder()))
