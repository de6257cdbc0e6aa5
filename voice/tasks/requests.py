"""The seven requests: names, types and defaults are those of the original service; the limits are ours."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from voice.tasks.places import is_plain

MOST_KEY_BYTES = 255
"""Of a routing key, which is `end` and the request's tool."""

FolderName = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Text = Annotated[str, StringConstraints(max_length=1000)]
SessionId = Annotated[str, StringConstraints(max_length=256)]
Devices = Annotated[str, StringConstraints(max_length=64, pattern=r"^[0-9,\- ]*$")]


def _one_name(name: str) -> str:
    if name.startswith(".") or name != name.strip() or name.endswith(".") or not is_plain(name):
        raise ValueError("a folder's name has no dot and no space at its ends")
    return name


_IN_NAMES = r'[^/\\<>:"|?*\x00-\x1f]'
OneName = Annotated[str, StringConstraints(max_length=60, pattern=rf"^(?:{_IN_NAMES})+$"), AfterValidator(_one_name)]
"""A single folder's name: no dot before it, and nothing that separates folders on any system."""
Epochs = Annotated[int, Field(ge=1, le=10_000)]
BatchSize = Annotated[int, Field(ge=1, le=1024)]

BERT = "GPT_SoVITS/pretrained_models/chinese-roberta-wwm-ext-large"
HUBERT = "GPT_SoVITS/pretrained_models/chinese-hubert-base"
S2G = "GPT_SoVITS/pretrained_models/gsv-v2final-pretrained/s2G2333k.pth"
S2D = "GPT_SoVITS/pretrained_models/gsv-v2final-pretrained/s2D2333k.pth"
S1 = "GPT_SoVITS/pretrained_models/gsv-v2final-pretrained/s1bert25hz-5kh-longer-epoch=12-step=369668.ckpt"


class TaskRequest(BaseModel):
    """What all seven have. An explicit null stands for the default, and fields that nobody knows are left out."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    session_id: SessionId

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:
        if isinstance(given, dict):
            return {name: value for name, value in given.items() if value is not None}
        return given


class WithTool(BaseModel):
    """tool: what the routing key of the end message continues with."""

    tool: Text = ""

    @field_validator("tool")
    @classmethod
    def _fits_a_key(cls, tool: str) -> str:
        if len(f"end{tool}".encode()) > MOST_KEY_BYTES:
            raise ValueError(f"a routing key has at most {MOST_KEY_BYTES} bytes")
        return tool


class SliceOptions(BaseModel):
    """threshold in dB, lengths in ms, max and alpha as shares; n_parts is taken and has no effect."""

    threshold: Annotated[int, Field(ge=-200, le=0)] = -34
    min_length: Annotated[int, Field(ge=1, le=600_000)] = 4000
    min_interval: Annotated[int, Field(ge=1, le=60_000)] = 300
    hop_size: Annotated[int, Field(ge=1, le=1000)] = 10
    max_sil_kept: Annotated[int, Field(ge=1, le=60_000)] = 500
    max: Annotated[float, Field(ge=0, le=1)] = 0.9
    alpha: Annotated[float, Field(ge=0, le=1)] = 0.25
    n_parts: Annotated[int, Field(ge=1, le=256)] = 4

    @model_validator(mode="after")
    def _fit_together(self) -> "SliceOptions":
        if not self.min_length >= self.min_interval >= self.hop_size or self.max_sil_kept < self.hop_size:
            raise ValueError("these must hold: min_length >= min_interval >= hop_size and max_sil_kept >= hop_size")
        return self


class AsrOptions(BaseModel):
    """asr_lang decides; model, size and precision are those of the original's recognisers, which are not ours."""

    asr_model: Text = "达摩 ASR (中文)"
    asr_model_size: Text = "large"
    asr_lang: Annotated[str, StringConstraints(max_length=16)] = "zh"
    asr_precision: Text = "float32"


class FormatOptions(BaseModel):
    """Devices, and the weights that features are computed with."""

    gpu_numbers1a: Devices = "0-0"
    gpu_numbers1Ba: Devices = "0-0"
    gpu_numbers1c: Devices = "0-0"
    bert_pretrained_dir: Text = BERT
    ssl_pretrained_dir: Text = HUBERT
    pretrained_s2G_path: Text = S2G


class Owner(BaseModel):
    """Whose experiment it is."""

    exp_name: OneName
    user_id: OneName


class SliceRequest(SliceOptions, WithTool, TaskRequest):
    """POST /gpt_sovits/open_slice."""

    inp: FolderName


class DenoiseRequest(WithTool, TaskRequest):
    """POST /gpt_sovits/open_denoise."""

    denoise_inp_dir: FolderName


class AsrRequest(AsrOptions, WithTool, TaskRequest):
    """POST /gpt_sovits/open_asr."""

    asr_inp_dir: FolderName


class FormatRequest(FormatOptions, Owner, TaskRequest):
    """POST /gpt_sovits/open1abc."""

    inp_text: FolderName
    inp_wav_dir: FolderName


class SovitsOptions(BaseModel):
    """What sovits_train and one_click call alike."""

    inp_path: Text = ""
    if_save_latest: bool = True
    if_save_every_weights: bool = True
    batch_size: BatchSize = 3
    total_epoch: Epochs = 8
    text_low_lr_rate: Annotated[float, Field(ge=0, le=1)] = 0.4
    save_every_epoch: Epochs = 4
    pretrained_s2G: Text = S2G
    pretrained_s2D: Text = S2D


class SovitsRequest(SovitsOptions, Owner, TaskRequest):
    """POST /gpt_sovits/sovits_train."""

    gpu_numbers1Ba: Devices = "0"


class GptRequest(Owner, TaskRequest):
    """POST /gpt_sovits/gpt_train."""

    inp_path: Text = ""
    batch_size: BatchSize = 3
    total_epoch: Epochs = 15
    if_dpo: bool = True
    if_save_latest: bool = True
    if_save_every_weights: bool = True
    save_every_epoch: Epochs = 5
    gpu_numbers: Devices = "0"
    pretrained_s1: Text = S1


class OneClickRequest(SliceOptions, AsrOptions, FormatOptions, SovitsOptions, Owner, TaskRequest):
    """POST /gpt_sovits/one_click: the names that two stages would share have `_Ba` or `_Bb` in one of them."""

    inp: FolderName
    gpu_numbers1Ba_Ba: Devices = "0"
    batch_size_Bb: BatchSize = 3
    total_epoch_Bb: Epochs = 15
    if_dpo: bool = True
    save_every_epoch_Bb: Epochs = 5
    gpu_numbers: Devices = "0"
    pretrained_s1: Text = S1

    def format(self, inp_text: str, inp_wav_dir: str) -> FormatRequest:
        """What open1abc would be asked for, with what the earlier stages have made."""
        shared = self.model_dump(include=set(FormatRequest.model_fields))
        return FormatRequest(**shared, inp_text=inp_text, inp_wav_dir=inp_wav_dir)

    def sovits(self) -> SovitsRequest:
        """What sovits_train would be asked for."""
        shared = self.model_dump(include=set(SovitsRequest.model_fields) - {"gpu_numbers1Ba"})
        return SovitsRequest(**shared, gpu_numbers1Ba=self.gpu_numbers1Ba_Ba)

    def gpt(self) -> GptRequest:
        """What gpt_train would be asked for."""
        theirs = {"batch_size", "total_epoch", "save_every_epoch"}
        shared = self.model_dump(include=set(GptRequest.model_fields) - theirs)
        return GptRequest(**shared, **{name: getattr(self, f"{name}_Bb") for name in theirs})
