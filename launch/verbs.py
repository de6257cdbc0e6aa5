"""The verbs of start.py: which packages each needs, and who carries it out."""

import contextlib
import difflib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from launch import packages
from launch.environment import run_python
from launch.places import PYTHON, ROOT, SERVER
from launch.words import Refusal, accept_any_terminal, say, words

OWN_FLAGS = {"--daemon", "--ml", "--no-ml", "--no-demo"}
"""Options of `serve` that are ours; chat_server.py gets the others."""


@dataclass(frozen=True)
class Verb:
    """Something start.py can do, and a line about it."""

    run: Callable[[list[str]], int]
    en: str
    zh: str


def main(arguments: list[str]) -> int:
    """Carry out the verb; returns the exit status, unless this process becomes another program."""
    accept_any_terminal()
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = ["serve", *arguments]
    name = "help" if arguments[0] in ("-h", "--help") else arguments[0]
    try:
        if name not in VERBS:
            _refuse(name)
        status = VERBS[name].run(arguments[1:])
        sys.stdout.flush()  # here, where a reader that has gone is no error
        return status
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return refusal.status
    except BrokenPipeError:  # `start.py models | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        say(f"{error}. Is the folder writable, and the disk not full?", f"{error}。文件夹可写吗？磁盘还有空间吗？")
        return 1
    except KeyboardInterrupt:
        say("Interrupted; run it again to go on.", "已中断；重新运行即可继续。")
        return 130


def _serve(arguments: list[str]) -> int:
    passed = [argument for argument in arguments if argument not in OWN_FLAGS]
    packages.ensure(_packages_to_serve(arguments))
    if "--daemon" not in arguments:
        return run_python([str(SERVER), *passed])
    from launch import server

    return server.start(passed)


def _install(arguments: list[str]) -> int:
    packages.ensure(_packages_to_serve(arguments))
    return 0


def _packages_to_serve(arguments: list[str]) -> list[str]:
    """The large ones only where there is a model that needs them."""
    names = [packages.SERVER]
    if "--no-demo" not in arguments:
        names.append(packages.DEMO)
    if "--ml" in arguments or ("--no-ml" not in arguments and _wants_speech_packages()):
        names.append(packages.ML)
    return names


def _wants_speech_packages() -> bool:
    from launch.models import has_any

    if not has_any():
        return False
    if not packages.is_installed(packages.ML):
        say(
            "A speech model is here, so its packages are needed, too (--no-ml does without).",
            "发现语音模型，因此还需要它的依赖（--no-ml 可跳过）。",
        )
    return True


def _stop(_: list[str]) -> int:
    from launch import server

    return server.stop()


def _status(_: list[str]) -> int:
    from launch import server

    return server.status()


def _talk(arguments: list[str]) -> int:
    packages.ensure(_packages_to_serve([]))
    if address := _configured_address():
        os.environ.setdefault("YINLIU_URL", address)
    return run_python(["-m", "clients.cli.talk", *arguments])


def _studio(arguments: list[str]) -> int:
    packages.ensure([packages.SERVER])
    if address := _configured_address():
        os.environ.setdefault("YINLIU_URL", address)
    return run_python(["-m", "clients.cli.studio", *arguments])


def _listen(arguments: list[str]) -> int:
    packages.ensure([packages.SERVER, packages.CLIENTS])
    names_none = not any(argument.partition("=")[0] == "--server" for argument in arguments)
    address = _configured_address() if names_none else ""
    return run_python(["-m", "clients.pi", *(["--server", address] if address else []), *arguments])


def _window(arguments: list[str]) -> int:
    packages.ensure([packages.SERVER, packages.CLIENTS, packages.GUI])
    return run_python(["-m", "clients.gui", *arguments])


def _worker(arguments: list[str]) -> int:
    packages.ensure(_packages_to_serve(arguments))
    passed = [argument for argument in arguments if argument not in OWN_FLAGS]
    return run_python(["-m", "voice.broker.worker_entry", *passed])


def _configured_address() -> str:
    """Of the server on this machine; "" where the settings cannot be read, and the usual address has to do."""
    from launch.doctor import ask_settings

    with contextlib.suppress(ValueError, KeyError):
        return f"http://127.0.0.1:{json.loads(ask_settings().stdout)['port']}"
    return ""


def _models(arguments: list[str]) -> int:
    from launch import models

    return models.main(arguments)


def _doctor(arguments: list[str]) -> int:
    from launch import doctor

    return doctor.main(arguments)


def _test(arguments: list[str]) -> int:
    from launch import testing

    packages.ensure(packages.EVERYTHING)
    return testing.main(arguments)


def _check(_: list[str]) -> int:
    """Run all three, so that one call shows everything there is to mend."""
    packages.ensure(packages.EVERYTHING)
    statuses = []
    for tool in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["pyright"]):
        print("+", *tool, flush=True)
        statuses.append(subprocess.run([str(PYTHON), "-m", *tool], cwd=ROOT).returncode)
    return int(any(statuses))


def _help(_: list[str]) -> int:
    print(words("python3 start.py [VERB] [OPTIONS]", "python3 start.py [命令] [选项]"))
    for name, verb in VERBS.items():
        print(f"  {name:8}{words(verb.en, verb.zh)}")
    print(
        words(
            "serve, too, takes --ml (packages for speech models), --no-ml, and --no-demo (no embedded voice).",
            "serve 也接受 --ml（安装语音模型的依赖）、--no-ml、--no-demo（不装内置语音）。",
        )
    )
    return 0


def _refuse(name: str) -> NoReturn:
    near = difflib.get_close_matches(name, VERBS, n=1, cutoff=0.4)
    guess = words(f" Did you mean {near[0]}?", f"是想用 {near[0]} 吗？") if near else ""
    raise Refusal(
        f"There is no verb {name!r}.{guess} `start.py help` lists them.",
        f"没有名为 {name!r} 的命令。{guess}start.py help 会列出全部命令。",
        status=2,
    )


VERBS = {
    "serve": Verb(
        _serve,
        "start the server (also without a verb); --daemon: in the background; --help: its options",
        "启动服务（可省略）；--daemon 在后台运行；--help 查看选项",
    ),
    "install": Verb(
        _install, "only install; takes --ml, --no-ml and --no-demo", "只安装；接受 --ml、--no-ml、--no-demo"
    ),
    "stop": Verb(_stop, "end the server in the background", "结束后台服务"),
    "status": Verb(_status, "whether it runs, where, and with which engines", "后台服务是否运行、地址、各引擎的状态"),
    "talk": Verb(
        _talk,
        "QUESTION.wav [-o ANSWER.wav], --text TEXT, or - : talk with the server",
        "问题.wav [-o 回答.wav]、--text 文字 或 -：与服务对话",
    ),
    "listen": Verb(
        _listen,
        "talk hands-free in the terminal; --check tries the sound devices; --help: its options",
        "在终端里免提对话；--check 检查声音设备；--help 查看选项",
    ),
    "window": Verb(_window, "talk in a desktop window; --web: in a browser page", "桌面窗口对话；--web 在网页中打开"),
    "worker": Verb(
        _worker,
        "do the work of a server on another machine, over RabbitMQ; --help: its options",
        "通过 RabbitMQ 为另一台机器上的服务执行任务；--help 查看选项",
    ),
    "studio": Verb(
        _studio,
        "make a voice: new, add, process, train, say, or make for all of it; --help: its verbs",
        "制作声音：new、add、process、train、say，或用 make 一步完成；--help 查看全部",
    ),
    "models": Verb(
        _models,
        "list the speech models; models get sensevoice (or gpt-sovits): fetch one",
        "列出语音模型；models get sensevoice（或 gpt-sovits）：下载",
    ),
    "doctor": Verb(
        _doctor,
        "look for what is missing or wrong, and name the remedy; --json: for programs",
        "检查缺少什么、哪里不对、如何解决；--json 供程序使用",
    ),
    "test": Verb(
        _test,
        "run the tests (--all: the long ones, too); arguments go to pytest",
        "运行测试（--all：包括耗时的测试）；参数传给 pytest",
    ),
    "check": Verb(_check, "lint, format and types", "检查代码风格和类型"),
    "help": Verb(_help, "this list", "本列表"),
}
