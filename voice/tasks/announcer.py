"""What the table knows and consumers wait for is published: in order, and again after a crash in between."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from voice.broker.link import BrokerLink
from voice.broker.problems import BrokerDown, DeclarationRefused, Unroutable
from voice.jobs.job import Job, NoSuchJob
from voice.jobs.news import News, Outbox
from voice.jobs.store import JobStore
from voice.tasks.messages import Message, encode, messages_of
from voice.tasks.switches import Switches
from voice.tasks.types import BY_KIND, TaskType

log = logging.getLogger("yinliu.tasks")

LOOK_EVERY_S = 0.25
RETRY_S = 1.0
Result = TypeVar("Result")


class Announcer:
    """Publishes the outbox of followed jobs. Its messages keep their ids when they are sent again."""

    def __init__(self, jobs: JobStore, outbox: Outbox, link: BrokerLink, switches: Switches):
        self._jobs = jobs
        self._outbox = outbox
        self._link = link
        self._switches = switches
        self._told = ""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="announcer")  # the disk may be slow

    async def run(self) -> None:
        """For ever: whatever the broker has not taken is tried again before anything newer."""
        while True:
            await self._link.wait_up()
            try:
                for news in await self._aside(self._outbox.untold):
                    await self._announce(news)
                await asyncio.sleep(LOOK_EVERY_S)
            except (BrokerDown, DeclarationRefused):
                await asyncio.sleep(RETRY_S)  # the link, or the consumer of that queue, has said why
            except sqlite3.Error as error:  # a full disk, which may have room again
                self._complain(str(error))
                await asyncio.sleep(RETRY_S)

    async def send(self, task: TaskType, message: Message, message_id: str) -> None:
        """To whoever wants it; nobody need. Raises BrokerDown, DeclarationRefused."""
        body = encode(message.body, self._switches.double_encoded)
        for is_last in (False, True):
            try:
                await self._link.publish(
                    task.exchange, message.key, body, headers=message.headers, message_id=message_id
                )
                return
            except Unroutable:
                if is_last:
                    log.debug("Nobody listens to %r of the exchange %r.", message.key, task.exchange)
                else:  # perhaps the exchange itself has gone
                    await self._link.declare(self._switches.parts(task)[0])

    def close(self) -> None:
        """Once run() has been cancelled."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _announce(self, news: News) -> None:
        try:
            job = await self._aside(lambda: self._jobs.get(news.job))
        except NoSuchJob:
            return  # forgotten, and its news with it
        if task := BY_KIND.get(job.kind):
            story = await self._aside(lambda: self._outbox.story(job.id))
            for number, message in enumerate(self._messages(task, job, news, story)):
                await self.send(task, message, f"{job.id}-{news.number}-{number}")
        await self._aside(lambda: self._outbox.tell(news))

    def _messages(self, task: TaskType, job: Job, news: News, story: Mapping[str, News]) -> list[Message]:
        try:
            return messages_of(task, job.parameters["request"], news, story, self._switches.empty_tool_key)
        except (KeyError, TypeError) as error:  # of another version: it must not hold up all that comes after it
            log.error("The news %r of the task %s makes no message (%r); it is passed over.", news.name, job.id, error)
            return []

    def _complain(self, problem: str) -> None:
        if problem != self._told:
            log.error("The table of jobs cannot be used: %s", problem)
        self._told = problem

    async def _aside(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
