"""The settings of making voices: the studio, its background work, the task API."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from voice.setting import Count, Positive, Section, setting

BrokerAddress = Annotated[str, Field(pattern=r"^(amqps?://[^\s/]+\S*)?$")]
Device = Annotated[str, Field(pattern=r"^(cpu|cuda(:\d{1,3})?)$")]


@dataclass(frozen=True)
class StudioSettings(Section):
    enabled: bool = setting(True, "Serve the routes that make voices.", "提供制作声音的接口。")
    work_dir: str = setting(
        "work_dir", "Where characters and their recordings lie.", "角色及其录音所在目录。", path=True
    )
    upload_mb: Positive = setting(500.0, "A recording's size; more gets 413.", "单个录音文件的大小上限（MB）。")
    recording_s: Positive = setting(3600.0, "A recording's length; more gets 413.", "单个录音的时长上限（秒）。")
    upload_hours: Positive = setting(
        24.0, "How long an interrupted upload can be gone on with.", "中断的上传可在多少小时内继续。"
    )
    denoiser: Literal["wiener", "rnnoise", "off"] = setting(
        "wiener", "How clips are denoised where a character asks for it.", "角色要求降噪时使用的方法。"
    )
    denoise_command: list[str] = setting(
        [],
        "Another program instead of denoiser, e.g. [ffmpeg, -i, '{input}', -af, afftdn, '{output}']; it reads and writes WAV files.",
        "代替 denoiser 的降噪程序，例如 [ffmpeg, -i, '{input}', -af, afftdn, '{output}']，读写 WAV 文件。",
    )
    separator: str = setting(
        "",
        "The program that takes music out of recordings, e.g. audio-separator (installed apart); empty: none does.",
        "从录音中分离人声的程序，例如单独安装的 audio-separator；留空则不分离。",
    )
    separator_model: str = setting(
        "",
        "A model of the separator's, e.g. UVR-MDX-NET-Voc_FT.onnx; empty: its own choice.",
        "人声分离所用的模型，例如 UVR-MDX-NET-Voc_FT.onnx；留空用程序默认的模型。",
    )
    max_clip_s: Annotated[float, Field(ge=3, le=30)] = setting(
        12.0, "Longer clips are cut at their quietest place.", "更长的片段在最安静处切开。"
    )
    devices: Literal["auto"] | list[Device] = setting(
        "auto",
        "Where voices are made: auto (every GPU, else the processor), or a list such as [cuda:0, cuda:1, cpu].",
        "在哪些设备上制作声音：auto（所有显卡，没有则用处理器），或列表，例如 [cuda:0, cuda:1, cpu]。",
    )
    model_version: Literal["v2ProPlus", "v2Pro", "v2"] = setting(
        "v2ProPlus", "What new voices are trained from.", "新声音在哪个版本的底模上训练。"
    )
    use_stale_models: bool = setting(
        False,
        "Speak with a voice although its recordings have changed since its training.",
        "训练之后录音有变化时，仍允许用旧模型合成。",
    )


@dataclass(frozen=True)
class JobSettings(Section):
    broker: BrokerAddress = setting(
        "",
        "A RabbitMQ, amqp://user:password@host:5672/vhost; empty: none is needed.",
        "RabbitMQ 地址，amqp://用户:密码@主机:5672/虚拟主机；留空则不使用。",
    )
    here: bool = setting(
        True,
        "With a broker: whether this machine works, too, or leaves all work to others.",
        "使用 RabbitMQ 时：本机是否也执行任务，还是全部交给其它机器。",
    )


@dataclass(frozen=True)
class TaskSettings(Section):
    data_dir: str = setting(
        "task_data",
        "Where relative paths of tasks lie: <user>/workspace/<stage>_workspace/<process>/<dir>.",
        "任务中的相对路径所在目录：<user>/workspace/<stage>_workspace/<process>/<dir>。",
        path=True,
    )
    roots: list[str] = setting(
        [], "Further folders below which absolute paths may lie.", "绝对路径允许位于其下的其它目录。", path=True
    )
    experiments_dir: str = setting(
        "", "Where features go; empty: data_dir/experiments.", "特征所在目录；留空为 data_dir/experiments。", path=True
    )
    weights_dir: str = setting(
        "", "Where weights go; empty: data_dir/weights.", "权重所在目录；留空为 data_dir/weights。", path=True
    )
    most_waiting: Count = setting(
        200, "Tasks of one type that may wait; more get 429.", "每种任务的排队上限，超出返回 429。"
    )
    double_encoded: bool = setting(
        False,
        "Messages are JSON strings that hold JSON, as programs in the field expect.",
        "消息体为包含 JSON 的 JSON 字符串，与现有程序一致。",
    )
    empty_tool_key: Literal["both", "end", "end<exchange>"] = setting(
        "both",
        "Routing key of end messages of requests without a tool; both: either key, one copy.",
        "请求未填 tool 时结束消息的路由键；both：两个键都可收到，只有一份。",
    )
    durable_queues: bool = setting(
        True, "Start queues survive a restart of the broker.", "任务队列在消息代理重启后保留。"
    )
