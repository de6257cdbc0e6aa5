"""From the files of a SenseVoiceSmall to a FunASR model that is known to have all of its weights."""

import json
import zipfile
from pathlib import Path
from typing import Any

from asr.funasr_import import import_auto_model
from asr.quiet import same_random_numbers
from asr.recognizer import GET_MODEL, SpeechModelMissing
from asr.sensevoice_files import NAME, faults


def read_model(folder: Path, device: str, threads: int) -> Any:
    """A FunASR AutoModel, ready to `generate`; raises SpeechModelMissing with a sentence about what is wrong.

    folder: absolute, for FunASR asks the network for any name that is no existing path. device: auto, cpu or cuda:N.
    """
    try:
        if found := faults(folder):
            raise _Fault("; ".join(found))
        model = _build(folder, device, threads)
        _fill(model.model, _read_weights(folder / "model.pt"))
    except _Fault as fault:
        raise SpeechModelMissing(
            f"The speech model in {folder} cannot be used: {fault}. Remove that directory, then `{GET_MODEL}`."
        ) from fault.__cause__
    model.model.to(model.kwargs["device"]).eval()
    return model


class _Fault(Exception):
    """Half a sentence about a file."""


def _build(folder: Path, device: str, threads: int) -> Any:
    """The network with random weights: FunASR's own reading of model.pt holds four copies of it in memory."""
    auto_model = _import_auto_model()
    device = _torch_device(device)
    try:
        json.loads((folder / "configuration.json").read_text("utf-8"))
        with same_random_numbers():
            model = auto_model(
                model=str(folder),
                init_param=None,
                device=device,
                ncpu=threads,
                frontend_conf={"dither": 0.0},  # or the same recording gives another text each time
                disable_update=True,
                disable_pbar=True,
                log_level="ERROR",
            )
    except Exception as error:  # whatever a damaged configuration, vocabulary or table raises in FunASR
        raise _Fault(f"FunASR cannot build it ({in_short(error)})") from error
    if type(model.model).__name__ != NAME:
        raise _Fault(f"its config.yaml describes {type(model.model).__name__}, not {NAME}")
    table = model.kwargs["frontend"].cmvn
    if table is None or tuple(table.shape) != (2, model.kwargs["input_size"]) or not table.isfinite().all():
        raise _Fault("am.mvn is damaged")
    return model


def _import_auto_model() -> Any:
    try:
        return import_auto_model()
    except Exception as error:  # beside an ImportError, OSError where a torchaudio does not fit its torch
        raise SpeechModelMissing(
            f"FunASR cannot be imported ({in_short(error)}); `{GET_MODEL}` installs it."
        ) from error


def _torch_device(wanted: str) -> str:
    import torch

    if wanted == "auto":
        return "cuda:0" if torch.cuda.is_available() else "cpu"
    if wanted.startswith("cuda") and not torch.cuda.is_available():
        raise SpeechModelMissing(
            f"The recogniser's device is set to {wanted}, but torch finds no CUDA here; set it to auto or cpu."
        )
    return "cuda:0" if wanted == "cuda" else wanted


def _read_weights(file: Path) -> dict[str, Any]:
    """Tensors by name, paged in from the disk as they are used; never unpickles code."""
    import torch

    try:
        weights = torch.load(file, map_location="cpu", mmap=zipfile.is_zipfile(file), weights_only=True)
        while nested := next((key for key in ("state_dict", "model_state_dict", "model") if key in weights), None):
            weights = weights[nested]
        return {name: tensor.float() for name, tensor in weights.items()}
    except Exception as error:  # torch has no common error for files that are cut off or hold something else
        size_mb = file.stat().st_size / 1e6
        raise _Fault(f"model.pt ({size_mb:.1f} MB) is cut off or damaged ({in_short(error)})") from error


def _fill(network: Any, weights: dict[str, Any]) -> None:
    """Let the network use these tensors themselves; FunASR would go on with random ones where some are missing."""
    try:
        missing = network.load_state_dict(weights, assign=True, strict=False).missing_keys
    except RuntimeError as error:
        raise _Fault(f"model.pt does not fit config.yaml ({in_short(error)})") from error
    if missing:
        raise _Fault(f"model.pt lacks {len(missing)} of its tensors ({', '.join(missing[:3])})")


def in_short(error: Exception) -> str:
    """The kind of error and its first line, without the stack traces that torch writes into messages."""
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:160]}".rstrip(": ")
