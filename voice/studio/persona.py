"""How a character talks: what people have chosen about its persona, its voice and its model, kept beside its files."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.functional_validators import AfterValidator
from pydantic_core import PydanticCustomError

from voice.studio.folders import CharacterFolder, replacing
from voice.studio.persona_faults import refusal_of
from voice.studio.refused import Refused

FILE = "persona.json"
MOST_BYTES = 128 << 10
MOST_EMOTIONS = 64
MOST_OPTION_BYTES = 16 << 10
THE_TURNS_OWN = ("messages", "stream")
"""Fields of a request to the model that every turn sets itself."""
THE_OPERATOR_S = ("api_key", "api_base", "api_version", "base_url", "headers", "user_config")
"""Some servers between us and the model let a request choose with these where it goes, and with whose key."""


def _plain_tag(tag: str) -> str:
    if any(char in "[]【】" or not char.isprintable() for char in tag) or tag != tag.strip():
        raise _refusal(
            "A tag of an emotion is a word without brackets and without spaces around it.",
            "情绪标签是一个词，不含括号，前后没有空格。",
        )
    return tag


def _known_options(options: dict[str, Any]) -> dict[str, Any]:
    if wrong := [name for name in THE_TURNS_OWN if name in options]:
        raise _refusal(f"{wrong[0]} cannot be set: every turn has its own.", f"不能设置 {wrong[0]}：每轮对话自行决定。")
    if wrong := [name for name in options if name in THE_OPERATOR_S or name.startswith("extra_")]:
        raise _refusal(
            f"{wrong[0]:.40} cannot be set: where requests go is for the server's settings.",
            f"不能设置 {wrong[0]:.40}：请求发往哪里由服务端设置决定。",
        )
    try:
        written = json.dumps(options, allow_nan=False)
    except ValueError:
        raise _refusal("Every number has to be finite.", "所有数值必须是有限的。") from None
    if len(written) > MOST_OPTION_BYTES:
        raise _refusal(
            f"This is longer than {MOST_OPTION_BYTES >> 10} KB: shorten it.",
            f"超过 {MOST_OPTION_BYTES >> 10} KB，请缩短。",
        )
    return options


def _refusal(english: str, chinese: str) -> PydanticCustomError:
    return PydanticCustomError("persona", "{told}", {"told": (english, chinese)})


Tag = Annotated[str, Field(min_length=1, max_length=20), AfterValidator(_plain_tag)]
ClipName = Annotated[str, Field(max_length=255)]
Options = Annotated[dict[str, Any], AfterValidator(_known_options)]


@dataclass(frozen=True)
class Persona:
    """Empty fields leave things as they are for everybody; `speed`: 0.25 to 4, above 1 is faster.

    system: a system message for histories that have none. about: a line that clients show. language: of the texts to
    speak. emotions: a clip's name for each tag. clip: the one to speak like; "" for the best. extra_config: fields of
    the request to the language model.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", allow_inf_nan=False)

    system: Annotated[str, Field(max_length=20_000)] = ""
    about: Annotated[str, Field(max_length=500)] = ""
    language: Literal["", "zh", "en", "ja", "ko", "yue", "auto"] = ""
    speed: Annotated[float, Field(ge=0.25, le=4)] = 1.0
    emotions: Annotated[Mapping[Tag, ClipName], Field(max_length=MOST_EMOTIONS)] = field(default_factory=dict)
    clip: ClipName = ""
    extra_config: Options = field(default_factory=dict)


_PERSONA = TypeAdapter(Persona)


def parse_persona(data: bytes) -> Persona:
    """Raises Refused, whose sentence names the field that is wrong."""
    if len(data) > MOST_BYTES:
        raise Refused(
            f"The persona is larger than {MOST_BYTES >> 10} KB: shorten it.",
            f"人设超过 {MOST_BYTES >> 10} KB，请缩短。",
        )
    try:
        return _PERSONA.validate_json(data.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        raise refusal_of(error.errors(include_url=False)[0]) from None


def read_persona(folder: CharacterFolder) -> Persona:
    """What was chosen, or that nothing was; raises Refused for a file that cannot be used."""
    try:
        with (folder.root / FILE).open("rb") as file:
            return parse_persona(file.read(MOST_BYTES + 1))
    except FileNotFoundError:
        return Persona()
    except Refused as refused:
        raise Refused(f"{FILE}: {refused}", f"{FILE}：{refused.chinese}") from None
    except OSError as error:
        raise Refused(f"{FILE} cannot be read: {error.strerror}.", f"{FILE} 无法读取：{error.strerror}。") from None


def write_persona(folder: CharacterFolder, persona: Persona) -> None:
    """Replace what was chosen, in one go; raises Refused where a reader would refuse it."""
    data = json.dumps(asdict(persona), ensure_ascii=False, indent=2).encode(errors="surrogatepass")
    parse_persona(data)
    with replacing(folder.root / FILE, "wb") as out:
        out.write(data)
