"""What is said in each clip: heard once, corrected by people, and never lost."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from asr.recognizer import Heard, RecognitionFailed, SpeechModelMissing
from asr.vad import find_vad
from tests.support.studio_work import Job, character, silence, speech, wav_bytes
from voice.studio.ledger import digest
from voice.studio.listing import Words, list_clips
from voice.studio.recognition import HearingOptions, foreboding
from voice.studio.refused import Refused
from voice.studio.transcribe import Transcription, transcribe_clips
from voice.studio.transcripts import Line, correct_line, read_transcript, write_transcript
from voice.studio.wav import RATE_HZ

Answer = Callable[[np.ndarray, str], Heard]


class Ears:
    """A recogniser that answers as a test wants it to."""

    name = "ears"

    def __init__(self, answer: Answer):
        self.answer = answer
        self.heard: list[tuple[int, str]] = []
        self.loads = 0
        self.is_closed = False

    def load(self) -> None:
        self.loads += 1

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        self.heard.append((len(samples), language))
        return self.answer(samples, language)

    def close(self) -> None:
        self.is_closed = True


def by_length(samples: np.ndarray, language: str) -> Heard:
    return Heard(f"长度{len(samples)}", language or "zh")


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> Ears:
    ears = Ears(by_length)
    monkeypatch.setattr("asr.choose.choose", lambda *_, **__: (ears, ("ears", "耳朵")))
    return ears


class Scene:
    """A character with clips of 1, 2 and 3 seconds."""

    def __init__(self, place: Path, seconds: tuple[int, ...] = (1, 2, 3)):
        self.folder = character(place, {})
        for kept in (self.folder.sliced, self.folder.denoised):
            kept.mkdir()
        for length in seconds:
            self.write(f"{length}.wav", speech()[: length * RATE_HZ])

    def write(self, name: str, samples: np.ndarray) -> None:
        for kept in (self.folder.sliced, self.folder.denoised):
            (kept / name).write_bytes(wav_bytes(samples))

    @property
    def clips(self) -> dict[str, str]:
        return {file.name: digest(file) for file in sorted(self.folder.sliced.glob("*.wav"))}

    def run(self, kept: str = "sliced", language: str = "zh", engine: str = "auto") -> Mapping[str, Words]:
        return self.hear(kept, language, engine).words

    def hear(self, kept: str = "sliced", language: str = "zh", engine: str = "auto") -> Transcription:
        options = HearingOptions(self.folder.root, language, engine)
        place = getattr(self.folder, kept)
        self.job = Job()
        heard = transcribe_clips(self.folder, self.clips, place, options, self.job.step)
        list_clips(self.folder, place, "小音", heard.words)
        return heard

    @property
    def file(self) -> Path:
        (only,) = self.folder.transcripts.glob("*.list")
        return only

    @property
    def texts(self) -> dict[str, str]:
        return {line.name: line.text for line in read_transcript(self.file).lines}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_each_clip_gets_its_line(scene: Scene, ears: Ears):
    scene.run()
    assert scene.file.name == "sliced_audio.list"
    clip = scene.folder.sliced / "1.wav"
    assert scene.file.read_text(encoding="utf-8").split("\n")[0] == f"{clip.absolute()}|小音|ZH|长度16000"
    assert scene.texts == {f"{seconds}.wav": f"长度{16_000 * seconds}" for seconds in (1, 2, 3)}
    assert {language for _, language in ears.heard} == {"zh"}
    assert (ears.loads, ears.is_closed) == (1, True)


def test_nothing_is_heard_twice_unless_it_has_changed(scene: Scene, ears: Ears):
    scene.run()
    ears.heard.clear()
    scene.run()
    assert (ears.heard, ears.loads) == ([], 1)
    scene.write("2.wav", speech()[: 4 * RATE_HZ])
    (scene.folder.sliced / "3.wav").unlink()
    scene.run()
    assert ears.heard == [(64_000, "zh")]
    assert not list(scene.folder.transcripts.glob("*.bak"))
    assert scene.texts == {"1.wav": "长度16000", "2.wav": "长度64000"}


def test_the_language_is_found_out_where_nobody_has_told(scene: Scene, ears: Ears):
    answers = iter([Heard("hello", "en"), Heard("こんにちは"), Heard("你好")])
    ears.answer = lambda *_: next(answers)
    words = scene.run(language="")
    assert [word.language for word in words.values()] == ["en", "ja", "zh"]


def test_confidence_is_kept_where_the_recogniser_has_one(scene: Scene, ears: Ears):
    class Sure(Heard):
        confidence = 0.75

    ears.answer = lambda *_: Sure("sicher", "en")
    assert {word.confidence for word in scene.run().values()} == {0.75}
    ears.heard.clear()
    assert {word.confidence for word in scene.run().values()} == {0.75}


def test_a_correction_survives_another_run_another_language_and_another_denoiser(scene: Scene, ears: Ears):
    scene.run()
    correct_line(scene.file, "2.wav", "两秒钟")
    for kept, language in (("sliced", "zh"), ("sliced", "yue"), ("denoised", "zh"), ("sliced", "zh")):
        ears.heard.clear()
        scene.run(kept, language)
        assert 32_000 not in [length for length, _ in ears.heard]
        assert scene.texts["2.wav"] == "两秒钟"
        assert scene.file.name == f"{kept}_audio.list"


def test_a_correction_goes_with_its_sound(scene: Scene, ears: Ears):
    scene.run()
    correct_line(scene.file, "2.wav", "两秒钟")
    scene.write("2.wav", speech()[: 4 * RATE_HZ])
    scene.run()
    assert scene.texts["2.wav"] == "长度64000"


def test_an_interruption_after_another_sound_brings_no_old_text_back(scene: Scene, ears: Ears):
    scene.run()
    correct_line(scene.file, "2.wav", "两秒钟")
    scene.write("2.wav", speech()[: 4 * RATE_HZ])
    options = HearingOptions(scene.folder.root, "zh")
    transcribe_clips(scene.folder, scene.clips, scene.folder.sliced, options, Job().step)  # and no list is written
    scene.run()
    assert scene.texts["2.wav"] == "长度64000"


def test_a_line_taken_out_stays_out_and_one_put_in_stays_in(scene: Scene, ears: Ears):
    ears.answer = lambda samples, _: Heard("" if len(samples) == 16_000 else "有")
    scene.run()
    lines = [line for line in read_transcript(scene.file).lines if line.name != "3.wav"]
    write_transcript(scene.file, [*lines, Line("/elsewhere/1.wav", "小音", "zh", "我听见了")])
    for language in ("zh", "yue"):
        words = scene.run(language=language)
        assert scene.texts == {"1.wav": "我听见了", "2.wav": "有"}
        assert words["3.wav"].fault == "removed"


def test_texts_that_people_bring_need_no_recogniser(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("asr.choose.choose", lambda *_, **__: (None, ("nothing hears here", "没有识别器")))
    scene.folder.transcripts.mkdir()
    brought = [Line(f"C:\\mine\\{seconds}.wav", "me", "zh", f"第{seconds}句") for seconds in (1, 2)]
    write_transcript(scene.folder.transcripts / "mine.list", brought)
    heard = scene.hear()
    assert {name for name, words in heard.words.items() if words.fault == "no_text"} == {"3.wav"}
    assert (str(heard.deafness), heard.deafness and heard.deafness.chinese) == ("nothing hears here", "没有识别器")
    (scene.folder.sliced / "3.wav").unlink()
    assert scene.hear().deafness is None
    assert scene.texts == {"1.wav": "第1句", "2.wav": "第2句"}
    assert scene.file.name == "sliced_audio.list"


def test_lines_that_cannot_be_used_are_told_and_kept_in_a_copy(scene: Scene, ears: Ears):
    scene.folder.transcripts.mkdir()
    brought = "1.wav|小音|ZH|第一句\nnonsense\nstranger.wav|小音|ZH|谁\n"
    (scene.folder.transcripts / "mine.list").write_text(brought, encoding="utf-8")
    job = Job()
    words = transcribe_clips(
        scene.folder, scene.clips, scene.folder.sliced, HearingOptions(scene.folder.root), job.step
    ).words
    list_clips(scene.folder, scene.folder.sliced, "小音", words)
    assert scene.texts["1.wav"] == "第一句"
    assert "Line 2" in job.log[0]
    assert "1 of 2 lines belong to no clip" in job.log[1]
    assert (scene.folder.transcripts / "mine.list.bak").read_text(encoding="utf-8") == brought


def test_another_sound_from_the_denoiser_is_heard_anew(scene: Scene, ears: Ears):
    scene.run("denoised")
    ears.heard.clear()
    (scene.folder.denoised / "2.wav").write_bytes(wav_bytes(0.5 * speech()[: 2 * RATE_HZ]))
    scene.run("denoised")
    assert [length for length, _ in ears.heard] == [32_000]


def test_silence_and_noise_give_no_text(scene: Scene, ears: Ears):
    ears.answer = lambda *_: Heard("")
    assert {word.fault for word in scene.run().values()} == {"no_speech"}
    assert scene.texts == {}


def test_one_clip_that_breaks_the_recogniser_costs_only_its_text_and_is_tried_again(scene: Scene, ears: Ears):
    def breaks_once(samples: np.ndarray, language: str) -> Heard:
        if len(samples) == 32_000 and len(ears.heard) <= 3:
            raise RecognitionFailed("It broke.")
        return by_length(samples, language)

    ears.answer = breaks_once
    assert scene.run()["2.wav"].fault == "no_text"
    assert list(scene.texts) == ["1.wav", "3.wav"]
    assert scene.run()["2.wav"].text == "长度32000"
    assert len(ears.heard) == 4


@pytest.mark.parametrize("error", [SpeechModelMissing("Install it."), RecognitionFailed("Install it.")])
def test_a_recogniser_that_understands_nothing_is_given_up_soon_and_says_what_helps(
    tmp_path: Path, ears: Ears, error: Exception
):
    def refuse(*_: object) -> Heard:
        raise error

    ears.answer = refuse
    few = Scene(tmp_path / "few")
    heard = few.hear()
    assert isinstance(heard.deafness, Refused)
    assert str(heard.deafness) == "Install it."
    assert "语音识别无法使用" in heard.deafness.chinese
    assert {words.fault for words in heard.words.values()} == {"no_text"}
    assert any(line.startswith("Install it.") for line in few.job.log)
    ears.heard.clear()
    many = Scene(tmp_path / "many", tuple(range(1, 10)))
    assert len(many.run()) == 9
    assert len(ears.heard) == 5
    ears.answer = by_length
    assert all(words.text for words in many.run().values()), "what was given up is heard another time"


def test_clips_that_were_not_understood_can_be_written_by_hand(scene: Scene, ears: Ears):
    def refuse(*_: object) -> Heard:
        raise SpeechModelMissing("Install it.")

    ears.answer = refuse
    scene.run()
    new = Line(str(scene.folder.sliced / "2.wav"), "小音", "zh", "")
    correct_line(scene.file, "2.wav", "两秒钟", new)
    assert {name: words.text for name, words in scene.run().items() if words.text} == {"2.wav": "两秒钟"}
    assert scene.texts == {"2.wav": "两秒钟"}


def test_a_recogniser_that_cannot_be_loaded_says_why(scene: Scene, ears: Ears, monkeypatch: pytest.MonkeyPatch):
    def load() -> None:
        raise OSError("model.pt is cut off")

    monkeypatch.setattr(ears, "load", load)
    heard = scene.hear()
    assert "cut off" in str(heard.deafness)
    assert {words.fault for words in heard.words.values()} == {"no_text"}
    assert ears.is_closed


def test_a_recogniser_that_has_gone_is_told_although_earlier_clips_were_understood(scene: Scene, ears: Ears):
    scene.run()
    scene.write("4.wav", speech()[: 4 * RATE_HZ])

    def load() -> None:
        raise OSError("model.pt is cut off")

    ears.load = load
    heard = scene.hear()
    assert "cut off" in str(heard.deafness)
    assert {name for name, words in heard.words.items() if not words.text} == {"4.wav"}


@pytest.mark.slow
def test_the_demonstration_hears_english_and_nothing_in_noise(tmp_path: Path):
    pytest.importorskip("pocketsphinx", reason="pocketsphinx is not installed")
    scene = Scene(tmp_path, (4,))
    noise = (0.05 * np.random.default_rng(0).standard_normal(3 * RATE_HZ)).astype(np.float32)
    scene.write("noise.wav", noise)
    scene.write("silence.wav", silence(2))
    words = scene.run(language="en", engine="pocketsphinx")
    assert "my fellow" in words["4.wav"].text
    assert words["4.wav"].language == "en"
    assert {name for name, word in words.items() if not word.text} == {"noise.wav", "silence.wav"}


@pytest.mark.slow
def test_chinese_without_a_model_gets_the_command_that_installs_one(tmp_path: Path):
    pytest.importorskip("pocketsphinx", reason="pocketsphinx is not installed")
    scene = Scene(tmp_path, ())
    scene.write("a.wav", speech("aishell"))
    heard = scene.hear(language="zh", engine="pocketsphinx")
    assert "models get sensevoice" in str(heard.deafness)
    assert "knows English only" in str(heard.deafness)


def test_an_absent_recogniser_says_how_it_arrives(tmp_path: Path):
    assert "models get sensevoice" in str(Scene(tmp_path, (1,)).hear(engine="sensevoice").deafness)


@pytest.mark.parametrize(
    ("language", "engine", "told"),
    [
        ("zh", "pocketsphinx", "knows English only"),
        ("en", "pocketsphinx", None),
        ("", "pocketsphinx", None),
        ("zh", "none", "set to none"),
    ],
)
def test_what_will_hear_nothing_is_told_beforehand(tmp_path: Path, language: str, engine: str, told: str | None):
    pytest.importorskip("pocketsphinx", reason="pocketsphinx is not installed")
    why = foreboding(HearingOptions(tmp_path, language, engine))
    assert (why is not None) == (told is not None)
    assert told is None or told in str(why)


def test_recognisers_are_not_asked_about_clips_without_speech(tmp_path: Path, ears: Ears):
    if find_vad() is None:
        pytest.skip("silero-vad or onnxruntime is not installed")
    scene = Scene(tmp_path, (2,))
    scene.write("breath.wav", np.random.default_rng(0).normal(0, 0.02, 2 * RATE_HZ).astype(np.float32))
    words = scene.run()
    assert words["breath.wav"] == Words("", fault="no_speech")
    assert words["2.wav"].text
    assert len(ears.heard) == 1
    assert scene.run() == words
    assert len(ears.heard) == 1, "what was judged is remembered"
