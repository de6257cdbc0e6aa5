"""Which clips are learnt from, and what is said of the others."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from tests.support.gpt_features import BERT_DIM, write_features
from tts.gpt_sovits.config import SemanticConfig
from tts.gpt_sovits.training.gpt_clips import GptClip, find_clips, repeated
from tts.gpt_sovits.training.gpt_reading import read_ahead, with_sound_bert
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.remarks import DroppedClip

CONFIG = SemanticConfig()
SECOND = 25


def found(folder: Path) -> tuple[list[GptClip], list[DroppedClip]]:
    return find_clips(folder, max_seconds=54, token_count=1024)


def write(folder: Path, phones: str | None, tokens: str, name: str = "a.wav") -> None:
    """The files of one clip."""
    text = "" if phones is None else f"{name}\t{phones}\tNone\tfree text\n"
    (folder / "2-name2text.txt").write_text(text, "utf-8")
    (folder / "6-name2semantic.tsv").write_text(f"item_name\tsemantic_audio\n{name}\t{tokens}\n", "utf-8")


def spoken(phones: int, tokens: int) -> tuple[str, str]:
    return " ".join(["AA1"] * phones), " ".join(["7"] * tokens)


def test_a_clip_is_phones_tokens_and_bert(tmp_path: Path):
    write(tmp_path, "n i3 h ao3", " ".join(["0", "1023"] * 6))
    (tmp_path / "3-bert").mkdir()
    torch.save(torch.ones(BERT_DIM, 4).half(), tmp_path / "3-bert" / "a.wav.pt")
    clips, dropped = found(tmp_path)
    assert dropped == []
    assert clips == [GptClip("a.wav", clips[0].phones, (0, 1023) * 6, tmp_path / "3-bert" / "a.wav.pt")]
    assert len(clips[0].phones) == 4
    [[batch]] = read_ahead(clips, [[0]], CONFIG, at_once=1)
    assert (batch.phones.tolist(), batch.tokens.tolist()) == ([list(clips[0].phones)], [[0, 1023] * 6])
    assert torch.equal(batch.bert, torch.ones(1, BERT_DIM, 4))


@pytest.mark.parametrize(
    ("phones", "tokens", "reason"),
    [
        (None, "1 2 3", "no text"),
        ("AA1 nope AA1", "1 2 3", "phone that v2 does not know: nope"),
        (*spoken(300, 54 * SECOND + 1), "longer than 54 s"),
        (*spoken(541, 54 * SECOND), "too long (541 phones)"),
        (*spoken(2, SECOND), "2.0 phones a second"),
        (*spoken(26, SECOND), "26.0 phones a second"),
        ("AA1", "", "tokens are damaged"),
        ("AA1", "5 x", "tokens are damaged"),
        ("AA1", "1024", "tokens are damaged"),
        ("AA1", "-1", "tokens are damaged"),
    ],
)
def test_why_a_clip_is_left_out(tmp_path: Path, phones: str | None, tokens: str, reason: str):
    write(tmp_path, phones, tokens)
    clips, dropped = found(tmp_path)
    assert clips == []
    assert [clip.name for clip in dropped] == ["a.wav"]
    assert reason in dropped[0].english
    assert dropped[0].chinese.endswith("。")


@pytest.mark.parametrize(("phones", "tokens"), [(540, 54 * SECOND), (3, SECOND), (25, SECOND)])
def test_the_edges_of_what_is_learnt(tmp_path: Path, phones: int, tokens: int):
    write(tmp_path, *spoken(phones, tokens))
    assert len(found(tmp_path)[0]) == 1


def test_features_that_cannot_be_used(tmp_path: Path):
    write_features(tmp_path, 8)
    bert = tmp_path / "3-bert"
    (bert / "clip1.wav.pt").write_bytes(b"PK\x03\x04 torn")
    torch.save(torch.zeros(BERT_DIM, 3), bert / "clip3.wav.pt")
    torch.save({"bert": 1}, bert / "clip5.wav.pt")
    whole = torch.load(bert / "clip7.wav.pt", weights_only=True)
    torch.save(torch.full_like(whole, torch.nan), bert / "clip7.wav.pt")
    clips, dropped = with_sound_bert(found(tmp_path)[0], BERT_DIM)
    assert [clip.name for clip in clips] == [f"clip{i}.wav" for i in (0, 2, 4, 6)]
    assert [clip.name for clip in dropped] == [f"clip{i}.wav" for i in (1, 3, 5, 7)]
    assert all("BERT" in clip.english and "BERT" in clip.chinese for clip in dropped)


def test_features_that_change_during_the_training(tmp_path: Path):
    write_features(tmp_path, 4)
    clips, _ = found(tmp_path)
    (tmp_path / "3-bert" / "clip1.wav.pt").write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(TrainingRefused, match=r"clip1\.wav have changed"):
        list(read_ahead(clips, [[0], [1]], CONFIG, at_once=1))


def test_batches_are_read_in_order_and_parts(tmp_path: Path):
    write_features(tmp_path, 7)
    clips, _ = found(tmp_path)
    batches = list(read_ahead(clips, [[6, 0, 1], [2], [3, 4]], CONFIG, at_once=2))
    assert [[len(part.phones) for part in parts] for parts in batches] == [[2, 1], [1], [2]]
    first = batches[0][0]
    assert first.phones[0, : first.phone_counts[0]].tolist() == list(clips[6].phones)
    assert first.tokens[1, : first.token_counts[1]].tolist() == list(clips[0].tokens)
    assert list(read_ahead(clips, [], CONFIG, at_once=2)) == []


@pytest.mark.parametrize(("count", "heard"), [(1, 100), (20, 100), (60, 120), (99, 198), (100, 100), (0, 0)])
def test_few_clips_are_heard_often(count: int, heard: int):
    assert len(repeated([GptClip("a", (1,), (1,), None)] * count)) == heard


def test_files_that_are_no_text(tmp_path: Path):
    write(tmp_path, "AA1", "1")
    (tmp_path / "6-name2semantic.tsv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TrainingRefused, match="not UTF-8") as refused:
        found(tmp_path)
    assert "UTF-8" in refused.value.chinese
    (tmp_path / "6-name2semantic.tsv").unlink()
    with pytest.raises(OSError, match="6-name2semantic"):
        found(tmp_path)


@given(some.text(max_size=80), some.text(max_size=80))
def test_whatever_stands_in_the_files(tmp_path_factory: pytest.TempPathFactory, texts: str, tokens: str):
    """Every row with two columns is a clip or has a reason; nothing else happens."""
    folder = tmp_path_factory.mktemp("any")
    for name, content in (("2-name2text.txt", texts), ("6-name2semantic.tsv", f"header\n{tokens}\na\t1 2")):
        (folder / name).write_bytes(content.encode("utf-8", "replace"))
    clips, dropped = found(folder)
    rows = [
        line for line in (folder / "6-name2semantic.tsv").read_text("utf-8").split("\n")[1:] if line.count("\t") == 1
    ]
    assert len(clips) + len(dropped) == len(rows)
