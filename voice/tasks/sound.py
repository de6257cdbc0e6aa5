"""Slicing, denoising and transcribing on plain folders, with the studio's means. Inputs stay as they are."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import audio
from asr.recognizer import LANGUAGES, Heard, language_code
from voice.studio.convert import ConvertLimits, check_size, converted_name, read_recording
from voice.studio.cut import cut_samples
from voice.studio.denoise import choose_denoiser, clean_files
from voice.studio.ledger import Done, Ledger, digest, key_of
from voice.studio.recognition import HearingOptions, LazyRecognizer
from voice.studio.refused import Refused
from voice.studio.slicing import SliceRules
from voice.studio.steps import Step
from voice.studio.transcribe import words_of
from voice.studio.transcripts import Line, write_transcript
from voice.studio.wav import RATE_HZ, load_wav
from voice.tasks.folders import drop_stale, held, owner_of, sounds_in
from voice.tasks.places import Places
from voice.tasks.requests import AsrOptions, SliceOptions

FORM = 1
GIVE_UP_AFTER = 5
"""Clips that the recogniser refused before it understood any."""


def slice_sounds(source: Path, output: Path, options: SliceOptions, places: Places, step: Step) -> int:
    """Cut recordings at their pauses, as the request says; returns the number of clips. Raises Refused."""
    sounds, owner, made = sounds_in(source, places, step), owner_of(source), 0
    refused: list[Refused] = []
    told = {name: getattr(options, name) for name in SliceOptions.model_fields if name != "n_parts"}
    with held(output, step) as ledger:
        drop_stale(ledger, source, sounds.keys())
        for number, (name, file) in enumerate(sounds.items()):
            step.progress(number / len(sounds))
            key = key_of("task slice", FORM, told, digest(file))
            done = ledger.find(owner + name, key)
            try:
                done = done or ledger.record(Done(owner + name, key, _slice(name, file, output, options, step)))
                made += len(done.outputs)
            except Refused as refusal:
                refused.append(refusal)
                step.log(f"{refusal} It is left out.", "warning", f"{refusal.chinese}已跳过。")
    if not made:
        raise refused[0] if refused else Refused("There is only silence.", "录音里只有静音。")
    return made


def denoise_sounds(source: Path, output: Path, denoiser: str | Sequence[str], places: Places, step: Step) -> int:
    """Clean recordings; returns their number. denoiser: as choose_denoiser takes it. Raises Refused."""
    sounds = _readable(sounds_in(source, places, step), step)
    cleaner = choose_denoiser(denoiser, step.check)
    with held(output, step) as ledger:
        drop_stale(ledger, source, sounds.keys())
        contents = {name: digest(file) for name, file in sounds.items()}
        folder = source.parent if source.is_file() else source
        return len(clean_files(folder, contents, output, ledger, cleaner, step, owner_of(source)))


def transcribe_sounds(
    source: Path, output: Path, options: AsrOptions, hearing: HearingOptions, places: Places, step: Step
) -> Path:
    """Write `<source's name>.list` with what is said in each recording. Raises Refused when nothing is understood."""
    sounds = _readable(sounds_in(source, places, step), step)
    speaker = source.stem if source.is_file() else source.name
    language = heard_language(options.asr_lang)
    with held(output, step) as ledger, closing(LazyRecognizer(hearing)) as recognizer:
        clips = _Clips(ledger, recognizer, language, owner_of(source))
        lines = []
        for number, (name, file) in enumerate(sounds.items()):
            step.progress(number / len(sounds))
            if said := clips.said_in(name, file, step):
                lines.append(Line(str(file), speaker, said["language"], said["text"]))
        clips.require_use()
        transcript = output / f"{speaker}.list"
        write_transcript(transcript, lines)
        return transcript


def heard_language(wanted: str) -> str:
    """zh, en, yue, ja or ko; "" to find out, also for what no recogniser here knows."""
    code = language_code(wanted)
    return code if code in LANGUAGES else ""


class _Clips:
    """The recordings of one run: known from an earlier attempt, or heard."""

    def __init__(self, ledger: Ledger, recognizer: LazyRecognizer, language: str, owner: str):
        self._ledger = ledger
        self._recognizer = recognizer
        self._language = language
        self._owner = owner
        self._misses = 0
        self._has_understood = False
        self._last_miss = ""

    def said_in(self, name: str, file: Path, step: Step) -> Mapping[str, str]:
        """text and language; nothing for a recording in which nothing is said or understood. Raises Refused."""
        key = key_of("task asr", FORM, self._recognizer.name, self._language, digest(file))
        done = self._ledger.find(self._owner + name, key)
        said = done.facts["said"] if done else self._hear(name, file, key, step)
        self._has_understood |= bool(said)
        return said

    def require_use(self) -> None:
        """After the last one. Raises Refused when nothing at all was understood."""
        if self._has_understood:
            return
        if self._misses:
            raise self._recognizer.useless(self._last_miss)
        raise Refused("Nothing is said in these recordings.", "这些录音里没有说话声。")

    def _hear(self, name: str, file: Path, key: str, step: Step) -> dict[str, str]:
        answer = self._recognizer.hear(load_wav(file), self._language)
        if not isinstance(answer, Heard):
            self._miss(answer)
            step.log(f"{name} is left out: {answer}", "warning", f"已跳过 {name}：{answer}")
            return {}
        words = words_of(answer, self._language)
        said = {"text": words.text, "language": words.language} if words.text else {}
        self._ledger.record(Done(self._owner + name, key, {}, {"said": said}))
        return said

    def _miss(self, why: str) -> None:
        self._misses += 1
        self._last_miss = why
        if self._misses >= GIVE_UP_AFTER and not self._has_understood:
            raise self._recognizer.useless(why)


def _slice(name: str, file: Path, output: Path, options: SliceOptions, step: Step) -> dict[str, str]:
    limits = ConvertLimits()
    check_size(file, limits)
    sound = read_recording(file, limits)
    rules = SliceRules(
        threshold_db=options.threshold,
        min_length_ms=options.min_length,
        min_interval_ms=options.min_interval,
        hop_ms=options.hop_size,
        max_silence_ms=options.max_sil_kept,
        max_length_ms=None,  # the original leaves clips as long as their pauses make them
    )
    samples = audio.resample(sound.samples, sound.rate_hz, RATE_HZ)
    source = converted_name(name).removesuffix(".wav")  # without what would break a transcript
    cuts = cut_samples(samples, source, output, rules, options.max, options.alpha, step.check)
    kept = {cut.name: cut.digest for cut in cuts if cut.digest}
    english = f"Cut {name}: {len(kept)} of {len(cuts)} clips are worth keeping."
    step.log(english, chinese=f"已切分 {name}：{len(cuts)} 个片段，保留 {len(kept)} 个。")
    return kept


def _readable(sounds: Mapping[str, Path], step: Step) -> dict[str, Path]:
    """Without what is damaged. Raises Refused when nothing is left."""
    found: dict[str, Path] = {}
    problem: Refused | None = None
    for name, file in sounds.items():
        step.check()
        try:
            check_size(file, ConvertLimits())
            read_recording(file, ConvertLimits())
            found[name] = file
        except Refused as refusal:
            problem = refusal
            step.log(f"{refusal} It is left out.", "warning", f"{refusal.chinese}已跳过。")
    if problem and not found:
        raise problem
    return found
