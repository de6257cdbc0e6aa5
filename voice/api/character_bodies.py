"""What clients send about characters."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Positive = Annotated[int, Field(ge=1, le=100_000)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}([_-][A-Za-z]{2,8})?$")]
Epoch = Annotated[int, Field(strict=True, ge=1)]
Devices = Annotated[str, Field(pattern=r"^\d+(-\d+)*$")]


class ConfigBody(BaseModel):
    """How a voice is made; a missing field takes its default."""

    character_name: str = ""
    language: Language = "zh"
    batch_size: Positive = 16
    epochs_s2: Positive = 50
    epochs_s1: Positive = 15
    gpu_id: Devices = "0"
    enable_denoise: bool = True


class ConfigChange(BaseModel):
    """The fields that are to be changed; a misspelt one would change nothing, and nobody would notice.

    character_name: may be sent along as it was read; it is changed by renaming.
    """

    model_config = ConfigDict(extra="forbid")

    character_name: str | None = None
    language: Language | None = None
    batch_size: Positive | None = None
    epochs_s2: Positive | None = None
    epochs_s1: Positive | None = None
    gpu_id: Devices | None = None
    enable_denoise: bool | None = None

    @model_validator(mode="after")
    def _has_values(self) -> "ConfigChange":
        if nulls := [field for field in self.model_fields_set if getattr(self, field) is None]:
            raise ValueError(f"null is no value for {', '.join(sorted(nulls))}; leave out what stays as it is")
        return self


class NewCharacter(BaseModel):
    character_name: str
    config: ConfigBody = ConfigBody()


class NewName(BaseModel):
    new_name: str


class ChosenEpochs(BaseModel):
    """The epoch of each half that a voice shall speak with; one that is missing stays as it is."""

    model_config = ConfigDict(extra="forbid")

    sovits: Epoch | None = None
    gpt: Epoch | None = None
