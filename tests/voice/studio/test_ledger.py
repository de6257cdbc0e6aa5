"""The record of a stage survives whatever a killed process leaves."""

from pathlib import Path

import pytest

from voice.studio.ledger import FILE, Done, Ledger, digest, key_of


def made(folder: Path, name: str, content: str) -> dict[str, str]:
    (folder / name).write_text(content)
    return {name: digest(folder / name)}


def test_what_is_recorded_is_found_by_a_later_process(tmp_path: Path):
    done = Ledger(tmp_path).record(Done("a", "k", made(tmp_path, "a.wav", "1"), {"seconds": 2}))
    assert Ledger(tmp_path).find("a", "k") == done
    assert Ledger(tmp_path).find("a", "other") is None
    assert Ledger(tmp_path).find("b", "k") is None


def test_outputs_that_are_gone_or_changed_do_not_count(tmp_path: Path):
    ledger = Ledger(tmp_path)
    ledger.record(Done("a", "k", made(tmp_path, "a.wav", "1")))
    (tmp_path / "a.wav").write_text("2")
    assert ledger.find("a", "k") is None
    (tmp_path / "a.wav").unlink()
    assert ledger.find("a", "k") is None


def test_newer_outputs_replace_older_ones_and_strangers_are_swept_away(tmp_path: Path):
    ledger = Ledger(tmp_path)
    ledger.record(Done("a", "k", {**made(tmp_path, "1.wav", "1"), **made(tmp_path, "2.wav", "2")}))
    ledger.record(Done("a", "l", made(tmp_path, "2.wav", "3")))
    assert sorted(file.name for file in tmp_path.glob("*.wav")) == ["2.wav"]
    ledger.record(Done("b", "k", made(tmp_path, "b.wav", "b")))
    made(tmp_path, "stranger.wav", "x")
    made(tmp_path, "list.txt", "kept")
    ledger.sweep(["a"])
    assert sorted(file.name for file in tmp_path.iterdir()) == [FILE, "2.wav", "list.txt"]
    assert Ledger(tmp_path).last("b") is None


def test_damaged_lines_are_passed_over(tmp_path: Path):
    Ledger(tmp_path).record(Done("a", "k"))
    with (tmp_path / FILE).open("ab") as lines:
        lines.write(b'[]\n{"x": 1}\nnull\n{"name": "b", "key"')
    ledger = Ledger(tmp_path)
    assert ledger.find("a", "k")
    ledger.sweep(["a"])
    assert ledger.record(Done("c", "k"))
    assert Ledger(tmp_path).find("c", "k")
    (tmp_path / FILE).write_bytes(b"\xff\xff")
    assert Ledger(tmp_path).find("a", "k") is None


def test_keys_tell_everything_apart():
    keys = [key_of("a", 1), key_of("a", "1"), key_of("a1"), key_of("a", None), key_of(["a", 1]), key_of({"a": 1})]
    assert len(set(keys)) == len(keys)
    assert key_of({"a": 1, "b": 2}) == key_of({"b": 2, "a": 1})


def test_a_link_in_the_place_of_the_record_is_not_followed(tmp_path: Path):
    outside = tmp_path / "outside"
    outside.write_text("untouched")
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / FILE).symlink_to(outside)
    ledger = Ledger(tmp_path / "made")
    ledger.record(Done("a", "key"))
    assert Ledger(tmp_path / "made").find("a", "key")
    (tmp_path / "made" / FILE).unlink()
    (tmp_path / "made" / FILE).symlink_to(outside)
    with pytest.raises(OSError, match="symbolic links"):
        ledger.record(Done("b", "key"))
    assert outside.read_text() == "untouched"
