"""From nothing to a voice, a stage at a time; each one keeps what it has made, and is not done again."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import torch

from benchmarks.from_scratch import bases, codebook, content, listener, phones, sounds, training
from benchmarks.from_scratch.page import CONTENT, LISTENER
from benchmarks.from_scratch.plan import Plan
from benchmarks.from_scratch.speech import Spoken, render, speech_of
from benchmarks.from_scratch.watch import Curves, Watch
from benchmarks.gpt_sovits_parts.materials import FolderTaken
from tts.gpt_sovits.base_models import BERT, HUBERT
from tts.gpt_sovits.features.random_models import write_bert
from tts.gpt_sovits.files import GPTSoVITSFiles
from tts.gpt_sovits.training.feature_files import FeatureFolder
from tts.gpt_sovits.training.feature_run import RecordedClip
from tts.gpt_sovits.training.features import Features
from tts.gpt_sovits.training.gpt_options import GptPaths
from tts.gpt_sovits.training.sovits_options import SovitsPaths

Made = TypeVar("Made")


class Stages:
    """folder: of this plan alone; what an earlier attempt has left in it is used."""

    def __init__(self, plan: Plan, folder: Path, device: str):
        self.plan, self.folder, self.device = plan, folder, device
        self.speech = speech_of(plan, folder / "speech")
        self.curves = Curves(folder / "curves.jsonl")
        self._models = folder / "models"
        self._experiment = folder / "experiment"

    def run(self) -> GPTSoVITSFiles:
        """What the engine speaks with. Raises FolderTaken, RuntimeError, OSError and what trainings raise."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._require_same_plan()
        render(self.speech.all, self.folder / "speech", self.watch("speaking (espeak-ng)").progress)
        self._kept(self._models / HUBERT / "config.json", self._write_encoder)
        self._kept(self._models / BERT / "tokenizer.json", lambda: write_bert(self._models / BERT, "tiny"))
        self._listened()
        generator = self._kept(self._models / "s2G.pth", self._write_generator)
        self._features("tokens").tokens(generator)
        semantic_base = self._models / "s1.ckpt"
        self._kept(semantic_base, lambda: bases.write_semantic_base(semantic_base, self.plan.semantic))
        return GPTSoVITSFiles(
            gpt=self._trained("s1", lambda: self._learn_semantic(semantic_base)),
            sovits=self._trained("s2", lambda: self._learn_acoustic(generator)),
            hubert=self._models / HUBERT,
            bert=self._models / BERT,
            speaker=None,
            g2pw=None,
        )

    def _require_same_plan(self) -> None:
        note, plan = self.folder / "plan.txt", repr(self.plan)
        if not note.exists():
            if any(self.folder.iterdir()):
                raise FolderTaken(f"{self.folder} holds files of something else; name an empty or a new folder.")
            note.write_text(plan, "utf-8")
        if note.read_text("utf-8") != plan:
            raise FolderTaken(f"{self.folder} is of an attempt with another plan; delete it, or name another folder.")

    def watch(self, title: str, stage: str = "") -> Watch:
        return Watch(title, stage or title, self.curves)

    def length_s(self, clip: Spoken) -> float:
        return len(sounds.read(clip.sound)) / sounds.RATE_HZ

    def judge(self) -> listener.Listener:
        """Who judges; learns before everything else, and not from the same numbers as the encoder."""
        file = self.folder / "listener.pt"
        self._kept(file, lambda: listener.save_listener(self._learn_to_listen(), file))
        return listener.load_listener(file)

    @cached_property
    def _sounds(self) -> list[sounds.Sound]:
        return sounds.prepared(self.speech.learnt, self.watch("reading").progress)

    @cached_property
    def _phones(self) -> list[str]:
        return phones.inventory([sound.phones for sound in self._sounds])

    def _write_encoder(self) -> None:
        watch = self.watch("learning: content encoder", CONTENT)
        plan = self.plan.encoder

        def tell(step: int, values: dict[str, float]) -> None:
            watch.point(step, **values)
            watch.progress(step / plan.steps)

        encoder = content.learn_content(self._sounds, self._phones, plan, torch.device(self.device), tell)
        encoder.save(self._models / HUBERT)

    def _learn_to_listen(self) -> listener.Listener:
        watch = self.watch("learning: the judge", LISTENER)
        plan = self.plan.encoder

        def tell(step: int, values: dict[str, float]) -> None:
            watch.point(step, **values)
            watch.progress(step / plan.listener_steps)

        given = (plan.listener_steps, plan.batch_size, torch.device(self.device))
        return listener.learn_to_listen(self._sounds, self._phones, *given, tell)

    def _listened(self) -> None:
        """What all clips are for the trainings; the sounds are what tokens are found in."""
        self.judge()
        self._features("HuBERT's features").sounds(self._models / HUBERT)

    def _write_generator(self) -> Path:
        config = bases.acoustic_config(self.plan.acoustic)
        names = [clip.name for clip in self.speech.learnt]
        pairs = codebook.pairs_of(names, FeatureFolder(self._experiment), config)
        found = codebook.centres(pairs, self.plan.encoder.codes, torch.device(self.device))
        path = self._models / "s2G.pth"
        bases.write_acoustic_base(path, self.plan.acoustic, found)
        return path

    def _learn_semantic(self, base: Path) -> Path:
        self._features("texts").texts(self._files_for_texts)
        paths = GptPaths(self._experiment, base, self.folder / "run-s1", self.folder / "weights")
        return training.learn_semantic(paths, self.plan.semantic, self.device, self.curves)

    def _learn_acoustic(self, base: Path) -> Path:
        # The table of texts says which clips there are, and is written anew each time.
        short = [clip for clip in self.speech.learnt if clip.word_count <= self.plan.acoustic.most_words]
        self._features("texts of short clips", short).texts(self._files_for_texts)
        paths = SovitsPaths(self._experiment, base, None, self.folder / "run-s2", self.folder / "weights")
        return training.learn_acoustic(paths, self.plan.acoustic, self.device, self.curves)

    def _features(self, title: str, clips: list[Spoken] | None = None) -> Features:
        recorded = [RecordedClip(clip.name, clip.sound, "en", clip.text) for clip in clips or self.speech.learnt]
        return Features(self._experiment, recorded, (self.device,), self.device != "cpu", self.watch(title))

    @property
    def _files_for_texts(self) -> GPTSoVITSFiles:
        return GPTSoVITSFiles(None, None, None, self._models / BERT, None, None)

    def _kept(self, path: Path, make: Callable[[], object]) -> Path:
        """The file, made where it is not there yet."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            make()
        return path

    def _trained(self, name: str, train: Callable[[], Path]) -> Path:
        """A training's weights; its note says that it is over, which weights alone do not."""
        note = self.folder / f"{name}.done"
        if not note.exists():
            note.write_text(str(train().relative_to(self.folder)), "utf-8")
        return self.folder / note.read_text("utf-8")
