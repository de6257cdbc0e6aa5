"""Looks at everything a conversation needs on this machine and says what is wrong and what to do about it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from asr.sensevoice_files import faults, find_sensevoice
from launch import gpt_sovits_models, models, packages
from launch.environment import ask_python, has_venv_module, is_usable
from launch.machine import available_memory, lan_addresses
from launch.places import MODELS, PYTHON, ROOT
from launch.probe import answers, get_json, is_listening
from launch.words import words

DEFAULT_PORT = 8001
LLM_PORTS = {"Ollama": 11434, "LM Studio": 1234, "llama.cpp": 8080, "vLLM": 8000}
RABBITMQ_PORT = 5672
TORCH = """
import json, torch
cuda = torch.cuda.is_available()
print(json.dumps({"version": torch.__version__, "device": torch.cuda.get_device_name(0) if cuda else "cpu"}))
"""


@dataclass(frozen=True)
class Finding:
    """One line of the report; only `fail` keeps the server from serving."""

    name: str
    state: str
    """ok, warn or fail."""
    detail: str
    remedy: str = ""


def main(arguments: list[str]) -> int:
    """Print the findings, as JSON with --json; status 1 if one of them prevents serving."""
    findings = examine()
    is_fit = all(finding.state != "fail" for finding in findings)
    if "--json" in arguments:
        print(json.dumps({"ok": is_fit, "checks": [asdict(finding) for finding in findings]}, ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{finding.state:4}  {finding.name:12} {finding.detail}")
            if finding.remedy:
                print(f"      {'':12} -> {finding.remedy}")
    return 0 if is_fit else 1


def examine() -> list[Finding]:
    """Every check; the slow ones wait at the same time."""
    settings, problem = _configuration()
    port = settings.get("port", DEFAULT_PORT)
    checks: list[Callable[[], list[Finding]]] = [
        lambda: [_python(), _environment(), *problem],
        lambda: [_torch()],
        lambda: [_disk(), _memory(), _model(), _voice(settings.get("weights", []))],
        lambda: [check_port(port)],
        lambda: _language_models(settings.get("llm_api", ""), port),
        lambda: [_rabbitmq(), _addresses(port)],
    ]
    with ThreadPoolExecutor(len(checks)) as pool:
        return [finding for found in pool.map(lambda check: check(), checks) for finding in found]


def ask_settings() -> subprocess.CompletedProcess[str]:
    """What the settings say about addresses, as launch.configured prints it; why not, where they cannot be read."""
    return ask_python(["-m", "launch.configured", os.getcwd()], timeout_s=20)


def _configuration() -> tuple[dict, list[Finding]]:
    """The addresses in the settings; none where they cannot be read yet."""
    if not packages.is_installed(packages.SERVER):
        return {}, []
    asked = ask_settings()
    if asked.returncode == 0:
        return json.loads(asked.stdout), [Finding("settings", "ok", words("readable", "可以读取"))]
    why = asked.stdout.strip() or asked.stderr.strip()[-300:]
    remedy = words(
        "Correct the file; every setting: start.py serve --print-config",
        "请修正该文件；全部设置：start.py serve --print-config",
    )
    return {}, [Finding("settings", "fail", why, remedy)]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if PYTHON.exists() or has_venv_module():
        return Finding("python", "ok", f"{version} ({sys.executable})")
    remedy = f"sudo apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    return Finding("python", "fail", words(f"{version} lacks the venv module", f"{version} 缺少 venv 模块"), remedy)


def _environment() -> Finding:
    if packages.is_current((packages.SERVER,)):
        return Finding("environment", "ok", str(PYTHON.parent.parent))
    if not os.access(ROOT, os.W_OK):
        detail = words(f"{ROOT} cannot be written to", f"无法写入 {ROOT}")
        remedy = words("Move the folder to your home.", "请把文件夹移到个人目录。")
        return Finding("environment", "fail", detail, remedy)
    state = words("not complete yet", "尚未完成")
    return Finding("environment", "warn", state, words("The next start sees to it.", "下次启动会自动处理。"))


def _torch() -> Finding:
    if not is_usable() or not packages.is_installed(packages.ML):
        return Finding("torch", "ok", words("not installed; only speech models need it", "未安装；只有语音模型需要它"))
    asked = ask_python(["-c", TORCH], timeout_s=60)
    try:
        told = json.loads(asked.stdout)
    except ValueError:
        why = (asked.stderr.strip().splitlines() or ["?"])[-1]
        remedy = words("Delete .venv and start again.", "请删除 .venv 后重新启动。")
        return Finding("torch", "warn", why[:300], remedy)
    return Finding("torch", "ok", f"{told['version']}, {told['device']}")


def _disk() -> Finding:
    free = shutil.disk_usage(ROOT).free / 1e9
    detail = words(f"{free:.1f} GB free", f"剩余 {free:.1f} GB")
    remedy = words(
        "Free some space; speech models and their packages take 4 GB.", "请清理空间；语音模型及其依赖需要 4 GB。"
    )
    if free < 0.1:
        return Finding("disk", "fail", detail, remedy)
    if free < 4 and not models.has_sensevoice():
        return Finding("disk", "warn", detail, remedy)
    return Finding("disk", "ok", detail)


def _memory() -> Finding:
    available = available_memory()
    if available is None:
        return Finding("memory", "ok", words("unknown", "未知"))
    detail = words(f"{available / 1e9:.1f} GB available", f"可用 {available / 1e9:.1f} GB")
    if available < 2e9:
        remedy = words("SenseVoice takes 1.6 GB while it loads.", "SenseVoice 加载时需要 1.6 GB。")
        return Finding("memory", "warn", detail, remedy)
    return Finding("memory", "ok", detail)


def _model() -> Finding:
    folder = find_sensevoice(MODELS)
    if not folder:
        detail = words("absent: only a demonstration hears, and only English", "没有：只有演示级识别，且仅限英语")
        return Finding("sensevoice", "warn", detail, models.GET)
    wrong = faults(folder)
    if wrong:
        return Finding("sensevoice", "warn", f"{folder}: {'; '.join(wrong)}", models.GET)
    return Finding("sensevoice", "ok", str(folder))


def _voice(configured: list[str | None]) -> Finding:
    """configured: the GPT and the SoVITS weights that the settings name."""
    detail, remedy = gpt_sovits_models.summary(*configured)
    return Finding(gpt_sovits_models.NAME, "warn" if remedy else "ok", detail, remedy)


def check_port(port: int, timeout_s: float = 3) -> Finding:
    """Whether the server can have the port, or has it already."""
    name = f"port {port}"
    if not is_listening(port):
        return Finding(name, "ok", words("free", "空闲"))
    if "engines" in (get_json(f"http://127.0.0.1:{port}/health", timeout_s) or {}):
        return Finding(name, "ok", words("this server is running", "本服务正在运行"))
    detail = words("taken by another program", "被其它程序占用")
    remedy = words("Choose another: start.py serve --port 8011", "请换一个：start.py serve --port 8011")
    return Finding(name, "fail", detail, remedy)


def _language_models(api: str, own_port: int) -> list[Finding]:
    found = [name for name, port in LLM_PORTS.items() if port != own_port and is_listening(port)]
    listed = ", ".join(f"{name} {port}" for name, port in LLM_PORTS.items())
    if found or api:
        local = Finding("local llm", "ok", ", ".join(found) or words(f"none ({listed})", f"没有（{listed}）"))
    else:
        remedy = words(
            "Set LLM.api in config.yaml, or start Ollama.", "请在 config.yaml 中填写 LLM.api，或启动 Ollama。"
        )
        nobody = words(f"none ({listed}): the small companion answers", f"没有（{listed}）：由内置小伙伴应答")
        local = Finding("local llm", "warn", nobody, remedy)
    return [local, check_llm_api(api)] if api else [local]


def check_llm_api(api: str) -> Finding:
    """Whether anything answers at the configured address; what it answers is the server's business."""
    parts = urlsplit(api if "://" in api else f"http://{api}")
    shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"  # without a password
    if answers(shown, timeout_s=5):
        return Finding("LLM.api", "ok", words(f"{shown} answers", f"{shown} 有应答"))
    remedy = words("Check the address, the network, and HTTPS_PROXY.", "请检查地址、网络和 HTTPS_PROXY。")
    return Finding("LLM.api", "warn", words(f"{shown} does not answer", f"{shown} 没有应答"), remedy)


def _rabbitmq() -> Finding:
    is_there = is_listening(RABBITMQ_PORT)
    optional = words("not running, and not needed", "未运行，也不需要")
    return Finding("rabbitmq", "ok", words("answers", "有应答") if is_there else optional)


def _addresses(port: int) -> Finding:
    urls = ", ".join(f"http://{address}:{port}" for address in lan_addresses())
    if not urls:
        return Finding("network", "ok", words("no address beyond this machine", "没有对外地址"))
    detail = words(f"with `serve --lan` others use {urls}", f"使用 serve --lan 后其它机器可访问 {urls}")
    return Finding("network", "ok", detail)
