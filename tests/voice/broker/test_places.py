"""Names of files on their way to another machine and back, and what strangers could make of them."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.broker.places import MODELS, PATH, PLACE, WORK, NoSuchPlace, Places, is_inside, paths_in
from voice.broker.problems import Rejected
from voice.broker.words import Note, ReportRequest, request_of, to_bytes

ROOT = Path(__file__).parents[3]
HERE = Places({WORK: Path("/srv/yinliu/studio"), MODELS: Path("/srv/yinliu/studio/models")})
THERE = Places({WORK: Path("/mnt/other"), MODELS: Path("/models")})
NAMES = st.text(st.characters(exclude_characters="/\\\0", exclude_categories=("Cs",)), min_size=1, max_size=8)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.sampled_from([PLACE, PATH, "$plain", "/srv/yinliu/studio"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from([PLACE, PATH, "$plain"]), inner),
    max_leaves=12,
)


def test_folders_of_the_server_become_those_of_the_worker():
    parameters = {
        "folder": "/srv/yinliu/studio/characters/小音",
        "models_dir": "/srv/yinliu/studio/models",
        "name": "小音",
        "elsewhere": "/etc/passwd",
        "near": "/srv/yinliu/studios",
        "asr": {"files": ["/srv/yinliu/studio/models/a.pt", 3]},
    }
    travelling = HERE.leaving(parameters)
    assert travelling["folder"] == {PLACE: WORK, PATH: "characters/小音"}
    assert travelling["models_dir"] == {PLACE: MODELS, PATH: ""}
    assert THERE.arriving(travelling) == {
        "folder": "/mnt/other/characters/小音",
        "models_dir": "/models",
        "name": "小音",
        "elsewhere": "/etc/passwd",
        "near": "/srv/yinliu/studios",
        "asr": {"files": ["/models/a.pt", 3]},
    }
    assert list(paths_in(travelling, WORK)) == ["characters/小音"]


@given(JSON)
def test_what_leaves_arrives_unchanged(value):
    assert HERE.arriving(HERE.leaving(value)) == value


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/passwd", "a\\..\\x", "C:/x", "a\0", 3, None])
def test_a_path_that_leaves_its_place_is_refused(path):
    with pytest.raises(NoSuchPlace):
        THERE.arriving({"folder": {PLACE: WORK, PATH: path}})


def test_a_place_that_is_not_here_is_told():
    with pytest.raises(NoSuchPlace, match="'moon'"):
        THERE.arriving({PLACE: "moon", PATH: "x"})


@given(st.lists(NAMES, max_size=5).map("/".join))
def test_whatever_stays_inside_stays_inside(path: str):
    if is_inside(path):
        root = Path("/a/b")
        assert root == (root / path) or root in Path(str(root / path)).parents
        assert ".." not in Path(path).parts


@given(st.binary(max_size=200))
def test_no_bytes_break_the_desk(body: bytes):
    with pytest.raises(Rejected):
        request_of(body)


@given(st.dictionaries(st.text(), st.floats() | st.text() | st.integers(-(1 << 60), 1 << 60)))
def test_what_a_job_notes_arrives(data):
    about = {"worker": "w", "device": "cpu", "job": "j", "fence": 1, "number": 1}
    said = ReportRequest(**about, operations=[Note(type="point", data=data)])
    assert repr(request_of(to_bytes(said))) == repr(said), "repr, because nan is not nan"


def test_a_server_without_a_broker_loads_no_client_of_one():
    probe = "import sys, voice.serve; print('aio_pika' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert told.stdout.strip() == "False", told.stderr


def test_the_child_of_a_worker_loads_no_client_of_a_broker():
    probe = (
        "import sys, voice.broker.worker_entry, voice.work; print('aio_pika' in sys.modules, 'httpx' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert told.stdout.split() == ["False", "False"], told.stderr
