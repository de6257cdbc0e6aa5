"""The third stage, where it is wanted: clips with less noise, beside the originals, which stay as they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import audio
from voice.studio import wiener
from voice.studio.folders import CharacterFolder
from voice.studio.ledger import Done, Ledger, digest, key_of
from voice.studio.programs import find_program, run_program
from voice.studio.refused import Refused
from voice.studio.rnnoise import RNNoise, find_rnnoise
from voice.studio.steps import Step
from voice.studio.wav import RATE_HZ, load_wav, save_wav

FORM = 1
INPUT, OUTPUT = "{input}", "{output}"
PROGRAM_TIMEOUT_S = 600.0
MOST_LENGTH_CHANGE_S = 0.25
GIVE_UP_AFTER = 3
"""Failures in a row: what fails on three clips fails on all."""
_PURPOSE = ("noise reduction", "降噪")


@dataclass(frozen=True)
class Denoiser:
    """clean: from samples at RATE_HZ to as many others. key: decides about the result."""

    name: str
    key: str
    clean: Callable[[np.ndarray], np.ndarray]


def choose_denoiser(wanted: str | Sequence[str], check: Callable[[], None]) -> Denoiser:
    """wiener (built in), rnnoise, or a program as a list of arguments with {input} and {output} for the WAV files.

    The list comes from whoever runs the server, never from a request. Raises Refused for what is absent.
    """
    if not isinstance(wanted, str):
        return _program(wanted, check)
    if wanted == "wiener":
        return Denoiser("wiener", "wiener 1", lambda samples: wiener.reduce_noise(samples, RATE_HZ))
    if wanted == "rnnoise":
        file = find_rnnoise()
        library = RNNoise(file)
        return Denoiser("rnnoise", f"rnnoise {digest(file)}", lambda samples: library.reduce_noise(samples, RATE_HZ))
    raise Refused(
        f"There is no denoiser {wanted!r}: choose off, wiener, rnnoise or a program.",
        f"没有名为 {wanted!r} 的降噪方式：可选 off、wiener、rnnoise 或外部程序。",
    )


def denoise_clips(folder: CharacterFolder, clips: Mapping[str, str], denoiser: Denoiser, step: Step) -> dict[str, str]:
    """Clean what is new or has changed; returns digests by name, as `clips` are.

    A clip that cannot be cleaned goes on as it is, and is tried again next time. Raises Refused when that is the rule.
    """
    ledger = Ledger(folder.denoised)
    ledger.sweep(clips)
    return clean_files(folder.sliced, clips, folder.denoised, ledger, denoiser, step)


def clean_files(
    source: Path, clips: Mapping[str, str], into: Path, ledger: Ledger, denoiser: Denoiser, step: Step, owner: str = ""
) -> dict[str, str]:
    """The same on any folders. owner: goes before the names in the ledger. Raises Refused as denoise_clips does."""
    made: dict[str, str] = {}
    failures = 0
    for number, (name, content) in enumerate(sorted(clips.items())):
        step.progress(number / len(clips))
        key = key_of("denoise", FORM, denoiser.key, content)
        done = ledger.find(owner + name, key)
        if not done:
            original = load_wav(source / name)
            try:
                samples, failures = denoiser.clean(original), 0
            except Refused as refusal:
                failures += 1
                if failures in (GIVE_UP_AFTER, len(clips)):
                    raise
                step.log(f"{name} keeps its noise: {refusal}", "warning", f"{name} 未能降噪：{refusal.chinese}")
                samples, key = original, ""
            output = name if name.lower().endswith(".wav") else f"{name}.wav"
            digest_of_it = save_wav(into / output, audio.to_pcm16(samples))
            done = ledger.record(Done(owner + name, key, {output: digest_of_it}))
        made |= done.outputs
    return made


def _program(wanted: Sequence[str], check: Callable[[], None]) -> Denoiser:
    if not any(INPUT in argument for argument in wanted) or not any(OUTPUT in argument for argument in wanted):
        raise Refused(
            f"The denoiser's arguments must name {INPUT} and {OUTPUT}.",
            f"降噪程序的参数里必须有 {INPUT} 和 {OUTPUT}。",
        )
    arguments = [find_program(wanted[0], _PURPOSE), *wanted[1:]]

    def clean(samples: np.ndarray) -> np.ndarray:
        with TemporaryDirectory(prefix="yinliu-") as place:
            source, target = Path(place, "in.wav"), Path(place, "out.wav")
            save_wav(source, audio.to_pcm16(samples))
            files = [part.replace(INPUT, str(source)).replace(OUTPUT, str(target)) for part in arguments]
            run_program(files, PROGRAM_TIMEOUT_S, check)
            return fitted(read_result(target, arguments[0]), len(samples), arguments[0])

    return Denoiser("program", key_of("program", list(wanted)), clean)


def read_result(file: Path, program: str) -> np.ndarray:
    """What a program has written. Raises Refused when that is no sound."""
    try:
        return load_wav(file)
    except (OSError, audio.AudioError) as error:
        raise Refused(f"{program} left no sound behind ({error}).", f"{program} 没有产生可用的音频。") from error


def fitted(samples: np.ndarray, length: int, program: str) -> np.ndarray:
    """Of exactly this length. Raises Refused when that is another sound."""
    if abs(len(samples) - length) > MOST_LENGTH_CHANGE_S * RATE_HZ:
        got_s, had_s = len(samples) / RATE_HZ, length / RATE_HZ
        raise Refused(
            f"{program} made {got_s:.2f} s of {had_s:.2f} s.", f"{program} 把 {had_s:.2f} 秒变成了 {got_s:.2f} 秒。"
        )
    return np.pad(samples, (0, max(0, length - len(samples))))[:length]
