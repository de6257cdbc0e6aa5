"""The section of RESULTS.md: tables, and what must be known to read them. Pure."""

from benchmarks.gpt_sovits_parts import floors, texts
from benchmarks.gpt_sovits_parts.figures import OURS, Figures, reasons
from benchmarks.gpt_sovits_parts.limits import MACHINE, ceiling, gpu_ceiling
from benchmarks.gpt_sovits_parts.rows import CPU_ROWS, GPU_ROWS, STAGES, Row, head
from benchmarks.report import table

NO_GPU = "No GPU was at hand; the same command measures one where there is one."
UPSTREAM = (
    "Upstream's own program was measured elsewhere: 2 cores of an AMD EPYC (Zen 4), float32, 2 threads, without the "
    "network that reads Chinese characters; its figures are not of this run."
)
METHOD = (
    f"Random weights of full size. Every sentence has {texts.LENGTH} characters and is forced to {texts.TOKENS} "
    f"tokens, {texts.SPEECH_S:.2f} s of speech. Medians, the best run in brackets. {OURS} has a thread for decoding "
    "and one for sound; the others have as many as they decode faster with, and are timed in their fastest mode. "
    "BERT is on, but for genie-tts, whose own BERT is a download; it streams by the sentence. "
    "AR is the decoding of semantic tokens alone, behind "
    f"{texts.PROMPT_TOKENS} tokens and {texts.PHONES_OF_REFERENCE + texts.PHONES_OF_TEXT} phones."
)


def page(figures: Figures, rivals: list[str], limits: dict[str, float], heading: str, has_gpu: bool) -> str:
    """heading: date, hardware and load. limits: the floor by a row's key; none for models that are not of full size."""
    parts = [
        "" if limits else "THESE FIGURES ARE OF TINY MODELS AND SAY NOTHING.",
        _table(CPU_ROWS, figures, rivals, limits),
        "\n".join([heading, *_ceilings(figures), METHOD + _threads(figures, rivals), UPSTREAM]),
        _stages(figures, "v2", "CPU", bool(limits)),
        _precision(figures, "v2"),
        _gpu(figures, rivals, limits) if has_gpu else NO_GPU,
        _list("Not measured:", reasons(figures, [MACHINE, OURS, *rivals])),
    ]
    return "\n\n".join(part for part in parts if part)


def _gpu(figures: Figures, rivals: list[str], limits: dict[str, float]) -> str:
    parts = [
        _table(GPU_ROWS, figures, rivals, limits),
        _stages(figures, "v2/cuda", "GPU", bool(limits)),
        _precision(figures, "v2/cuda"),
    ]
    return "\n\n".join(part for part in parts if part)


def _table(rows: tuple[Row, ...], figures: Figures, rivals: list[str], limits: dict[str, float]) -> str:
    measured = [row for row in rows if any(figures.of(engine, row.key) for engine in (OURS, *rivals))]
    lines = [row.cells(figures, rivals, limits.get(row.key)) for row in measured]
    return table(head(rivals), [[str(number), *cells] for number, cells in enumerate(lines, 1)])


def _stages(figures: Figures, by: str, where: str, has_floors: bool) -> str:
    """What the first audio of this project's engine is made of."""
    at_best = gpu_ceiling(figures) if by.endswith("cuda") else ceiling(figures, "bfloat16")
    work, lines = floors.first_audio_stages("v2"), []
    for name, title in STAGES.items():
        values = figures.of(OURS, f"{name}/{by}")
        if not values:
            return ""
        floor = f"{1000 * at_best.seconds(work[name]):.1f}" if at_best and has_floors and name in work else ""
        lines.append([f"{len(lines) + 1}", title, Row(title, name, scale=1000, digits=1).cell(values), floor])
    middles = [figures.middle(f"{name}/{by}") or 0.0 for name in STAGES]
    lines.append(["", "together", f"{1000 * sum(middles):.0f}", ""])
    return f"First audio by its parts, {where}, each by itself:\n\n{table(['no.', 'part', 'ms', 'floor'], lines)}"


def _threads(figures: Figures, rivals: list[str]) -> str:
    counted = [f"{rival} spoke with {figures.threads[rival]}" for rival in rivals if rival in figures.threads]
    return f" ({', '.join(counted)}.)" if counted else ""


def _precision(figures: Figures, by: str) -> str:
    same, error, noise = (figures.middle(f"{name}/{by}") for name in ("agreement", "logit_error", "snr_db"))
    if same is None or error is None or noise is None:
        return ""
    return (
        f"Fed the same tokens, the fast decoder finds the same token likeliest as the exact one (float32) in "
        f"{100 * same:.1f} % of the steps; its logits differ by {100 * error:.1f} % of their deviation. "
        f"The fast vocoder's sound has {noise:.1f} dB of signal to noise against float32."
    )


def _ceilings(figures: Figures) -> list[str]:
    def giga(name: str, digits: int = 0) -> str:
        both = (figures.middle(f"{name}_{threads}/v2", MACHINE) for threads in (1, 2))
        return " / ".join("-" if value is None else f"{value / 1e9:.{digits}f}" for value in both)

    if not figures.middle("int8_1/v2", MACHINE):
        return []
    return [
        f"Ceilings with one / two threads: {giga('read_weights', 1)} GB/s read from 76 MB, "
        f"{giga('read_memory', 1)} GB/s from 1 GB; {giga('float32')} billion operations a second in float32, "
        f"{giga('bfloat16')} in bfloat16, {giga('int8')} in int8. A floor is what has to be read and done, over these."
    ]


def _list(title: str, lines: list[str]) -> str:
    return "\n".join([title, "", *(f"- {line}" for line in lines)]) if lines else ""
