"""A character's settings changed over a real socket, and the samples that its training has spoken."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.studio_routes import StudioClient, studio_client
from tests.support.trained import plausible_weights
from voice.studio.folders import CharacterFolder
from voice.studio.training_names import SOVITS
from voice.studio.training_report import note
from voice.studio.training_samples import FOLDER, LIST, Sample

CONFIG = "/characters/bob/config"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioClient]:
    place = tmp_path_factory.mktemp("studio")
    with studio_client(StudioClient(place, plausible_weights(place / "models"))) as client:
        yield client


@pytest.fixture
def bob(client: StudioClient) -> Iterator[CharacterFolder]:
    yield client.processed()
    if job := client.jobs.open_job("bob"):
        client.jobs.cancel(job.id)
    assert client("DELETE", "/characters/bob")[0] == 200


def config(client: StudioClient) -> dict[str, Any]:
    return client("GET", "/characters/bob")[1]["config"]


def test_what_is_given_changes_and_the_rest_stays(client: StudioClient, bob: CharacterFolder):
    before = client("GET", "/characters/bob")[1]
    status, shown = client("PATCH", CONFIG, json={"epochs_s1": 8, "gpu_id": "0-1", "enable_denoise": True})
    assert status == 200
    assert shown["config"] == {**before["config"], "epochs_s1": 8, "gpu_id": "0-1", "enable_denoise": True}
    assert shown["updated_at"] > before["updated_at"]
    assert config(client) == shown["config"]
    assert client("PATCH", CONFIG, json={}) == (200, shown)
    assert client("PATCH", CONFIG, json=shown["config"])[0] == 200, "the whole as it was read"


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": 3},
        {"epochs_s1": 0},
        {"epochs_s2": 100_001},
        {"batch_size": "many"},
        {"batch_size": None},
        {"gpu_id": "cpu"},
        {"gpu_id": "0-"},
        {"language": "../zh"},
        {"enable_denoise": "perhaps"},
        {"character_name": "eve"},
        [],
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(client: StudioClient, bob: CharacterFolder, change: Any):
    before = config(client)
    body = {"epochs_s1": 3, **change} if isinstance(change, dict) else change
    assert client("PATCH", CONFIG, json=body)[0] == 422
    assert config(client) == before


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.dictionaries(
        st.sampled_from(["language", "batch_size", "epochs_s1", "epochs_s2", "gpu_id", "enable_denoise", "x"]),
        st.none()
        | st.booleans()
        | st.integers(-5, 200_000)
        | st.text(max_size=5)
        | st.lists(st.integers(), max_size=1),
    )
)
def test_whatever_is_sent_leaves_a_character_that_can_be_read(client: StudioClient, bob: CharacterFolder, body: Any):
    before = config(client)
    status, answer = client("PATCH", CONFIG, json=body)
    assert status in (200, 422)
    assert config(client) == (answer["config"] if status == 200 else before)
    kept = json.loads(bob.config.read_text(encoding="utf-8"))["config"]
    assert kept == config(client)


def test_work_under_way_keeps_its_settings(client: StudioClient, bob: CharacterFolder):
    assert client("POST", "/characters/bob/training/start")[0] == 200
    status, busy = client("PATCH", CONFIG, json={"epochs_s1": 3})
    assert (status, busy["code"]) == (409, "busy")
    assert config(client)["epochs_s1"] == 15


def test_a_character_that_is_not_there_is_404(client: StudioClient):
    unknown = (404, {"detail": "角色不存在: bob"})
    assert client("PATCH", CONFIG, json={"epochs_s1": 3}) == unknown
    assert client("GET", "/characters/bob/training/samples") == unknown


def test_other_settings_make_nothing_outdated(client: StudioClient):
    client.trained("eve")
    assert client("PATCH", "/characters/eve/config", json={"epochs_s1": 3, "enable_denoise": True})[0] == 200
    shown = client("GET", "/characters/eve")[1]
    assert (shown["training_status"], shown["model_exists"]) == ("completed", True)
    client("DELETE", "/characters/eve")


def test_samples_are_listed_by_epoch_with_the_one_that_is_taken(client: StudioClient, bob: CharacterFolder):
    assert client("GET", "/characters/bob/training/samples") == (200, [])
    place = bob.experiment / FOLDER
    place.mkdir(parents=True)
    made = [_sample("gpt", 5), _sample("sovits", 12), _sample("sovits", 4), _sample("sovits", 8)]
    for sample in made:
        (place / sample.file).write_bytes(b"RIFF")
    (place / LIST).write_text(json.dumps([asdict(sample) for sample in made]), encoding="utf-8")
    (place / "sovits-e12.wav").unlink()
    assert _standing(client) == [("sovits", 4, False, None), ("sovits", 8, False, None), ("gpt", 5, False, None)]
    heard = [{"epoch": 4, "errors": 0.1, "text": ""}, {"epoch": 8, "errors": 0.3, "text": ""}]
    note(bob, SOVITS, epochs=8, picked={"epoch": 4, "weights": "", "heard": heard})
    assert _standing(client) == [("sovits", 4, True, 0.1), ("sovits", 8, False, 0.3), ("gpt", 5, False, None)]
    note(bob, SOVITS, epochs=8, picked=None)
    assert _standing(client)[1] == ("sovits", 8, True, None), "nothing has judged them: the last"
    assert client("POST", "/characters/bob/training/clean")[0] == 200
    assert client("GET", "/characters/bob/training/samples") == (200, [])


def _sample(half: Any, epoch: int) -> Sample:
    return Sample(half, epoch, f"{half}{epoch}", f"{half}-e{epoch}.wav", "你好。", "zh", 1.0)


def _standing(client: StudioClient) -> list[tuple[str, int, bool, float | None]]:
    status, found = client("GET", "/characters/bob/training/samples")
    assert status == 200
    return [(one["half"], one["epoch"], one["is_picked"], one["errors"]) for one in found]
