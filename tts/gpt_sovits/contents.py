"""What a checkpoint's content is: one of our two models, or something else that lies beside them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from tts.gpt_sovits.measure import SUPPORTED, SUPPORTED_ZH
from tts.gpt_sovits.refusal import Fault

SEMANTIC, ACOUSTIC = "semantic", "acoustic"
LONGEST_INFO = 200
_SIGNS = {SEMANTIC: "model.ar_predict_layer.weight", ACOUSTIC: "enc_p.text_embedding.weight"}
_TRAINING_STATE = (
    "is a training checkpoint, not exported weights; take the training's file in GPT_weights* or SoVITS_weights*",
    "是训练过程的存档，不是导出的权重；请使用同一次训练在 GPT_weights* 或 SoVITS_weights* 中的文件",
)
_FLOW_MATCHING = (
    f"is a model of GPT-SoVITS v3 or v4 (flow matching); {SUPPORTED}",
    f"是 GPT-SoVITS v3 或 v4（流匹配）模型；{SUPPORTED_ZH}",
)
_LORA = (
    f"is a LoRA for GPT-SoVITS v3 or v4, not a whole model; {SUPPORTED}",
    f"是 GPT-SoVITS v3 或 v4 的 LoRA，不是完整模型；{SUPPORTED_ZH}",
)
_DISCRIMINATOR = (
    "is the discriminator (s2D), which only training uses; take the file whose name begins with s2G",
    "是判别器（s2D），只在训练时使用；请使用 s2G 开头的文件",
)
_OTHERS = {
    "layer1.0.convs.0.weight": ("the speaker network (ERes2NetV2)", "说话人网络（ERes2NetV2）"),
    "feature_extractor.conv_layers.0.conv.weight": ("HuBERT", "HuBERT"),
    "bert.embeddings.word_embeddings.weight": ("BERT", "BERT"),
    "generator": ("a vocoder", "声码器"),
    "ups.0.weight_g": ("a vocoder", "声码器"),
}
_WRONG_WAY = {
    SEMANTIC: (
        "is a SoVITS model (s2), but GPT weights (s1, a .ckpt file) are expected here",
        "是 SoVITS 模型（s2），这里需要 GPT 权重（s1，.ckpt 文件）",
    ),
    ACOUSTIC: (
        "is a GPT model (s1), but SoVITS weights (s2, a .pth file) are expected here",
        "是 GPT 模型（s1），这里需要 SoVITS 权重（s2，.pth 文件）",
    ),
}


@dataclass(frozen=True)
class Content:
    """What was found in a file."""

    tensors: dict[str, Tensor]
    settings: dict[str, Any]
    """Sections by name; nothing in them is known to be true."""
    info: str


def require(kind: str, content: Any) -> Content:
    """The model of this kind; raises Fault that says what the content is instead."""
    if not isinstance(content, dict):
        raise _unknown(content)
    weights = content.get("weight")
    if not isinstance(weights, dict):
        raise _without_weights(content)
    if any(".lora_" in str(name) for name in weights) or "lora_rank" in content:
        raise Fault(*_LORA)
    if any(str(name).startswith(("cfm.", "bridge.", "wns1.")) for name in weights):
        raise Fault(*_FLOW_MATCHING)
    if _SIGNS[kind] not in weights:
        raise _other_model(kind, weights)
    settings, info = content.get("config"), content.get("info")
    return Content(
        {name: tensor for name, tensor in weights.items() if isinstance(name, str) and isinstance(tensor, Tensor)},
        settings if isinstance(settings, dict) else {},
        "".join(filter(str.isprintable, info))[:LONGEST_INFO] if isinstance(info, str) else "",
    )


def _without_weights(content: dict[Any, Any]) -> Fault:
    if "pytorch-lightning_version" in content or {"model", "optimizer"} <= content.keys():
        return Fault(*_TRAINING_STATE)
    return next(_named(content), None) or _unknown(content)


def _other_model(kind: str, weights: dict[Any, Any]) -> Fault:
    other = ACOUSTIC if kind == SEMANTIC else SEMANTIC
    if _SIGNS[other] in weights:
        return Fault(*_WRONG_WAY[kind])
    if any(str(name).startswith("discriminators.") for name in weights):
        return Fault(*_DISCRIMINATOR)
    if any(str(name).startswith(("model.", "enc_p.", "dec.")) for name in weights):
        return Fault(
            f"lacks the tensor {_SIGNS[kind]}, so it is incomplete; {SUPPORTED}",
            f"缺少张量 {_SIGNS[kind]}，文件不完整；{SUPPORTED_ZH}",
        )
    return next(_named(weights), None) or _unknown(weights)


def _named(content: dict[Any, Any]) -> Iterator[Fault]:
    for key, (english, chinese) in _OTHERS.items():
        if key in content:
            yield Fault(
                f"is {english}, not a GPT or SoVITS model; put it into its own folder as upstream does",
                f"是 {chinese}，不是 GPT 或 SoVITS 模型；请按上游的目录放置",
            )


def _unknown(content: Any) -> Fault:
    what = (
        ", ".join(ascii(str(key)[:40]) for key in list(content)[:3]) if isinstance(content, dict) else "no dictionary"
    )
    return Fault(
        f"is a checkpoint of something else ({what or 'nothing in it'}); {SUPPORTED}",
        f"不是 GPT-SoVITS 的权重（内容：{what or '空'}）；{SUPPORTED_ZH}",
    )
