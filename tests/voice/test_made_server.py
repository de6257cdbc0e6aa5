"""The server as it is started, with base weights and no clip: a character of the studio has its own voice."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.field_client import read_like_a_field_client
from tests.support.made_character import add_clips, add_weights, made_character
from tests.support.processes import wait_until
from tests.test_chat_server import running

pytest.importorskip("torch", reason="torch, with which cloned voices speak, is not installed")
pytest.importorskip("espeakng_loader", reason="espeakng-loader, which speaks for all others, is not installed")
pytestmark = pytest.mark.slow
USER = {"role": "user", "content": "你好"}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from tts.gpt_sovits.random_set import write_random_set

    monkeypatch.setenv("HOME", str(tmp_path))  # what others have downloaded is not meant
    write_random_set(tmp_path / "models", "v2", "tiny")
    (tmp_path / "config.yaml").write_text(
        "server: {models_dir: models, data_dir: data}\nstudio: {work_dir: work}\nasr: {engine: none}\n"
    )
    with running(tmp_path, "--config", str(tmp_path / "config.yaml")) as (_, url):
        assert wait_until(lambda: speaking(url)["state"] != "loading", 240), speaking(url)
        yield url


def speaking(url: str) -> dict[str, Any]:
    return httpx.get(url + "/health", timeout=20).json()["engines"]["tts"]


def chat(url: str, **wishes: Any) -> list[dict[str, Any]]:
    answer = httpx.post(url + "/api/chat", json={"msg": [USER], **wishes}, timeout=120)
    return read_like_a_field_client(answer.content.split(b"\n"))


def is_heard(frames: list[dict[str, Any]]) -> bool:
    return len(frames) > 1 and all(frame["file"] != "None" for frame in frames[:-1])


@pytest.mark.long
def test_those_with_clips_are_cloned_and_all_others_spoken_by_espeak(server: str, tmp_path: Path):
    health = speaking(server)
    assert health["engine"] == "gpt-sovits + espeak"
    assert "GSV.ref_audio_path" in health["note"]
    assert is_heard(chat(server))
    bob = made_character(tmp_path / "work")
    add_clips(bob, {"name": "a.wav"})
    add_weights(bob, 1)
    assert is_heard(frames := chat(server, character="bob")), frames[-1]
    (bob.models / "bob-e1.ckpt").write_bytes(b"torn")
    silent = chat(server, character="bob")
    assert not is_heard(silent)
    assert "bob-e1.ckpt" in json.dumps(silent[-1])
    assert is_heard(chat(server)), "espeak needs no weights"
