"""Runs the application on open sockets until a signal ends it."""

import logging
import socket
from pathlib import Path

import uvicorn

from launch.machine import lan_addresses
from launch.words import words
from voice.access import read_or_make_token
from voice.api.app import create_app
from voice.api.guard import is_loopback
from voice.assembly import Assembly
from voice.banner import Banner
from voice.characters import configured_cast
from voice.config import Config
from voice.parts import Parts
from voice.workshop import workshop

log = logging.getLogger("yinliu.server")

GRACE_S = 1
"""How long open streams may go on after Ctrl-C; the engines need what is left of three seconds."""


def serve(config: Config, host: str, sockets: list[socket.socket]) -> None:
    """Block until a signal ends the server. Raises OSError when the token cannot be kept."""
    settings = config.settings
    cast, problems = configured_cast(settings)
    for problem in [*problems, *_speaker_problems(config)]:
        log.warning("%s", problem)
    token = access_token(config, host)
    banner = Banner([_address(host, listener) for listener in sockets], _say)
    parts = Parts()
    assembly = Assembly(settings, parts, cast.all_voices(), banner.chosen)

    async def start() -> None:
        banner.show_address()
        await assembly.start()

    app = create_app(settings, parts, cast, token=token, workshop=workshop(settings), start=start)
    uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
            ws="none",
        )
    ).run(sockets)


def _say(line: str) -> None:
    print(line, flush=True)


def access_token(config: Config, host: str) -> str:
    """The token that calls need; "" on loopback. Made and printed on first use."""
    server = config.settings.server
    if is_loopback(host):
        return server.token
    token, is_new = (server.token, False) if server.token else read_or_make_token(Path(server.data_dir))
    _say(words("Other machines can reach this server.", "其它机器可以访问本服务。"))
    where = "server.token" if server.token else Path(server.data_dir) / "token"
    if is_new:
        _say(words(f"Their access token, also kept in {where}: {token}", f"访问令牌（保存在 {where}）：{token}"))
    else:
        _say(words(f"Their access token is the one in {where}.", f"访问令牌见 {where}。"))
    return token


def _address(host: str, listener: socket.socket) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    others = lan_addresses() if host == "0.0.0.0" else []
    return "  ".join(f"http://{name}:{listener.getsockname()[1]}" for name in (shown, *others))


def _speaker_problems(config: Config) -> list[str]:
    """What is wrong with the enrolment."""
    speaker = config.settings.Core.sv
    if not speaker.master_audio:
        return ["Core.sv.is_up is true without a master_audio: EVERYBODY is answered."] if speaker.is_up else []
    if speaker.is_up is False:
        return []
    if not Path(speaker.master_audio).is_file():
        return [f"Core.sv.master_audio: there is no file {Path(speaker.master_audio).name}: EVERYBODY is answered."]
    return ["Core.sv: this version does not verify speakers yet: EVERYBODY is answered."]
