"""A worker for a server on another machine: its connection, its files, and its end."""

import argparse
import logging
import os
import re
import signal
import socket
import sys
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType

from launch.words import say
from voice.broker.address import BadAddress
from voice.broker.carrier import Carrier, FilesRefused
from voice.broker.carrying import CARRIED
from voice.broker.confined import Confinement
from voice.broker.places import CACHE, MODELS, TASKS, WORK, Places
from voice.broker.post import Post
from voice.broker.remote_claims import Prepare, RemoteClaims, WrongVersion
from voice.broker.worker_flags import TOKEN, worker_flags
from voice.jobs.alone import Alone
from voice.jobs.job import Claim
from voice.jobs.work import JobFunction
from voice.jobs.worker import PREDECESSOR_S, Orders, Worker

TASK = "task_"
"""What the kinds of jobs of the task API begin with."""
LOGIN_S = 8.0
"""How long to wait for the broker's word on the password before going on without it."""


def work(kinds: Mapping[str, JobFunction], module: str, arguments: Sequence[str]) -> int:
    """Until a signal ends it. Status 1: refused, 2: called wrongly."""
    flags = worker_flags(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        return _work(flags, kinds, [sys.executable, "-m", module, "job"])
    except (BadAddress, FilesRefused, WrongVersion) as error:
        say(str(error), error.chinese)
        return 1


def _work(flags: argparse.Namespace, kinds: Mapping[str, JobFunction], command: Sequence[str]) -> int:
    orders = _ended_by_signals()
    alone = Alone(flags.scratch / f"{flags.device.replace(':', '-')}.lock")
    if not alone.acquire(PREDECESSOR_S, lambda: not orders.has_ended):
        say(
            f"Another worker has {flags.device} already; a second one needs its own --scratch.",
            f"已有工作机占用 {flags.device}；同时运行第二个需要另设 --scratch。",
        )
        return 1
    carrier = _carrier(flags)
    name = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())[:60]
    worker = f"{name}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    taken = _taken(flags, kinds)
    folder = (flags.work_dir or flags.scratch / f"files-{flags.device.replace(':', '-')}").resolve()
    bell = _Bell(orders, taken)
    post = Post(flags.broker, worker, bell)
    places = _places(flags, folder)
    confinement = Confinement([*places.roots.values(), *flags.tasks_root], flags.allow_programs)
    try:
        if not _may_log_in(post, orders):
            return 1
        claims = RemoteClaims(
            post,
            worker,
            f"{flags.device} ({name})",
            places,
            prepare=_prepared(carrier, folder, confinement),
            is_shared=carrier is None,
            is_wanted=lambda: not orders.has_ended,
        )
        bell.claims = claims
        say(f"Working for {post.shown} on {flags.device}.", f"正在用 {flags.device} 为 {post.shown} 工作。")
        Worker(claims, taken, command, flags.device, orders, flags.cancel_grace_s, [alone.descriptor]).run()
        claims.close()
    finally:
        post.close()
    return 0


class _Bell:
    """Wakes the worker when there is work of its kinds."""

    def __init__(self, orders: Orders, kinds: Collection[str]):
        self.claims: RemoteClaims | None = None
        self._orders = orders
        self._kinds = frozenset(kinds)

    def __call__(self, kinds: Collection[str]) -> None:
        if self.claims and self._kinds & set(kinds):
            self.claims.rung()
            self._orders.news.set()


def _ended_by_signals() -> Orders:
    """Orders that end at Ctrl-C or SIGTERM, so that the job is given back; a second signal ends everything at once."""
    reading, writing = os.pipe()
    is_ending = False

    def end(number: int, _: FrameType | None) -> None:
        nonlocal is_ending
        if is_ending:
            os._exit(128 + number)  # the child notices and ends
        is_ending = True
        say("The work is given back ...", "正在交还任务……")
        os.close(writing)

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    return Orders(os.fdopen(reading, encoding="utf-8"))


def _taken(flags: argparse.Namespace, kinds: Mapping[str, JobFunction]) -> list[str]:
    """Tasks work in folders that no manifest of files lists."""
    chosen = {name.strip() for name in flags.kinds.split(",") if name.strip()}
    possible = [kind for kind in kinds if flags.tasks_dir or not kind.startswith(TASK)]
    return [kind for kind in possible if not chosen or kind in chosen]


def _places(flags: argparse.Namespace, folder: Path) -> Places:
    roots = {WORK: folder, MODELS: flags.models_dir.resolve(), CACHE: flags.scratch.resolve() / "cache"}
    return Places(roots | ({TASKS: flags.tasks_dir.resolve()} if flags.tasks_dir else {}))


def _carrier(flags: argparse.Namespace) -> Carrier | None:
    """Raises FilesRefused where the server cannot be reached with this token; one that is away is waited for."""
    if not flags.server:
        return None
    token = os.environ.get(TOKEN, "")
    if flags.token_file:
        try:
            token = flags.token_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise FilesRefused(f"The token cannot be read: {error}.", f"无法读取令牌：{error}。") from None
    carrier = Carrier(flags.server.rstrip("/"), token)
    carrier.check()
    return carrier


def _prepared(carrier: Carrier | None, folder: Path, confinement: Confinement) -> Prepare:
    def prepare(claim: Claim) -> Claim:
        # Who may say where files come from is this worker's command line alone.
        parameters = {name: value for name, value in claim.job.parameters.items() if name != CARRIED}
        confinement.require(parameters)
        claim = replace(claim, job=replace(claim.job, parameters=parameters))
        if carrier is None:
            return claim
        of_job = {"job": claim.job.id, "fence": claim.fence, "folder": str(folder)}
        carried = {"server": carrier.server, "token": carrier.token, **of_job}
        return replace(claim, job=replace(claim.job, parameters={**claim.job.parameters, CARRIED: carried}))

    return prepare


def _may_log_in(post: Post, orders: Orders) -> bool:
    """Whether the broker does not refuse us; one that is away may be back later."""
    deadline_s = time.monotonic() + LOGIN_S
    while not post.is_up and not orders.has_ended and time.monotonic() < deadline_s:
        if post.problem and post.problem.is_login:
            say(post.problem.english, post.problem.chinese)
            return False
        if post.problem:
            break
        orders.news.wait(0.05)
    return True
