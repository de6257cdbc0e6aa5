"""Nothing that was promised is lost when the server is killed, the broker is killed, or a message comes again."""

import json
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rabbit import own_broker, system_broker
from tests.support.task_consumer import TaskConsumer
from tests.support.task_server import RAW, Program, record, task_server
from tests.support.waiting import until
from voice.tasks.stages import STAGES

pytest.importorskip("aio_pika", reason="aio-pika, the client of RabbitMQ, is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX"),
]
ALL = [f"{model} {status}" for model in STAGES for status in ("start", "completed")]
KEYS = {"one_click": ("process",), "denoise": ("enddenoise",), "slice": ("endslice",)}


@pytest.fixture
def broker() -> Iterator[str]:
    with system_broker() as url:
        yield url


def steps(consumer: TaskConsumer, session: str) -> list[str]:
    return [
        f"{one.body['model']} {one.body['status']}"
        for one in consumer.of(session)
        if one.body["type"] == "step_message"
    ]


@pytest.mark.parametrize("model", ["slice", "denoise", "sovitsTrain"])
def test_a_server_killed_between_two_steps_goes_on(tmp_path: Path, broker: str, model: str):
    record(tmp_path)
    consumer = TaskConsumer(broker, KEYS)
    server = Program(tmp_path, broker)
    if model == "denoise":
        server.tasks.trouble("wait")
    server.tasks.post("one_click", session_id="s", inp=RAW, exp_name="e", user_id="u")
    until(lambda: f"{model} start" in steps(consumer, "s"), within_s=200)
    server.end(signal.SIGKILL)
    (tmp_path / "task_data" / "wait").unlink(missing_ok=True)
    again = Program(tmp_path, broker)
    try:
        assert consumer.wait_end("s", 90)[-1]["status"] == "completed"
        # At least once: what was on its way when the server died may come twice, with the same id.
        known = {one.message_id: one.body for one in consumer.of("s")}
        said = [f"{body['model']} {body['status']}" for body in known.values() if body["type"] == "step_message"]
        assert said == ALL
        (job,) = again.tasks.jobs()
        assert job["state"] == "completed"
    finally:
        again.end()
        consumer.close()


@pytest.mark.long
def test_a_broker_that_is_killed_hears_the_end_when_it_is_back(tmp_path: Path):
    record(tmp_path)
    with own_broker() as broker:
        consumer = TaskConsumer(broker.url, KEYS, is_durable=True)
        with task_server(tmp_path, broker.url) as tasks:
            wait = tasks.trouble("wait")
            until(lambda: tasks.post("one_click", session_id="s", inp=RAW, exp_name="e", user_id="u")[0] == 200)
            until(lambda: "denoise start" in steps(consumer, "s"))
            tasks.post("open_denoise", session_id="t", denoise_inp_dir=RAW)
            until(lambda: len(tasks.jobs()) == 2)
            broker.kill()
            wait.unlink()
            assert [job["state"] for job in tasks.ended(2)] == ["completed"] * 2, "work goes on without it"
            status, body = tasks.post("open_slice", session_id="no", inp=RAW)
            assert status == 500
            assert body["detail"].startswith("Error: ")
            answers: list[float] = []
            look = threading.Thread(target=lambda: answers.append(len(tasks.jobs())))
            look.start()
            look.join(5)
            assert answers, "the server answers while the broker is away"
            broker.start()
            assert consumer.wait_end("s", 60)[-1]["status"] == "completed"
            assert consumer.wait("t", queue="test.denoise.enddenoise", within_s=60)[0]["status"] == "completed"
            assert list(dict.fromkeys(steps(consumer, "s"))) == ALL
            until(lambda: tasks.post("open_slice", session_id="after", inp=RAW)[0] == 200)
            consumer.wait("after", queue="test.slice.endslice")
        consumer.close()


def test_a_message_that_another_consumer_dropped_is_done(tmp_path: Path, broker: str):
    record(tmp_path)
    consumer = TaskConsumer(broker, KEYS)
    consumer.declare("start_slice_queue", durable=True)
    body = json.dumps({"session_id": "s", "inp": RAW}).encode()
    consumer.send("", body, key="start_slice_queue")
    other = TaskConsumer(broker, {})
    other.hold("start_slice_queue")
    other.close()
    with task_server(tmp_path, broker) as tasks:
        assert consumer.wait("s")[0]["status"] == "completed"
        assert len(tasks.jobs()) == 1
    consumer.close()
