"""Where task requests are handed in: over a broker if there is one, else straight into the table of jobs."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from voice.tasks.intake import Intake
from voice.tasks.requests import TaskRequest
from voice.tasks.types import TaskType

if TYPE_CHECKING:
    from voice.tasks.bridge import Bridge


class Office:
    """bridge: None works without a broker. wake: tells the workers that there is work."""

    def __init__(self, intake: Intake, bridge: "Bridge | None", wake: Callable[[], None]):
        self._intake = intake
        self._bridge = bridge
        self._wake = wake

    async def open(self) -> None:
        """Begin to consume, where there is a broker."""
        if self._bridge:
            await self._bridge.open()

    async def close(self) -> None:
        """Jobs and news that are under way stay in the table."""
        if self._bridge:
            await self._bridge.close()

    async def accept(self, task: TaskType, request: TaskRequest) -> None:
        """Returns when the request is safe on disk, here or at the broker. Raises QueueFull, NotPublished."""
        await asyncio.to_thread(self._intake.require_room, task)
        if self._bridge is None:
            await asyncio.to_thread(self._intake.submit, task, request)
            self._wake()
            return
        await self._bridge.publish(task, request)
