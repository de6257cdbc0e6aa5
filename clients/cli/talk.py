"""`start.py talk`: whole turns over HTTP, from a recording or from typed text, with the time each stage took."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clients.cli.local_server import local_server
from clients.protocol import Server, ServerTrouble, join_wavs, seconds_of

STAGES = {
    "heard": "heard 听清",
    "first_token": "first words 首词",
    "first_piece": "first piece 首段文字",
    "first_audio": "first audio 首段语音",
    "done": "done 完成",
}


@dataclass
class Turn:
    """One question with its answer; times are milliseconds since the question was sent."""

    heard: str = ""
    reply: str = ""
    pieces: list[dict[str, Any]] = field(default_factory=list)
    wavs: list[bytes] = field(default_factory=list)
    stages_ms: dict[str, float] = field(default_factory=dict)
    hint: str = ""
    error: str = ""


def main(arguments: list[str] | None = None) -> int:
    """Hold the conversation; 0 when every question was answered."""
    flags = _flags(arguments)
    say = (lambda *_: None) if flags.json else print
    try:
        if flags.url:
            return _converse(Server(flags.url, flags.token), flags, say)
        say("Looking for the server... 正在寻找服务……")
        with local_server(flags.token) as (server, was_started):
            say(f"Using {'a server started for this' if was_started else 'the running server'}: {server.url}")
            return _converse(server, flags, say)
    except (ServerTrouble, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _flags(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="start.py talk", description="One turn, or a conversation. 一轮或多轮对话。")
    parser.add_argument("question", nargs="?", help="a recording of any format; - talks interactively")
    parser.add_argument("--text", help="ask this instead of a recording")
    parser.add_argument("-o", "--output", type=Path, default=Path("answer.wav"), help="where the spoken answer goes")
    parser.add_argument("--url", help="the server; default: the one running here, else one started for this")
    parser.add_argument("--token", default="", help="the access token, where one is needed")
    parser.add_argument("--json", action="store_true", help="print one JSON object per turn")
    flags = parser.parse_args(arguments)
    if not flags.text and not flags.question:
        parser.error("give a recording, --text, or - for a conversation. 请给出录音文件、--text，或用 - 连续对话。")
    return flags


def _converse(server: Server, flags: argparse.Namespace, say: Any) -> int:
    history: list[dict[str, str]] = []
    answered = True
    for recording, text in _questions(flags):
        turn = take_turn(server, history, recording, text, say)
        if turn.wavs:
            flags.output.write_bytes(join_wavs(turn.wavs))
        _report(turn, flags, say)
        answered = answered and not turn.error and bool(turn.reply or not turn.heard)
    return 0 if answered else 1


def _questions(flags: argparse.Namespace) -> Iterator[tuple[bytes | None, str]]:
    """Recordings and texts in the order in which they are asked."""
    if flags.text:
        yield None, flags.text
    elif flags.question != "-":
        yield Path(flags.question).read_bytes(), ""
    else:
        print("Type, or name a recording; an empty line ends. 输入文字或录音文件名，空行结束。", file=sys.stderr)
        while line := _line():
            yield (Path(line).read_bytes(), "") if Path(line).is_file() else (None, line)


def _line() -> str:
    try:
        return input("> " if sys.stdin.isatty() else "").strip()
    except EOFError:
        return ""


def take_turn(server: Server, history: list[dict[str, str]], recording: bytes | None, text: str, say: Any) -> Turn:
    """Ask, follow the answer as it arrives, and add both to the history."""
    turn, started_s = Turn(heard=text), time.perf_counter()

    def since_ms() -> float:
        return round((time.perf_counter() - started_s) * 1000, 1)

    if recording is not None:
        turn.heard = server.hear(recording)
        turn.stages_ms["heard"] = since_ms()
        say(f"{since_ms():7.0f} ms  you 你: {turn.heard or '(nothing was said 没有听到话)'}")
        if not turn.heard:
            return turn
    asked_ms = since_ms()
    history.append({"role": "user", "content": turn.heard})
    for frame in server.answer(history):
        if frame.is_last:
            turn.reply, turn.hint, turn.error = frame.text, frame.hint, frame.error
            turn.stages_ms |= {stage: round(asked_ms + ms, 1) for stage, ms in frame.timing_ms.items()}
            break
        audio_s = round(seconds_of(frame.audio), 2) if frame.audio else 0.0
        turn.pieces.append({"text": frame.text, "at_ms": since_ms(), "audio_s": audio_s})
        if frame.audio:
            turn.wavs.append(frame.audio)
        say(f"{since_ms():7.0f} ms  {frame.text}  ({audio_s:.1f} s)")
    history.append({"role": "assistant", "content": turn.reply})
    return turn


def _report(turn: Turn, flags: argparse.Namespace, say: Any) -> None:
    saved = str(flags.output) if turn.wavs else None
    if flags.json:
        shown = {name: value for name, value in vars(turn).items() if name != "wavs"}
        print(json.dumps(shown | {"answer": saved}, ensure_ascii=False), flush=True)
        return
    say("")
    for stage, title in STAGES.items():
        if stage in turn.stages_ms:
            say(f"  {title:<24}{turn.stages_ms[stage]:8.0f} ms")
    if not turn.wavs and turn.reply:
        say(f"  {turn.reply}")
    for trouble in filter(None, (turn.hint, turn.error)):
        say(f"  ! {trouble}")
    if saved:
        say(f"  Saved 已保存: {saved} ({sum(map(seconds_of, turn.wavs)):.1f} s)")


if __name__ == "__main__":
    sys.exit(main())
