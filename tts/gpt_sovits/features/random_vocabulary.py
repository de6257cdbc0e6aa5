"""A vocabulary and a tokenizer file for a BERT with random weights: hanzi where the real one has them."""

from collections.abc import Iterator
from typing import Any, Literal

FULL_TOKENS = 21128
"""As chinese-roberta-wwm-ext-large has."""
SPECIAL = ("[UNK]", "[CLS]", "[SEP]", "[MASK]")
PUNCTUATION = "!?…,.-"
COMMON = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开"
    "但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教"
    "儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界"
    "今吧呢呀听晚早谢请饭园散步音语言"
)


def tokens(size: Literal["full", "tiny"]) -> list[str]:
    """Every token in the order of its id; [PAD] is 0 and the others in brackets 100 to 103, as in Google's BERT."""
    known = ["[PAD]", *(f"[unused{i}]" for i in range(1, 100)), *SPECIAL]
    known += dict.fromkeys([*PUNCTUATION, *map(chr, range(0x21, 0x41)), *map(chr, range(0x5B, 0x7F))])
    if size == "tiny":
        return known + list(dict.fromkeys(COMMON))
    known += (character for character in _hanzi() if character not in known)
    known += [f"##{character}" for character in _hanzi()]
    known += [f"[unused{i}]" for i in range(100, 100 + FULL_TOKENS - len(known))]
    return known


def _hanzi() -> Iterator[str]:
    """The 6763 characters of GB 2312."""
    for first in range(0xB0, 0xF8):
        for second in range(0xA1, 0xFF):
            try:
                yield bytes((first, second)).decode("gb2312")
            except UnicodeDecodeError:  # the five places behind 座 are empty
                continue


def tokenizer(tokens: list[str]) -> dict[str, Any]:
    """What tokenizer.json holds for these tokens: upstream's directory has no vocab.txt."""
    ids = {token: i for i, token in enumerate(tokens)}
    start, end = ({"SpecialToken": {"id": token, "type_id": 0}} for token in ("[CLS]", "[SEP]"))
    first, second = ({"Sequence": {"id": name, "type_id": i}} for i, name in enumerate("AB"))
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": ids[token], "content": token, "special": True}
            | dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
            for token in ("[PAD]", *SPECIAL)
        ],
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [start, first, end],
            "pair": [start, first, end, second, {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
            "special_tokens": {
                token: {"id": token, "ids": [ids[token]], "tokens": [token]} for token in ("[CLS]", "[SEP]")
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": ids,
        },
    }
