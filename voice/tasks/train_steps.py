"""The steps that train a voice, as tasks ask for them: on the folders and with the settings of their requests."""

import json
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from voice.studio.base_weights import Asked, asked_weights
from voice.studio.folders import replacing
from voice.studio.ledger import digest, key_of
from voice.studio.refused import Refused
from voice.studio.steps import Step
from voice.studio.train_anywhere import GptWish, SovitsWish, make_features, train_gpt_half, train_sovits_half
from voice.studio.train_features import FeatureWork
from voice.studio.training_plan import devices_for
from voice.studio.transcripts import Line, read_transcript
from voice.studio.usable_devices import usable_devices
from voice.tasks.requests import S1, S2D, S2G, FormatRequest, GptRequest, SovitsRequest
from voice.tasks.task import TrainingTask

TABLES = ("2-name2text.txt", "6-name2semantic.tsv")
STATE_KEY = "of.json"
"""In the folder of a half's checkpoints: which training they belong to, and what it has made once it is complete."""


def format_clips(task: TrainingTask, step: Step) -> None:
    """1abc: features of all clips of a transcript. Raises Refused, OSError, JobCancelled."""
    request = cast(FormatRequest, task.request)
    assert task.transcript
    asked = Asked(request.bert_pretrained_dir, request.ssl_pretrained_dir, request.pretrained_s2G_path, "", "")
    devices = _devices(request.gpu_numbers1a, task, step)
    files = asked_weights(task.models_dir, asked, S2G).files
    lines = _lines(task, step)
    make_features(FeatureWork(task.experiment, lines, files, devices, devices[0] != "cpu"), step)


def train_sovits(task: TrainingTask, step: Step) -> None:
    """1Ba. Raises Refused, OSError, JobCancelled."""
    request = cast(SovitsRequest, task.request)
    found = asked_weights(task.models_dir, Asked("", "", request.pretrained_s2G, request.pretrained_s2D, ""), S2G, S2D)
    devices = _devices(request.gpu_numbers1Ba, task, step)
    wish = SovitsWish(
        experiment=_features_of(task),
        name=request.exp_name,
        run=task.experiment / "logs_s2",
        exports=task.weights,
        epochs=request.total_epoch,
        batch_size=request.batch_size,
        export_epochs=request.save_every_epoch,
        devices=devices,
        text_rate=request.text_low_lr_rate,
        generator=found.need("sovits"),
        discriminators=found.discriminators,
    )
    _once(wish, wish.generator, request.if_save_every_weights, step, lambda: train_sovits_half(wish, step))


def train_gpt(task: TrainingTask, step: Step) -> None:
    """1Bb. Raises Refused, OSError, JobCancelled."""
    request = cast(GptRequest, task.request)
    found = asked_weights(task.models_dir, Asked("", "", S2G, "", request.pretrained_s1), S2G, S1)
    wish = GptWish(
        experiment=_features_of(task),
        name=request.exp_name,
        run=task.experiment / "logs_s1",
        exports=task.weights,
        epochs=request.total_epoch,
        batch_size=request.batch_size,
        export_epochs=request.save_every_epoch,
        devices=_devices(request.gpu_numbers, task, step),
        has_preference=request.if_dpo,
        base=found.need("gpt"),
    )
    _once(wish, wish.base, request.if_save_every_weights, step, lambda: train_gpt_half(wish, step))


def _once(
    wish: SovitsWish | GptWish, base: Path, keeps_all: bool, step: Step, train: Callable[[], Sequence[Path]]
) -> None:
    """Go on with this very training, or begin anew where the checkpoints belong to another one.

    The same training again makes the same weights, so where those are there it is complete.
    """
    tables = [digest(wish.experiment / table) for table in TABLES if (wish.experiment / table).is_file()]
    told = {name: str(value) for name, value in vars(wish).items() if name not in ("run", "exports", "devices")}
    key = key_of("task train", told, tables, base.stat().st_size)
    known = _known(wish.run)
    if known.get("key") != key:
        shutil.rmtree(wish.run, ignore_errors=True)
    elif known.get("made") and all((wish.exports / name).is_file() for name in known["made"]):
        made = ", ".join(known["made"])
        step.log(f"This very training is complete already: {made}.", chinese=f"这次训练此前已经完成：{made}。")
        return
    _write(wish.run, {"key": key})
    made = [file.name for file in train()]
    for name in made[:-1] if not keeps_all else ():
        (wish.exports / name).unlink(missing_ok=True)
    _write(wish.run, {"key": key, "made": made if keeps_all else made[-1:]})
    for checkpoint in wish.run.glob("step-*"):
        shutil.rmtree(checkpoint, ignore_errors=True)


def _known(run: Path) -> dict[str, Any]:
    try:
        return json.loads((run / STATE_KEY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _write(run: Path, facts: dict[str, Any]) -> None:
    with replacing(run / STATE_KEY) as out:
        json.dump(facts, out)


def _features_of(task: TrainingTask) -> Path:
    """Raises Refused where the format step has left nothing."""
    place = task.source if task.source and (task.source / TABLES[0]).is_file() else task.experiment
    if not (place / TABLES[0]).is_file():
        raise Refused(
            "There are no features to learn from: do open1abc first, with the same user_id and exp_name.",
            "没有可供训练的特征：请先用相同的 user_id 和 exp_name 执行 open1abc。",
        )
    return place


def _lines(task: TrainingTask, step: Step) -> list[Line]:
    """The transcript's clips by their names in the folder of clips. Raises Refused."""
    assert task.transcript
    assert task.clips
    found = read_transcript(task.transcript)
    for english, chinese in found.faults:
        step.log(english, "warning", chinese)
    lines = []
    for line in found.lines:
        clip = task.clips / line.name
        if clip.is_file() and task.clips.resolve() in clip.resolve().parents:
            lines.append(Line(str(clip), line.speaker, line.language, line.text))
        else:
            english = f"{line.name} is left out: there is no such clip in the folder."
            step.log(english, "warning", f"已跳过 {line.name}：音频文件夹里没有这个片段。")
    if not lines:
        raise Refused(
            "None of the transcript's clips is in the folder of clips.", "转写列表中的片段都不在音频文件夹里。"
        )
    return lines


def _devices(numbers: str, task: TrainingTask, step: Step) -> tuple[str, ...]:
    """As the request gives them: `0`, `0-1`; commas are taken as well. Raises Refused."""
    chosen = "-".join(re.findall(r"\d+", numbers)) or "0"
    return usable_devices(devices_for(chosen, task.device), step.log)
