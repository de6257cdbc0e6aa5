"""The connection on a real RabbitMQ: what is promised about publishing, consuming and losing it."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.rabbit import cut_connections, own_broker
from tests.support.waiting import until_async
from voice.broker.address import BadAddress, BrokerAddress
from voice.broker.delivery import Delivery
from voice.broker.link import BrokerLink
from voice.broker.problems import BrokerDown, DeclarationRefused, Rejected, Unroutable
from voice.broker.topology import Binding, Exchange, Queue

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(sys.platform == "win32", reason="needs rabbitmqctl")]
BROKERS = 10


@pytest.fixture
async def link(url: str, anyio_backend: str) -> AsyncIterator[BrokerLink]:
    link = BrokerLink(url)
    await link.open()
    assert await link.wait_up(10)
    yield link
    await link.close()


class Kept:
    """A handler that keeps what it gets."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []

    async def __call__(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)

    @property
    def bodies(self) -> list[bytes]:
        return [delivery.body for delivery in self.deliveries]


async def test_what_is_published_before_there_is_a_consumer_waits_for_it(link: BrokerLink):
    await link.declare(Exchange("e"), Queue("q"), Binding("q", "e", "start"))
    for number in range(5):
        await link.publish("e", "start", b"%d" % number, headers={"n": number}, message_id=f"m{number}")
    kept = Kept()
    link.consume("q", kept)
    await until_async(lambda: len(kept.deliveries) == 5)
    assert kept.bodies == [b"0", b"1", b"2", b"3", b"4"]
    assert (kept.deliveries[3].message_id, kept.deliveries[3].headers["n"]) == ("m3", 3)
    assert (kept.deliveries[0].exchange, kept.deliveries[0].routing_key) == ("e", "start")
    assert not kept.deliveries[0].is_redelivered


async def test_what_nobody_receives_is_told(link: BrokerLink):
    await link.declare(Exchange("e"))
    for exchange, key in (("", "nobody"), ("e", "nobody"), ("no exchange", "key")):
        with pytest.raises(Unroutable):
            await link.publish(exchange, key, b"x")
    await link.declare(Queue("q"))
    await link.publish("", "q", b"and goes on")


async def test_a_queue_of_another_kind_is_named_with_the_remedy(link: BrokerLink, caplog: pytest.LogCaptureFixture):
    await link.declare(Queue("q", is_durable=False))
    with pytest.raises(DeclarationRefused, match=r"'q'.*durable.*delete_queue q"):
        await link.declare(Queue("q"))
    consumption = link.consume("q", Kept(), parts=[Queue("q")])
    await until_async(lambda: "delete_queue q" in consumption.problem)
    await asyncio.sleep(1)
    assert sum("delete_queue q" in record.message for record in caplog.records) == 1, "told once"
    await link.publish("", "q", b"other channels are not disturbed")


async def test_what_cannot_be_handled_comes_again_and_what_never_can_is_buried(
    link: BrokerLink, caplog: pytest.LogCaptureFixture
):
    tries: list[bytes] = []

    async def handle(delivery: Delivery) -> None:
        tries.append(delivery.body)
        if delivery.body == b"poison":
            raise Rejected("it is poison")
        if len(tries) < 3:
            raise OSError("the disk is full")

    link.consume("q", handle, parts=[Queue("q")], dead="dead")
    buried = Kept()
    await until_async(lambda: link.is_up)
    await link.declare(Queue("q"))
    await link.publish("", "q", b"good")
    await until_async(lambda: tries == [b"good"] * 3)
    await link.publish("", "q", b"poison", message_id="p1")
    link.consume("dead", buried)
    await until_async(lambda: buried.deliveries)
    assert tries == [b"good"] * 3 + [b"poison"]
    assert buried.bodies == [b"poison"]
    assert (buried.deliveries[0].headers["x-reason"], buried.deliveries[0].message_id) == ("it is poison", "p1")


async def test_a_burial_that_fails_does_not_hold_up_the_queue(link: BrokerLink, monkeypatch: pytest.MonkeyPatch):
    seen: list[bytes] = []

    async def handle(delivery: Delivery) -> None:
        seen.append(delivery.body)
        if delivery.body == b"poison":
            raise Rejected("it is poison")

    publish, refusals = link.publish, iter([True])

    async def publish_later(exchange: str, key: str, body: bytes, **properties: Any) -> None:
        if key == "dead" and next(refusals, False):
            raise BrokerDown("it did not confirm a message")
        await publish(exchange, key, body, **properties)

    monkeypatch.setattr(link, "publish", publish_later)
    await link.declare(Queue("q"))
    await link.publish("", "q", b"poison")
    await link.publish("", "q", b"good")
    link.consume("q", handle, parts=[Queue("q")], dead="dead")
    await until_async(lambda: b"good" in seen)
    buried = Kept()
    link.consume("dead", buried)
    await until_async(lambda: buried.deliveries)
    assert (seen.count(b"poison"), buried.bodies) == (2, [b"poison"])


async def test_a_cut_connection_is_made_again_and_unacknowledged_messages_come_again(link: BrokerLink, url: str):
    may_end = asyncio.Event()
    seen: list[Delivery] = []

    async def handle(delivery: Delivery) -> None:
        seen.append(delivery)
        if delivery.is_redelivered:
            return
        await may_end.wait()

    link.consume("q", handle, parts=[Queue("q")])
    await asyncio.sleep(0.2)
    await link.declare(Queue("q"))
    await link.publish("", "q", b"x")
    await until_async(lambda: seen)
    await asyncio.to_thread(cut_connections, url)
    await until_async(lambda: len(seen) == 2)
    assert seen[1].is_redelivered
    await link.publish("", "q", b"y")
    may_end.set()
    await until_async(lambda: seen[-1].body == b"y")


async def test_a_queue_that_is_deleted_under_its_consumer_is_made_again(link: BrokerLink):
    kept = Kept()
    consumption = link.consume("q", kept, parts=[Queue("q")])
    assert await consumption.wait_ready(10)
    channel = await link.channel(1)
    await channel.queue_delete("q")
    await until_async(lambda: consumption.ready_s == 0)
    assert await consumption.wait_ready(10)
    await link.publish("", "q", b"x")
    await until_async(lambda: kept.bodies == [b"x"])


async def test_many_publish_at_once(link: BrokerLink):
    kept = Kept()
    link.consume("q", kept, prefetch=50, parts=[Queue("q")])
    await link.declare(Queue("q"))
    await asyncio.gather(*(link.publish("", "q", b"%d" % number) for number in range(300)))
    await until_async(lambda: len(kept.deliveries) == 300)
    assert {int(body) for body in kept.bodies} == set(range(300))


async def test_a_wrong_password_is_a_sentence_without_the_password(url: str, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    link = BrokerLink(url.replace("guest:guest", "guest:s3cret-of-mine"))
    await link.open()
    await until_async(lambda: link.problem)
    assert link.problem
    assert link.problem.is_login
    assert "refuses this user or password" in link.problem.english
    await asyncio.sleep(0.5)
    await link.close()
    assert "tried again" not in caplog.text, "a worker ends instead"
    assert "s3cret" not in caplog.text + link.problem.english + link.problem.chinese + repr(vars(link)["_address"])
    assert sum(record.levelname == "WARNING" for record in caplog.records if record.name == "yinliu.broker") == 1


async def test_a_virtual_host_that_is_not_there_is_a_sentence(url: str):
    link = BrokerLink(url + "-nowhere")
    await link.open()
    await until_async(lambda: link.problem)
    await link.close()
    assert link.problem
    assert "add_vhost" in link.problem.english


@pytest.mark.slow
@pytest.mark.long
async def test_a_broker_may_come_late_stop_and_die(caplog: pytest.LogCaptureFixture):
    with own_broker() as broker:
        await asyncio.to_thread(broker.stop)
        link, kept = BrokerLink(broker.url), Kept()
        await link.open()
        consumption = link.consume("q", kept, parts=[Queue("q")])
        assert not await link.wait_up(1)
        assert link.problem
        assert not link.problem.is_login
        with pytest.raises(BrokerDown, match="no connection"):
            await link.publish("", "q", b"x")
        for number, end in enumerate((broker.stop, broker.kill)):
            await asyncio.to_thread(broker.start)
            assert await consumption.wait_ready(20)
            await link.publish("", "q", b"%d" % number)
            await until_async(lambda number=number: len(kept.deliveries) == number + 1)
            await asyncio.to_thread(end)
            await until_async(lambda: not link.is_up)
        await link.close()
        await asyncio.to_thread(broker.start)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("amqp://u:p@host/", "amqp://host:5672/"),
        ("amqp://u:p@host:1234/studio", "amqp://host:1234/studio"),
        ("amqps://u:p%40@[::1]/a%2Fb", "amqps://[::1]:5671/a/b"),
        (" amqp://host ", "amqp://host:5672/"),
    ],
)
async def test_an_address_is_shown_without_its_password(url: str, shown: str):
    assert BrokerAddress.parse(url).shown == shown


@pytest.mark.parametrize("url", ["", "host", "http://host", "amqp://", "amqp://host:x/", "amqp://h ost/", "amqp://[::"])
async def test_what_is_no_address_is_told(url: str):
    with pytest.raises(BadAddress, match="looks like amqp"):
        BrokerLink(url)
