"""A task as its worker's child carries it out: stage after stage, each told when it begins and how it ends."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from voice.jobs.work import JobCancelled, Work
from voice.studio.recognition import HearingOptions
from voice.studio.refused import Refused
from voice.studio.steps import Step, Steps
from voice.tasks.messages import ERROR
from voice.tasks.places import BadPath, NoSuchPath, Places
from voice.tasks.requests import (
    AsrOptions,
    AsrRequest,
    DenoiseRequest,
    FormatRequest,
    GptRequest,
    OneClickRequest,
    SliceOptions,
    SliceRequest,
    SovitsRequest,
)
from voice.tasks.sound import denoise_sounds, heard_language, slice_sounds, transcribe_sounds
from voice.tasks.stages import ASR, DENOISE, FORMAT, GPT, SLICE, SOVITS, STAGES
from voice.tasks.training import TrainingTask, train
from voice.tasks.types import BY_KIND


def run_task(work: Work) -> Mapping[str, Any]:
    """Raises JobFailed, JobCancelled. Whatever an earlier attempt has finished is not done again."""
    task = BY_KIND[work.kind]
    steps = Steps(work, task.stages)
    made: dict[str, Any] = {}
    doing = _Doing(work)
    for stage, do in doing.plan(task.request.model_validate(work.parameters["request"])):
        made |= _told(work, steps, stage, do)
    return made


def failure_text(stage: str, error: Exception) -> str:
    """What consumers are told: the original's words."""
    if isinstance(error, NoSuchPath) or (isinstance(error, BadPath) and stage != SLICE):
        return "path_not_exist"
    if isinstance(error, BadPath):
        return "path_error"
    return STAGES[stage].ended("failed") if isinstance(error, Refused) else ERROR


def _told(work: Work, steps: Steps, stage: str, do: Callable[[Step], Mapping[str, Any]]) -> Mapping[str, Any]:
    began_s = time.monotonic()
    with steps.step(stage) as step:
        work.news(f"{stage} start", stage=stage, status="start")
        try:
            made = do(step)
        except JobCancelled:
            raise
        except Exception as error:
            work.news(f"{stage} failed", stage=stage, status="failed", text=failure_text(stage, error))
            raise
        work.news(f"{stage} completed", stage=stage, status="completed", dur=int(time.monotonic() - began_s))
        return made


class _Doing:
    """What each stage does, with the settings that came with the job."""

    def __init__(self, work: Work):
        told = work.parameters
        self._work = work
        self._places = Places.of(told)
        self._denoiser: str | list[str] = told.get("denoiser") or "wiener"
        self._models_dir = Path(told["models_dir"])
        self._asr: Mapping[str, Any] = told.get("asr") or {}

    def plan(self, request: object) -> list[tuple[str, Callable[[Step], Mapping[str, Any]]]]:
        """The stages of a request in order."""
        if isinstance(request, OneClickRequest):
            return self._chain(request)
        if isinstance(request, SliceRequest):
            return [(SLICE, lambda step: self._slice(request.inp, request, step))]
        if isinstance(request, DenoiseRequest):
            return [(DENOISE, lambda step: self._denoise(request.denoise_inp_dir, step))]
        if isinstance(request, AsrRequest):
            return [(ASR, lambda step: self._transcribe(request.asr_inp_dir, request, step))]
        if isinstance(request, FormatRequest):
            return [(FORMAT, lambda step: self._format(request, step))]
        trained = cast("SovitsRequest | GptRequest", request)
        return [(SOVITS if isinstance(trained, SovitsRequest) else GPT, lambda step: self._train(trained, step))]

    def _chain(self, request: OneClickRequest) -> list[tuple[str, Callable[[Step], Mapping[str, Any]]]]:
        """Each stage takes what the one before it has made."""

        def made_by(*stages: str) -> str:
            given = request.inp
            for stage in stages:
                given = self._places.derived(given, stage)
            return given

        def format_it(step: Step) -> Mapping[str, Any]:
            clips, heard = made_by(SLICE, DENOISE), made_by(SLICE, DENOISE, ASR)
            return self._format(request.format(str(Path(heard) / f"{Path(clips).name}.list"), clips), step)

        return [
            (SLICE, lambda step: self._slice(request.inp, request, step)),
            (DENOISE, lambda step: self._denoise(made_by(SLICE), step)),
            (ASR, lambda step: self._transcribe(made_by(SLICE, DENOISE), request, step)),
            (FORMAT, format_it),
            (SOVITS, lambda step: self._train(request.sovits(), step)),
            (GPT, lambda step: self._train(request.gpt(), step)),
        ]

    def _slice(self, given: str, options: SliceOptions, step: Step) -> Mapping[str, Any]:
        source, output = self._both(given, SLICE)
        clips = slice_sounds(source, output, options, self._places, step)
        return {"slice_dir": str(output), "clips": clips}

    def _denoise(self, given: str, step: Step) -> Mapping[str, Any]:
        source, output = self._both(given, DENOISE)
        denoise_sounds(source, output, self._denoiser, self._places, step)
        return {"denoise_dir": str(output)}

    def _transcribe(self, given: str, options: AsrOptions, step: Step) -> Mapping[str, Any]:
        source, output = self._both(given, ASR)
        hearing = HearingOptions.of(self._models_dir, heard_language(options.asr_lang), self._asr)
        return {"list": str(transcribe_sounds(source, output, options, hearing, self._places, step))}

    def _format(self, request: FormatRequest, step: Step) -> Mapping[str, Any]:
        transcript, clips = self._places.find(request.inp_text), self._places.find(request.inp_wav_dir)
        train(FORMAT, self._training(request, transcript=transcript, clips=clips), step)
        return {"experiment": str(self._places.experiment(request.user_id, request.exp_name))}

    def _train(self, request: SovitsRequest | GptRequest, step: Step) -> Mapping[str, Any]:
        source = self._places.find(request.inp_path) if request.inp_path else None
        train(SOVITS if isinstance(request, SovitsRequest) else GPT, self._training(request, source=source), step)
        return {"weights": str(self._places.trained(request.user_id, request.exp_name))}

    def _training(self, request: FormatRequest | SovitsRequest | GptRequest, **more: Path | None) -> TrainingTask:
        return TrainingTask(
            request=request,
            experiment=self._places.experiment(request.user_id, request.exp_name),
            weights=self._places.trained(request.user_id, request.exp_name),
            models_dir=self._models_dir,
            device=self._work.device,
            **more,
        )

    def _both(self, given: str, stage: str) -> tuple[Path, Path]:
        """Input and output. An output that may not be is worse than an input that is not there."""
        output = self._places.output(given, stage)
        return self._places.find(given), output
