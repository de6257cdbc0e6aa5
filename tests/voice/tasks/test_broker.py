"""A consumer that knows only the description of the messages, on a real RabbitMQ: it sees everything promised."""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.rabbit import cut_connections, system_broker
from tests.support.task_consumer import EXCHANGES, TaskConsumer
from tests.support.task_server import Tasks, record, task_server
from tests.support.waiting import until
from tests.voice.tasks.test_requests import DEFAULTS, REQUIRED
from voice.broker.link import BrokerLink
from voice.jobs.claims import Claims
from voice.jobs.store import JobStore
from voice.tasks.announcer import Announcer, Outbox
from voice.tasks.bridge import DEAD, Bridge
from voice.tasks.intake import Intake
from voice.tasks.switches import Switches
from voice.tasks.types import TYPES

pytest.importorskip("aio_pika", reason="aio-pika, the client of RabbitMQ, is not installed")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
KEYS = {
    "slice": ("start", "endslice", "end"),
    "denoise": ("start", "enddenoise", "end", "endmine"),
    "asr": ("start", "endasr", "end"),
    "1abc": ("start", "end"),
    "1Ba": ("start", "end"),
    "1Bb": ("start", "end"),
    "one_click": ("start", "process"),
    "both": ("yes",),
}
MODELS = {
    "slice": "slice",
    "denoise": "denoise",
    "asr": "asr",
    "1abc": "format",
    "1Ba": "sovitsTrain",
    "1Bb": "gptTrain",
}


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    with system_broker() as url:
        yield url


@pytest.fixture(scope="module")
def consumer(broker: str) -> Iterator[TaskConsumer]:
    found = TaskConsumer(broker, KEYS)
    yield found
    found.close()


@pytest.fixture
def alone() -> Iterator[TaskConsumer]:
    """On a virtual host of its own: two servers on one would share the tasks."""
    with system_broker() as url:
        found = TaskConsumer(url, KEYS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, broker: str, consumer: TaskConsumer) -> Iterator[Tasks]:
    folder = tmp_path_factory.mktemp("tasks")
    record(folder)
    with task_server(folder, broker) as served:
        yield served


@pytest.fixture
def tasks(server: Tasks, consumer: TaskConsumer) -> Iterator[Tasks]:
    """The same server for all: starting one takes longer than most tests."""
    server.begin_anew()
    consumer.seen.clear()
    yield server
    server.begin_anew()


def fields_of(exchange: str, given: str) -> dict[str, Any]:
    """Requests that can be done."""
    paths = {"inp": given, "denoise_inp_dir": given, "asr_inp_dir": given, "inp_text": given, "inp_wav_dir": given}
    return {name: paths.get(name, value) for name, value in REQUIRED[exchange].items()}


def ends(consumer: TaskConsumer, session: str, queue: str) -> list[dict[str, Any]]:
    return consumer.wait(session, queue=queue)


RAW = "u/workspace/upload_workspace/p/raw"


def test_every_route_s_messages(tasks: Tasks, consumer: TaskConsumer):
    for exchange in MODELS:
        fields = fields_of(exchange, RAW)
        status, answer = tasks.post(TYPES[exchange].route, session_id=exchange, **fields)
        assert (status, answer) == (200, {"status": "success", "message": "start"})
        (start,) = consumer.wait(exchange, queue=f"test.{exchange}.start")
        assert start == {"session_id": exchange, **fields, **DEFAULTS[exchange]}
    for exchange, model in MODELS.items():
        (end,) = consumer.wait(exchange, queue=f"test.{exchange}.end")
        expected = {"type": "end_message", "model": model, "status": "completed", "message": f"{model}阶段完成"}
        assert {name: end[name] for name in end if name != "dur"} == {**expected, "session_id": exchange}
        assert type(end["dur"]) is int
    for one in consumer.seen:
        assert (one.is_persistent, one.content_type) == (True, "application/json")
        assert one.raw.startswith(b"{")
        assert one.message_id


@pytest.mark.slow
def test_an_empty_tool_reaches_either_reading_once(tasks: Tasks, consumer: TaskConsumer):
    for exchange in ("slice", "denoise", "asr"):
        tasks.post(TYPES[exchange].route, session_id=exchange, **fields_of(exchange, RAW))
    tasks.ended(3)
    for exchange in ("slice", "denoise", "asr"):
        for queue in (f"test.{exchange}.end", f"test.{exchange}.end{exchange}", "test.both"):
            consumer.wait(exchange, queue=queue)
    tasks.post("open_denoise", session_id="last", denoise_inp_dir=RAW)
    consumer.wait("last", queue="test.both")
    for exchange in ("slice", "denoise", "asr"):
        for queue in (f"test.{exchange}.end", f"test.{exchange}.end{exchange}", "test.both"):
            assert len(consumer.of(exchange, queue)) == 1, "exactly one copy for each queue"


@pytest.mark.slow
def test_a_tool_is_the_key_s_end(tasks: Tasks, consumer: TaskConsumer):
    tasks.post("open_denoise", session_id="s", denoise_inp_dir=RAW, tool="mine")
    tasks.post("open_slice", session_id="t", inp=RAW, tool="slice")
    consumer.wait("s", queue="test.denoise.endmine")
    consumer.wait("t", queue="test.slice.endslice")
    assert [one.queue for one in consumer.of("s")] == ["test.denoise.start", "test.denoise.endmine"]
    assert {one.queue for one in consumer.of("t")} == {"test.slice.start", "test.slice.endslice", "test.both"}


def test_one_click_tells_of_every_stage(tasks: Tasks, consumer: TaskConsumer):
    fields = fields_of("one_click", RAW)
    assert tasks.post("one_click", session_id="s", **fields)[1]["message"] == "开始一键训练"
    start, *said = consumer.wait_end("s")
    assert start == {"session_id": "s", **fields, **DEFAULTS["one_click"]}
    assert [(body["type"], body["model"], body["status"]) for body in said[:-1]] == [
        ("step_message", model, status) for model in MODELS.values() for status in ("start", "completed")
    ]
    assert said[0]["message"] == "slice阶段开始"
    assert said[-2]["message"] == "1bb_gpt_train阶段已完成"
    assert all(("dur" in body) == (body["status"] == "completed" and body["model"] != "end") for body in said)
    assert said[-1] == {
        "type": "end_message",
        "model": "end",
        "status": "completed",
        "message": "全部任务已完成",
        "session_id": "s",
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trouble", "last_step", "before_that"),
    [
        ("untrained", "1abc格式化阶段失败", "1abc格式化阶段开始"),
        ("break", "denoise阶段失败", "denoise阶段开始"),
        ("die", "denoise阶段失败", "denoise阶段开始"),
    ],
)
def test_one_click_stops_at_the_first_failure(
    tasks: Tasks, consumer: TaskConsumer, trouble: str, last_step: str, before_that: str
):
    tasks.trouble(trouble)
    tasks.post("one_click", session_id="s", **fields_of("one_click", RAW))
    said = consumer.wait_end("s")[1:]
    assert [body["message"] for body in said[-3:-1]] == [before_that, last_step]
    assert (said[-1]["type"], said[-1]["model"], said[-1]["status"]) == ("end_message", "end", "failed")
    messages = [body["message"] for body in said]
    assert len(set(messages)) == len(messages), "an attempt that begins again repeats nothing"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("exchange", "fields", "trouble", "text"),
    [
        ("slice", {"inp": "u/workspace/upload_workspace/p/none"}, "", "path_not_exist"),
        ("slice", {"inp": "../../etc"}, "", "path_error"),
        ("denoise", {"denoise_inp_dir": RAW}, "break", "error"),
        ("denoise", {"denoise_inp_dir": RAW}, "die", "error"),
        ("denoise", {"denoise_inp_dir": "u/workspace/upload_workspace/p/empty"}, "", "denoise阶段失败"),
        ("1abc", {"inp_text": RAW, "inp_wav_dir": RAW}, "untrained", "format阶段失败"),
        ("1Ba", {}, "untrained", "sovitsTrain阶段失败"),
        ("1Bb", {"inp_path": "no"}, "", "path_not_exist"),
    ],
)
def test_every_failure_has_its_end_message(
    tasks: Tasks, consumer: TaskConsumer, exchange: str, fields: dict[str, str], trouble: str, text: str
):
    (tasks.data / "u/workspace/upload_workspace/p/empty").mkdir(exist_ok=True)
    if trouble:
        tasks.trouble(trouble)
    tasks.post(TYPES[exchange].route, session_id="s", **{**fields_of(exchange, RAW), **fields})
    (end,) = consumer.wait("s", queue=f"test.{exchange}.end")
    expected = {"type": "end_message", "model": MODELS[exchange], "status": "failed", "message": text}
    assert end == {**expected, "session_id": "s"}
    (job,) = tasks.ended()
    assert job["state"] == "failed"
    assert job["error"]


@pytest.mark.slow
def test_a_cancelled_task_has_its_end_message(tasks: Tasks, consumer: TaskConsumer):
    tasks.trouble("wait")
    tasks.post("open_denoise", session_id="running", denoise_inp_dir=RAW)
    until(lambda: [job["state"] for job in tasks.jobs()] == ["running"])
    tasks.post("open_slice", session_id="waiting", inp=RAW)
    until(lambda: len(tasks.jobs()) == 2)
    for job in reversed(tasks.jobs()):
        tasks.cancel(job["id"])
    for session, exchange in (("waiting", "slice"), ("running", "denoise")):
        (end,) = consumer.wait(session, queue=f"test.{exchange}.end")
        assert (end["status"], end["message"]) == ("failed", f"{exchange}阶段已取消")


@pytest.mark.slow
def test_programs_of_the_field_may_write_either_form(tasks: Tasks, consumer: TaskConsumer):
    until(lambda: len(consumer.seen) == 0 and tasks.jobs() == [])
    plain = json.dumps({"session_id": "plain", "inp": RAW, "threshold": None, "tool": "slice"}).encode()
    double = json.dumps(json.dumps({"session_id": "double", "inp": RAW, "tool": "slice"})).encode()
    for body in (plain, double):
        consumer.send("slice", body)
    for session in ("plain", "double"):
        assert consumer.wait(session, queue="test.slice.endslice")[0]["status"] == "completed"


@pytest.mark.slow
def test_equal_messages_are_two_tasks_but_a_message_delivered_twice_is_one(tasks: Tasks, consumer: TaskConsumer):
    body = json.dumps({"session_id": "s", "inp": RAW, "tool": "slice"}).encode()
    for _ in range(2):
        consumer.send("slice", body)
    consumer.wait("s", 2, queue="test.slice.endslice")
    assert len(tasks.jobs()) == 2
    named = json.dumps({"session_id": "named", "inp": RAW, "tool": "slice"}).encode()
    for _ in range(3):
        consumer.send("slice", named, message_id="of the field 1")
    consumer.send("slice", json.dumps({"session_id": "last", "inp": RAW, "tool": "slice"}).encode())
    consumer.wait("last", queue="test.slice.endslice")
    assert len(consumer.of("named", "test.slice.endslice")) == 1
    assert len(tasks.jobs()) == 4


def test_what_is_no_request_is_put_aside_once(tasks: Tasks, consumer: TaskConsumer):
    bodies = [b"\xff{", b'"{"', b"[]", b'{"session_id": "bad"}', b'{"session_id": "wrong", "inp": "a", "hop_size": 0}']
    for body in bodies[:3]:
        consumer.send("", body, key="start_slice_queue")  # past the test's own queue, which could not read it
    for body in bodies[3:]:
        consumer.send("slice", body)
    for session in ("bad", "wrong"):
        (end,) = consumer.wait(session, queue="test.slice.end")
        assert (end["status"], end["message"], end["model"]) == ("failed", "error", "slice")
    consumer.send("one_click", b'{"session_id": "chain", "inp": 5}')
    fail, end = consumer.wait("chain", 3)[1:]
    assert fail == {"type": "fail", "session_id": "chain", "status": "error"}
    assert (end["type"], end["model"], end["status"]) == ("end_message", "end", "failed")
    until(lambda: consumer.waiting(DEAD) == 6)
    dead = [consumer.take(DEAD) for _ in range(6)]
    assert [message.body for message in dead if message][:5] == bodies
    assert all("x-reason" in message.headers for message in dead if message)
    tasks.post("open_slice", session_id="after", inp=RAW)
    consumer.wait("after", queue="test.slice.end")
    assert len(tasks.jobs()) == 1
    assert consumer.waiting("start_slice_queue") == 0


@pytest.mark.slow
def test_double_encoding_when_it_is_asked_for(tmp_path: Path, alone: TaskConsumer):
    record(tmp_path)
    with task_server(tmp_path, alone.url, double_encoded=True, empty_tool_key="end") as tasks:
        until(lambda: tasks.post("open_slice", session_id="s", inp=RAW)[0] == 200)
        alone.wait("s", queue="test.slice.end")
        tasks.post("open_slice", session_id="t", inp=RAW)
        alone.wait("t", queue="test.slice.end")
    assert all(one.raw.startswith(b'"{') for one in alone.seen)
    assert alone.of("s", "test.slice.endslice") == []


@pytest.mark.slow
def test_cut_connections_lose_nothing(tasks: Tasks, broker: str, consumer: TaskConsumer):
    wait = tasks.trouble("wait")
    tasks.post("open_denoise", session_id="s", denoise_inp_dir=RAW, tool="mine")
    until(lambda: [job["state"] for job in tasks.jobs()] == ["running"])
    cut_connections(broker)
    wait.unlink()
    tasks.ended()
    assert consumer.wait("s", 2)[-1]["status"] == "completed"
    until(lambda: tasks.post("open_denoise", session_id="t", denoise_inp_dir=RAW)[0] == 200)
    consumer.wait("t", queue="test.denoise.end")


@pytest.mark.slow
def test_an_end_that_was_never_told_is_told_by_the_next_server(tmp_path: Path, alone: TaskConsumer):
    record(tmp_path)
    with task_server(tmp_path, "amqp://127.0.0.1:9/") as tasks:
        until(lambda: "cannot be reached" in tasks.post("open_slice", session_id="s", inp=RAW)[1]["detail"])
        status, body = tasks.post("open_slice", session_id="s", inp=RAW)
        assert status == 500
        assert body["detail"].startswith("Error: The broker at amqp://127.0.0.1:9/ cannot be reached")
        assert tasks.jobs() == []
    jobs, worker = JobStore(tmp_path / "data/jobs.sqlite"), Claims(tmp_path / "data/jobs.sqlite", "w", "cpu", 60)
    request = TYPES["slice"].request.model_validate({"session_id": "s", "inp": RAW})
    Intake(jobs, {}, 9, is_followed=True).submit(TYPES["slice"], request)
    claim = worker.claim(["task_slice"])
    assert claim
    worker.note(claim, [("news", {"name": "slice completed", "stage": "slice", "status": "completed", "dur": 7})])
    worker.finish(claim, "completed", {})
    with task_server(tmp_path, alone.url) as tasks:
        (end,) = alone.wait("s", queue="test.slice.end")
        assert (end["status"], end["dur"]) == ("completed", 7)
    with task_server(tmp_path, alone.url) as tasks:
        until(lambda: tasks.post("open_slice", session_id="t", inp=RAW)[0] == 200)
        alone.wait("t", queue="test.slice.end")
    assert len(alone.of("s", "test.slice.end")) == 1, "what was told is not told again"


@pytest.mark.slow
def test_queues_of_another_kind_are_explained(tmp_path: Path):
    with system_broker() as url:
        consumer = TaskConsumer(url, {})
        consumer.declare("start_slice_queue", durable=False)
        with task_server(tmp_path, url) as tasks:
            until(lambda: tasks.post("open_denoise", session_id="s", denoise_inp_dir="x")[0] == 200)
            status, body = tasks.post("open_slice", session_id="s", inp="x")
            assert status == 500
            for part in ("Error: ", "start_slice_queue", "tasks.durable_queues"):
                assert part in body["detail"]
            assert "guest" not in body["detail"]
        consumer.take_away("start_denoise_queue")
        with task_server(tmp_path, url, durable_queues=False) as tasks:
            until(lambda: tasks.post("open_slice", session_id="t", inp="x")[0] == 200)
            until(lambda: tasks.ended(1))
        consumer.close()


def test_a_start_message_waits_for_the_first_consumer(tmp_path: Path):
    async def publish(url: str) -> None:
        link, jobs = BrokerLink(url), JobStore(tmp_path / "jobs.sqlite")
        announcer = Announcer(jobs, Outbox(tmp_path / "jobs.sqlite"), link, Switches())
        bridge = Bridge(link, Intake(jobs, {}, 9, True), announcer, Switches(), lambda: None)
        await link.open()
        assert await link.wait_up(20)
        for task in TYPES.values():
            await bridge.publish(task, task.request.model_validate({"session_id": "s", **REQUIRED[task.exchange]}))
        await bridge.close()

    with system_broker() as url:
        asyncio.run(publish(url))
        consumer = TaskConsumer(url, {})
        for exchange in EXCHANGES:
            message = consumer.take(f"start_{exchange}_queue")
            assert message
            assert json.loads(message.body) == {"session_id": "s", **REQUIRED[exchange], **DEFAULTS[exchange]}
        consumer.close()
