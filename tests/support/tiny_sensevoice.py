"""Write a SenseVoiceSmall with RANDOM weights, a few hundred kB: `python -m tests.support.tiny_sensevoice DIRECTORY`.

It has ModelScope's layout and takes FunASR's real path, so all but accuracy can be tested; what it hears is noise.
"""

import io
import json
import sys
from pathlib import Path
from typing import Any

from asr.funasr_import import import_auto_model
from asr.quiet import quiet, same_random_numbers
from asr.recognizer import LANGUAGES
from asr.sensevoice_files import FILES
from asr.transcript import EMOTIONS, EVENTS

CONFIGURATION, CONFIG, WEIGHTS, TABLE, VOCABULARY = FILES
FEATURES = 560
"""80 mel bands in each of the 7 frames that become one."""


def write_tiny_sensevoice(folder: Path) -> Path:
    """Fill the directory, the same bytes of weights each time; needs torch, funasr and sentencepiece."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).write_text(json.dumps(_config()), "utf-8")  # JSON is YAML
    (folder / CONFIGURATION).write_text(json.dumps(_configuration()), "utf-8")
    (folder / TABLE).write_text(_table(), "utf-8")
    (folder / VOCABULARY).write_bytes(_vocabulary())
    _write_random_weights(folder)
    (folder / "README.md").write_text("RANDOM weights for tests. This recognises nothing.\n", "utf-8")
    return folder


def _config() -> dict[str, Any]:
    return {
        "model": "SenseVoiceSmall",
        "model_conf": {"length_normalized_loss": True, "sos": 1, "eos": 2, "ignore_id": -1},
        "encoder": "SenseVoiceEncoderSmall",
        "encoder_conf": {
            "output_size": 32,
            "attention_heads": 2,
            "linear_units": 48,
            "num_blocks": 2,
            "tp_blocks": 2,
            "dropout_rate": 0.1,
            "positional_dropout_rate": 0.1,
            "attention_dropout_rate": 0.1,
            "input_layer": "pe",
            "pos_enc_class": "SinusoidalPositionEncoder",
            "normalize_before": True,
            "kernel_size": 11,
            "sanm_shfit": 0,
            "selfattention_layer_type": "sanm",
        },
        "frontend": "WavFrontend",
        "frontend_conf": {
            "fs": 16000,
            "window": "hamming",
            "n_mels": 80,
            "frame_length": 25,
            "frame_shift": 10,
            "lfr_m": 7,
            "lfr_n": 6,
            "cmvn_file": None,
        },
        "specaug": "SpecAugLFR",
        "specaug_conf": {"apply_time_warp": False, "time_mask_width_range": [0, 12], "lfr_rate": 6},
        "tokenizer": "SentencepiecesTokenizer",
        "tokenizer_conf": {"bpemodel": None, "unk_symbol": "<unk>", "split_with_space": True},
        "ctc_conf": {"dropout_rate": 0.0, "ctc_type": "builtin", "reduce": True, "ignore_nan_grad": True},
        "normalize": None,
    }


def _configuration() -> dict[str, Any]:
    return {
        "framework": "pytorch",
        "task": "auto-speech-recognition",
        "model": {"type": "funasr"},
        "pipeline": {"type": "funasr-pipeline"},
        "file_path_metas": {
            "init_param": WEIGHTS,
            "config": CONFIG,
            "tokenizer_conf": {"bpemodel": VOCABULARY},
            "frontend_conf": {"cmvn_file": TABLE},
        },
    }


def _table() -> str:
    """Kaldi's text form of what is added to each feature, and what it is then multiplied with."""
    added, factors = " ".join(["-8"] * FEATURES), " ".join(["0.25"] * FEATURES)
    return (
        f"<Nnet>\n<Splice> {FEATURES} {FEATURES}\n[ 0 ]\n"
        f"<AddShift> {FEATURES} {FEATURES}\n<LearnRateCoef> 0 [ {added} ]\n"
        f"<Rescale> {FEATURES} {FEATURES}\n<LearnRateCoef> 0 [ {factors} ]\n</Nnet>\n"
    )


def _vocabulary() -> bytes:
    import sentencepiece

    written = io.BytesIO()
    names = [*LANGUAGES, "nospeech", *EMOTIONS, "EMO_UNKNOWN", *EVENTS, "withitn", "woitn"]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["今天天气真好，我们去公园吧。", "你好！hello, how are you today?"] * 20),
        model_writer=written,
        vocab_size=200,
        hard_vocab_limit=False,
        user_defined_symbols=[f"<|{name}|>" for name in names],
        minloglevel=2,
        num_threads=1,
    )
    return written.getvalue()


def _write_random_weights(folder: Path) -> None:
    """Ask FunASR for the network that the configuration describes; it seeds torch itself."""
    with quiet():
        auto_model = import_auto_model()
        import torch

        with same_random_numbers():
            network, _ = auto_model.build_model(
                model=str(folder.absolute()), device="cpu", ncpu=torch.get_num_threads()
            )
            weights = network.state_dict()
            weights["ctc.ctc_lo.weight"] = torch.randn_like(weights["ctc.ctc_lo.weight"])  # or one token wins always
    torch.save(weights, folder / WEIGHTS)


if __name__ == "__main__":
    print(f"RANDOM weights, for tests only: {write_tiny_sensevoice(Path(sys.argv[1]))}")
