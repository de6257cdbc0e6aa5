"""The clips family: report, sound, transcript, and corrections, after a processing of made-up files."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tests.support.live_server import live_server
from voice.api.aside import Aside
from voice.api.clips import clip_routes
from voice.api.errors import install_error_handlers
from voice.api.transcripts import transcript_routes
from voice.jobs.store import JobStore
from voice.studio.characters import CharacterConfig, Characters
from voice.studio.folders import CharacterFolder
from voice.studio.processing import Processing
from voice.studio.studio import Studio

CLIP = {"name": "a_0.wav", "source": "a", "start_s": 0.0, "seconds": 3.0, "peak": 0.5, "loudness_db": -20.0, "why": ""}


@pytest.fixture
def folder(tmp_path: Path) -> CharacterFolder:
    characters = Characters(tmp_path / "work")
    characters.create(CharacterConfig("bob"))
    return characters.folder("bob")


@pytest.fixture
def url(tmp_path: Path, folder: CharacterFolder) -> Iterator[str]:
    characters, jobs = Characters(tmp_path / "work"), JobStore(tmp_path / "jobs.sqlite")
    app = FastAPI()
    install_error_handlers(app)
    studio = Studio(characters, jobs, Processing(characters, jobs, {}))
    app.include_router(clip_routes(studio, Aside()))
    app.include_router(transcript_routes(studio, Aside()))
    with live_server(app) as url:
        yield f"{url}/api/v1/characters/bob"


@pytest.fixture
def processed(folder: CharacterFolder) -> CharacterFolder:
    for place in (folder.sliced, folder.denoised, folder.transcripts):
        place.mkdir()
    for name in ("a_0.wav", "a_1.wav"):
        (folder.sliced / name).write_bytes(b"sliced")
        (folder.denoised / name).write_bytes(b"denoised")
    lines = [f"{folder.denoised / name}|bob|ZH|{text}\n" for name, text in (("a_0.wav", "你好"), ("a_1.wav", "世界"))]
    (folder.transcripts / "denoised_audio.list").write_text("".join(lines), encoding="utf-8")
    report = {
        "summary": {"clips_kept": 2, "usable_minutes": 0.1},
        "clips": [CLIP, {**CLIP, "name": "a_2.wav", "why": "silent"}],
    }
    (folder.root / "clips.json").write_text(json.dumps(report), encoding="utf-8")
    return folder


def test_before_processing_there_is_nothing_and_it_says_so(url: str):
    for path in ("/clips", "/transcripts"):
        answer = httpx.get(url + path)
        assert answer.status_code == 404
        assert answer.json()["detail"] == "角色 bob 还没有片段，请先处理音频"
        assert "process its recordings" in answer.json()["detail_en"]
    assert httpx.get(url.replace("bob", "nobody") + "/clips").json()["detail"] == "角色不存在: nobody"


def test_the_report_estimates_the_training(url: str, processed: CharacterFolder):
    report = httpx.get(f"{url}/clips").json()
    assert report["summary"]["clips_kept"] == 1
    assert report["clips"][0]["name"] == "a_0.wav"
    assert "minutes" in report["training_time"]["gpu"]["en"]
    assert report["training_time"]["cpu"]["zh"]
    httpx.put(f"{url}/transcripts/a_0.wav", json={"text": "改过的"})
    assert httpx.get(f"{url}/clips").json()["clips"][0]["text"] == "改过的"


def test_the_report_follows_what_people_change(url: str, processed: CharacterFolder):
    httpx.delete(f"{url}/transcripts/a_0.wav")
    (gone,) = (clip for clip in httpx.get(f"{url}/clips").json()["clips"] if clip["name"] == "a_0.wav")
    assert (gone["is_kept"], gone["why"]) == (False, "removed")
    given = httpx.put(f"{url}/transcripts/a_0.wav", json={"text": "又说了一遍"})
    assert given.json()["language"] == "zh"
    report = httpx.get(f"{url}/clips").json()
    assert report["clips"][0]["is_kept"]
    assert report["summary"]["clips_kept"] == 1
    assert report["summary"]["usable_minutes"] == 0.05


def test_corrections_at_once_are_all_kept(url: str, processed: CharacterFolder):
    names = [f"c_{number}.wav" for number in range(24)]
    for name in names:
        (processed.denoised / name).write_bytes(b"x")
    with ThreadPoolExecutor(12) as people:
        answers = people.map(lambda name: httpx.put(f"{url}/transcripts/{name}", json={"text": name}), names)
        assert {answer.status_code for answer in answers} == {200}
    kept = {line["clip"] for line in httpx.get(f"{url}/transcripts").json()["lines"]}
    assert kept >= set(names)


def test_a_text_that_cannot_be_written_is_refused(url: str, processed: CharacterFolder):
    answer = httpx.put(f"{url}/transcripts/a_0.wav", content=b'{"text": "\\ud800"}')
    assert answer.status_code in (400, 422)
    assert httpx.get(f"{url}/transcripts").json()["lines"][0]["text"] == "你好"


def test_a_clip_is_heard_as_training_would_hear_it(url: str, processed: CharacterFolder):
    answer = httpx.get(f"{url}/clips/a_0.wav")
    assert (answer.content, answer.headers["content-type"]) == (b"denoised", "audio/wav")
    for name in ("..%2f..%2fcharacter_config.json", "missing.wav", "%2fetc%2fpasswd"):
        assert httpx.get(f"{url}/clips/{name}").status_code == 404


def test_lines_are_read_corrected_and_refused(url: str, processed: CharacterFolder):
    lines = httpx.get(f"{url}/transcripts").json()["lines"]
    assert lines[0] == {"clip": "a_0.wav", "speaker": "bob", "language": "zh", "text": "你好"}
    corrected = httpx.put(f"{url}/transcripts/a_0.wav", json={"text": "你好吗 | 真的"})
    assert corrected.json()["text"] == "你好吗 真的"
    assert [line["text"] for line in httpx.get(f"{url}/transcripts").json()["lines"]] == ["你好吗 真的", "世界"]
    assert httpx.put(f"{url}/transcripts/b.wav", json={"text": "x"}).status_code == 400
    empty = httpx.put(f"{url}/transcripts/a_0.wav", json={"text": " "})
    assert (empty.status_code, empty.json()["detail_en"]) == (400, "The text is empty.")


def test_a_clip_is_left_out_and_nothing_changes_while_a_job_is_under_way(
    url: str, processed: CharacterFolder, tmp_path: Path
):
    assert httpx.delete(f"{url}/transcripts/a_0.wav").json()["success"]
    assert httpx.delete(f"{url}/transcripts/a_0.wav").status_code == 400
    assert [line["clip"] for line in httpx.get(f"{url}/transcripts").json()["lines"]] == ["a_1.wav"]
    JobStore(tmp_path / "jobs.sqlite").submit("process_audio", "bob", {"inputs": {}})
    for answer in (
        httpx.put(f"{url}/transcripts/a_1.wav", json={"text": "x"}),
        httpx.put(f"{url}/transcripts", content=b"x"),
        httpx.delete(f"{url}/transcripts/a_1.wav"),
    ):
        assert answer.status_code == 409
    assert httpx.get(f"{url}/transcripts").status_code == 200


def test_a_list_from_elsewhere_is_taken_over_as_far_as_it_fits(url: str, processed: CharacterFolder):
    given = "C:\\old\\a_1.wav|someone|ZH|新的文本\n/x/unknown.wav|s|ZH|没有\nbroken line\n"
    answer = httpx.put(f"{url}/transcripts", content=given.encode()).json()
    assert [line["text"] for line in answer["lines"]] == ["新的文本"]
    assert len(answer["problems"]) == 2
    written = (processed.transcripts / "denoised_audio.list").read_text(encoding="utf-8")
    assert written == f"{processed.denoised / 'a_1.wav'}|bob|ZH|新的文本\n"
    useless = httpx.put(f"{url}/transcripts", content=b"nothing that fits")
    assert useless.json()["lines"] == []
    assert (processed.transcripts / "denoised_audio.list").read_text(encoding="utf-8") == written, "nothing is lost"
    assert httpx.put(f"{url}/transcripts", content=bytes(5 << 20)).status_code == 413
    assert [file.name for file in processed.transcripts.iterdir()] == ["denoised_audio.list"]
