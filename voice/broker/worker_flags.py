"""The command line of a worker for a server on another machine."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from launch.words import words
from voice.jobs.worker import CANCEL_GRACE_S

ROOT = Path(__file__).resolve().parents[2]
BROKER, TOKEN = "YINLIU_BROKER", "YINLIU_TOKEN"
"""Environment variables: what others could read in a list of processes need not be there."""


def worker_flags(arguments: Sequence[str]) -> argparse.Namespace:
    """A leading `worker` is passed over. Leaves the program with status 2 when something is wrong."""
    parser = argparse.ArgumentParser(
        prog="start.py worker",
        description=words("Do the work of a server on another machine.", "为另一台机器上的服务执行任务。"),
    )
    parser.add_argument(
        "--broker",
        default=os.environ.get(BROKER, ""),
        help=words(f"amqp://user:password@host:5672/vhost; or in {BROKER}", f"也可写在环境变量 {BROKER} 里"),
    )
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:0, ...")
    files = parser.add_mutually_exclusive_group(required=True)
    files.add_argument(
        "--work-dir", type=Path, help=words("the server's work_dir, as it is seen here", "本机看到的服务端 work_dir")
    )
    files.add_argument("--server", help=words("http://host:port, to fetch files from", "从此地址取送文件"))
    parser.add_argument(
        "--token-file", type=Path, help=words(f"the server's token; or in {TOKEN}", f"服务令牌文件；或用 {TOKEN}")
    )
    parser.add_argument(
        "--tasks-dir",
        type=Path,
        help=words("the server's tasks.data_dir, as it is seen here: tasks need it", "本机看到的服务端 tasks.data_dir"),
    )
    parser.add_argument(
        "--tasks-root",
        type=Path,
        action="append",
        default=[],
        help=words(
            "a folder of the server's tasks.roots, at the same path here", "服务端 tasks.roots 中的目录，路径相同"
        ),
    )
    parser.add_argument(
        "--allow-programs",
        action="store_true",
        help=words(
            "run the denoiser and separator of the server's settings: whoever can use the broker can run programs here",
            "允许运行服务端设置的降噪和人声分离程序：能使用消息代理的人就能在本机运行程序",
        ),
    )
    parser.add_argument("--models-dir", type=Path, default=ROOT / "models")
    parser.add_argument(
        "--scratch",
        type=Path,
        default=ROOT / "data" / "worker",
        help=words("this worker's own folder; a second one of the same device needs another", "工作机自己的目录"),
    )
    parser.add_argument("--kinds", default="", help=words("the only kinds of jobs to take", "只接这些种类的任务"))
    parser.add_argument("--cancel-grace-s", type=float, default=CANCEL_GRACE_S, help=argparse.SUPPRESS)
    flags = parser.parse_args(arguments[1:] if arguments[:1] == ["worker"] else arguments)
    if not flags.broker:
        parser.error(words(f"--broker or {BROKER} is needed", f"需要 --broker 或 {BROKER}"))
    if flags.work_dir and not flags.work_dir.is_dir():
        parser.error(words(f"{flags.work_dir} is no folder here", f"本机没有文件夹 {flags.work_dir}"))
    return flags
