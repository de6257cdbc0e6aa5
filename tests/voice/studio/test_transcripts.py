"""Transcripts: what people and other tools write is read, and what is written is read again."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.studio.refused import Refused
from voice.studio.transcripts import (
    TAGS,
    Line,
    correct_line,
    plain_text,
    read_transcript,
    remove_line,
    write_transcript,
)

WORDS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)
FIELDS = WORDS.map(lambda text: plain_text(text).replace("\\", "_").replace("/", "_")).filter(bool)
LINES = st.builds(
    Line,
    path=FIELDS.map(lambda name: f"/clips/x{name}.wav".replace(":", "_")),
    speaker=FIELDS,
    language=st.sampled_from(sorted(TAGS)),
    text=WORDS.filter(plain_text),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sliced_audio.list"


@given(lines=st.lists(LINES, unique_by=lambda line: line.name))
def test_what_is_written_is_read_again(lines: list[Line], tmp_path_factory: pytest.TempPathFactory):
    file = tmp_path_factory.mktemp("t") / "x.list"
    write_transcript(file, lines)
    found = read_transcript(file)
    assert found.lines == [Line(line.path, line.speaker, line.language, plain_text(line.text)) for line in lines]
    assert found.faults == []
    assert all(row.count("|") == 3 for row in file.read_text(encoding="utf-8").split("\n")[:-1])


def test_it_writes_the_form_that_other_tools_read(file: Path):
    write_transcript(file, [Line("/a/0001.wav", "小音", "zh", "你好|世界\n再见"), Line("/a/2.wav", "x", "ja", "はい")])
    assert file.read_bytes().decode() == "/a/0001.wav|小音|ZH|你好 世界 再见\n/a/2.wav|x|JA|はい\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_it_reads_what_any_editor_has_saved(file: Path, encoding: str, end: str):
    text = end.join(["C:\\clips\\1.wav|小音|zh|你好。", "", "/clips/2.wav|小音|JP|はい"]) + end
    file.write_bytes(text.encode(encoding))
    found = read_transcript(file)
    assert [(line.name, line.language, line.text) for line in found.lines] == [
        ("1.wav", "zh", "你好。"),
        ("2.wav", "ja", "はい"),
    ]
    assert found.faults == []


def test_faulty_lines_are_told_by_their_number_and_the_others_kept(file: Path):
    rows = [
        "a.wav|s|ZH|一",
        "b.wav|s|二",
        "a.wav|s|ZH|三",
        "c.wav|s|FR|quatre",
        "d.wav|s|EN| ",
        "|s|EN|x",
        "e.wav|s|EN|a|b",
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    found = read_transcript(file)
    assert [(line.name, line.text) for line in found.lines] == [("a.wav", "一"), ("e.wav", "a b")]
    assert [english.split(":")[0] for english, _ in found.faults] == [f"Line {number}" for number in range(2, 7)]
    assert "3 fields instead of 4" in found.faults[0][0]
    assert "第 2 行" in found.faults[0][1]
    assert "line 1 already" in found.faults[1][0]


def test_one_line_is_corrected_and_nothing_else_is_touched(file: Path):
    file.write_bytes("\ufeffa.wav|s|ZH|一\r\nnonsense\r\n/x/b.wav|s|EN|two\r\n".encode())
    assert correct_line(file, "b.wav", " too | much ").text == "too much"
    assert file.read_text(encoding="utf-8") == "a.wav|s|ZH|一\nnonsense\n/x/b.wav|s|EN|too much\n"


def test_a_clip_without_a_line_can_get_one(file: Path):
    file.write_bytes("a.wav|s|ZH|一\r\n".encode())
    added = correct_line(file, "b.wav", "二", new=Line("/clips/b.wav", "小音", "zh", ""))
    assert added == Line("/clips/b.wav", "小音", "zh", "二")
    assert file.read_text(encoding="utf-8") == "a.wav|s|ZH|一\n/clips/b.wav|小音|ZH|二\n"


def test_a_line_can_be_taken_out_with_its_repetition(file: Path):
    file.write_text("a.wav|s|ZH|一\nb.wav|s|ZH|二\n/x/a.wav|s|ZH|三\nnonsense\n", encoding="utf-8")
    remove_line(file, "a.wav")
    assert file.read_text(encoding="utf-8") == "b.wav|s|ZH|二\nnonsense\n"
    with pytest.raises(Refused, match="no line for a"):
        remove_line(file, "a.wav")


@pytest.mark.parametrize(("name", "text"), [("c.wav", "x"), ("a.wav", " | ")])
def test_a_correction_that_cannot_be_made_changes_nothing(file: Path, name: str, text: str):
    file.write_text("a.wav|s|ZH|一\n", encoding="utf-8")
    with pytest.raises(Refused) as refusal:
        correct_line(file, name, text)
    assert refusal.value.chinese
    assert file.read_text(encoding="utf-8") == "a.wav|s|ZH|一\n"


def test_a_file_that_nothing_can_read_is_refused(file: Path):
    with pytest.raises(Refused, match="There is no transcript"):
        read_transcript(file)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refused, match="UTF-8"):
        read_transcript(file)


def test_a_path_that_would_break_the_file_is_refused_before_anything_is_written(file: Path):
    with pytest.raises(Refused, match="line break"):
        write_transcript(file, [Line("/a|b/c.wav", "s", "zh", "x")])
    assert not file.exists()
