"""The steps of `--check` that ask the server."""

import time
from collections.abc import Callable

import numpy as np

from clients.pi.finding import Finding, Step
from clients.protocol import Server
from clients.sound_files import wav_of
from launch.words import words

QUESTION = ("Say hello in one short sentence, in double quotes.", "请用一句话打个招呼，写在英文双引号里。")


def reach(server: Server) -> Step[bool]:
    since_ms = _stopwatch()
    health = server.health()
    version, took_ms = health.get("version", "?"), since_ms()
    yield Finding(
        f"{server.url} answers after {took_ms:.0f} ms (version {version}).",
        f"{server.url} 在 {took_ms:.0f} ms 后应答（版本 {version}）。",
    )
    for part, engine in health.get("engines", {}).items():
        note = engine.get("note") or ""
        head = " ".join(filter(None, (part, engine.get("engine"), engine["state"])))
        yield Finding(
            f"{head} {note}".strip(),
            f"{head} {engine.get('note_zh') or note}".strip(),
            is_good=engine["state"] in ("ready", "loading"),
        )
    return True


def ears(server: Server, recording: np.ndarray) -> Step[None]:
    since_ms = _stopwatch()
    text = server.hear(wav_of(recording))
    took_ms = since_ms()
    if text is None:
        yield Finding(
            f"The server does not know your voice ({took_ms:.0f} ms): it answers its owner only.",
            f"服务器不认识这个声音（{took_ms:.0f} ms）：它开启了声纹验证，只回应主人。",
            is_good=False,
        )
    elif text:
        yield Finding(
            f'The server heard "{text}" after {took_ms:.0f} ms.', f"服务器在 {took_ms:.0f} ms 后听到“{text}”。"
        )
    else:
        yield Finding(
            f"The server heard no words ({took_ms:.0f} ms). If you spoke: come closer, and look at the level above.",
            f"服务器没有听到话（{took_ms:.0f} ms）。如果刚才说了话：请靠近一些，并查看上面的音量。",
            is_good=False,
        )


def answer(server: Server) -> Step[None]:
    since_ms = _stopwatch()
    text_ms, sound_ms, error = 0.0, 0.0, ""
    for frame in server.answer([{"role": "user", "content": words(*QUESTION)}]):
        text_ms = text_ms or since_ms()
        if frame.audio:
            sound_ms = sound_ms or since_ms()
        error = error or frame.error
    stages = f"{text_ms:.0f}, {sound_ms:.0f}, {since_ms():.0f} ms"
    if error:
        yield Finding(error, error, is_good=False)
    elif sound_ms:
        yield Finding(
            f"Answered aloud; first text, first sound, end: {stages}.",
            f"语音回答；首段文字、首段语音、结束：{stages}。",
        )
    else:
        yield Finding(
            "The answer came without sound: run `start.py doctor` on the server, it says which voice it has.",
            "回答没有声音：请在服务器上运行 `start.py doctor`，查看可用的音色。",
            is_good=False,
        )


def _stopwatch() -> Callable[[], float]:
    began_s = time.perf_counter()
    return lambda: (time.perf_counter() - began_s) * 1000
