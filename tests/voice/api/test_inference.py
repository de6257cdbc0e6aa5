"""The inference family over a real socket, word for word as clients of the original expect it."""

import os
import sys
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.studio_routes import StudioClient, studio_client, without_times
from tests.support.studio_work import speech, wav_bytes
from tests.support.trained import plausible_weights
from tests.support.training_jobs import SPOKEN
from voice.studio import inference
from voice.studio.infer import output_of

TEXT = "今天天气真不错。"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[StudioClient]:
    with studio_client(StudioClient(tmp_path, plausible_weights(tmp_path / "models"))) as client:
        yield client


def ask(client: StudioClient, **more: Any) -> tuple[int, Any]:
    return client("POST", "/inference", json={"target_text": TEXT, **more})


def finish(client: StudioClient, sound: bytes = b"RIFF") -> None:
    claim = client.claim()
    output = output_of(claim.job.parameters)
    output.parent.mkdir(exist_ok=True)
    output.write_bytes(sound)
    client.worker.finish(claim, "completed", {})


def asked(client: StudioClient) -> dict[str, Any]:
    """The parameters of the job that was handed in last."""
    return dict(client.jobs.of_kind("infer", 1)[0].parameters)


def test_what_is_said_before_there_is_anything(client: StudioClient):
    assert client("GET", "/inference") == (200, [])
    status, refusal = ask(client)
    assert (status, refusal["detail"]) == (400, "未指定角色且无默认角色")
    assert ask(client, character_name="x") == (400, {"detail": "角色不存在: x"})
    client.processed()
    for body in ({}, {"character_name": "bob"}):
        status, refusal = ask(client, **body)
        assert (status, refusal["detail"]) == (400, "角色 bob 的模型尚未训练完成")
    for identity in (str(uuid.uuid4()), "x", "..%2fx"):
        for path in (f"/inference/{identity}", f"/inference/{identity}/download"):
            status, refusal = client("GET", path)
            assert status == 404, path
    assert client("POST", "/inference", json={"character_name": "bob"})[0] == 422
    assert client("POST", "/inference", json={"target_text": 7})[0] == 422


def test_from_asking_to_the_download(client: StudioClient):
    client.trained()
    status, started = ask(client)
    assert status == 200
    identity = started["inference_id"]
    assert uuid.UUID(identity).version == 4
    assert str(uuid.UUID(identity)) == identity
    assert list(started) == [
        "inference_id",
        "character_name",
        "target_text",
        "status",
        "created_at",
        "completed_at",
        "output_path",
        "error_message",
    ]
    assert without_times(started) == {
        "inference_id": identity,
        "character_name": "bob",
        "target_text": TEXT,
        "status": "running",
        "output_path": None,
        "error_message": None,
    }
    assert client.woken[-1] == "quick"
    assert client("GET", f"/inference/{identity}") == (200, started)
    assert client("GET", f"/inference/{identity}/download") == (400, {"detail": "推理尚未完成"})
    finish(client)
    _, done = client("GET", f"/inference/{identity}")
    assert (done["status"], Path(done["output_path"]).name) == ("completed", f"{identity}.wav")
    assert done["completed_at"] >= done["created_at"]
    answer = httpx.get(f"{client.url}/inference/{identity}/download")
    assert (answer.content, answer.headers["content-type"]) == (b"RIFF", "audio/wav")
    assert answer.headers["content-disposition"] == f'attachment; filename="bob_{identity[:8]}.wav"'
    Path(done["output_path"]).unlink()
    assert client("GET", f"/inference/{identity}/download") == (404, {"detail": "推理结果文件不存在"})


def test_without_wishes_the_first_clip_and_the_character_s_language_are_used(client: StudioClient):
    client.trained()
    ask(client)
    told = asked(client)
    assert (told["reference"], told["reference_text"]) == ("sliced_audio/0.wav", SPOKEN)
    assert (told["language"], told["reference_language"]) == ("all_zh", "zh")
    assert (told["gpt"], told["sovits"]) == ("models/bob-e15.ckpt", "models/bob_e8_s24.pth")
    client.characters.change("bob", language="en")
    ask(client)
    assert asked(client)["language"] == "en"


@pytest.mark.parametrize(
    ("word", "code"), [("中文", "all_zh"), ("英文", "en"), ("中英混合", "zh"), ("粤语", "all_yue"), ("auto", "auto")]
)
def test_languages_in_the_original_s_words(client: StudioClient, word: str, code: str):
    client.trained()
    assert ask(client, target_language=word, ref_language=word)[0] == 200
    told = asked(client)
    assert (told["language"], told["reference_language"]) == (code, code)


@pytest.mark.parametrize("field", ["target_language", "ref_language"])
def test_an_unknown_language_is_named(client: StudioClient, field: str):
    client.trained()
    status, refusal = ask(client, **{field: "火星文"})
    assert (status, "火星文" in refusal["detail"], "中英混合" in refusal["detail"]) == (400, True, True)


@pytest.mark.parametrize("how", ["1.wav", "sliced_audio/1.wav", "absolute"])
def test_a_clip_by_its_name_or_path(client: StudioClient, how: str):
    folder = client.trained()
    how = str(folder.sliced / "1.wav") if how == "absolute" else how
    assert ask(client, ref_audio=how)[0] == 200
    told = asked(client)
    assert (told["reference"], told["reference_text"]) == ("sliced_audio/1.wav", SPOKEN)


def test_a_recording_needs_its_words(client: StudioClient):
    client.trained()
    status, refusal = ask(client, ref_audio="raw_audio/0.wav")
    assert (status, "ref_text" in refusal["detail_en"]) == (400, True)
    assert ask(client, ref_audio="raw_audio/0.wav", ref_text=" 广州市\n房地产 ")[0] == 200
    told = asked(client)
    assert (told["reference"], told["reference_text"]) == ("raw_audio/0.wav", "广州市 房地产")


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../eve/sliced_audio/0.wav", "{work}/characters/eve/sliced_audio/0.wav", "missing.wav", "..",
     "sliced_audio/../sliced_audio/0.wav", "character_config.json", "models/bob-e15.ckpt", "sliced_audio", "link.wav"],
)  # fmt: skip
def test_nothing_but_the_character_s_own_is_spoken_like(client: StudioClient, path: str):
    folder = client.trained()
    client.trained("eve")
    if sys.platform != "win32":
        os.symlink(client.characters.folder("eve").sliced / "0.wav", folder.sliced / "link.wav")
    status, refusal = ask(
        client, character_name="bob", ref_audio=path.format(work=folder.root.parents[1]), ref_text="x"
    )
    assert status == 400
    assert refusal["detail"].startswith("参考音频不存在")


def test_clips_that_no_voice_can_be_cloned_from(client: StudioClient):
    folder = client.trained()
    (folder.sliced / "0.wav").write_bytes(wav_bytes(speech()[: 32000 * 2]))
    (folder.sliced / "1.wav").write_bytes(wav_bytes(speech()[: 32000 * 11]))
    client.studio.training._settings = replace(client.studio.training._settings, uses_stale=True)
    status, refusal = ask(client, ref_audio="0.wav")
    assert (status, "2.0 s" in refusal["detail_en"]) == (400, True)
    assert ask(client)[0] == 200
    assert asked(client)["reference"] == "sliced_audio/2.wav"
    (folder.sliced / "2.wav").unlink()
    status, refusal = ask(client)
    assert (status, "ref_audio" in refusal["detail"]) == (400, True)


@pytest.mark.parametrize("text", ["", " ", "……！", "字" * 5001])
def test_what_cannot_be_spoken_is_refused_at_once(client: StudioClient, text: str):
    client.trained()
    status, refusal = ask(client, target_text=text)
    assert (status, bool(refusal["detail_en"])) == (400, True)


def test_a_body_that_is_too_large(client: StudioClient):
    assert ask(client, ref_text="x" * (300 << 10))[0] == 413


@pytest.mark.parametrize(
    ("wanted", "name"),
    [("greeting", "greeting.wav"), ("greeting.wav", "greeting.wav"), ("../x", ""), ("a/b", ""), (".x", ""), ("con", ""),
     ('a"b', ""), ("a\nb", ""), (" ", "")],
)  # fmt: skip
def test_a_download_may_be_named(client: StudioClient, wanted: str, name: str):
    client.trained()
    identity = ask(client, output_name=wanted)[1]["inference_id"]
    finish(client)
    header = httpx.get(f"{client.url}/inference/{identity}/download").headers["content-disposition"]
    assert header == f'attachment; filename="{name or f"bob_{identity[:8]}.wav"}"'


def test_two_at_once_never_share_a_file(client: StudioClient):
    client.trained()
    identities = [ask(client, target_text=f"第{number}句")[1]["inference_id"] for number in range(3)]
    for number in range(3):
        finish(client, f"sound {number}".encode())
    for number, identity in enumerate(identities):
        assert httpx.get(f"{client.url}/inference/{identity}/download").content == f"sound {number}".encode()
    listed = client("GET", "/inference")[1]
    assert [info["inference_id"] for info in listed] == identities, "in the order of their making"


def test_a_failure_says_why(client: StudioClient):
    client.trained()
    identity = ask(client)[1]["inference_id"]
    client.worker.finish(client.claim(), "failed", error="The clip is silent.", error_zh="参考音频里没有声音。")
    _, failed = client("GET", f"/inference/{identity}")
    assert (failed["status"], failed["error_message"]) == ("failed", "推理执行失败: 参考音频里没有声音。")
    assert (failed["completed_at"], failed["output_path"]) == (None, None)


def test_a_voice_speaks_while_it_is_trained_but_is_neither_renamed_nor_deleted(client: StudioClient):
    client.trained()
    client("POST", "/characters/bob/training/start")
    train = client.claim()
    assert ask(client)[0] == 200
    client.worker.finish(train, "cancelled")
    for method, path in (("DELETE", "/characters/bob"), ("POST", "/characters/bob/training/clean")):
        status, refusal = client(method, path)
        assert (status, refusal["detail"]) == (409, "角色 bob 有正在进行的任务，请等待其结束或先取消。"), path
    assert client("PUT", "/characters/bob", json={"new_name": "eve"})[0] == 409
    finish(client)
    assert client("PUT", "/characters/bob", json={"new_name": "eve"})[0] == 200
    assert client("GET", "/inference")[1][0]["character_name"] == "eve"


def test_results_go_with_their_character(client: StudioClient):
    client.trained()
    client.trained("eve")
    ask(client)
    finish(client)
    ask(client, character_name="eve")
    finish(client)
    gone, kept = (Path(info["output_path"]) for info in client("GET", "/inference")[1])
    assert client("DELETE", "/characters/bob")[0] == 200
    assert (gone.exists(), kept.exists()) == (False, True)
    assert [info["character_name"] for info in client("GET", "/inference")[1]] == ["eve"]


def test_results_are_downloads_of_their_own_character_only(client: StudioClient):
    client.trained()
    client.trained("eve")
    identity = ask(client)[1]["inference_id"]
    finish(client, b"RIFF of bob")
    for name in (f"{identity}.wav", f"bob_{identity[:8]}.wav"):
        answer = httpx.get(f"{client.url}/characters/bob/download/{name}")
        assert (answer.status_code, answer.content) == (200, b"RIFF of bob")
        assert answer.headers["content-type"] in ("audio/x-wav", "audio/wav", "audio/vnd.wave")
        assert client("GET", f"/characters/eve/download/{name}") == (404, {"detail": "文件不存在"})
    weights = httpx.get(f"{client.url}/characters/bob/download/bob_e8_s24.pth")
    assert weights.headers["content-type"] == "application/octet-stream"
    assert weights.headers["content-disposition"] == 'attachment; filename="bob_e8_s24.pth"'


def test_only_the_newest_results_are_kept(client: StudioClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inference, "KEPT", 2)
    client.trained()
    for _ in range(4):
        ask(client)
        finish(client)
    ask(client)
    outputs = list((client.characters.work_dir / "inference_output").iterdir())
    assert len(outputs) == 2
    assert len(client("GET", "/inference")[1]) == 3


def test_what_killed_jobs_have_left_is_swept_away(client: StudioClient):
    client.trained()
    ask(client)
    finish(client)
    outputs = client.characters.work_dir / "inference_output"
    old, new = outputs / ".a.wav.x.partial", outputs / ".b.wav.x.partial"
    for file in (old, new):
        file.write_bytes(b"half")
    os.utime(old, (0, 0))
    client.studio.inference.sweep()
    assert (old.exists(), new.exists(), len(list(outputs.glob("*.wav")))) == (False, True, 1)


def test_a_queue_has_an_end(client: StudioClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inference, "MOST_WAITING", 2)
    client.trained()
    assert [ask(client)[0] for _ in range(3)] == [200, 200, 503]


def test_the_list_survives_a_restart(client: StudioClient, tmp_path: Path):
    client.trained()
    ask(client)
    finish(client)
    before = client("GET", "/inference")
    with studio_client(StudioClient(tmp_path, tmp_path / "models")) as again:
        assert again("GET", "/inference") == before
