"""Which GPT-SoVITS models are on this machine, and fetching those that are not."""

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from launch.download import DownloadFailed, WrongFile, download, partial
from launch.gpt_sovits_sources import G2PW_ARCHIVE, G2PW_REPOSITORY, REPOSITORIES, RemoteFile, parts_of
from launch.hubs import HUBS, Hub
from launch.lock import exclusive
from launch.places import MODELS
from launch.words import Refusal, say, words
from tts.gpt_sovits.base_models import G2PW, is_random, is_whole
from tts.gpt_sovits.files import GET, find_gpt_sovits, find_part, problems, trained_weights

NAME = "gpt-sovits"
GET_G2PW = "python3 start.py models get g2pw"
DEFAULT_VERSION = "v2ProPlus"
_PARTS = {
    "gpt": "GPT (s1)",
    "sovits": "SoVITS (s2)",
    "hubert": "HuBERT",
    "bert": "BERT",
    "speaker": "ERes2NetV2",
    "g2pw": "g2pW",
}


def folder() -> Path:
    """Where fetched files go; the engine looks in more places."""
    return MODELS / NAME


def has_gpt_sovits() -> bool:
    """Whether a set of models that can speak is here."""
    return not problems(find_gpt_sovits(MODELS))


def summary(gpt: str | None = None, sovits: str | None = None) -> tuple[str, str]:
    """The weights that speak, or what is missing or wrong, and then the remedy; gpt, sovits: as configured."""
    files = find_gpt_sovits(MODELS, Path(gpt) if gpt else None, Path(sovits) if sovits else None)
    faults = problems(files)
    if not faults:
        return " + ".join(f"{file.name} {_remark(file)}".strip() for file in (files.gpt, files.sovits) if file), ""
    setting = next((fault.setting for fault in faults if fault.setting), "")
    remedy = words(f"Correct {setting} in config.yaml.", f"请修正 config.yaml 中的 {setting}。") if setting else GET
    return "; ".join(words(fault.english, fault.chinese) for fault in faults), remedy


def describe() -> None:
    """Print each part, found or missing, and the command that fetches what is missing."""
    files = find_gpt_sovits(MODELS)
    faults = {problem.part: words(problem.english, problem.chinese) for problem in problems(files)}
    print(f"{NAME:11}", words("present", "已有") if not faults else words("incomplete or absent", "不完整或没有"))
    for part, label in _PARTS.items():
        place = getattr(files, part)
        if part in faults or place:
            print(f"  {label:12}", faults.get(part) or place, _remark(place))
    for label, found in zip(("GPT", "SoVITS"), trained_weights(MODELS), strict=True):
        if found:
            print(words(f"  {label} weights trained here: ", f"  训练得到的 {label} 权重："), *found, sep="\n    ")
    if faults:
        size = sum(file.size for file in missing_files(DEFAULT_VERSION)) / 1e6
        print(words(f"  Cloned voices, {size:.0f} MB: {GET}", f"  克隆音色，{size:.0f} MB：{GET}"))
    if not files.g2pw:
        size = G2PW_ARCHIVE.size / 1e6
        print(
            words(
                f"  Optional, better readings of Chinese, {size:.0f} MB: {GET_G2PW}",
                f"  可选，多音字更准，{size:.0f} MB：{GET_G2PW}",
            )
        )


def _remark(place: Path | None) -> str:
    return words("(RANDOM weights)", "（随机权重）") if place and is_random(place) else ""


def missing_files(version: str) -> list[RemoteFile]:
    """What has to be fetched for a version; parts that lie whole in any place that the engine knows are left out."""
    wanted = [file for name, files in parts_of(version).items() if find_part(MODELS, name) is None for file in files]
    return [file for file in wanted if not (is_whole(there := folder() / file.path) and not is_random(there))]


def refuse_random(files: Iterable[RemoteFile]) -> None:
    """Raises Refusal where fetched files would come to lie among random weights, and be taken for such."""
    for file in files:
        if is_random(folder() / file.path):
            raise Refusal(
                f"{folder()} holds random weights (RANDOM_WEIGHTS.txt); move or delete that folder, "
                "then run this again.",
                f"{folder()} 中是随机权重（RANDOM_WEIGHTS.txt）；请移走或删除该文件夹，然后重新运行。",
            )


def bytes_to_fetch(files: Iterable[RemoteFile]) -> int:
    """Without what an earlier attempt has brought."""
    return sum(max(0, file.size - _arrived(file)) for file in files)


def fetch(version: str, hubs: Iterable[Hub]) -> None:
    """Bring everything that the version lacks, each file from the first hub that has it; raises Refusal."""
    with exclusive(MODELS / ".download.lock", _say_waiting):
        for file in missing_files(version):
            addresses = [hub.address(REPOSITORIES[hub.name], file.path) for hub in hubs]
            _fetch_file(file, addresses, folder() / file.path)


def fetch_g2pw(hubs: Iterable[Hub]) -> None:
    """Bring the model that reads Chinese characters by their context; raises Refusal."""
    with exclusive(MODELS / ".download.lock", _say_waiting):
        if find_part(MODELS, G2PW):
            return
        archive = folder() / G2PW_ARCHIVE.path
        _fetch_file(G2PW_ARCHIVE, [hub.address(G2PW_REPOSITORY, G2PW_ARCHIVE.path) for hub in hubs], archive)
        _unpack(archive, folder() / G2PW)
        archive.unlink()


def _fetch_file(file: RemoteFile, addresses: list[str], target: Path) -> None:
    failures: list[DownloadFailed] = []
    for address in addresses:
        try:
            return download(address, target, file.sha256, file.size)
        except DownloadFailed as failure:
            failures.append(failure)
            say(f"Could not fetch from {address}: {failure}.", f"未能从 {address} 下载：{failure}。")
    raise _refusal(file, all(isinstance(failure, WrongFile) for failure in failures))


def _refusal(file: RemoteFile, is_there: bool) -> Refusal:
    """is_there: every source has a file of that name, but another one."""
    names = " / ".join(HUBS)
    if is_there:
        return Refusal(
            f"{file.path} was fetched, but is not the file that is known here. Choose another source with "
            f"--from {names}; if HF_ENDPOINT or MODELSCOPE_ENDPOINT name a mirror, do without it.",
            f"{file.path} 已下载，但内容与已知文件不同。请用 --from {names} 换一个来源；"
            "如果 HF_ENDPOINT 或 MODELSCOPE_ENDPOINT 指定了镜像，请不要使用它。",
        )
    return Refusal(
        f"{file.path} could not be fetched. Check the network (HTTPS_PROXY if there is a proxy, HF_ENDPOINT for a "
        f"mirror of Hugging Face), or choose a source with --from {names}, and run this again; "
        "it goes on where it stopped.",
        f"{file.path} 下载失败。请检查网络（有代理请设置 HTTPS_PROXY，Hugging Face 镜像请设置 HF_ENDPOINT），"
        f"或用 --from {names} 换一个来源，然后重新运行同一命令即可继续。",
    )


def _arrived(file: RemoteFile) -> int:
    part = partial(folder() / file.path)
    return part.stat().st_size if part.is_file() else 0


def _unpack(archive: Path, target: Path) -> None:
    """Only plain files of the top folder, by their last name, so that nothing lands anywhere else."""
    unfinished = target.with_name(f"{target.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    with zipfile.ZipFile(archive) as packed:
        for entry in packed.infolist():
            path = PurePosixPath(entry.filename)
            if not entry.is_dir() and len(path.parts) == 2 and path.suffix in (".onnx", ".json", ".txt", ".py"):
                with packed.open(entry) as source, (unfinished / path.name).open("wb") as copy:
                    shutil.copyfileobj(source, copy)
    shutil.rmtree(target, ignore_errors=True)
    unfinished.rename(target)


def _say_waiting() -> None:
    say("Another start.py is fetching models; waiting for it ...", "另一个 start.py 正在下载模型，等待其完成……")
