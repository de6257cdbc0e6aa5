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
from clients.interruption import usual_system
from clients.protocol import Server
from clients.sound_files import join_wavs, seconds_of
from clients.text_words import one_line
from clients.troubles import ServerTrouble
from launch.words import accept_any_terminal, words

STAGES = {
    "heard": ("heard", "听清"),
    "first_token": ("first words", "首词"),
    "first_piece": ("first piece", "首段文字"),
    "first_audio": ("first audio", "首段语音"),
    "done": ("done", "完成"),
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
    accept_any_terminal()
    flags = _flags(arguments)
    say = (lambda *_: None) if flags.json else _print
    try:
        recording = _recording(flags)
        if flags.url:
            return _converse(Server(flags.url, flags.token), recording, flags, say)
        say(words("Looking for the server...", "正在寻找服务……"))
        with local_server(flags.token) as (server, was_started):
            which = (
                words("a server started for this", "为此启动的服务")
                if was_started
                else words("the running one", "运行中的服务")
            )
            say(f"{server.url} ({which})")
            return _converse(server, recording, flags, say)
    except (ServerTrouble, OSError) as error:
        for line in _sentence(error).splitlines():
            print(one_line(line), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _print(text: str) -> None:
    """What the server sent shall not drive the terminal."""
    print(one_line(text), flush=True)


def _sentence(error: Exception) -> str:
    if not isinstance(error, ServerTrouble):
        return str(error)
    said = words(error.english, error.chinese)
    if error.kind == "token":
        said += words(" Give the token with --token.", "请用 --token 给出令牌。")
    return said


def _flags(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="start.py talk", description="One turn, or a conversation. 一轮或多轮对话。")
    parser.add_argument("question", nargs="?", help="a recording of any format; - talks interactively")
    parser.add_argument("--text", help="ask this instead of a recording")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("answer.wav"), help="where the (last) spoken answer goes"
    )
    parser.add_argument("--system", default=usual_system(), help="the system message; '' sends none")
    parser.add_argument("--url", help="the server; default: the one running here, else one started for this")
    parser.add_argument("--token", default="", help="the access token, where one is needed")
    parser.add_argument("--json", action="store_true", help="print one JSON object per turn")
    flags = parser.parse_args(arguments)
    if not flags.text and not flags.question:
        parser.error("give a recording, --text, or - for a conversation. 请给出录音文件、--text，或用 - 连续对话。")
    return flags


def _recording(flags: argparse.Namespace) -> bytes | None:
    """Read before a server is started for it, so that a wrong name is told at once."""
    return None if flags.text or flags.question == "-" else Path(flags.question).read_bytes()


def _converse(server: Server, recording: bytes | None, flags: argparse.Namespace, say: Any) -> int:
    history = [{"role": "system", "content": flags.system}] if flags.system else []
    is_talk = flags.question == "-" and not flags.text
    answered = True
    for question in _typed() if is_talk else [recording if recording is not None else flags.text]:
        try:
            turn = take_turn(server, history, question, say)
        except ServerTrouble as error:
            if not is_talk:
                raise
            turn = Turn(error=_sentence(error))
        if turn.wavs:
            flags.output.write_bytes(join_wavs(turn.wavs))
        _report(turn, flags, say)
        answered = answered and not turn.error and bool(turn.reply or not turn.heard)
    return 0 if answered else 1


def _typed() -> Iterator[bytes | str]:
    """What somebody types: texts, and recordings by their names."""
    print(words("Type, or name a recording; an empty line ends.", "输入文字或录音文件名，空行结束。"), file=sys.stderr)
    while line := _line():
        try:
            yield Path(line).read_bytes()
        except (OSError, ValueError):  # no such file, or nothing that could be one
            yield line


def _line() -> str:
    try:
        return input("> " if sys.stdin.isatty() else "").strip()
    except EOFError:
        return ""


def take_turn(server: Server, history: list[dict[str, str]], question: bytes | str, say: Any) -> Turn:
    """Ask, follow the answer as it arrives, and add both to the history once there is one. Raises ServerTrouble."""
    turn, started_s = Turn(), time.perf_counter()

    def since_ms() -> float:
        return round((time.perf_counter() - started_s) * 1000, 1)

    if isinstance(question, bytes):
        say(words("Listening...", "正在识别……"))
        turn.heard = server.hear(question) or ""
        turn.stages_ms["heard"] = since_ms()
        say(f"{since_ms():7.0f} ms  > {turn.heard or words('(nothing was said)', '（没有听到话）')}")
    else:
        turn.heard = question
    if not turn.heard:
        return turn
    asked_ms = since_ms()
    user = {"role": "user", "content": turn.heard}
    for frame in server.answer([*history, user]):
        if frame.is_last:
            turn.reply, turn.hint, turn.error = frame.text, frame.hint, frame.error or turn.error
            turn.stages_ms |= {stage: round(asked_ms + ms, 1) for stage, ms in frame.timing_ms.items()}
            break
        audio_s = _keep(turn, frame.audio) if frame.audio else 0.0
        turn.pieces.append({"text": frame.text, "at_ms": since_ms(), "audio_s": audio_s})
        say(f"{since_ms():7.0f} ms  {frame.text}  ({audio_s:.1f} s)")
    if turn.reply:
        history += [user, {"role": "assistant", "content": turn.reply}]
    return turn


def _keep(turn: Turn, wav: bytes) -> float:
    """How long the sound of a piece is; what is no sound is an error of the turn, whose text goes on."""
    try:
        audio_s = round(seconds_of(wav), 2)
    except ValueError as error:
        turn.error = words(f"The answer cannot be played: {error}", f"无法播放回答：{error}")
        return 0.0
    turn.wavs.append(wav)
    return audio_s


def _report(turn: Turn, flags: argparse.Namespace, say: Any) -> None:
    saved = str(flags.output) if turn.wavs else None
    if flags.json:
        shown = {name: value for name, value in vars(turn).items() if name != "wavs"}
        print(json.dumps(shown | {"answer": saved}, ensure_ascii=False), flush=True)
        return
    say("")
    for stage, title in STAGES.items():
        if stage in turn.stages_ms:
            say(f"  {turn.stages_ms[stage]:8.0f} ms  {words(*title)}")
    if not turn.wavs and turn.reply:
        say(f"  {turn.reply}")
    for trouble in filter(None, (turn.hint, turn.error)):
        say(f"  ! {trouble}")
    if saved:
        say(f"  {words('Saved', '已保存')}: {saved} ({sum(map(seconds_of, turn.wavs)):.1f} s)")


if __name__ == "__main__":
    sys.exit(main())
