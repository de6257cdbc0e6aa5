"""The whole job: its stages, its progress, its result, its failures, and going on after an interruption."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asr.recognizer import Heard
from tests.support.fakes import FakeRecognizer
from tests.support.recordings import by_ffmpeg, by_libsndfile
from tests.support.studio_work import Job, character, parameters, silence, speech, wav_bytes
from voice.jobs.work import JobCancelled, JobFailed
from voice.studio.folders import CharacterFolder
from voice.studio.process import process
from voice.studio.transcripts import read_transcript
from voice.studio.wav import RATE_HZ


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> FakeRecognizer:
    ears = FakeRecognizer()
    monkeypatch.setattr("asr.choose.choose", lambda *_, **__: (ears, ("ears", "耳朵")))
    return ears


def recordings() -> dict[str, bytes]:
    talk = np.concatenate([speech(), silence(1.5), speech("aishell")])
    return {
        "a.wav": wav_bytes(talk),
        "a.MP3": by_libsndfile("MP3", "MPEG_LAYER_III", talk, RATE_HZ),
        "c.m4a": by_ffmpeg("ipod", "aac", speech("aishell"), RATE_HZ),
    }


@pytest.fixture
def folder(tmp_path: Path) -> CharacterFolder:
    return character(tmp_path, recordings())


def progress(job: Job) -> list[float]:
    return [line["progress"] for line in job.lines if line["type"] == "progress"]


def test_recordings_become_clips_with_texts_and_a_report(folder: CharacterFolder, ears: FakeRecognizer):
    job = Job(parameters(folder))
    result = process(job.work)
    clips = sorted(file.name for file in folder.sliced.glob("*.wav"))
    assert result["processed_audio_count"] == len(clips) == result["clips_kept"]
    assert {name.split("_")[0] for name in clips} == {"a.wav.wav", "a.MP3.wav", "c.m4a.wav"}
    assert result["transcript"] == "transcripts/sliced_audio.list"
    lines = read_transcript(folder.root / result["transcript"]).lines
    assert [(line.name, line.speaker, line.language) for line in lines] == [(name, "小音", "zh") for name in clips]
    assert 0.5 < result["usable_minutes"] <= (2 * 16.8 + 4.3) / 60
    saved = json.loads((folder.root / "clips.json").read_text(encoding="utf-8"))
    assert [clip["name"] for clip in saved["clips"]] == clips
    assert json.dumps(result)


def test_stages_and_progress_are_those_of_the_api(folder: CharacterFolder, ears: FakeRecognizer):
    plain, with_denoising = Job(parameters(folder)), Job(parameters(folder, enable_denoise=True))
    process(plain.work)
    process(with_denoising.work)
    assert plain.stages == [
        ("convert_audio", 0.0),
        ("slice_audio", pytest.approx(33.333, abs=0.01)),
        ("asr_transcribe", pytest.approx(66.666, abs=0.01)),
    ]
    assert with_denoising.stages == [
        ("convert_audio", 0.0),
        ("slice_audio", 25.0),
        ("denoise_audio", 50.0),
        ("asr_transcribe", 75.0),
    ]
    for job in (plain, with_denoising):
        assert progress(job) == sorted(progress(job))
        assert progress(job)[-1] <= 100


def test_denoised_clips_are_those_that_are_listed(folder: CharacterFolder, ears: FakeRecognizer):
    result = process(Job(parameters(folder, enable_denoise=True, denoiser="wiener")).work)
    assert result["clips_folder"] == "denoised_audio"
    assert {file.name for file in folder.denoised.glob("*.wav")} == {file.name for file in folder.sliced.glob("*.wav")}
    assert [file.name for file in folder.transcripts.glob("*.list")] == ["denoised_audio.list"]
    off = process(Job(parameters(folder, enable_denoise=True, denoiser="off")).work)
    assert off["clips_folder"] == "sliced_audio"
    assert not list(folder.denoised.glob("*.wav"))
    assert [file.name for file in folder.transcripts.glob("*.list")] == ["sliced_audio.list"]


def state(folder: CharacterFolder) -> dict[str, int]:
    return {str(file.relative_to(folder.root)): file.stat().st_mtime_ns for file in folder.root.rglob("*.wav")}


def test_a_second_run_does_nothing_twice(folder: CharacterFolder, ears: FakeRecognizer):
    told = parameters(folder, enable_denoise=True)
    first = process(Job(told).work)
    before, count = state(folder), len(ears.heard)
    assert process(Job(told).work) == first
    assert state(folder) == before
    assert len(ears.heard) == count


def test_what_comes_of_a_removed_recording_goes_with_it(folder: CharacterFolder, ears: FakeRecognizer):
    told = parameters(folder, enable_denoise=True)
    before = process(Job(told).work)
    kept = {name: at for name, at in state(folder).items() if "a.MP3" not in name}
    (folder.raw / "a.MP3").unlink()
    after = process(Job(told).work)
    assert state(folder) == kept
    assert 0 < after["processed_audio_count"] < before["processed_audio_count"]
    assert "a.MP3" not in (folder.root / after["transcript"]).read_text(encoding="utf-8")


@pytest.mark.parametrize("stage", ["convert_audio", "slice_audio", "denoise_audio", "asr_transcribe"])
def test_a_cancelled_job_stops_and_goes_on_to_the_same_end(
    folder: CharacterFolder, tmp_path: Path, ears: FakeRecognizer, monkeypatch: pytest.MonkeyPatch, stage: str
):
    told = parameters(folder, enable_denoise=True)
    job = Job(told)
    looked = []

    def check() -> None:
        if job.stages and job.stages[-1][0] == stage:
            looked.append(stage)
        if len(looked) == 3:
            raise JobCancelled

    monkeypatch.setattr(job.work, "check", check)
    with pytest.raises(JobCancelled):
        process(job.work)
    assert process(Job(told).work) == process(
        Job(parameters(character(tmp_path / "2", recordings()), enable_denoise=True)).work
    )


def failure(job: Job) -> JobFailed:
    with pytest.raises(JobFailed) as failed:
        process(job.work)
    return failed.value


def test_failures_name_their_stage_and_the_reason(
    tmp_path: Path, ears: FakeRecognizer, monkeypatch: pytest.MonkeyPatch
):
    none = failure(Job(parameters(character(tmp_path / "1", {}))))
    assert str(none) == "Step convert_audio failed: There are no recordings."
    assert none.chinese == "步骤 convert_audio 失败: 没有上传录音。"
    separating = parameters(character(tmp_path / "0", recordings()), separator={"program": "no-such-program"})
    assert "Step convert_audio failed: The program for separating" in str(failure(Job(separating)))
    quiet = character(tmp_path / "2", {"a.wav": wav_bytes(silence(3))})
    assert str(failure(Job(parameters(quiet)))).startswith("Step slice_audio failed: The recordings hold only silence")
    good = character(tmp_path / "3", {"a.wav": wav_bytes(speech("aishell"))})
    denoising = parameters(good, enable_denoise=True, denoiser="magic")
    assert "Step denoise_audio failed: There is no denoiser" in str(failure(Job(denoising)))
    monkeypatch.setattr("asr.choose.choose", lambda *_, **__: (None, ("install it", "请安装")))


def test_recordings_that_nothing_hears_become_clips_without_texts(
    folder: CharacterFolder, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("asr.choose.choose", lambda *_, **__: (None, ("install it", "请安装")))
    job = Job(parameters(folder))
    result = process(job.work)
    assert result["recognition_failed"] == {"error": "install it", "error_zh": "请安装"}
    assert result["clips_kept"] == 0
    assert result["clips_dropped"].keys() == {"no_text"}
    assert job.log[0] == "install it", "before anything else is done"
    assert any("write their texts" in line for line in job.log)
    saved = json.loads((folder.root / "clips.json").read_text(encoding="utf-8"))
    assert {clip["why"] for clip in saved["clips"]} == {"no_text"}
    assert read_transcript(folder.root / result["transcript"]).lines == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device"), "The disk is full."),
        (MemoryError(), "not enough memory"),
        (ZeroDivisionError("by nothing"), "ZeroDivisionError: by nothing"),
    ],
)
def test_surprises_are_failures_of_their_stage_too(
    folder: CharacterFolder, ears: FakeRecognizer, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
):
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr("voice.studio.cut.save_wav", fail)
    failed = failure(Job(parameters(folder)))
    assert str(failed).startswith("Step slice_audio failed: ")
    assert said in str(failed)
    monkeypatch.undo()


def test_a_damaged_recording_is_told_and_costs_only_itself(folder: CharacterFolder, ears: FakeRecognizer):
    (folder.raw / "bad.flac").write_bytes(b"fLaC" + bytes(50))
    result = process(Job(parameters(folder)).work)
    (refused,) = result["recordings_refused"]
    assert refused["file"] == "bad.flac"
    assert "bad.flac" in refused["error"]
    assert "无法解码" in refused["error_zh"]
    assert result["processed_audio_count"] > 0


def test_overdriven_and_speechless_clips_are_dropped_from_the_transcript(
    folder: CharacterFolder, ears: FakeRecognizer, monkeypatch: pytest.MonkeyPatch
):
    (folder.raw / "loud.wav").write_bytes(wav_bytes(np.clip(20 * speech("aishell"), -1, 1)))
    tone = (0.3 * np.sin(np.arange(2 * RATE_HZ) / 9)).astype(np.float32)
    (folder.raw / "tone.wav").write_bytes(wav_bytes(tone))
    usual = ears.transcribe

    def hears_no_tone(samples: np.ndarray, language: str = "") -> Heard:
        return Heard("") if np.mean(np.abs(samples)) > 0.15 and len(samples) < 33_000 else usual(samples, language)

    monkeypatch.setattr(ears, "transcribe", hears_no_tone)
    result = process(Job(parameters(folder)).work)
    saved = json.loads((folder.root / "clips.json").read_text(encoding="utf-8"))
    why = {clip["source"]: clip["why"] for clip in saved["clips"] if clip["why"]}
    assert why == {"loud.wav.wav": "clipped", "tone.wav.wav": "no_speech"}
    lines = read_transcript(folder.root / result["transcript"]).lines
    assert len(lines) == result["clips_kept"] == result["processed_audio_count"] - 2


def test_the_longest_clip_is_a_setting(folder: CharacterFolder, ears: FakeRecognizer):
    process(Job(parameters(folder, max_clip_s=3)).work)
    saved = json.loads((folder.root / "clips.json").read_text(encoding="utf-8"))
    assert max(clip["seconds"] for clip in saved["clips"]) <= 3


def test_the_log_exists_in_both_languages(folder: CharacterFolder, ears: FakeRecognizer):
    (folder.raw / "bad.flac").write_bytes(b"fLaC" + bytes(50))
    job = Job(parameters(folder, enable_denoise=True))
    process(job.work)
    lines = [line for line in job.lines if line["type"] == "log"]
    assert all(any("\u4e00" <= char <= "\u9fff" for char in line["line_zh"]) for line in lines)
    told = {line["line_zh"][:3] for line in lines}
    assert told >= {"已转换", "已切分", "新识别", "bad"}


def test_a_line_without_a_translation_is_sent_as_before():
    job = Job()
    job.work.log("begun")
    job.step.log("ended", "warning", "结束")
    assert job.lines == [
        {"type": "log", "line": "begun", "level": "info"},
        {"type": "log", "line": "ended", "level": "warning", "line_zh": "结束"},
    ]
