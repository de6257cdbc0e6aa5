"""Who may import whom, as docs/architecture.md draws it, and what must not be loaded before it is needed."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("audio", "asr", "llm", "tts", "voice", "clients", "launch", "benchmarks")
MAY_IMPORT = {
    "audio": (),
    "asr": ("audio",),
    "llm": ("audio",),
    "tts": ("audio",),
    "voice.chat": ("llm", "tts"),
    "voice.jobs": (),
    "voice.studio": ("audio", "asr", "tts", "voice.jobs"),
    "voice.broker": ("voice.jobs", "voice.studio", "voice.work", "launch.words"),
    "voice.tasks": ("audio", "asr", "voice.jobs", "voice.studio", "voice.broker"),
    "voice": ("audio", "asr", "llm", "tts", "launch.words", "launch.machine"),
    "clients": ("launch.words",),
    "launch": ("voice.config", "asr.sensevoice_files", "tts.gpt_sovits.files", "tts.gpt_sovits.base_models"),
}
INSIDE_THE_ENVIRONMENT = ("configured.py", "fetch.py")
"""Small programs of `launch` that are run with the installed packages."""
WHERE_MODELS_LIE = (
    "asr.sensevoice_files",
    "tts.gpt_sovits.files",
    "tts.gpt_sovits.base_models",
    "tts.gpt_sovits.file_kind",
    "tts.gpt_sovits.refusal",
)
"""Of the rooms whose engines need installed packages, what `launch` may know, and what that rests upon."""
PURE = ("characters", "cuts", "events", "spans", "speakable", "split", "stopwatch")
HEAVY = ("torch", "funasr", "openai", "pocketsphinx", "espeakng_loader", "av", "modelscope", "onnxruntime")


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute here"
            yield node.module or ""


def files_of(room: str) -> list[Path]:
    files = sorted((ROOT / room.replace(".", "/")).rglob("*.py"))
    return [file for file in files if room != "voice" or "chat" not in file.relative_to(ROOT).parts]


def is_below(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_lies_below_it(room: str):
    files = files_of(room)
    assert files
    for file in files:
        for module in imports(file):
            if module.split(".")[0] in ROOMS:
                allowed = (room, *MAY_IMPORT[room])
                assert any(is_below(module, other) for other in allowed), f"{file} imports {module}"


def test_only_the_entry_imports_the_http_face():
    for file in files_of("voice"):
        if "api" not in file.parts and file.name != "serve.py":
            assert not any(is_below(module, "voice.api") for module in imports(file)), file


def test_a_conversation_knows_neither_http_nor_models():
    for file in files_of("voice.chat"):
        for module in imports(file):
            assert module.split(".")[0] not in ("fastapi", "starlette", "httpx", "uvicorn", *HEAVY), file


def test_splitting_is_pure():
    for name in PURE:
        for module in imports(ROOT / "voice" / "chat" / f"{name}.py"):
            is_sibling = is_below(module, "voice.chat") and module.rpartition(".")[2] in PURE
            assert is_sibling or module.split(".")[0] in sys.stdlib_module_names, (name, module)
            assert module.split(".")[0] not in ("asyncio", "os", "socket", "threading"), (name, module)


def test_what_runs_before_the_installation_needs_nothing_installed():
    for file in (ROOT / "start.py", *files_of("launch")):
        if file.name in INSIDE_THE_ENVIRONMENT:
            continue
        for module in imports(file):
            is_ours = is_below(module, "launch") or module in WHERE_MODELS_LIE
            assert is_ours or module.split(".")[0] in sys.stdlib_module_names, (file, module)


def test_where_models_lie_is_told_by_the_standard_library_alone():
    for name in WHERE_MODELS_LIE:
        for module in imports(ROOT / f"{name.replace('.', '/')}.py"):
            assert module in WHERE_MODELS_LIE or module.split(".")[0] in sys.stdlib_module_names, (name, module)


@pytest.mark.parametrize(
    "module", ["chat_server", "voice.serve", "clients.cli.talk", "clients.conversation", "voice.work"]
)
def test_heavy_packages_are_not_loaded_by_an_import(module: str):
    probe = f"import sys, {module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.split() == []
