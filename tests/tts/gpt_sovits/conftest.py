"""Random weights that speak, and an engine that has them loaded; torch is imported by those tests only that need it."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tts.gpt_sovits.engine import GPTSoVITS
    from tts.gpt_sovits.files import GPTSoVITSFiles
    from tts.gpt_sovits.loading import VoiceModels


@pytest.fixture(scope="session")
def on_one_thread() -> Iterator[None]:
    """Small networks are slower on many."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, on_one_thread: None) -> "GPTSoVITSFiles":
    """A whole set of models of v2, with random weights."""
    from tts.gpt_sovits.files import find_gpt_sovits
    from tts.gpt_sovits.random_set import write_random_set

    folder = tmp_path_factory.mktemp("models")
    write_random_set(folder, "v2", "tiny")
    return find_gpt_sovits(folder)


@pytest.fixture(scope="session")
def voice_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("voices")


@pytest.fixture(scope="session")
def models(files: "GPTSoVITSFiles") -> "VoiceModels":
    from tts.gpt_sovits.loading import Weights, load_voice

    assert files.gpt
    assert files.sovits
    return load_voice(Weights(files.gpt, files.sovits), row_count=4)


@pytest.fixture(scope="session")
def make_engine(files: "GPTSoVITSFiles", voice_cache: Path) -> Iterator[Callable[..., "GPTSoVITS"]]:
    """Starts engines with a voice; the arguments are settings. Closed at the end, if not before."""
    from tests.support.speaking import VOICE
    from tts.gpt_sovits.engine import GPTSoVITS
    from tts.gpt_sovits.settings import EngineSettings

    made: list[GPTSoVITS] = []

    def make(**settings: Any) -> GPTSoVITS:
        engine = GPTSoVITS(EngineSettings(**{"files": files, "cache": voice_cache, "device": "cpu", **settings}))
        made.append(engine)
        asyncio.run(engine.start([VOICE]))
        return engine

    yield make
    for engine in made:
        asyncio.run(engine.close())


@pytest.fixture(scope="session")
def exact_engine(make_engine: Callable[..., "GPTSoVITS"]) -> "GPTSoVITS":
    return make_engine(is_exact=True)


@pytest.fixture(scope="session")
def engine(make_engine: Callable[..., "GPTSoVITS"]) -> "GPTSoVITS":
    """For tests that leave it as it was."""
    return make_engine()
