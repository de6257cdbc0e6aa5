"""Listing and fetching GPT-SoVITS, from a small server that stands in for both hubs."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from launch import gpt_sovits_models, gpt_sovits_sources, models
from launch.download import partial
from launch.gpt_sovits_sources import G2PW_ARCHIVE, RemoteFile, parts_of
from launch.hubs import HUBS, HUGGINGFACE, MODELSCOPE
from launch.words import Refusal
from tests.support.fake_hub import FakeHub, fake_hub
from tts.gpt_sovits import files as engine_files
from tts.gpt_sovits.base_models import BASE_MODELS, BERT, HUBERT, RANDOM_NOTICE, SPEAKER
from tts.gpt_sovits.files import find_gpt_sovits, problems

ON_HUGGINGFACE = "/lj1995/GPT-SoVITS/resolve/main/"
ON_MODELSCOPE = "/models/AI-ModelScope/GPT-SoVITS/resolve/master/"


def content_of(path: str) -> bytes:
    """What our stand-in holds in place of a model."""
    layers = b" sv_emb.weight" if "Pro" in path else b""
    return b"PK\x03\x04 " + path.encode() + layers + bytes(5_000)


def fake(file: RemoteFile) -> RemoteFile:
    content = content_of(file.path)
    return replace(file, size=len(content), sha256=hashlib.sha256(content).hexdigest())


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of models, and checksums of what the stand-in holds."""
    for variable in ("MODELSCOPE_CACHE", "HF_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    monkeypatch.setenv("YINLIU_LANG", "en")
    monkeypatch.setattr(gpt_sovits_models, "MODELS", tmp_path / "models")
    monkeypatch.setattr(models, "MODELS", tmp_path / "models")
    parts = {
        version: {name: tuple(map(fake, files)) for name, files in parts_of(version).items()} for version in BASE_MODELS
    }
    monkeypatch.setattr(gpt_sovits_models, "parts_of", parts.__getitem__)
    monkeypatch.setattr("launch.download.ATTEMPTS", 1)
    return tmp_path / "models"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    paths = {file.path for version in BASE_MODELS for files in parts_of(version).values() for file in files}
    served = {start + path: content_of(path) for start in (ON_HUGGINGFACE, ON_MODELSCOPE) for path in paths}
    with fake_hub(served) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        monkeypatch.setenv("MODELSCOPE_ENDPOINT", hub.address)
        yield hub


def asked(hub: FakeHub) -> list[str]:
    return [path for path, _ in hub.asked]


@pytest.mark.parametrize("version", BASE_MODELS)
def test_a_version_is_fetched_with_what_it_needs_and_no_more(version: str, hub: FakeHub, here: Path):
    gpt_sovits_models.fetch(version, [HUGGINGFACE])
    files = find_gpt_sovits(here)
    assert problems(files) == []
    assert files.sovits == here / "gpt-sovits" / BASE_MODELS[version].sovits
    base = BASE_MODELS[version]
    wanted = set(base.files) | ({SPEAKER} if base.needs_speaker else set())
    wanted |= {f"{HUBERT}/{name}" for name in ("config.json", "preprocessor_config.json", "pytorch_model.bin")}
    wanted |= {f"{BERT}/{name}" for name in ("config.json", "tokenizer.json", "pytorch_model.bin")}
    assert sorted(asked(hub)) == sorted(ON_HUGGINGFACE + path for path in wanted)
    present = {file.relative_to(here / "gpt-sovits").as_posix() for file in (here / "gpt-sovits").rglob("*.*")}
    assert {path for path in present if not path.endswith("-pretrained")} == wanted
    assert gpt_sovits_models.missing_files(version) == []


def test_another_version_brings_only_what_differs(hub: FakeHub):
    gpt_sovits_models.fetch("v2ProPlus", [HUGGINGFACE])
    hub.asked.clear()
    gpt_sovits_models.fetch("v2Pro", [HUGGINGFACE])
    assert asked(hub) == [ON_HUGGINGFACE + f"v2Pro/s2{half}v2Pro.pth" for half in "GD"]


def test_modelscope_is_asked_first_and_hugging_face_where_it_has_nothing(hub: FakeHub, here: Path):
    for path in [path for path in hub.files if path.startswith(ON_MODELSCOPE) and "Pro" in path]:
        del hub.files[path]
    gpt_sovits_models.fetch("v2ProPlus", HUBS.values())
    assert problems(find_gpt_sovits(here)) == []
    from_huggingface = [path for path in asked(hub) if path.startswith(ON_HUGGINGFACE)]
    assert from_huggingface == [ON_HUGGINGFACE + f"v2Pro/s2{half}v2ProPlus.pth" for half in "GD"]


def test_a_hub_that_holds_something_else_is_not_believed(hub: FakeHub, here: Path, capsys: pytest.CaptureFixture[str]):
    hub.files[ON_MODELSCOPE + "s1v3.ckpt"] = b"PK\x03\x04 something else"
    gpt_sovits_models.fetch("v2ProPlus", HUBS.values())
    assert (here / "gpt-sovits" / "s1v3.ckpt").read_bytes() == content_of("s1v3.ckpt")
    assert "checksum is wrong" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "zh"])
def test_where_each_hub_holds_something_else_the_network_is_not_blamed(
    language: str, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("YINLIU_LANG", language)
    hub.files |= dict.fromkeys(hub.files, b"PK\x03\x04 something else")
    with pytest.raises(Refusal) as refused:
        gpt_sovits_models.fetch("v2", HUBS.values())
    assert "--from modelscope / huggingface" in str(refused.value)
    for word in ("HTTPS_PROXY", "network", "网络"):
        assert word not in str(refused.value)


def put_random(root: Path, version: str) -> None:
    for files in parts_of(version).values():
        for file in files:
            (root / file.path).parent.mkdir(parents=True, exist_ok=True)
            (root / file.path).write_bytes(content_of(file.path))
            (root / file.path).with_name(RANDOM_NOTICE).touch()


def test_random_weights_do_not_count_and_what_is_fetched_is_used_instead(hub: FakeHub, here: Path):
    put_random(here, "v2ProPlus")
    assert "RANDOM" in gpt_sovits_models.summary()[0]
    gpt_sovits_models.fetch("v2ProPlus", [HUGGINGFACE])
    files = find_gpt_sovits(here)
    for place in (files.gpt, files.sovits, files.hubert, files.bert, files.speaker):
        assert place is not None
        assert place.is_relative_to(here / "gpt-sovits")
    assert gpt_sovits_models.summary() == ("s1v3.ckpt + s2Gv2ProPlus.pth", "")
    assert gpt_sovits_models.missing_files("v2ProPlus") == []


def test_nothing_is_fetched_to_lie_among_random_weights(hub: FakeHub, here: Path):
    put_random(here / "gpt-sovits", "v2")
    assert gpt_sovits_models.missing_files("v2")
    with pytest.raises(Refusal, match="holds random weights"):
        models.main(["get", "gpt-sovits", "--version", "v2"])
    assert hub.asked == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_where_no_hub_helps_the_remedies_are_told(language: str, hub: FakeHub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("YINLIU_LANG", language)
    hub.files.clear()
    with pytest.raises(Refusal) as refused:
        gpt_sovits_models.fetch("v2", [MODELSCOPE])
    for word in ("HTTPS_PROXY", "HF_ENDPOINT", "--from modelscope / huggingface"):
        assert word in str(refused.value)


def test_a_download_that_was_interrupted_goes_on(hub: FakeHub, here: Path):
    content = content_of("s1v3.ckpt")
    target = here / "gpt-sovits" / "s1v3.ckpt"
    target.parent.mkdir(parents=True)
    partial(target).write_bytes(content[:1_000])
    left = gpt_sovits_models.bytes_to_fetch(gpt_sovits_models.missing_files("v2ProPlus"))
    whole = sum(len(body) for path, body in hub.files.items() if path.startswith(ON_HUGGINGFACE))
    assert 0 < left < whole - 1_000
    gpt_sovits_models.fetch("v2ProPlus", [HUGGINGFACE])
    assert (ON_HUGGINGFACE + "s1v3.ckpt", "bytes=1000-") in hub.asked
    assert target.read_bytes() == content


@pytest.mark.parametrize("fault", [b"", b"version https://git-lfs.github.com/spec/v1\n", b"<html>"])
def test_a_faulty_file_is_fetched_anew(fault: bytes, hub: FakeHub, here: Path):
    gpt_sovits_models.fetch("v2", [HUGGINGFACE])
    hub.asked.clear()
    (here / "gpt-sovits" / HUBERT / "pytorch_model.bin").write_bytes(fault)
    gpt_sovits_models.fetch("v2", [HUGGINGFACE])
    assert asked(hub) == [f"{ON_HUGGINGFACE}{HUBERT}/pytorch_model.bin"]
    assert problems(find_gpt_sovits(here)) == []


def test_what_lies_elsewhere_is_not_fetched(hub: FakeHub, here: Path):
    upstream = here / "GPT_SoVITS" / "pretrained_models"
    for path in (f"{BERT}/config.json", f"{BERT}/tokenizer.json", f"{BERT}/pytorch_model.bin", "s1v3.ckpt"):
        (upstream / path).parent.mkdir(parents=True, exist_ok=True)
        (upstream / path).write_bytes(content_of(path))
    gpt_sovits_models.fetch("v2ProPlus", [HUGGINGFACE])
    assert not [path for path in asked(hub) if BERT in path or "s1v3" in path]
    assert problems(find_gpt_sovits(here)) == []


def test_the_addresses_are_those_of_the_hubs(monkeypatch: pytest.MonkeyPatch):
    for variable in (*HUGGINGFACE.variables, *MODELSCOPE.variables):
        monkeypatch.delenv(variable, raising=False)
    path = BASE_MODELS["v2"].gpt
    assert HUGGINGFACE.address("lj1995/GPT-SoVITS", path) == (
        "https://huggingface.co/lj1995/GPT-SoVITS/resolve/main/gsv-v2final-pretrained/"
        "s1bert25hz-5kh-longer-epoch%3D12-step%3D369668.ckpt"
    )
    assert MODELSCOPE.address("a/b", "c d") == "https://www.modelscope.cn/models/a/b/resolve/master/c%20d"
    monkeypatch.setenv("HF_ENDPOINT", "https://hf-mirror.com/")
    monkeypatch.setenv("MODELSCOPE_DOMAIN", "modelscope.example")
    assert HUGGINGFACE.address("a/b", "c") == "https://hf-mirror.com/a/b/resolve/main/c"
    assert MODELSCOPE.address("a/b", "c").startswith("https://modelscope.example/models/")


def test_the_real_files_have_real_checksums():
    files = {file for version in BASE_MODELS for files in parts_of(version).values() for file in files}
    assert len({file.sha256 for file in files}) == len(files) == 15
    for file in (*files, G2PW_ARCHIVE):
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
        assert file.size > 0
    assert gpt_sovits_sources.REPOSITORIES.keys() == HUBS.keys()


def g2pw_archive(entries: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return written.getvalue()


def test_the_reader_of_chinese_is_fetched_and_unpacked_into_its_folder_only(
    hub: FakeHub, here: Path, monkeypatch: pytest.MonkeyPatch
):
    archive = g2pw_archive(
        {
            "G2PWModel/": b"",
            "G2PWModel/g2pW.onnx": b"\x08\x07\x12" + bytes(500),
            "G2PWModel/POLYPHONIC_CHARS.txt": b"x",
            "G2PWModel/record.log": b"x",
            "G2PWModel/../../../outside.txt": b"x",
            "/G2PWModel/absolute.txt": b"x",
            "outside.txt": b"x",
            "__MACOSX/G2PWModel/._g2pW.onnx": b"x",
        }
    )
    hub.files["/models/XXXXRT/GPT-SoVITS-Pretrained/resolve/master/G2PWModel.zip"] = archive
    remote = RemoteFile("G2PWModel.zip", len(archive), hashlib.sha256(archive).hexdigest())
    monkeypatch.setattr(gpt_sovits_models, "G2PW_ARCHIVE", remote)
    gpt_sovits_models.fetch_g2pw(HUBS.values())
    folder = here / "gpt-sovits" / "G2PWModel"
    assert find_gpt_sovits(here).g2pw == folder
    assert sorted(file.name for file in folder.iterdir()) == ["POLYPHONIC_CHARS.txt", "g2pW.onnx"]
    assert [file.name for file in folder.parent.iterdir()] == ["G2PWModel"]
    assert not list(here.parent.rglob("outside.txt"))
    hub.asked.clear()
    gpt_sovits_models.fetch_g2pw(HUBS.values())
    assert hub.asked == []


def test_the_command_is_the_one_that_the_engine_names(capsys: pytest.CaptureFixture[str]):
    gpt_sovits_models.describe()
    said = capsys.readouterr().out
    assert engine_files.GET in said
    assert "models get g2pw" in said


def test_the_list_shows_each_part(hub: FakeHub, here: Path, capsys: pytest.CaptureFixture[str]):
    gpt_sovits_models.fetch("v2ProPlus", [HUGGINGFACE])
    (here / "GPT_weights_v2").mkdir()
    (here / "GPT_weights_v2" / "我的声音-e15.ckpt").write_bytes(b"PK\x03\x04")
    capsys.readouterr()
    gpt_sovits_models.describe()
    said = capsys.readouterr().out
    assert said.startswith("gpt-sovits  present")
    for name in ("s1v3.ckpt", "s2Gv2ProPlus.pth", HUBERT, BERT, SPEAKER, "我的声音-e15.ckpt"):
        assert name in said
    assert engine_files.GET not in said
    (here / "gpt-sovits" / SPEAKER).unlink()
    gpt_sovits_models.describe()
    said = capsys.readouterr().out
    assert said.startswith("gpt-sovits  incomplete")
    assert f"{SPEAKER} is missing" in said
    assert engine_files.GET in said


class TestTheVerb:
    """`start.py models ...`, as it is typed."""

    def test_names_what_is_missing_before_anything_is_installed(self, bare):
        done = bare.run("models")
        assert done.returncode == 0
        assert "gpt-sovits  incomplete or absent" in done.stdout
        assert engine_files.GET in done.stdout
        assert "缺少 GPT 权重" in bare.run("models", YINLIU_LANG="zh").stdout

    @pytest.mark.parametrize(
        "arguments",
        [
            ["get", "gpt-sovits", "--version", "v3"],
            ["get", "gpt-sovits", "--version"],
            ["get", "gpt-sovits", "v2"],
            ["get", "gpt-sovits", "--from", "dropbox"],
            ["get", "gpt-sovits", "--from=github"],
            ["get", "g2pw", "--version", "v2"],
            ["get", "sensevoice", "--from", "modelscope"],
        ],
    )
    def test_refuses_what_it_does_not_know(self, arguments: list[str], bare):
        done = bare.run("models", *arguments)
        assert done.returncode == 2
        assert "models get gpt-sovits [--version v2ProPlus|v2Pro|v2] [--from modelscope|huggingface]" in done.stderr

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (["get"], "Which model? sensevoice, gpt-sovits or g2pw."),
            (["get", "gpt-sovit"], "There is no model 'gpt-sovit'. Did you mean gpt-sovits?"),
            (["get", "gpt-sovits", "--version", "v9"], "--version 'v9' does not exist; choose v2ProPlus, v2Pro or v2."),
            (["get", "gpt-sovits", "--version=v4"], "GPT-SoVITS v4 is not supported; choose v2ProPlus, v2Pro or v2."),
            (["get", "gpt-sovits", "--from"], "--from lacks its value: modelscope or huggingface."),
            (
                ["get", "gpt-sovits", "--from=github"],
                "--from 'github' does not exist; choose modelscope or huggingface",
            ),
            (["get", "sensevoice", "--from", "modelscope"], "'--from' is not understood here."),
            (["gte", "sensevoice"], "`models` does not know 'gte'."),
        ],
    )
    def test_names_the_word_it_does_not_know_and_the_choices(
        self, arguments: list[str], sentence: str, monkeypatch: pytest.MonkeyPatch
    ):
        with pytest.raises(Refusal) as refused:
            models.main(arguments)
        assert str(refused.value).startswith(sentence)
        monkeypatch.setenv("YINLIU_LANG", "zh")
        with pytest.raises(Refusal, match=r"[\u4e00-\u9fff].*\n用法："):
            models.main(arguments)

    @pytest.mark.parametrize(
        ("arguments", "paths"),
        [
            (
                [],
                [
                    "/models/AI-ModelScope/GPT-SoVITS/resolve/master/s1v3.ckpt",
                    "/lj1995/GPT-SoVITS/resolve/main/s1v3.ckpt",
                ],
            ),
            (["--from", "huggingface", "--version", "V2Pro"], ["/lj1995/GPT-SoVITS/resolve/main/s1v3.ckpt"]),
            (
                ["--version=v2", "--from=modelscope"],
                [f"/models/AI-ModelScope/GPT-SoVITS/resolve/master/{BASE_MODELS['v2'].gpt}"],
            ),
        ],
    )
    def test_installs_first_and_then_fetches(self, arguments: list[str], paths: list[str], folder, hub: FakeHub):
        hub.files.clear()
        done = folder.run(
            "models", "get", "gpt-sovits", *arguments, HF_ENDPOINT=hub.address, MODELSCOPE_ENDPOINT=hub.address
        )
        assert folder.pip_files() == ["requirements.txt", "requirements-ml.txt"]
        assert asked(hub) == paths
        assert done.returncode == 1
        assert "the server answers 404" in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_full_disk_is_told_before_anything_starts(self, monkeypatch: pytest.MonkeyPatch, hub: FakeHub):
        monkeypatch.setattr("launch.models.shutil.disk_usage", lambda _: type("Usage", (), {"free": 1_000})())
        with pytest.raises(Refusal, match="GB are needed"):
            models.main(["get", "gpt-sovits"])
        with pytest.raises(Refusal, match="GB are needed"):
            models.main(["get", "g2pw"])
        assert hub.asked == []

    def test_passes_on_what_to_write_at_random(self, folder):
        folder.run("models", "random", "--size", "full", "--version", "v2", "一个 文件夹")
        assert folder.pip_files() == ["requirements.txt", "requirements-ml.txt"]
        _, arguments, _, directory, _ = folder.calls("run")[-1]
        assert arguments == ["-m", "tts.gpt_sovits.random_set", "--size", "full", "--version", "v2", "一个 文件夹"]
        assert Path(directory) == Path(folder.environment["HOME"]).resolve()

    def test_weights_of_a_voice_bring_their_packages(self, folder):
        for version in ("v2",):
            for files in parts_of(version).values():
                for file in files:
                    target = folder.root / "models" / file.path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content_of(file.path))
        assert "A speech model is here" in folder.run("serve").stderr
        assert folder.pip_files() == ["requirements.txt", "requirements-demo.txt", "requirements-ml.txt"]
