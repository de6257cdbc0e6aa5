"""Features of sounds that are no speech, and base models that were never trained, to train the acoustic model with."""

import wave
from dataclasses import replace
from pathlib import Path

import torch

from tts.gpt_sovits.config import AcousticConfig, Version, upstream_acoustic
from tts.gpt_sovits.random_weights import HEADERS
from tts.gpt_sovits.text.symbols import SYMBOLS
from tts.gpt_sovits.training.member import Member
from tts.gpt_sovits.training.sovits_base import base_discriminators, base_generator, read_base
from tts.gpt_sovits.training.sovits_clips import find_sovits_clips
from tts.gpt_sovits.training.sovits_export import exported_weights, upstream_settings
from tts.gpt_sovits.training.sovits_generator import Chances, Generator
from tts.gpt_sovits.training.sovits_options import SovitsOptions, SovitsPaths
from tts.gpt_sovits.training.sovits_reading import read_ahead
from tts.gpt_sovits.training.sovits_step import Rates, SovitsStep
from tts.gpt_sovits.training.sovits_trainer import in_step
from tts.gpt_sovits.training.watching import Watcher

OPTIONS = SovitsOptions(
    "voice", epochs=2, batch_size=2, export_epochs=1, precision="float32", segment_frames=8, judges_narrowing=64
)
"""Small enough for a run in a second or two."""
CLIPS = 5
CONFIG = AcousticConfig()


def write_sovits_features(experiment: Path, config: AcousticConfig = CONFIG, count: int = CLIPS) -> None:
    """The files that the acoustic model learns from; clips of 0.7 s."""
    source = torch.Generator().manual_seed(3)
    for folder in ("4-cnhubert", "5-wav32k", "7-sv_cn"):
        (experiment / folder).mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(count):
        name, frames = f"clip{number}.wav", 34 + number % 3
        phones = torch.randint(1, 90, (4 + number % 4,), generator=source).tolist()
        rows.append(f"{name}\t{' '.join(SYMBOLS[phone] for phone in phones)}\tNone\ttext")
        features = torch.randn(1, config.ssl_dim, frames - 1, generator=source)
        torch.save(features.half(), experiment / "4-cnhubert" / f"{name}.pt")
        speaker = torch.randn(1, config.speaker_dim, generator=source)
        torch.save(speaker.half(), experiment / "7-sv_cn" / f"{name}.pt")
        times = torch.arange(frames * 640 + 99) / 32_000
        tone = 0.3 * torch.sin(6.28 * (150 + 40 * number) * times) + 0.02 * torch.randn(len(times), generator=source)
        write_wav(experiment / "5-wav32k" / name, tone)
    (experiment / "2-name2text.txt").write_text("\n".join(rows) + "\n", "utf-8")


def write_wav(file: Path, samples: torch.Tensor, rate_hz: int = 32_000) -> None:
    with wave.open(str(file), "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(rate_hz)
        opened.writeframes((samples * 32767).short().numpy().tobytes())


def narrow_config(version: Version) -> AcousticConfig:
    """Hardly any channels, and a third of the usual blocks; our engine reads such files."""
    config = upstream_acoustic(version)
    return replace(
        config,
        inter_channels=8,
        hidden_channels=16,
        filter_channels=16,
        layer_count=2,
        resblock_kernel_sizes=(3,),
        resblock_dilation_sizes=((1, 3),),
        upsample_initial_channel=32,
        gin_channels=16 if config.has_speaker_network else config.gin_channels,
    )


def write_base(file: Path, version: Version, seed: int = 0, has_posterior: bool = True) -> None:
    """A generator in upstream's form, as small as `narrow_config`."""
    torch.manual_seed(seed)
    config = narrow_config(version)
    generator = Generator(config, OPTIONS.segment_frames)
    for name, tensor in generator.state_dict().items():
        if name.endswith(("emb_rel_k", "emb_rel_v", "codebook")):
            tensor.normal_(std=0.2)
        elif name.endswith(("gamma", "beta")):
            tensor.fill_(float(name.endswith("gamma")))
    weights = exported_weights(generator.state_dict(), config)
    if has_posterior:
        weights |= {upstream: tensor.half() for upstream, tensor in posterior_of(generator).items()}
    content = {"weight": weights, "config": upstream_settings(config, OPTIONS), "info": "narrow"}
    torch.save(content, file)
    with file.open("r+b") as opened:
        opened.write(HEADERS[version])


def posterior_of(generator: Generator) -> dict[str, torch.Tensor]:
    """By upstream's names."""
    lengths, directions = "parametrizations.weight.original0", "parametrizations.weight.original1"
    return {
        name.replace(lengths, "weight_g").replace(directions, "weight_v"): tensor
        for name, tensor in generator.state_dict().items()
        if name.startswith("enc_q.")
    }


def given_paths(folder: Path, version: Version = "v2") -> SovitsPaths:
    """Features and a base generator in a folder; neither checkpoints nor exports are written there."""
    write_sovits_features(folder / "experiment")
    write_base(folder / "s2G.pth", version)
    return SovitsPaths(folder / "experiment", folder / "s2G.pth", None, folder / "none", folder / "none")


def sum_after_two_steps(paths: SovitsPaths, member: Member, watcher: Watcher) -> list[float]:
    """Of the weights of both networks, in a process that has heard clips of its own."""
    base = read_base(paths.generator)
    torch.manual_seed(member.rank)
    generator = base_generator(base, paths.generator, OPTIONS.segment_frames).train()
    judges = base_discriminators(None, base.config, OPTIONS.judges_narrowing)
    step = SovitsStep(generator, judges, Rates(1e-3), wrap=in_step if member.team_size > 1 else lambda network: network)
    clips, _ = find_sovits_clips(paths.experiment, base.config)
    for batch in read_ahead(clips, [[member.rank], [member.rank + 2]], base.config):
        noise = torch.randn(1, base.config.inter_channels, batch.spectrograms.shape[2])
        step(batch, Chances(noise, torch.rand(1)))
    return [sum(p.double().sum().item() for p in network.parameters()) for network in (generator, judges)]
