"""What the client was asked to do: flags, else the options file, else defaults."""

import argparse
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from clients.pi.option_file import read_options, usual_path
from launch.words import Refusal

NUMBERS = ("silence_ms", "turns")
SWITCHES = ("wake",)
DUPLEX = ("auto", "half", "full")


@dataclass(frozen=True)
class Options:
    server: str = "http://127.0.0.1:8001"
    token: str = ""
    input: str = ""
    """A device's number, or a part of its name; "" is the system's choice."""
    output: str = ""
    wake: bool = False
    wake_model: str = ""
    button: str = ""
    """A GPIO number."""
    led: str = ""
    """gpio:NUMBER or a command."""
    duplex: str = "auto"
    system: str = ""
    """"" is the usual prompt, or the character's."""
    character: str = ""
    voice: str = ""
    silence_ms: int = 500
    turns: int = 20
    """Questions with their answers that are remembered."""


def parse(arguments: list[str] | None = None) -> tuple[Options, str]:
    """The options, and what to do: talk, list, check or text. Raises Refusal."""
    flags = vars(_parser().parse_args(arguments))
    file, verb = flags.pop("options"), flags.pop("verb") or "talk"
    kept = _kept(Path(file) if file else usual_path(), must_exist=bool(file))
    return _checked({**kept, **{name: value for name, value in flags.items() if value is not None}}), verb


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m clients.pi",
        description="Talks with a Yinliu server through a microphone and a loudspeaker. 通过麦克风和扬声器与音流对话。",
    )
    add = parser.add_argument
    add("--server", metavar="URL", help="the server (http://127.0.0.1:8001) 服务器地址")
    add("--token", help="its access token; better kept in the options file 访问令牌")
    add("--input", metavar="N|NAME", help="the microphone, by number or a part of its name 麦克风")
    add("--output", metavar="N|NAME", help="the loudspeaker 扬声器")
    add("--wake", action="store_true", default=None, help="wait for the wake word of the usual folder 等待唤醒词")
    add("--wake-model", metavar="FILE", help="wait for this wake word (ONNX) 唤醒词模型")
    add("--button", metavar="GPIO", help="push to talk; with a wake word: push instead of saying it 按键说话")
    add("--led", metavar="HOOK", help="gpio:17, or a command that gets the state as its argument 状态灯")
    duplex = parser.add_mutually_exclusive_group()
    half, full = "no interrupting by voice 半双工", "can be interrupted by voice, wants echo cancellation 全双工"
    duplex.add_argument("--half-duplex", dest="duplex", action="store_const", const="half", help=half)
    duplex.add_argument("--full-duplex", dest="duplex", action="store_const", const="full", help=full)
    add("--system", metavar="TEXT", help="the system prompt 系统提示词")
    add("--character", metavar="NAME", help="one of the server's characters 角色")
    add("--voice", metavar="NAME", help="one of the server's voices 音色")
    add("--silence-ms", type=int, metavar="MS", help="how long a pause ends an utterance (500) 停顿多久算说完")
    add("--turns", type=int, metavar="N", help="how many turns are remembered (20) 记住多少轮")
    add("--options", metavar="FILE", help="where options are kept (~/.config/yinliu/pi.yaml) 选项文件")
    verb = parser.add_mutually_exclusive_group()
    for name, about in (
        ("list", "print the sound devices 列出声音设备"),
        ("check", "try the sound devices and the server 检查声音和服务器"),
        ("text", "type instead of speaking 用键盘输入"),
    ):
        verb.add_argument(f"--{name}", dest="verb", action="store_const", const=name, help=about)
    return parser


def _kept(path: Path, must_exist: bool) -> dict[str, object]:
    try:
        values = read_options(path)
    except FileNotFoundError:
        if must_exist:
            raise Refusal(f"There is no file {path}.", f"没有文件 {path}。") from None
        return {}
    except (OSError, UnicodeError) as error:
        raise Refusal(f"{path} cannot be read: {error}", f"无法读取 {path}：{error}") from None
    known = {field.name for field in dataclasses.fields(Options)}
    for name in values:
        if name not in known:
            raise Refusal(
                f"{path}: there is no option {name}. There are: {', '.join(sorted(known))}.",
                f"{path}：没有选项 {name}。可用：{', '.join(sorted(known))}。",
            )
    return {name: _typed(path, name, value) for name, value in values.items() if value}


def _typed(path: Path, name: str, value: str) -> object:
    if name in SWITCHES:
        return value.lower() in ("true", "yes", "on", "1")
    if name not in NUMBERS:
        return value
    try:
        return int(value)
    except ValueError:
        raise Refusal(
            f"{path}: {name} is a number, not {value!r}.", f"{path}：{name} 应为数字，而不是 {value!r}。"
        ) from None


def _checked(values: dict) -> Options:
    options = Options(**values)
    parts = urlsplit(options.server)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Refusal(
            f"{options.server!r} is no address of a server; it looks like http://192.168.1.10:8001.",
            f"{options.server!r} 不是服务器地址，应形如 http://192.168.1.10:8001。",
        )
    if options.duplex not in DUPLEX:
        raise Refusal(f"duplex is one of {', '.join(DUPLEX)}.", f"duplex 应为 {'、'.join(DUPLEX)} 之一。")
    if not 100 <= options.silence_ms <= 5000 or options.turns < 1:
        raise Refusal(
            "silence_ms is a number from 100 to 5000, and turns is at least 1.",
            "silence_ms 应为 100 到 5000，turns 至少为 1。",
        )
    return _without_token_in_address(options)


def _without_token_in_address(options: Options) -> Options:
    """Addresses are printed, and `?token=` may stand in one: other clients know no other way to send it."""
    parts = urlsplit(options.server)
    query = dict(parse_qsl(parts.query))
    token = query.pop("token", "")
    server = urlunsplit(parts._replace(query=urlencode(query)))
    return dataclasses.replace(options, server=server, token=options.token or token)
