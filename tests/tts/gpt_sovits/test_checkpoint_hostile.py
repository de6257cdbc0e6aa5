"""Checkpoints that want more than to be read: nothing in them ever runs, and none costs much to refuse."""

import builtins
import functools
import importlib
import os
import pickle
import subprocess
import sys
import time
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.checkpoints import Calls, content_of, pickled, save, write_archive
from tts.gpt_sovits.checkpoint import CheckpointRefused, read_acoustic, read_semantic
from tts.gpt_sovits.random_weights import write_semantic
from tts.gpt_sovits.refusal import Fault
from tts.gpt_sovits.unpickle import LONGEST, unpickle


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("checkpoints") / "s1.ckpt"
    write_semantic(file, "tiny", seed=3)
    return file


class Awakens:
    """Does something as soon as its state is put back."""

    def __init__(self, proof: Path):
        self.proof = proof

    def __setstate__(self, state: dict[str, Any]) -> None:
        Path(state["proof"]).write_text("ran")


def attacks(proof: Path) -> dict[str, Any]:
    """Objects that write the file `proof` when they are unpickled the usual way."""
    code = f"open({str(proof)!r}, 'w').write('ran')"
    shell = f"echo ran > '{proof}'"
    return {
        "os.system": Calls(os.system, shell),
        "builtins.eval": Calls(eval, code),
        "builtins.exec": Calls(exec, code),
        "subprocess.Popen": Calls(subprocess.call, ["sh", "-c", shell]),
        "functools.partial": Calls(functools.partial(os.system, shell)),
        "map": Calls(list, Calls(map, eval, [code])),
        "a class that awakens": Awakens(proof),
        "a key of a dictionary": {Calls(eval, code): 1},
        "in a list in a tuple": ([1, (Calls(eval, code),)],),
    }


NAMES = list(attacks(Path()))


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("name", NAMES)
def test_an_attack_runs_in_pythons_own_unpickler_and_not_in_ours(name: str, protocol: int, tmp_path: Path):
    proof = tmp_path / "proof"
    description = pickled({"weight": {}, "config": attacks(proof)[name]}, protocol)
    pickle.loads(description)
    assert proof.read_text().startswith("ran"), "the attack itself must be good, or this proves nothing"
    proof.unlink()
    for read in (read_semantic, read_acoustic):
        with pytest.raises(CheckpointRefused, match=r"nothing of it was run|was not carried out"):
            read(write_archive(tmp_path / "voice.pth", description))
    assert not proof.exists()


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_inside_good_weights_is_refused_too(name: str, good: Path, tmp_path: Path):
    proof = tmp_path / "proof"
    content = content_of(good)
    content["config"]["model"]["head"] = attacks(proof)[name]
    torch.save(content, tmp_path / "voice.ckpt")
    with pytest.raises(CheckpointRefused, match="Do not trust where it came from"):
        read_semantic(tmp_path / "voice.ckpt")
    assert not proof.exists()


def test_old_operations_are_refused_as_well(tmp_path: Path):
    proof = tmp_path / "proof"
    code = f"open({str(proof)!r}, 'w').write('ran')".encode()
    for description in (
        b"(S'" + code.replace(b"'", b'"') + b"'\nibuiltins\neval\n.",
        b"(cbuiltins\neval\nV" + code + b"\no.",
        b"cbuiltins\neval\n(V" + code + b"\ntR.",
    ):
        pickle.loads(description)
        assert proof.exists()
        proof.unlink()
        with pytest.raises(CheckpointRefused):
            read_semantic(write_archive(tmp_path / "voice.ckpt", description))
        assert not proof.exists()


def test_a_settings_object_is_never_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "utils.py").write_text("open('imported', 'w').close()\nclass HParams:\n    pass\n")
    (tmp_path / "run").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path / "run")
    monkeypatch.delitem(sys.modules, "utils", raising=False)
    description = b"\x80\x02cutils\nHParams\n)\x81}X\x01\x00\x00\x00aK\x01sb."
    with pytest.raises(CheckpointRefused, match="something else"):
        read_semantic(write_archive(tmp_path / "voice.ckpt", description))
    assert not (tmp_path / "run" / "imported").exists()
    pickle.loads(description)
    assert (tmp_path / "run" / "imported").exists()
    sys.modules.pop("utils", None)


def test_a_settings_object_cannot_replace_what_it_is_made_of(good: Path):
    seen = unpickle(b"\x80\x02cutils\nHParams\n)\x81}X\x09\x00\x00\x00__class__K\x01sb.", no_storage, no_tensor)
    assert seen == {"__class__": 1}
    assert read_semantic(good).config.layer_count == 2


def no_storage(identity: Any) -> Any:
    raise ValueError("no storage")


def no_tensor(name: str, arguments: Any) -> Any:
    raise ValueError("no tensor")


def storage(key: str = "0", kind: str = "HalfStorage", count: int = 4) -> bytes:
    """The pickle of a reference to a storage."""
    return (
        b"(X\x07\x00\x00\x00storagectorch\n"
        + kind.encode()
        + b"\nX"
        + len(key).to_bytes(4, "little")
        + key.encode()
        + b"X\x03\x00\x00\x00cpuJ"
        + count.to_bytes(4, "little")
        + b"tQ"
    )


def tensor(source: bytes, offset: int = 0, size: tuple[int, ...] = (4,), stride: tuple[int, ...] = (1,)) -> bytes:
    """The pickle of a tensor in a storage."""

    def integers(values: tuple[int, ...]) -> bytes:
        return b"(" + b"".join(b"\x8a\x08" + value.to_bytes(8, "little", signed=True) for value in values) + b"t"

    return (
        b"ctorch._utils\n_rebuild_tensor_v2\n("
        + source
        + integers((offset,))[1:-1]
        + integers(size)
        + integers(stride)
        + b"\x89}tR"
    )


def file_with(tmp_path: Path, description: bytes, **records: bytes) -> Path:
    return write_archive(
        tmp_path / "voice.ckpt", b"\x80\x02" + description + b".", {"archive/data/0": bytes(8), **records}
    )


def test_the_pickles_of_these_tests_are_good_where_nothing_is_wrong(tmp_path: Path):
    with pytest.raises(CheckpointRefused, match="something else"):
        read_semantic(file_with(tmp_path, tensor(storage())))


@pytest.mark.parametrize(
    "description",
    [
        storage("../../../../etc/passwd"),
        storage("1"),
        storage(""),
        storage(count=5),
        storage(count=2**31 - 1),
        storage(kind="EvilStorage"),
        storage(kind="DoubleStorage"),
        tensor(storage(), offset=1),
        tensor(storage(), offset=-1),
        tensor(storage(), size=(5,)),
        tensor(storage(), size=(-4,)),
        tensor(storage(), size=(10**9,), stride=(0,)),
        tensor(storage(), size=(2, 2, 2), stride=(0, 1, 1)),
        tensor(storage(), size=(2, 2), stride=(2**40, 1)),
        tensor(storage(), size=(1,) * 40, stride=(1,) * 40),
        tensor(storage(), size=(4,), stride=(1, 1)),
        tensor(tensor(storage(), offset=2, size=(2,)), size=(2,)),
        tensor(b"N"),
    ],
)
def test_tensors_stay_inside_their_file(description: bytes, tmp_path: Path):
    with pytest.raises(CheckpointRefused, match="damaged"):
        read_semantic(file_with(tmp_path, description))


def tuples_of_tuples(depth: int) -> bytes:
    """2 to the power of the depth elements, in a few bytes; hashing it would take for ever."""
    return b")q\x00" + b"".join(b"0h\x00h\x00\x86q\x00" for _ in range(depth))


def deep(depth: int) -> bytes:
    return b"]" * depth + b"a" * (depth - 1)


BOMBS = {
    "a memo of 64 GB": b"\x80\x02}r\xff\xff\xff\xff.",
    "bytes that are not there": b"\x80\x04\x8e\x00\x00\x00\x00\x10\x00\x00\x00.",
    "a text that is not there": b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7f.",
    "a number of 2 GB": b"\x80\x02\x8b\xff\xff\xff\x7f.",
    "an array of 8 EB": b"\x80\x05\x96\xff\xff\xff\xff\xff\xff\xff\x7f.",
    "a key that cannot be hashed in time": b"\x80\x02}" + b")" + b"\x85\x86" * 60 + b"K\x01s.",
    "tuples of tuples as a key": b"\x80\x02}(" + b")" + b"2\x86" * 60 + b"K\x01u.",
    "lists in lists": b"\x80\x02" + deep(100_000) + b".",
    "a frame of nothing": b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f.",
    "marks only": b"\x80\x02" + b"(" * 200_000 + b".",
    "tuples of marks": b"\x80\x02" + b"(" * 50_000 + b"t" * 50_000 + b".",
    "no end": b"\x80\x02}",
    "nothing to end with": b"\x80\x02.",
    "nothing": b"",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_cost_little(name: str, tmp_path: Path):
    file = write_archive(tmp_path / "voice.ckpt", BOMBS[name])
    tracemalloc.start()
    began = time.process_time()
    try:
        with pytest.raises(CheckpointRefused):
            read_semantic(file)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 300e6
    assert time.process_time() - began < 15  # traced, and on any machine; untraced it is a second


def test_a_description_longer_than_any_model_needs_is_not_read(tmp_path: Path):
    file = write_archive(tmp_path / "voice.ckpt", b"\x80\x02" + b"]0" * LONGEST)
    with pytest.raises(CheckpointRefused, match="describes itself in 4 MB"):
        read_semantic(file)


def test_a_compressed_archive_is_never_unpacked(tmp_path: Path):
    file = write_archive(tmp_path / "voice.ckpt", b"0" * 100_000_000, packed=True)
    assert file.stat().st_size < 200_000
    with pytest.raises(CheckpointRefused, match="compressed or encrypted"):
        read_semantic(file)


def test_an_archive_of_too_many_records_is_refused(tmp_path: Path):
    file = write_archive(tmp_path / "voice.ckpt", b"", {f"archive/data/{i}": b"" for i in range(20_001)})
    with pytest.raises(CheckpointRefused, match="holds 20002 records"):
        read_semantic(file)


def test_names_that_leave_the_archive_lead_nowhere(tmp_path: Path):
    outside = tmp_path / "outside.txt"
    names = ["../outside.txt", str(outside), "..\\outside.txt", "archive/../../outside.txt", "archive/data/../../x"]
    file = write_archive(tmp_path / "voice.ckpt", pickled({}), dict.fromkeys(names, b"here"))
    with pytest.raises(CheckpointRefused, match="something else"):
        read_semantic(file)
    assert sorted(tmp_path.iterdir()) == [file]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_records_that_say_two_things_are_refused(tmp_path: Path):
    file = tmp_path / "voice.ckpt"
    with zipfile.ZipFile(file, "w") as archive:
        for content in (b"\x80\x02}.", b"\x80\x02].", b"\x80\x02)."):
            archive.writestr("archive/data.pkl", content)
    with pytest.raises(CheckpointRefused, match="damaged"):
        read_semantic(file)


def test_two_descriptions_in_one_archive_are_refused(tmp_path: Path):
    file = write_archive(tmp_path / "voice.ckpt", pickled({}), {"other/data.pkl": pickled({})})
    with pytest.raises(CheckpointRefused, match="not a checkpoint of torch"):
        read_semantic(file)


@pytest.mark.parametrize("field", [18, 22, 24, 28, 42])
@pytest.mark.parametrize("value", [0xFFFFFFFF, 0x7FFFFFFF, 0xFFFF])
def test_a_directory_that_lies_is_refused(field: int, value: int, good: Path, tmp_path: Path):
    content = bytearray(good.read_bytes())
    entry = content.find(b"PK\x01\x02")
    content[entry + field : entry + field + 4] = value.to_bytes(4, "little")
    (tmp_path / "voice.ckpt").write_bytes(content)
    with pytest.raises(CheckpointRefused):
        read_semantic(tmp_path / "voice.ckpt")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=30,
)


@settings(max_examples=200, deadline=None)
@given(plain, st.sampled_from([2, 3, 4, 5]))
def test_plain_data_comes_back_as_it_was(value: Any, protocol: int):
    assert unpickle(pickled(value, protocol), no_storage, no_tensor) == value


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes):
    for begin in (b"", b"\x80\x02", b"\x80\x04", b"\x80\x02}(X\x01\x00\x00\x00a", b"\x80\x02cutils\nHParams\n)\x81"):
        try:
            unpickle(begin + data, no_storage, no_tensor)
        except Fault:
            pass


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_good_file_with_wrong_bytes_is_read_or_refused(
    good: Path, tmp_path_factory: pytest.TempPathFactory, data: Any
):
    content = bytearray(good.read_bytes())
    directory = content.find(b"PK\x01\x02")
    inside = [(0, 6000), (directory - 200, len(content))]  # the description, and what says where everything lies
    for begin, end in data.draw(st.lists(st.sampled_from(inside), min_size=1, max_size=5)):
        content[data.draw(st.integers(begin, end - 1))] = data.draw(st.integers(0, 255))
    file = tmp_path_factory.getbasetemp() / "changed.ckpt"
    file.unlink(missing_ok=True)
    file.write_bytes(content)
    try:
        weights = read_semantic(file).weights
    except CheckpointRefused:
        return
    assert all(tensor.sum().dtype == tensor.dtype for tensor in weights.values())


def test_nothing_of_pythons_unpickler_is_used(good: Path, monkeypatch: pytest.MonkeyPatch):
    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("this must not be called")

    reads: list[tuple[Any, str]] = [(pickle, "load"), (pickle, "loads"), (pickle, "Unpickler"), (torch, "load")]
    for owner, name in [*reads, (importlib, "import_module"), (builtins, "eval"), (builtins, "exec")]:
        monkeypatch.setattr(owner, name, forbidden)
    assert read_semantic(good).config.layer_count == 2


def test_the_builder_of_good_files_is_not_what_makes_them_good(good: Path, tmp_path: Path):
    """A file in which only the values of settings differ is read, so the refusals above are about what they contain."""
    content = content_of(good)
    content["config"]["model"]["head"] = 8
    assert read_semantic(save(content, tmp_path / "voice.ckpt")).config.head_count == 8
