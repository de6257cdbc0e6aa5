"""Both trainings, by the code that the studio trains voices with."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from benchmarks.from_scratch.plan import AcousticPlan, SemanticPlan
from benchmarks.from_scratch.watch import Curves, TimeIsUp, Watch
from tts.gpt_sovits.training.gpt_options import GptOptions, GptPaths
from tts.gpt_sovits.training.gpt_run import train_gpt
from tts.gpt_sovits.training.run_folder import RunFolder
from tts.gpt_sovits.training.sovits_options import SovitsOptions, SovitsPaths
from tts.gpt_sovits.training.sovits_run import train_sovits
from tts.gpt_sovits.training.watching import Watcher

NAME = "scratch"
AT_THE_END_ALONE = 1_000_000
"""Epochs from one export to the next."""
SAVE_MINUTES = 1.0
SEMANTIC, ACOUSTIC = "semantic model", "acoustic model"
Options = TypeVar("Options", GptOptions, SovitsOptions)


def learn_semantic(paths: GptPaths, plan: SemanticPlan, device: str, curves: Curves) -> Path:
    """The trained weights. Raises what train_gpt does."""
    options = GptOptions(
        NAME,
        epochs=plan.epochs,
        batch_size=plan.batch_size,
        export_epochs=AT_THE_END_ALONE,
        save_minutes=SAVE_MINUTES,
        devices=(device,),
        rate=plan.rate,
        update_batches=1,
    )
    watch = Watch("training: phones to tokens", SEMANTIC, curves, 60 * plan.minutes)
    return in_time(lambda options, watch: train_gpt(paths, options, watch).exports[-1], options, watch, paths.run)


def learn_acoustic(paths: SovitsPaths, plan: AcousticPlan, device: str, curves: Curves) -> Path:
    """The trained weights. Raises what train_sovits does."""
    options = SovitsOptions(
        NAME,
        epochs=plan.epochs,
        batch_size=plan.batch_size,
        export_epochs=AT_THE_END_ALONE,
        save_epochs=AT_THE_END_ALONE,
        save_minutes=SAVE_MINUTES,
        rate=plan.rate,
        text_rate=1.0,  # no text was learnt before that could be forgotten
        precision="float32",
        devices=(device,),
        segment_frames=plan.segment_frames,
        judges_narrowing=plan.judges_narrowing,
        beginning=plan.beginning,
    )
    watch = Watch("training: tokens to sound", ACOUSTIC, curves, 60 * plan.minutes)
    return in_time(lambda options, watch: train_sovits(paths, options, watch).exports[-1], options, watch, paths.run)


def in_time(train: Callable[[Options, Watcher], Path], options: Options, watch: Watch, run: Path) -> Path:
    """What is exported after all epochs, or after those that were whole when the time was up."""
    try:
        return train(options, watch)
    except TimeIsUp:
        checkpoint = RunFolder(run, watch.log).load()
        epochs = checkpoint.content["place"]["epoch"] if checkpoint else 0
        return train(replace(options, epochs=max(epochs, 1)), watch.without_end())
