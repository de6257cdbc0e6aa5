"""Who spells a language: for Mandarin with readings by context, where the network for them is at hand."""

import logging

from tts.gpt_sovits.checkpoint import CheckpointRefused
from tts.gpt_sovits.features.tokenizer import load_tokenizer
from tts.gpt_sovits.files import GPTSoVITSFiles
from tts.gpt_sovits.text.spellers import make_speller
from tts.gpt_sovits.text.spelling import Language, RuleSet, Speller
from tts.gpt_sovits.text.zh.chinese import Chinese
from tts.gpt_sovits.text.zh.g2pw import G2pw

log = logging.getLogger("yinliu.gpt_sovits")


def spelled_with(files: GPTSoVITSFiles, language: Language, rules: RuleSet) -> Speller:
    """A language's speller; for Mandarin with g2pW, where it was downloaded and is sound."""
    if language == "zh" and files.g2pw and files.bert:
        try:
            return Chinese(rules, G2pw(files.g2pw, load_tokenizer(files.bert)))
        except CheckpointRefused as refusal:
            log.warning("Chinese is read without g2pW: %s", refusal)
    return make_speller(language, rules)
