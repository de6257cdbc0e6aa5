"""The access token: made for other machines, printed once, kept for its owner alone."""

import sys
from pathlib import Path

import pytest

from voice.config import Config, load_config
from voice.serve import access_token


def config(folder: Path, **environment: str) -> Config:
    return load_config(None, {"YINLIU_SERVER__DATA_DIR": str(folder / "data")} | environment, folder)


def test_other_machines_need_a_token_that_is_printed_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    token = access_token(config(tmp_path), "0.0.0.0")
    file = tmp_path / "data" / "token"
    assert len(token) >= 24
    assert file.read_text().strip() == token
    assert token in capsys.readouterr().out
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o600
    assert access_token(config(tmp_path), "192.168.1.5") == token
    printed = capsys.readouterr().out
    assert token not in printed
    assert str(file) in printed


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_this_machine_needs_none_unless_one_is_configured(tmp_path: Path, host: str):
    assert access_token(config(tmp_path), host) == ""
    assert access_token(config(tmp_path, YINLIU_SERVER__TOKEN="hush"), host) == "hush"
    assert not (tmp_path / "data").exists()


def test_a_configured_token_is_never_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert access_token(config(tmp_path, YINLIU_SERVER__TOKEN="hush"), "0.0.0.0") == "hush"
    assert "hush" not in capsys.readouterr().out
