"""The file that install.sh writes, a person edits, and every start reads."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from clients.pi.option_file import read_options, write_options
from launch.words import Refusal

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("server: http://10.0.0.2:8001", "http://10.0.0.2:8001"),
        ('server: "http://10.0.0.2:8001"  # upstairs', "http://10.0.0.2:8001"),
        ("server: 'it''s'", None),
        ("server: 'a # b'", "a # b"),
        ('server: "say \\"hi\\""', 'say "hi"'),
        ("server:", ""),
        ("server: # nothing", ""),
        ("server: a#b", "a#b"),
        ("  server :  你好 世界 ", "你好 世界"),
        ('server: "open', None),
        ("server http://10.0.0.2", None),
        ("- server", None),
    ],
)
def test_a_line_is_a_name_and_a_value(line: str, value: str | None, tmp_path: Path):
    file = tmp_path / "pi.yaml"
    file.write_text(f"# a comment\n\n{line}\n", encoding="utf-8")
    if value is None:
        with pytest.raises(Refusal, match=r"line 3|第 3 行"):
            read_options(file)
    else:
        assert read_options(file) == {"server": value}


def test_dashes_are_underscores(tmp_path: Path):
    file = tmp_path / "pi.yaml"
    file.write_text("silence-ms: 300\n")
    assert read_options(file) == {"silence_ms": "300"}


@pytest.mark.parametrize("token", ["", "plain", 'with "quotes" \\ and 中文', "#hash: colon", "$(rm -rf)"])
def test_what_is_written_is_read(token: str, tmp_path: Path):
    file = tmp_path / "a" / "pi.yaml"
    write_options(file, {"server": "http://x:1", "token": token})
    assert read_options(file) == {"server": "http://x:1", "token": token}


def test_only_its_owner_reads_it_even_if_it_was_open_before(tmp_path: Path):
    file = tmp_path / "pi.yaml"
    file.write_text("token: old\n")
    file.chmod(0o644)
    write_options(file, {"token": "new"})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["pi.yaml"]


def test_other_lines_stay_as_they_are(tmp_path: Path):
    file = tmp_path / "pi.yaml"
    file.write_text("# mine\nled: gpio:17\nserver: old\n\ntoken: old\nserver: older", encoding="utf-8")
    write_options(file, {"server": "http://new:1", "token": "t"})
    assert file.read_text() == '# mine\nled: gpio:17\nserver: "http://new:1"\n\ntoken: "t"\n'


def test_as_install_sh_calls_it(tmp_path: Path):
    file = tmp_path / "pi.yaml"
    command = [sys.executable, "-m", "clients.pi.option_file", str(file), "http://x:1"]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"YINLIU_TOKEN": "s3cret"}, check=True, timeout=60)
    assert read_options(file) == {"server": "http://x:1", "token": "s3cret"}
