"""The lines of the tables: what is compared, what is aimed at, and what upstream was measured to need. Pure."""

from dataclasses import dataclass
from statistics import median
from typing import Literal

from benchmarks.gpt_sovits_parts import texts
from benchmarks.gpt_sovits_parts.figures import OURS, Figures

PARAGRAPH_S = texts.PARAGRAPH_SENTENCES * texts.SPEECH_S


@dataclass(frozen=True)
class Row:
    """better: of figures, which is the best. scale: shown is what was measured times this.

    upstream: measured elsewhere, on another machine; the aim stands for this project's engine.
    """

    what: str
    key: str
    better: Literal["more", "less"] = "less"
    aim: str = ""
    upstream: str = ""
    scale: float = 1.0
    digits: int = 2

    def shown(self, value: float) -> str:
        return f"{value * self.scale:.{self.digits}f}"

    def cell(self, values: list[float]) -> str:
        """The median, and in brackets the best of several."""
        if not values:
            return "-"
        best = (max if self.better == "more" else min)(values)
        middle, best = self.shown(median(values)), self.shown(best)
        return middle if middle == best else f"{middle} ({best})"

    def cells(self, figures: Figures, rivals: list[str], floor: float | None) -> list[str]:
        """As `head` names them, without the number."""
        ours = figures.of(OURS, self.key)
        return [
            self.what,
            self.cell(ours),
            *(self.cell(figures.of(rival, self.key)) for rival in rivals),
            self.upstream,
            self.aim,
            self.shown(floor) if floor else "",
            self.gap(median(ours), floor) if ours and floor else "",
        ]

    def gap(self, value: float, floor: float) -> str:
        """How many times as long as it would have to take."""
        return f"{floor / value if self.better == 'more' else value / floor:.1f}x"


def head(rivals: list[str]) -> list[str]:
    return ["no.", "what", OURS, *rivals, "upstream, elsewhere", "aim", "floor", "gap"]


def decoding_row(rows: int, threads: int, aim: str = "", upstream: str = "") -> Row:
    cores = "one thread" if threads == 1 else f"{threads} threads"
    return Row(f"AR tokens/s, batch {rows}, {cores}", f"ar{rows}/{threads}", "more", aim, upstream, digits=0)


CPU_ROWS = (
    decoding_row(1, 1, "> 100"),
    decoding_row(1, 2, upstream="30"),
    decoding_row(texts.BATCH, 1, "> 250"),
    decoding_row(texts.BATCH, 2, upstream="68"),
    Row("first audio, v2, s", "first_audio_s/v2", aim="< 0.5", upstream="1.15"),
    Row("first audio, v2ProPlus, s", "first_audio_s/v2ProPlus", upstream="2.46 (v2Pro)"),
    Row("real-time factor, sentence, v2", "sentence_s/v2", "less", "< 0.4", "1.18", 1 / texts.SPEECH_S),
    Row("real-time factor, 4 sentences, v2", "paragraph_s/v2", "less", "< 0.4", scale=1 / PARAGRAPH_S),
    Row("real-time factor, sentence, v2ProPlus", "sentence_s/v2ProPlus", "less", "< 0.7", scale=1 / texts.SPEECH_S),
    Row("real-time factor, 4 sentences, v2ProPlus", "paragraph_s/v2ProPlus", "less", "< 0.7", scale=1 / PARAGRAPH_S),
    Row("new reference of 5 s, v2, s", "reference_s/v2", aim="< 0.5", upstream="0.60"),
    Row("new reference of 5 s, v2ProPlus, s", "reference_s/v2ProPlus", aim="< 0.5", upstream="2.1 (v2Pro)"),
    Row("loading a v2 voice, s", "load_s/v2", aim="< 3", upstream="1.6"),
    Row("peak memory, v2, GB", "peak_mb/v2", aim="< 2.5", upstream="4.05", scale=1e-3),
    Row("steps begun after a listener has left", "cancel_steps/v2", aim="< 1", digits=0),
)
GPU_ROWS = (
    Row("AR tokens/s, batch 1, GPU", "ar1/1/cuda", "more", "> 1500", digits=0),
    Row("AR tokens/s, batch 4, GPU", "ar4/1/cuda", "more", digits=0),
    Row("first audio, v2, GPU, ms", "first_audio_s/v2/cuda", aim="< 50", scale=1000, digits=0),
    Row("real-time factor, sentence, v2, GPU", "sentence_s/v2/cuda", scale=1 / texts.SPEECH_S, digits=3),
    Row(
        "p95 of first audio at 16 streams, v2, GPU, ms", "first_audio_p95_s/v2/cuda", aim="< 100", scale=1000, digits=0
    ),
    Row("seconds of audio a second, 64 streams, v2, GPU", "throughput/v2/cuda", "more", "> 150", digits=0),
    Row("new reference of 5 s, v2, GPU, s", "reference_s/v2/cuda"),
    Row("steps begun after a listener has left, GPU", "cancel_steps/v2/cuda", digits=0),
)
STAGES = {
    "text": "text to phones",
    "bert": "BERT",
    "prefill": "prefill",
    "steps": "10 steps",
    "chunk": "first chunk of sound",
}
