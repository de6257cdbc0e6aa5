"""A chat history as the companion reads it: who said what, in which language, as what persona."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_MOST_MESSAGES = 400
_MOST_SIGNS = 600

_TRADITIONAL = "麼嗎個們這說時間點會樣為謝對愛歡聽講話誰見開關電動樂買賣書學歲幾數雙請問記還沒後來過認識應該麗氣難傷貓魚鳥飯麵雞車遠媽爺兒醫頭發臉讓給與無錢詞詩謎語塊種從裡裏現號裝龍馬風雲陽陰邊幫廳嘗試訊題總結論離東國灣當觀覺親戀餓長場兩萬億減"
_SIMPLIFIED = "么吗个们这说时间点会样为谢对爱欢听讲话谁见开关电动乐买卖书学岁几数双请问记还没后来过认识应该丽气难伤猫鱼鸟饭面鸡车远妈爷儿医头发脸让给与无钱词诗谜语块种从里里现号装龙马风云阳阴边帮厅尝试讯题总结论离东国湾当观觉亲恋饿长场两万亿减"
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)

_QUOTED = re.compile(r'"([^"]*)"')
_SILENT = re.compile(r"[（(\[【][^（()）\[\]【】]*[)）\]】]")
_HANZI = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"\b(?!(?:ok|okay)\b)[a-z]{2,}(?:'[a-z]+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """One message: `text` tidied for people, `plain` the same in lower case and simplified characters, for matching."""

    role: str
    text: str
    plain: str


class History:
    """The part of a chat history that matters here, from any list of messages whatever its elements are."""

    def __init__(self, messages: Sequence[object]):
        said = [_said(message) for message in [*messages[:1], *messages[1:][-_MOST_MESSAGES:]]]
        self.persona = " ".join(part.text for part in said if part.role in ("system", "developer"))
        self.turns = [part for part in said if part.role in ("user", "assistant")]
        self.users = [part for part in self.turns if part.role == "user"]
        self.replies = [spoken(part.text) for part in self.turns if part.role == "assistant"]

    @property
    def text(self) -> str:
        return self.users[-1].text if self.users else ""

    @property
    def plain(self) -> str:
        return self.users[-1].plain if self.users else ""

    @property
    def last_reply(self) -> str:
        return self.replies[-1] if self.replies else ""

    @property
    def seed(self) -> str:
        """Grows with every turn, so that asking for a second joke brings another one."""
        return "\n".join(part.role + part.text for part in self.turns) + self.persona

    @property
    def language(self) -> str:
        """The dominant language of the last message that has one, "zh" or "en"; "zh" when nothing has."""
        for part in reversed(self.users):
            if found := language_of(part.text):
                return found
        return language_of(self.persona) or "zh"

    def asked_before(self) -> list[tuple[str, Said]]:
        """Return each user message with the reply that came before it."""
        pairs = zip([None, *self.turns], self.turns, strict=False)
        return [
            (spoken(before.text) if before and before.role == "assistant" else "", part)
            for before, part in pairs
            if part.role == "user"
        ]


def language_of(text: str) -> str:
    """Return "zh" or "en", or nothing for text without words; one English word weighs as much as one and a half hanzi."""
    hanzi, words = len(_HANZI.findall(text)), len(_WORD.findall(text))
    if not hanzi and not words:
        return ""
    return "zh" if hanzi >= 1.5 * words else "en"


def spoken(reply: str) -> str:
    """Return the quoted parts of a reply without brackets, or all of it when nothing is quoted."""
    quoted = _QUOTED.findall(reply)
    return _SILENT.sub("", " ".join(quoted) if quoted else reply).strip()


def simplified(text: str) -> str:
    return text.translate(_TO_SIMPLIFIED)


def _said(message: object) -> Said:
    if isinstance(message, dict):
        role, content = message.get("role"), message.get("content")
    else:
        role, content = "user", message
    text = _text_of(content)
    if role == "user":
        text = _tidied(text)
    plain = simplified(unicodedata.normalize("NFKC", text)).lower().replace("’", "'")
    return Said(role if isinstance(role, str) else "user", text, plain)


def _text_of(content: object) -> str:
    if isinstance(content, str):
        return content[:_MOST_SIGNS].encode("utf-8", "ignore").decode()
    if isinstance(content, dict):
        return _text_of(content.get("text"))
    if isinstance(content, list):
        return " ".join(filter(None, (_text_of(part) for part in content[:20] if not isinstance(part, list))))
    return ""


def _tidied(text: str) -> str:
    """Take off the quotes that clients put around typed text, pictographs, and spaces between hanzi."""
    text = "".join(
        sign for sign in text if unicodedata.category(sign) not in ("So", "Sk", "Cc", "Cf", "Co", "Cn") or sign == "\n"
    )
    text = " ".join(text.split())
    text = re.sub(r"(?<=[\u3400-\u9fff，。！？]) (?=[\u3400-\u9fff，。！？])", "", text)
    return text.strip(" \"“”'‘’「」") if text[:1] in "\"“'‘「" else text
