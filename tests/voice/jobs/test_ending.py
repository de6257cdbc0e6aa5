"""Tasks are ended although a library of theirs loses a cancellation."""

import asyncio

import pytest

from voice.jobs import ending

pytestmark = pytest.mark.anyio


async def forgetful(deaf_times: int) -> None:
    for _ in range(deaf_times):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass  # as asyncio.wait_for does when its result comes at that moment
    await asyncio.sleep(60)


async def failing() -> None:
    try:
        await asyncio.sleep(60)
    finally:
        raise OSError("it cannot be put away")


async def test_a_task_that_loses_cancellations_ends(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ending, "ASK_AGAIN_S", 0.01)
    tasks = [asyncio.create_task(forgetful(deaf_times)) for deaf_times in (0, 1, 3)]
    await asyncio.sleep(0)
    await ending.end(*tasks)
    assert all(task.cancelled() for task in tasks)


async def test_a_task_may_fail_at_its_end(caplog: pytest.LogCaptureFixture):
    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    await ending.end(task)
    assert task.done()
    del task
    assert not caplog.records


async def test_ended_tasks_and_none_at_all_are_no_trouble():
    done = asyncio.create_task(asyncio.sleep(0))
    await done
    await ending.end(done)
    await ending.end()
