"""Where models are looked for, which of them belong together, and what is told about those that are missing."""

import re
from pathlib import Path

import pytest

from tts.gpt_sovits.base_models import BASE_MODELS, BERT, G2PW, HUBERT, RANDOM_NOTICE, SPEAKER, is_random
from tts.gpt_sovits.files import GPTSoVITSFiles, find_gpt_sovits, find_part, problems, trained_weights

PLAIN = b"PK\x03\x04 enc_p.text_embedding.weight"
PRO = b"PK\x03\x04 enc_p.text_embedding.weight sv_emb.weight"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"


@pytest.fixture(autouse=True)
def no_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSCOPE_CACHE", str(tmp_path / "modelscope"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))


@pytest.fixture
def models(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def put(file: Path, content: bytes = PLAIN) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def put_features(root: Path) -> None:
    for name in ("config.json", "pytorch_model.bin"):
        put(root / HUBERT / name)
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        put(root / BERT / name)


def put_set(root: Path, version: str, is_flat: bool = False) -> None:
    base = BASE_MODELS[version]
    names = {base.gpt: PLAIN, base.sovits: PRO if base.needs_speaker else PLAIN}
    if base.needs_speaker:
        names[SPEAKER] = PLAIN
    for name, content in names.items():
        put(root / (Path(name).name if is_flat else name), content)
    put_features(root)


def put_random_set(root: Path, version: str, is_marked_once: bool = False) -> None:
    """Marked in each of its folders, or at its top alone."""
    put_set(root, version)
    for folder in [root, *(file.parent for file in list(root.rglob("*.*")) if not is_marked_once)]:
        put(folder / RANDOM_NOTICE)


def told(files: GPTSoVITSFiles) -> str:
    return "; ".join(problem.english for problem in problems(files))


LAYOUTS = [
    "",
    "gpt-sovits",
    "GPT-SoVITS",
    "GPT_SoVITS/pretrained_models",
    "GPT-SoVITS/GPT_SoVITS/pretrained_models",
    "gpt-sovits/pretrained_models",
    "../modelscope/hub/models/AI-ModelScope/GPT-SoVITS",
    "../modelscope/models/AI-ModelScope/GPT-SoVITS",
    "../modelscope/models/AI-ModelScope--GPT-SoVITS/snapshots/master",
    "../huggingface/hub/models--lj1995--GPT-SoVITS/snapshots/336b2ec4",
]


@pytest.mark.parametrize("version", BASE_MODELS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_set_is_found_in_each_layout(layout: str, version: str, models: Path):
    root = (models / layout).resolve()
    put_set(root, version)
    files = find_gpt_sovits(models)
    assert problems(files) == []
    base = BASE_MODELS[version]
    assert [files.gpt, files.sovits] == [root / base.gpt, root / base.sovits]
    assert [files.hubert, files.bert] == [root / HUBERT, root / BERT]
    assert files.speaker == (root / SPEAKER if base.needs_speaker else None)


@pytest.mark.parametrize("version", BASE_MODELS)
@pytest.mark.parametrize("layout", ["", "gpt-sovits"])
def test_a_set_may_lie_flat(layout: str, version: str, models: Path):
    put_set(models / layout, version, is_flat=True)
    files = find_gpt_sovits(models)
    assert problems(files) == []
    assert files.sovits == models / layout / Path(BASE_MODELS[version].sovits).name


def test_parts_may_lie_in_several_places(models: Path):
    put(models / "s1v3.ckpt")
    put(models / "gpt-sovits" / "v2Pro" / "s2Gv2Pro.pth", PRO)
    put(models / "GPT_SoVITS" / "pretrained_models" / SPEAKER)
    put_features(models / "GPT-SoVITS")
    assert problems(find_gpt_sovits(models)) == []


def test_nothing_is_there(models: Path, tmp_path: Path):
    for place in (models, tmp_path / "nowhere"):
        files = find_gpt_sovits(place)
        assert files == GPTSoVITSFiles(None, None, None, None, None, None)
        assert [problem.part for problem in problems(files)] == ["gpt", "sovits", "hubert", "bert"]
        for problem in problems(files):
            assert re.search(r"[\u4e00-\u9fff]", problem.chinese)
            assert "missing" in problem.english


def test_of_several_sets_the_best_is_used(models: Path):
    for version in ("v2", "v2Pro", "v2ProPlus"):  # the best comes last, so that its order in the folder cannot matter
        put_set(models, version)
        sovits = find_gpt_sovits(models).sovits
        assert sovits is not None
        assert sovits.name == Path(BASE_MODELS[version].sovits).name


def test_what_cannot_speak_without_the_speaker_network_gives_way_to_what_can(models: Path):
    put_set(models, "v2ProPlus")
    put_set(models, "v2")
    (models / SPEAKER).unlink()
    files = find_gpt_sovits(models)
    assert problems(files) == []
    assert files.sovits == models / BASE_MODELS["v2"].sovits
    assert files.gpt == models / BASE_MODELS["v2"].gpt
    assert files.speaker is None


def test_where_nothing_else_is_there_the_missing_speaker_network_is_told(models: Path):
    put_set(models, "v2Pro")
    (models / SPEAKER).unlink()
    assert told(find_gpt_sovits(models)).startswith(f"{SPEAKER} is missing, which v2Pro and v2ProPlus weights need")


def test_a_gpt_of_one_version_is_not_mixed_with_a_sovits_of_another(models: Path):
    put_set(models, "v2")
    (models / BASE_MODELS["v2"].gpt).unlink()
    put(models / "s1v3.ckpt")
    assert told(find_gpt_sovits(models)) == "the GPT weights (s1, a .ckpt file) are missing"


@pytest.mark.parametrize(
    ("content", "fault"), [(b"", "is empty"), (POINTER, "Git LFS pointer"), (b"<html>", "web page")]
)
def test_a_faulty_file_is_named_where_there_is_no_other(content: bytes, fault: str, models: Path):
    put_set(models, "v2")
    put(models / BASE_MODELS["v2"].sovits, content)
    files = find_gpt_sovits(models)
    assert fault in told(files)
    assert str(files.sovits) in told(files)
    good = put(models / "GPT_SoVITS" / "pretrained_models" / BASE_MODELS["v2"].sovits)
    assert problems(find_gpt_sovits(models)) == []
    assert find_gpt_sovits(models).sovits == good


def test_a_faulty_best_set_gives_way_to_a_whole_one(models: Path):
    put_set(models, "v2ProPlus")
    put_set(models, "v2")
    put(models / BASE_MODELS["v2ProPlus"].sovits, POINTER)
    files = find_gpt_sovits(models)
    assert problems(files) == []
    assert files.sovits == models / BASE_MODELS["v2"].sovits


@pytest.mark.parametrize(
    ("missing", "fault"),
    [
        (f"{HUBERT}/pytorch_model.bin", "lacks pytorch_model.bin or model.safetensors"),
        (f"{HUBERT}/config.json", "lacks config.json"),
        (f"{BERT}/tokenizer.json", "lacks tokenizer.json or vocab.txt"),
    ],
)
def test_a_folder_tells_which_of_its_files_is_missing(missing: str, fault: str, models: Path):
    put_set(models, "v2")
    (models / missing).unlink()
    assert told(find_gpt_sovits(models)) == f"{models / Path(missing).parent} {fault}"
    put(models / missing, POINTER)
    assert "is incomplete: " in told(find_gpt_sovits(models))


def test_either_format_of_a_folders_weights_will_do(models: Path):
    put_set(models, "v2")
    put(models / BERT / "pytorch_model.bin", POINTER)
    assert problems(find_gpt_sovits(models)) == []


def test_the_reader_of_chinese_is_found_and_never_missed(models: Path):
    put_set(models, "v2")
    assert find_gpt_sovits(models).g2pw is None
    for place in (models / "gpt-sovits" / G2PW, models / "GPT_SoVITS" / "text" / G2PW, models / G2PW):
        put(place / "g2pW.onnx", b"\x08\x07\x12")
        assert find_gpt_sovits(models).g2pw == place
        assert problems(find_gpt_sovits(models)) == []


class TestConfiguredWeights:
    """Somebody names the weights of a voice of their own."""

    def test_are_used_as_they_are(self, models: Path, tmp_path: Path):
        put_set(models, "v2ProPlus")
        gpt, sovits = put(tmp_path / "own" / "voice-e15.ckpt"), put(tmp_path / "own" / "voice_e8_s400.pth")
        files = find_gpt_sovits(models, gpt, sovits)
        assert (files.gpt, files.sovits) == (gpt, sovits)
        assert problems(files) == []

    def test_are_not_held_up_by_a_torn_speaker_network_that_they_do_not_need(self, models: Path, tmp_path: Path):
        """It is found all the same: a character's weights may need it."""
        put_set(models, "v2ProPlus")
        put(models / SPEAKER, b"torn")
        files = find_gpt_sovits(models, put(tmp_path / "voice-e15.ckpt"), put(tmp_path / "voice_e8_s400.pth"))
        assert files.speaker == models / SPEAKER
        assert problems(files) == []

    def test_bring_the_speaker_network_along_if_they_need_it(self, models: Path, tmp_path: Path):
        put_set(models, "v2ProPlus")
        files = find_gpt_sovits(models, sovits=put(tmp_path / "voice.pth", PRO))
        assert files.speaker == models / SPEAKER
        (models / SPEAKER).unlink()
        assert "v2Pro and v2ProPlus weights need" in told(find_gpt_sovits(models, sovits=tmp_path / "voice.pth"))

    @pytest.mark.parametrize(("content", "version"), [(PLAIN, "v2"), (PRO, "v2ProPlus")])
    def test_get_a_gpt_of_their_family(self, content: bytes, version: str, models: Path, tmp_path: Path):
        put_set(models, "v2")
        put_set(models, "v2ProPlus")
        files = find_gpt_sovits(models, sovits=put(tmp_path / "voice.pth", content))
        assert files.gpt == models / BASE_MODELS[version].gpt

    def test_get_any_gpt_rather_than_none(self, models: Path, tmp_path: Path):
        put_set(models, "v2ProPlus")
        assert find_gpt_sovits(models, sovits=put(tmp_path / "voice.pth")).gpt == models / "s1v3.ckpt"

    def test_are_looked_for_below_the_models(self, models: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        monkeypatch.chdir(tmp_path)
        put_set(models, "v2")
        own = put(models / "gpt-sovits" / "SoVITS_weights_v2" / "voice.pth")
        assert find_gpt_sovits(models, sovits=Path("SoVITS_weights_v2/voice.pth")).sovits == own
        here = put(tmp_path / "here.ckpt")
        found = find_gpt_sovits(models, gpt=Path("here.ckpt")).gpt
        assert found is not None
        assert found.resolve() == here

    def test_that_are_missing_are_named_and_not_replaced(self, models: Path):
        put_set(models, "v2")
        files = find_gpt_sovits(models, gpt=Path("GPT_weights_v2/gone.ckpt"))
        assert files.gpt == Path("GPT_weights_v2/gone.ckpt")
        assert told(files) == f"{files.gpt} does not exist"

    def test_that_are_missing_or_faulty_are_mended_in_the_settings(self, models: Path):
        put_set(models, "v2")
        own = put(models / "mine.pth", POINTER)
        files = find_gpt_sovits(models, Path("gone.ckpt"), own)
        assert [problem.setting for problem in problems(files)] == ["GSV.GPT_weight", "GSV.SoVITS_weight"]

    def test_by_a_released_name_are_mended_by_fetching_them(self, models: Path):
        (problem, *others) = problems(find_gpt_sovits(models, Path("s1v3.ckpt")))
        assert problem.english == "s1v3.ckpt does not exist"
        assert [problem.setting, *(other.setting for other in others)] == ["", "", "", ""]
        put_set(models, "v2")
        put(models / BASE_MODELS["v2"].sovits, POINTER)
        assert [problem.setting for problem in problems(find_gpt_sovits(models))] == [""]

    def test_are_real_ones_where_random_ones_have_the_same_name(self, models: Path):
        put_random_set(models, "v2ProPlus")
        real = put(models / "gpt-sovits" / "s1v3.ckpt")
        assert find_gpt_sovits(models, gpt=Path("s1v3.ckpt")).gpt == real


def test_results_of_training_are_listed_and_never_chosen(models: Path):
    gpt = [put(models / "GPT_weights_v2" / name) for name in ("a-e10.ckpt", "a-e5.ckpt")]
    gpt.append(put(models / "gpt-sovits" / "GPT_weights_v2ProPlus" / "b-e15.ckpt"))
    sovits = [put(models / "SoVITS_weights_v2" / "a_e8_s400.pth")]
    put(models / "SoVITS_weights_v2" / "notes.txt")
    assert trained_weights(models) == (sorted(gpt), sovits)
    files = find_gpt_sovits(models)
    assert (files.gpt, files.sovits) == (None, None)


class TestALonePair:
    """Somebody drops one voice of their own into the folder, and nothing else."""

    @pytest.mark.parametrize("layout", ["", "gpt-sovits"])
    def test_is_taken(self, layout: str, models: Path):
        put_features(models)
        gpt, sovits = put(models / layout / "我的声音-e15.ckpt"), put(models / layout / "我的声音_e8_s400.pth")
        files = find_gpt_sovits(models)
        assert (files.gpt, files.sovits) == (gpt, sovits)
        assert problems(files) == []

    def test_is_no_choice_between_two(self, models: Path):
        for name in ("a.ckpt", "b.ckpt", "a.pth", "b.pth"):
            put(models / name)
        files = find_gpt_sovits(models)
        assert (files.gpt, files.sovits) == (None, None)

    def test_stands_back_where_there_are_base_models(self, models: Path):
        put_set(models, "v2")
        put(models / "voice.ckpt")
        put(models / "voice.pth")
        assert find_gpt_sovits(models).sovits == models / BASE_MODELS["v2"].sovits

    def test_is_nothing_that_upstream_lays_there_for_other_purposes(self, models: Path):
        for name in ("s2Dv2Pro.pth", "s2Gv3.pth", "s2G488k.pth", "vocoder.pth"):
            put(models / name)
            assert find_gpt_sovits(models).sovits is None
            (models / name).unlink()
        put(models / "s1bert25hz-2kh-longer-epoch=68e-step=50232.ckpt")
        put(models / Path(SPEAKER).name)
        assert find_gpt_sovits(models).gpt is None


@pytest.mark.parametrize("is_marked_once", [True, False])
@pytest.mark.parametrize("version", BASE_MODELS)
def test_real_weights_are_used_though_random_ones_come_first(version: str, is_marked_once: bool, models: Path):
    put_random_set(models, version, is_marked_once)
    put_set(models / "gpt-sovits", version)
    files = find_gpt_sovits(models)
    assert problems(files) == []
    found = [files.gpt, files.sovits, files.hubert, files.bert, *([files.speaker] if "Pro" in version else [])]
    for place in found:
        assert place is not None
        assert place.is_relative_to(models / "gpt-sovits")
        assert not is_random(place)
        assert find_part(models, place.relative_to(models / "gpt-sovits").as_posix()) == place


def test_a_better_version_at_random_is_worse_than_any_real_one(models: Path):
    put_random_set(models, "v2ProPlus")
    put_set(models / "gpt-sovits", "v2Pro")
    (models / "gpt-sovits" / SPEAKER).unlink()
    put_set(models / "gpt-sovits", "v2")
    files = find_gpt_sovits(models)
    assert files.sovits == models / "gpt-sovits" / BASE_MODELS["v2"].sovits
    assert files.gpt == models / "gpt-sovits" / BASE_MODELS["v2"].gpt


def test_a_lone_pair_is_taken_though_there_are_random_base_models(models: Path):
    put_random_set(models, "v2ProPlus")
    gpt, sovits = put(models / "gpt-sovits" / "voice.ckpt"), put(models / "gpt-sovits" / "voice.pth")
    files = find_gpt_sovits(models)
    assert (files.gpt, files.sovits) == (gpt, sovits)


def test_random_weights_give_way_to_real_ones(models: Path):
    put_set(models, "v2ProPlus")
    for file in list(models.rglob("*.*")):
        put(file.parent / RANDOM_NOTICE)
    assert problems(find_gpt_sovits(models)) == []
    assert find_part(models, "s1v3.ckpt") is None
    put_set(models / "gpt-sovits", "v2")
    files = find_gpt_sovits(models)
    for place in (files.gpt, files.sovits, files.hubert, files.bert):
        assert place is not None
        assert place.is_relative_to(models / "gpt-sovits")
    assert find_part(models, HUBERT) == models / "gpt-sovits" / HUBERT
