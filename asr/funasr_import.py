"""Imports of FunASR what SenseVoice needs, and nothing else."""

import importlib
import os
import pkgutil
from collections.abc import Iterator
from typing import Any

NEEDED = (
    "models.sense_voice.model",
    "models.specaug.specaug",
    "frontends.wav_frontend",
    "tokenizer.sentencepiece_tokenizer",
)
"""Modules that register the parts named in SenseVoice's config.yaml."""


def import_auto_model() -> Any:
    """FunASR's AutoModel.

    `import funasr` alone imports every model that it has: three times the CPU time and 150 MB more than this, and one
    of them reconfigures the root logger.
    """
    # Read when torch starts its threads: left to spin, they took ten times the CPU of the work on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    walk = pkgutil.walk_packages

    def walk_others(path: Any = None, prefix: str = "", onerror: Any = None) -> Iterator[pkgutil.ModuleInfo]:
        return iter(()) if prefix.startswith("funasr.") else walk(path, prefix, onerror)

    pkgutil.walk_packages = walk_others
    try:
        importlib.import_module("funasr")
    finally:
        pkgutil.walk_packages = walk
    for name in NEEDED:
        importlib.import_module(f"funasr.{name}")
    return importlib.import_module("funasr.auto.auto_model").AutoModel
