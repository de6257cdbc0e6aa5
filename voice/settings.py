"""Every setting: its name, its default, its limits, and a sentence in English and Chinese. Nothing is read here."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from voice.engine_settings import ASRSettings, CharacterSettings, GSVSettings, LLMSettings, TTSSettings
from voice.setting import Count, Positive, Section, setting
from voice.studio_settings import JobSettings, StudioSettings, TaskSettings

Port = Annotated[int, Field(ge=0, le=65535)]

SECRETS = frozenset({"key", "token", "broker"})
"""Settings whose values are never shown."""


@dataclass(frozen=True)
class SpeakerSettings(Section):
    is_up: bool | None = setting(
        None,
        "Answer only the owner; empty: whenever master_audio is given. (Not in this version yet.)",
        "只回应主人；留空表示提供了 master_audio 就启用。（本版本尚未实现）",
    )
    master_audio: str | None = setting(
        None, "A WAV of the owner's voice, 3 to 5 s.", "主人的声音，3 到 5 秒的 WAV。", path=True
    )
    thr: Annotated[float, Field(ge=-1, le=1)] | None = setting(
        None, "Similarity from which it is the owner; empty: the model's own.", "判定为主人的相似度；留空用模型默认值。"
    )


@dataclass(frozen=True)
class CoreSettings(Section):
    sv: SpeakerSettings = setting(SpeakerSettings(), "Speaker verification.", "声纹验证。")


@dataclass(frozen=True)
class ServerSettings(Section):
    host: str = setting(
        "127.0.0.1", "Where to listen; anything but loopback needs a token.", "监听地址；非本机地址需要令牌。"
    )
    port: Port = setting(8001, "The port.", "端口。")
    ports: list[Port] = setting(
        [], "More ports that answer alike, e.g. 8000 and 9880.", "同样应答的其它端口，例如 8000 和 9880。"
    )
    token: str = setting(
        "",
        "The access token; empty: made when needed and kept in data_dir.",
        "访问令牌；留空则按需生成并存于 data_dir。",
    )
    cors_origins: list[str] = setting([], "Web pages of other origins that may call.", "允许跨域调用的网页来源。")
    allowed_hosts: list[str] = setting(
        [], "Names under which a proxy reaches this server.", "反向代理访问本服务时使用的主机名。"
    )
    models_dir: str = setting("models", "Where models lie.", "模型所在目录。", path=True)
    data_dir: str = setting("data", "Where the server keeps its own files.", "服务自身文件的目录。", path=True)


@dataclass(frozen=True)
class SplitSettings(Section):
    style: Literal["balanced", "classic"] = setting(
        "balanced", "classic repeats the original's cuts to the letter.", "classic 完全按照原版的规则切分。"
    )
    speak: Literal["quoted", "all"] = setting(
        "quoted", "all also speaks what stands outside quotes.", "all 会连引号外的文字一起朗读。"
    )
    curly_quotes: bool = setting(False, "“ ” also mark speech.", "把 “ ” 也当作说话的引号。")
    corner_quotes: bool = setting(False, "「 」 and 『 』 also mark speech.", "把「 」『 』也当作说话的引号。")
    first_comma: Annotated[int, Field(ge=1, le=100)] = setting(
        4,
        "Hanzi before a comma may end the first piece; a word counts 1.5.",
        "首段至少有这么多汉字才可在逗号处结束；一个单词算 1.5。",
    )
    min_length: Annotated[int, Field(ge=1, le=100)] = setting(
        5, "Hanzi in every later piece, unless the quote ends.", "之后每段的最少汉字数，引号结束时除外。"
    )
    max_length: Annotated[int, Field(ge=10, le=400)] = setting(
        40, "Hanzi from which a piece is cut at a comma.", "超过这个汉字数就在逗号处切开。"
    )
    flush_at_quote: bool = setting(True, "A closing quote ends the piece.", "右引号结束一段。")
    full_stop: bool = setting(True, "'. ' ends a sentence.", "英文句点加空格算句尾。")
    line_break: bool = setting(True, "A line break ends a sentence.", "换行算句尾。")
    keep_last: bool = setting(True, "Speak a last single character, too.", "末尾剩下的单个字也朗读。")
    merge_marks: bool = setting(True, "Send marks with the text beside them.", "标点并入相邻文字一起发送。")
    keep_thinking: bool = setting(
        False, "Leave <think> blocks in the final message.", "在最终消息里保留 <think> 内容。"
    )


@dataclass(frozen=True)
class LimitSettings(Section):
    turns: Count = setting(200, "Turns at once; more get 503.", "同时进行的对话轮数，超出返回 503。")
    waiting_recognitions: Count = setting(
        32, "Recordings waiting; more get 503.", "排队等待识别的录音数，超出返回 503。"
    )
    reply_characters: Count = setting(
        200_000, "A reply's length; a model that writes on is cut off.", "回复的最大字符数，超出即截断。"
    )
    audio_mb: Positive = setting(20.0, "A recording's size; more gets 413.", "录音大小上限（MB），超出返回 413。")
    audio_s: Positive = setting(120.0, "A recording's length; more gets 413.", "录音时长上限（秒），超出返回 413。")
    chat_kb: Positive = setting(1024.0, "A history's size; more gets 413.", "对话历史大小上限（KB），超出返回 413。")
    loading_wait_s: Positive = setting(
        60.0, "How long a request waits for an engine to load.", "请求等待引擎加载的秒数。"
    )
    send_timeout_s: Positive = setting(
        30.0, "A listener that takes nothing for so long is gone.", "客户端这么久不接收就视为离开。"
    )


@dataclass(frozen=True)
class Settings(Section):
    """The whole of config.yaml; file names in it are absolute once read."""

    Core: CoreSettings = setting(CoreSettings(), "Who may speak.", "谁可以说话。")
    LLM: LLMSettings = setting(LLMSettings(), "Who answers.", "谁来回答。")
    GSV: GSVSettings = setting(GSVSettings(), "The cloned voice.", "克隆音色。")
    extra_ref_audio: dict[str, list[str]] = setting(
        {},
        "A reference for each emotion tag, e.g. 普通: [clip.wav, what is said in it].",
        "每个情绪标签的参考音频，例如 普通: [clip.wav, 音频里说的话]。",
        path=True,
    )
    characters: dict[str, CharacterSettings] = setting(
        {},
        "Whom one can talk to, e.g. 小音: {system: ..., ref_audio_path: ..., prompt_text: ...}; also about, text_lang,"
        " prompt_lang, extra_config.",
        "可选的对话角色，例如 小音: {system: ..., ref_audio_path: ..., prompt_text: ...}；另有 about、text_lang、"
        "prompt_lang、extra_config。",
    )
    server: ServerSettings = setting(ServerSettings(), "The server.", "服务。")
    asr: ASRSettings = setting(ASRSettings(), "Who hears.", "谁来听。")
    tts: TTSSettings = setting(TTSSettings(), "Who speaks.", "谁来说。")
    split: SplitSettings = setting(SplitSettings(), "How a reply becomes pieces.", "回复如何切成段。")
    studio: StudioSettings = setting(StudioSettings(), "Making voices.", "制作声音。")
    jobs: JobSettings = setting(JobSettings(), "Background work.", "后台任务。")
    tasks: TaskSettings = setting(TaskSettings(), "The task API of GPT-SoVITS services.", "GPT-SoVITS 任务接口。")
    limits: LimitSettings = setting(LimitSettings(), "What is refused.", "各项上限。")
