"""Which model answers: the configured one, a local one that was found, or the embedded companion."""

from typing import Any

from llm import address
from llm.client import OpenAIReplier
from llm.discover import Found, find_local
from llm.offline import Companion
from llm.replier import Replier


async def choose(
    api: str,
    key: str,
    model: str,
    extra_config: dict[str, Any],
    connect_timeout_s: float,
    first_token_timeout_s: float,
    between_tokens_timeout_s: float,
    probe_local: bool,
    skip_ports: set[int],
) -> tuple[Replier, tuple[str, str]]:
    """Return who answers, and a sentence in English and Chinese: what was chosen, why, and what would be better.

    Raises ValueError, a sentence, when `api` is no address. A local server found by itself never gets the key.
    """
    limits = connect_timeout_s, first_token_timeout_s, between_tokens_timeout_s
    if api.strip():
        return OpenAIReplier(api, key, model, extra_config, *limits), _about_configured(api, model)
    if probe_local and (found := await find_local(skip_ports)):
        chosen = model if model in found.models else found.models[0]
        return OpenAIReplier(found.api, "", chosen, extra_config, *limits), _about_found(found, chosen, model)
    return Companion(), _about_companion(probe_local)


def _about_configured(api: str, model: str) -> tuple[str, str]:
    where = address.shown(api)
    if model:
        return (
            f"{model} at {where}, as LLM.api and LLM.model in config.yaml say.",
            f"{where} 上的 {model}，按 config.yaml 里的 LLM.api 和 LLM.model。",
        )
    return (
        f"The model at {where}, as LLM.api in config.yaml says; LLM.model is empty, set it if the server asks for it.",
        f"{where} 上的模型，按 config.yaml 里的 LLM.api；LLM.model 为空，服务器要求时请填写。",
    )


def _about_found(found: Found, chosen: str, wanted: str) -> tuple[str, str]:
    is_other = bool(wanted) and wanted != chosen
    why = f"LLM.model {wanted} is not there" if is_other else "LLM.api in config.yaml is empty"
    why_zh = f"其中没有 LLM.model 指定的 {wanted}" if is_other else "因为 config.yaml 里的 LLM.api 为空"
    return (
        f"{chosen} from {found.server} at {found.api}, found running here; {why}, set LLM.api to use another server.",
        f"本机 {found.server}（{found.api}）上的 {chosen}，{why_zh}，启动时自动找到；设置 LLM.api 可换用别的服务器。",
    )


def _about_companion(probe_local: bool) -> tuple[str, str]:
    nobody = " and no local model server answered" if probe_local else ""
    nobody_zh = "，本机也没有找到模型服务器" if probe_local else ""
    return (
        f"The embedded companion (a small script, not a language model), because LLM.api is empty{nobody}; "
        "for a real model start Ollama and then this server again, or set LLM.api in config.yaml.",
        f"内置的小伙伴（一段小脚本，不是语言模型），因为 LLM.api 为空{nobody_zh}；"
        "想用真正的模型，请先启动 Ollama 再重启本服务，或在 config.yaml 里设置 LLM.api。",
    )
