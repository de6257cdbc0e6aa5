"""`start.py studio` where a voice is judged: samples heard and saved, epochs chosen, a training begun from scratch."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from clients.cli import studio
from tests.support.live_server import live_server
from tests.support.studio_routes import StudioClient
from tests.support.trained import plausible_weights
from voice.api.aside import Aside
from voice.api.jobs import jobs_routes
from voice.jobs.job import Job
from voice.studio.folders import CharacterFolder
from voice.studio.models import PICKED
from voice.studio.training_names import SOVITS
from voice.studio.training_report import note
from voice.studio.training_samples import FOLDER, LIST, HalfName, Sample

Run = Callable[..., int]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[StudioClient]:
    client = StudioClient(tmp_path, plausible_weights(tmp_path / "models"))
    app = client.app()
    app.include_router(jobs_routes(client.jobs, Aside()))
    with live_server(app) as url:
        client.url = f"{url}/api/v1"
        yield client


@pytest.fixture
def run(client: StudioClient) -> Run:
    return lambda *arguments: studio.main(["--url", client.url.removesuffix("/api/v1"), *arguments])


@pytest.fixture
def bob(client: StudioClient) -> CharacterFolder:
    """With weights of epochs 4 and 8 of SoVITS and of 15 of GPT, and a sample of each; 4 was understood best."""
    folder = client.trained()
    (folder.models / "bob_e4_s12.pth").write_bytes(b"PK\x03\x04 begins a checkpoint")
    place = folder.experiment / FOLDER
    place.mkdir(parents=True)
    of: list[tuple[HalfName, int]] = [("sovits", 4), ("sovits", 8), ("gpt", 15)]
    made = [Sample(half, epoch, "", f"{half}-e{epoch}.wav", "你好。", "zh", 2.4) for half, epoch in of]
    for sample in made:
        (place / sample.file).write_bytes(f"RIFF {sample.file}".encode())
    (place / LIST).write_text(json.dumps([asdict(sample) for sample in made]), encoding="utf-8")
    heard = [{"epoch": 4, "errors": 0.05, "text": ""}, {"epoch": 8, "errors": 1.2, "text": ""}]
    note(folder, SOVITS, epochs=8, picked={"epoch": 4, "weights": "", "heard": heard})
    (folder.models / PICKED).write_text('{"sovits": 4}')
    return folder


def test_samples_are_listed_with_their_scores_and_what_is_used(run: Run, bob: CharacterFolder, capsys):
    assert run("samples", "bob") == 0
    assert capsys.readouterr().out.splitlines() == [
        "SAMPLE\tHALF\tEPOCH\tLENGTH\tUNDERSTOOD\tUSED",
        "sovits-e4.wav\tSoVITS\t4\t2 s\t95%\tused",
        "sovits-e8.wav\tSoVITS\t8\t2 s\t0%\t",
        "gpt-e15.wav\tGPT\t15\t2 s\t\tused",
    ]


def test_samples_are_saved(run: Run, bob: CharacterFolder, tmp_path: Path, capsys):
    place = tmp_path / "new" / "heard"
    assert run("samples", "bob", "--save", str(place)) == 0
    assert (place / "sovits-e8.wav").read_bytes() == b"RIFF sovits-e8.wav"
    assert len(list(place.iterdir())) == 3
    assert run("samples", "bob", "gpt-e15", "--save", str(tmp_path / "one")) == 0
    assert [file.name for file in (tmp_path / "one").iterdir()] == ["gpt-e15.wav"]
    assert run("samples", "bob", "gpt-e16.wav") == 1
    assert "There is no sample gpt-e16." in capsys.readouterr().err


def test_samples_are_played_in_turn(run: Run, bob: CharacterFolder, monkeypatch: pytest.MonkeyPatch, capsys):
    heard: list[bytes] = []
    monkeypatch.setattr("clients.cli.studio_samples.played", lambda wav: not heard.append(wav))
    assert run("samples", "bob", "sovits-e4.wav", "sovits-e8.wav", "--play") == 0
    assert heard == [b"RIFF sovits-e4.wav", b"RIFF sovits-e8.wav"]
    assert capsys.readouterr().out.splitlines() == ["SoVITS, epoch 4: 你好。", "SoVITS, epoch 8: 你好。"]


def test_where_nothing_can_be_played_it_says_so(run: Run, bob: CharacterFolder, capsys):
    assert run("samples", "bob", "--play") == 1
    assert "save it with --save" in capsys.readouterr().err


def test_before_a_training_there_are_none(run: Run, client: StudioClient, capsys):
    client.processed()
    assert run("samples", "bob") == 1
    assert "bob has no samples: train it first." in capsys.readouterr().err
    assert run("weights", "bob") == 0
    assert capsys.readouterr().out == "SoVITS: not trained yet\nGPT: not trained yet\n"


def test_epochs_are_shown_and_chosen(run: Run, bob: CharacterFolder, monkeypatch: pytest.MonkeyPatch, capsys):
    assert run("weights", "bob") == 0
    assert capsys.readouterr().out == "SoVITS: epoch 4 (saved: 4, 8)\nGPT: epoch 15 (saved: 15)\n"
    assert run("weights", "bob", "--sovits", "8", "--gpt", "15") == 0
    printed = capsys.readouterr().out
    assert "SoVITS: epoch 8 (saved: 4, 8)\nGPT: epoch 15 (saved: 15)\n" in printed
    assert "from its next answer on" in printed
    assert json.loads((bob.models / PICKED).read_text()) == {"sovits": 8, "gpt": 15}
    assert run("weights", "bob", "--gpt", "7") == 1
    assert "bob has no GPT weights of epoch 7; those saved are of 15." in capsys.readouterr().err
    monkeypatch.setenv("YINLIU_LANG", "zh")
    assert run("weights", "bob", "--gpt", "7") == 1
    assert "没有 GPT 第 7 轮的权重" in capsys.readouterr().err
    assert run("weights", "bob") == 0
    assert "SoVITS：第 8 轮（已保存：4、8）" in capsys.readouterr().out


def finish_next(client: StudioClient) -> threading.Thread:
    def work() -> None:
        while (claim := client.worker.claim(["train"])) is None:
            time.sleep(0.05)
        client.worker.finish(claim, "completed", {})

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def trainings(client: StudioClient) -> list[Job]:
    return client.jobs.history("bob", "train")


def test_a_training_is_started_over_once_it_is_sure(run: Run, client: StudioClient, bob: CharacterFolder, capsys):
    assert run("train", "bob", "--start-over") == 2, "nobody can be asked here"
    assert "--yes" in capsys.readouterr().err
    assert (bob.models / PICKED).exists()
    (first,) = trainings(client)
    thread = finish_next(client)
    assert run("train", "bob", "--start-over", "--yes") == 0
    thread.join(10)
    assert "training is done" in capsys.readouterr().out
    assert not (bob.experiment / FOLDER).exists()
    assert list(bob.models.iterdir()) == []
    (second,) = trainings(client)
    assert second.id != first.id


def test_nothing_is_deleted_where_no_training_could_follow(run: Run, bob: CharacterFolder, capsys):
    for clip in bob.sliced.iterdir():
        clip.unlink()
    assert run("train", "bob", "--start-over", "--yes") == 1
    assert "nothing is deleted" in capsys.readouterr().err
    assert (bob.models / "bob_e4_s12.pth").exists()


def test_a_training_that_goes_on_keeps_what_is_there(run: Run, client: StudioClient, bob: CharacterFolder, capsys):
    thread = finish_next(client)
    assert run("train", "bob") == 0
    thread.join(10)
    assert (bob.models / "bob_e4_s12.pth").exists()
