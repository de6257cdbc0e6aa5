"""`start.py studio`: voices made from a terminal. Recordings go in, a character to talk to comes out."""

import argparse
import os
import sys
from pathlib import Path

from clients.cli import studio_config, studio_delete, studio_look, studio_make, studio_samples
from clients.cli.local_server import known_address
from clients.cli.studio_server import Refused, StudioServer
from clients.cli.studio_show import complain, say
from clients.troubles import ClientTrouble, ServerTrouble
from launch.words import accept_any_terminal, words

LANGUAGES = ("zh", "en", "ja", "ko", "yue")
"""Of recordings; the server keeps any word, and would fail with another hours later."""


def main(arguments: list[str] | None = None) -> int:
    """0 done, 1 failed, 2 for a command line that cannot be read."""
    accept_any_terminal()
    flags = parser().parse_args(arguments)
    url, token = (flags.url, flags.token) if flags.url else known_address(flags.token)
    server = StudioServer(url, token)
    try:
        status = flags.run(server, flags)
        sys.stdout.flush()  # here, where a reader that has gone is no error
        return status
    except Refused as refused:
        complain(words(refused.english, refused.chinese))
        if refused.kind == "token":
            complain(words("Give the token with --token.", "请用 --token 给出令牌。"))
        return 1
    except ServerTrouble as trouble:
        complain(words(trouble.english, trouble.chinese))
        if trouble.kind == "away" and not flags.url:
            complain(words("Start it: python3 start.py serve --daemon", "启动服务：python3 start.py serve --daemon"))
        return 1
    except BrokenPipeError:  # `studio clips yin | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except FileNotFoundError as missing:
        complain(words(f"There is no file {missing.filename} here.", f"这里没有文件 {missing.filename}。"))
        return 1
    except (ClientTrouble, OSError) as error:
        complain(words(error.english, error.chinese) if isinstance(error, ClientTrouble) else str(error))
        return 1
    except KeyboardInterrupt:
        say(words("Interrupted; the same command goes on where it was.", "已中断；再运行同一命令即可继续。"))
        return 130
    finally:
        server.close()


def parser() -> argparse.ArgumentParser:
    """The command line, in the user's language."""
    top = argparse.ArgumentParser(prog="start.py studio", description=words("Make voices.", "制作声音。"))
    top.add_argument("--url", help=words("the server; default: the one of this machine", "服务地址；默认为本机的服务"))
    top.add_argument("--token", default="", help=words("the access token, where one is needed", "访问令牌（需要时）"))
    verbs = top.add_subparsers(dest="verb", required=True, metavar=words("VERB", "命令"))

    def verb(run, name: str, english: str, chinese: str, *names: str) -> argparse.ArgumentParser:
        told = words(english, chinese)
        added = verbs.add_parser(name, help=told, description=told)
        added.set_defaults(run=run)
        for argument in names:
            added.add_argument(argument)
        return added

    look, make = studio_look, studio_make
    verb(look.characters, "list", "the characters and how far they are", "列出角色及其进度")
    _language(verb(make.new, "new", "make a character", "新建角色", "name"))
    _files(verb(make.add, "add", "send recordings; a second call goes on", "上传录音；可断点续传", "name"))
    files = verb(look.files, "files", "its recordings", "列出录音", "name")
    files.add_argument("--delete", metavar="FILE", help=words("take one away", "删除一个录音"))
    verb(make.process, "process", "make clips of the recordings", "把录音处理成片段", "name")
    verb(look.clips, "clips", "each clip, and why some are not used", "列出片段及未采用的原因", "name")
    lines = verb(look.transcripts, "transcripts", "what is said in the clips", "查看或修改片段文本", "name")
    lines.add_argument("--out", type=Path, metavar="F", help=words("write them to a file", "写入文件"))
    lines.add_argument(
        "--in", type=Path, metavar="F", dest="given", help=words("take a corrected file", "导入改好的文件")
    )
    training = verb(make.train_or_start_over, "train", "train the voice", "训练声音", "name")
    told = words("delete the voice and all progress first", "先删除已有的声音和训练进度，从头训练")
    training.add_argument("--start-over", action="store_true", help=told)
    _yes(training)
    heard = verb(studio_samples.samples, "samples", "hear what each epoch sounds like", "试听各轮样音", "name")
    chosen = verb(studio_samples.weights, "weights", "see or choose the epochs it uses", "查看或选用训练轮次", "name")
    studio_samples.add_options(heard, chosen)
    spoken = verb(make.speak, "say", "speak a text in the voice", "用该声音朗读", "name", "text")
    spoken.add_argument("--out", type=Path, metavar="F.wav", help=words("keep it instead of playing", "保存而不播放"))
    _language(_files(verb(make.everything, "make", "all of it in one go", "一步完成全部流程", "name")))
    settings = verb(
        studio_config.config, "config", "how its voice is made; shows it without options", "查看或修改训练设置", "name"
    )
    studio_config.add_options(settings)
    verb(look.jobs, "jobs", "work in the background", "后台任务")
    verb(make.watch_job, "watch", "follow a job, or a character's newest", "查看任务进度", "what")
    verb(make.cancel, "cancel", "end a job, or a character's newest", "取消任务", "what")
    _persona(verb(look.persona, "persona", "how it talks; shows it without options", "查看或设置人设", "name"))
    _yes(
        verb(studio_delete.delete, "delete", "take a character away with all its files", "删除角色及其全部文件", "name")
    )
    return top


def _yes(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--yes", action="store_true", help=words("do not ask", "不再询问"))


def _language(verb: argparse.ArgumentParser) -> argparse.ArgumentParser:
    told = words("of the recordings: zh (default), en, ja, ko, yue", "录音的语言：zh（默认）、en、ja、ko、yue")
    verb.add_argument("--language", choices=LANGUAGES, metavar=words("LANGUAGE", "语言"), help=told)
    return verb


def _files(verb: argparse.ArgumentParser) -> argparse.ArgumentParser:
    verb.add_argument("files", nargs="+", type=Path, metavar=words("FILE_OR_FOLDER", "文件或文件夹"))
    return verb


def _persona(verb: argparse.ArgumentParser) -> None:
    for field, english, chinese in (
        ("system", "who it is: its system message", "人设：系统提示词"),
        ("about", "a line for those who choose", "给选择者看的一句介绍"),
        ("language", "of its answers", "回答的语言"),
        ("clip", "the clip to speak like; '' for the best", "作为参考的片段；'' 为自动选择"),
    ):
        verb.add_argument(f"--{field}", help=words(english, chinese))
    verb.add_argument("--speed", type=float, help=words("0.25 to 4", "0.25 到 4"))
    told = words(
        "a clip for a mood, e.g. happy=a.wav; happy= takes it away", "情绪的参考片段，如 开心=a.wav；开心= 为删除"
    )
    verb.add_argument("--emotion", action="append", default=[], metavar="TAG=CLIP", help=told)


if __name__ == "__main__":
    sys.exit(main())
