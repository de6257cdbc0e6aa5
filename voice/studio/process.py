"""The job that makes clips of a character's recordings: its stages in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asr.recognizer import language_code
from voice.jobs.work import Work
from voice.studio.clips import report, save_report
from voice.studio.convert import Converted, ConvertLimits, convert_recordings
from voice.studio.cut import Cut, cut_recordings
from voice.studio.denoise import choose_denoiser, denoise_clips
from voice.studio.folders import CharacterFolder
from voice.studio.ledger import Ledger
from voice.studio.listing import Words, list_clips
from voice.studio.recognition import HearingOptions, foreboding
from voice.studio.refused import Refused
from voice.studio.separate import Separator
from voice.studio.slicing import SliceRules
from voice.studio.steps import Step, Steps
from voice.studio.transcribe import Transcription, transcribe_clips

CONVERT, SLICE, DENOISE, TRANSCRIBE = "convert_audio", "slice_audio", "denoise_audio", "asr_transcribe"
LONGEST_CLIP_S = 15.0


@dataclass(frozen=True)
class Plan:
    """What is to be done with the recordings in `folder`."""

    folder: CharacterFolder
    speaker: str
    hearing: HearingOptions
    denoiser: str | Sequence[str] | None = "wiener"
    """As choose_denoiser takes it; None leaves the stage out."""
    rules: SliceRules = field(default_factory=SliceRules)
    limits: ConvertLimits = field(default_factory=ConvertLimits)
    separator: Separator | None = None

    @property
    def stages(self) -> tuple[str, ...]:
        return (CONVERT, SLICE, *((DENOISE,) if self.denoiser else ()), TRANSCRIBE)

    @property
    def kept(self) -> Path:
        """Where the clips lie with which a voice is trained."""
        return self.folder.denoised if self.denoiser else self.folder.sliced


def plan_of(parameters: Mapping[str, Any]) -> Plan:
    """The job's parameters: folder, name, language, enable_denoise, denoiser, max_clip_s, models_dir, asr, and of the
    server's own settings max_file_mb, max_file_s and separator {program, model, models_dir}.
    """
    denoiser = parameters.get("denoiser") or "wiener"
    is_denoising = parameters.get("enable_denoise", True) and denoiser != "off"
    separator = parameters.get("separator")
    return Plan(
        folder=CharacterFolder(Path(parameters["folder"])),
        speaker=parameters["name"],
        hearing=HearingOptions.of(
            Path(parameters["models_dir"]),
            language_code(parameters.get("language") or ""),
            parameters.get("asr") or {},
        ),
        denoiser=denoiser if is_denoising else None,
        rules=SliceRules(max_length_ms=round(1000 * float(parameters.get("max_clip_s") or LONGEST_CLIP_S))),
        limits=ConvertLimits(
            max_mb=float(parameters.get("max_file_mb") or ConvertLimits.max_mb),
            max_s=float(parameters.get("max_file_s") or ConvertLimits.max_s),
        ),
        separator=Separator(**separator) if separator else None,
    )


def process(work: Work) -> Mapping[str, Any]:
    """Raises JobFailed, JobCancelled. Whatever an earlier attempt has finished is not done again."""
    plan = plan_of(work.parameters)
    steps = Steps(work, plan.stages)
    with steps.step(CONVERT) as step:
        _forewarn(plan, step)
        converted = _convert(plan, step)
    with steps.step(SLICE) as step:
        cuts = cut_recordings(plan.folder, converted.files, plan.rules, step)
        clips = {cut.name: cut.digest for cut in cuts if cut.digest}
    if plan.denoiser:
        with steps.step(DENOISE) as step:
            denoise_clips(plan.folder, clips, choose_denoiser(plan.denoiser, step.check), step)
    elif plan.folder.denoised.is_dir():
        Ledger(plan.folder.denoised).sweep(())  # or somebody would take them for the clips that are used
    with steps.step(TRANSCRIBE) as step:
        heard = transcribe_clips(plan.folder, clips, plan.kept, plan.hearing, step)
        return _finish(plan, converted, cuts, heard)


def _forewarn(plan: Plan, step: Step) -> None:
    if why := foreboding(plan.hearing):
        step.log(str(why), "warning", why.chinese)


def _convert(plan: Plan, step: Step) -> Converted:
    separator = plan.separator
    if separator is None:
        return convert_recordings(plan.folder, plan.limits, step)
    separator.find()  # what is absent for all fails at once
    return convert_recordings(
        plan.folder, plan.limits, step, lambda sound: separator.voice_of(sound, step.check), separator.key
    )


def _finish(plan: Plan, converted: Converted, cuts: Sequence[Cut], heard: Transcription) -> dict[str, Any]:
    words = heard.words
    clips = [report(cut, words.get(cut.name)) for cut in cuts]
    kept = {clip.name for clip in clips if clip.is_kept}
    listed = {name: said if name in kept else Words("") for name, said in words.items()}
    transcript = list_clips(plan.folder, plan.kept, plan.speaker, listed)
    refused = [{"file": name, **_in_two_languages(why)} for name, why in converted.refused]
    deafness = _in_two_languages(heard.deafness) if heard.deafness else None
    return {
        **save_report(plan.folder.root, clips, {"recordings_refused": refused, "recognition_failed": deafness}),
        "processed_audio_count": sum(1 for _ in plan.kept.glob("*.wav")),
        "clips_folder": plan.kept.name,
        "transcript": transcript.relative_to(plan.folder.root).as_posix(),
    }


def _in_two_languages(why: Refused) -> dict[str, str]:
    return {"error": str(why), "error_zh": why.chinese}
