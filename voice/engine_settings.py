"""The settings of whoever hears, answers and speaks."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from voice.setting import Count, Positive, Section, setting


@dataclass(frozen=True)
class LLMSettings(Section):
    api: str = setting(
        "",
        "An OpenAI-compatible address, base or complete; empty: a local server if one runs, else the companion.",
        "兼容 OpenAI 的地址，基础地址或完整地址均可；留空则用本机已启动的模型服务，再没有就用内置伙伴。",
    )
    key: str = setting("", "Its API key.", "API 密钥。")
    model: str = setting("", "The model's name.", "模型名称。")
    system: str = setting(
        "",
        "A system message for histories that have none, e.g. that speech stands in double quotes.",
        "对话历史没有系统提示词时使用的系统提示词，例如要求把说的话放进英文双引号。",
    )
    extra_config: dict[str, Any] = setting(
        {}, "Sent with every request, e.g. temperature: 0.7.", "随每次请求一起发送，例如 temperature: 0.7。"
    )
    connect_timeout_s: Positive = setting(5.0, "How long to wait for a connection.", "等待连接的秒数。")
    first_token_timeout_s: Positive = setting(90.0, "How long to wait for the first words.", "等待首个词的秒数。")
    between_tokens_timeout_s: Positive = setting(
        90.0, "How long it may pause while writing.", "生成中途允许停顿的秒数。"
    )
    probe_local: bool = setting(
        True,
        "With no api, look for Ollama, LM Studio, llama.cpp and vLLM on this machine.",
        "未填 api 时，在本机寻找 Ollama、LM Studio、llama.cpp、vLLM。",
    )


@dataclass(frozen=True)
class GSVSettings(Section):
    text_lang: str = setting(
        "zh",
        "Language of the text to speak: zh, en, auto, ja, ko, yue.",
        "要朗读的文字的语言：zh、en、auto、ja、ko、yue。",
    )
    GPT_weight: str | None = setting(None, "GPT weights; empty: the base model.", "GPT 权重；留空用底模。", path=True)
    SoVITS_weight: str | None = setting(
        None, "SoVITS weights; empty: the base model.", "SoVITS 权重；留空用底模。", path=True
    )
    ref_audio_path: str | None = setting(
        None, "The voice's reference clip, 3 to 10 seconds.", "音色的参考音频，3 到 10 秒。", path=True
    )
    prompt_text: str = setting("", "What is said in it.", "参考音频里说的话。")
    prompt_lang: str = setting("zh", "Its language.", "参考音频的语言。")
    aux_ref_audio_paths: list[str] = setting([], "Further reference clips.", "更多参考音频。", path=True)
    seed: Annotated[int, Field(ge=-1, lt=1 << 62)] = setting(
        -1, "-1 varies, anything else repeats.", "-1 为随机，其它值可复现。"
    )
    top_k: Count = setting(15, "Larger is more expressive.", "越大越有表现力。")
    batch_size: Count = setting(
        1, "Of the original; here tts.pieces_at_once decides.", "原版的设置；此处由 tts.pieces_at_once 决定。"
    )


@dataclass(frozen=True)
class CharacterSettings(Section):
    """Somebody to talk to; what is left empty is as for everybody."""

    about: str = setting("", "A sentence for those who choose.", "给选择者看的一句介绍。")
    system: str = setting("", "Who it is: its system message.", "人设：系统提示词。")
    text_lang: str = setting("", "Language of its answers.", "回答的语言。")
    ref_audio_path: str | None = setting(None, "Its reference clip.", "参考音频。", path=True)
    prompt_text: str = setting("", "What is said in it.", "参考音频里说的话。")
    prompt_lang: str = setting("", "Its language.", "参考音频的语言。")
    extra_config: dict[str, Any] = setting(
        {}, "Sent with its requests, e.g. model or temperature.", "随其请求发送，例如 model、temperature。"
    )


@dataclass(frozen=True)
class ASRSettings(Section):
    engine: Literal["auto", "sensevoice", "pocketsphinx", "none"] = setting(
        "auto", "Which recogniser.", "使用哪个识别引擎。"
    )
    language: Literal["auto", "zh", "en", "yue", "ja", "ko"] = setting(
        "zh", "What SenseVoice expects to hear.", "SenseVoice 预期听到的语言。"
    )
    device: str = setting("auto", "auto, cpu, cuda or cuda:0.", "auto、cpu、cuda 或 cuda:0。")
    threads: Annotated[int, Field(ge=0)] = setting(
        0, "CPU threads; 0: as many as cores, at most 4.", "CPU 线程数；0 为核数，最多 4。"
    )
    keep_emoji: bool = setting(False, "Leave emotion pictographs in the text.", "在文本中保留情绪表情符号。")


@dataclass(frozen=True)
class TTSSettings(Section):
    engine: Literal["auto", "gpt-sovits", "espeak", "none"] = setting(
        "auto",
        "Which voice engine; auto: cloned voices where there are weights and a reference clip.",
        "使用哪个语音合成引擎；auto：有权重和参考音频时用克隆音色。",
    )
    device: str = setting("auto", "Cloned voices: auto, cpu, cuda or cuda:0.", "克隆音色：auto、cpu、cuda 或 cuda:0。")
    text_rules: Literal["default", "compat"] = setting(
        "default",
        "compat reads texts exactly as GPT-SoVITS does.",
        "compat：读法与 GPT-SoVITS 完全一致。",
    )
    pieces_at_once: Annotated[int, Field(ge=1, le=64)] = setting(
        8, "Cloned voices: texts decoded together, of all listeners.", "克隆音色：一起解码的文本数上限，所有听众合计。"
    )
    voices_loaded: Annotated[int, Field(ge=2, le=64)] = setting(
        3,
        "Cloned voices: trained voices kept in memory, the configured one included.",
        "克隆音色：内存中保留的训练音色数，含配置的音色。",
    )
    exact: bool = setting(False, "Cloned voices: compute in full precision, slower.", "克隆音色：全精度计算，较慢。")
    fragment_interval_s: Annotated[float, Field(ge=0, le=5)] = setting(
        0.3, "Silence after each piece.", "每段语音之后的静音。"
    )
    look_ahead: Annotated[int, Field(ge=1, le=8)] = setting(
        2, "Pieces under way at once in a turn.", "一轮对话中同时合成的段数。"
    )
