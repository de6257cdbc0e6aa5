"""Speaks one sentence with weights that are still in training, in a process of its own: `-m voice.studio.speak_sample`.

The task comes as one JSON object on standard input, and so does the answer on standard output: `seconds` of sound, or
`error` and `chinese`. A process of its own, because the engine has torch compute on one thread, and the training that
waits for it must find torch as it was.
"""

import asyncio
import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tts.synthesizer import Reference, SynthesisFailed, Voice
from voice.jobs.work import Work
from voice.studio.infer import Speech, speak
from voice.studio.steps import Step

SEED = 1234
"""Always the same, so that two samples differ by their weights alone."""


def speech_of(told: Mapping[str, Any]) -> Speech:
    """told: files (GPTSoVITSFiles by field), text, language, clip, clip_text, clip_language, output, device, rules."""
    from tts.gpt_sovits.files import GPTSoVITSFiles
    from tts.gpt_sovits.options import SpeechOptions
    from tts.gpt_sovits.settings import EngineSettings

    files = GPTSoVITSFiles(**{part: Path(place) if place else None for part, place in told["files"].items()})
    reference = Reference(Path(told["clip"]), told["clip_text"], told["clip_language"])
    settings = EngineSettings(
        files=files,
        options=SpeechOptions(seed=SEED, cut="cut1"),
        rules=told["rules"],
        is_exact=told["device"] == "cpu",  # compiling the fast decoder would take longer than the sentence
        device=told["device"],
    )
    return Speech(told["text"], Voice(told["language"], reference), Path(told["output"]), settings)


def main() -> int:
    work = Work({"kind": "sample", "subject": "", "parameters": {}, "attempt": 1, "device": "cpu"}, io.StringIO())
    try:
        seconds = asyncio.run(speak(speech_of(json.loads(sys.stdin.readline())), Step(work, 0, 100)))
    except SynthesisFailed as failure:
        print(json.dumps({"error": str(failure), "chinese": failure.chinese}))
        return 1
    print(json.dumps({"seconds": round(seconds, 3)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
