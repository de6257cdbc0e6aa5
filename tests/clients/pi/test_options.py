"""Flags, the options file, and what neither may say."""

from pathlib import Path

import pytest

from clients.pi.options import Options, parse
from launch.words import Refusal


@pytest.fixture(autouse=True)
def no_file_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def write(tmp_path: Path, text: str) -> None:
    (tmp_path / "yinliu").mkdir(exist_ok=True)
    (tmp_path / "yinliu" / "pi.yaml").write_text(text, encoding="utf-8")


def test_nothing_said_is_the_defaults():
    assert parse([]) == (Options(), "talk")


def test_the_usual_file_is_read_and_flags_win(tmp_path: Path):
    write(tmp_path, "server: http://a:1\ntoken: t\nsilence_ms: 800\nwake: yes\ncharacter: 小音\nled:\n")
    options, _ = parse(["--server", "http://b:2", "--half-duplex"])
    assert options == Options(
        server="http://b:2", token="t", silence_ms=800, wake=True, character="小音", duplex="half"
    )


@pytest.mark.parametrize("verb", ["list", "check", "text"])
def test_one_thing_is_done_at_a_time(verb: str, capsys: pytest.CaptureFixture[str]):
    assert parse([f"--{verb}"])[1] == verb
    with pytest.raises(SystemExit):
        parse(["--list", "--check", "--text"])
    capsys.readouterr()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("sever: http://a:1", "no option sever"),
        ("silence_ms: soon", "silence_ms is a number"),
        ("silence_ms: 20", "100 to 5000"),
        ("turns: 0", "at least 1"),
        ("duplex: double", "auto, half, full"),
        ("server: 10.0.0.2:8001", "no address"),
    ],
)
def test_a_mistake_in_the_file_is_named(text: str, complaint: str, tmp_path: Path):
    write(tmp_path, text)
    with pytest.raises(Refusal, match=complaint):
        parse([])


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path):
    with pytest.raises(Refusal, match="no file"):
        parse(["--options", str(tmp_path / "none.yaml")])


def test_the_token_leaves_the_address_which_is_printed():
    options, _ = parse(["--server", "http://a:1/?token=s3cret&x=1"])
    assert (options.server, options.token) == ("http://a:1/?x=1", "s3cret")
    assert parse(["--server", "http://a:1?token=old", "--token", "new"])[0].token == "new"
