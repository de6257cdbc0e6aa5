"""Downloads a model from ModelScope; runs in .venv. MODELSCOPE_ENDPOINT (or _DOMAIN) names another server."""

import sys
from pathlib import Path

from asr.sensevoice_files import FILES, faults
from launch.words import words


def main(repository: str, folder: Path) -> int:
    """Fetch what recognition needs of the repository; what an earlier attempt brought is kept."""
    from modelscope.hub.snapshot_download import snapshot_download

    try:
        snapshot_download(repository, local_dir=str(folder), allow_patterns=list(FILES))
    except Exception as error:  # the package raises what requests, the system and its own code raise
        return _fail(f"{type(error).__name__}: {error}")
    wrong = faults(folder)
    if wrong:
        return _fail("; ".join(wrong))
    print(words(f"The model is in {folder}. Restart the server to use it.", f"模型已在 {folder}。重启服务即可使用。"))
    return 0


def _fail(problem: str) -> int:
    print(
        words(
            f"The model could not be fetched: {problem:.600}\n"
            "Check the network (HTTPS_PROXY if there is a proxy) and run this again; it goes on where it stopped.",
            f"模型下载失败：{problem:.600}\n请检查网络（有代理请设置 HTTPS_PROXY），然后重新运行同一命令即可继续。",
        ),
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
