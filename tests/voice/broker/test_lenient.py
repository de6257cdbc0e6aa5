"""Messages whose properties are no text and no date: they are delivered, and end nobody's connection."""

import asyncio
import contextlib
import struct
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import aio_pika
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import commands, encode

from tests.support.rabbit import system_broker
from voice.broker.consumption import Delivery
from voice.broker.lenient import decode_leniently, short_str, timestamp
from voice.broker.link import BrokerLink
from voice.broker.topology import Queue

pytestmark = pytest.mark.anyio
NO_TEXT, NO_DATE = "no text", 1 << 62


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with system_broker() as url:
        yield url


@contextlib.contextmanager
def hostile_encoding() -> Iterator[None]:
    """pamqp as somebody would have it who means ill."""
    plain = encode.METHODS["shortstr"]

    def text(value: str) -> bytes:
        return b"\x02\xff\xfe" if value == NO_TEXT else plain(value)

    def date(_: object) -> bytes:
        return struct.pack(">Q", NO_DATE)

    with patch.dict(encode.METHODS, {"shortstr": text, "timestamp": date}):
        yield


@pytest.mark.parametrize(
    "properties",
    [{"message_id": NO_TEXT}, {"correlation_id": NO_TEXT, "reply_to": NO_TEXT}, {"timestamp": 1}],
)
async def test_whatever_strangers_write_into_properties_is_delivered(url: str, properties: dict[str, Any]):
    found: asyncio.Queue[Delivery] = asyncio.Queue()
    link = BrokerLink(url)
    await link.open()
    assert await link.consume("q", found.put, parts=[Queue("q")]).wait_ready(10)
    connection = await aio_pika.connect(url)
    channel = await (await connection.channel()).get_underlay_channel()
    with hostile_encoding():
        wrong = commands.Basic.Properties(**properties)
        await channel.basic_publish(b"odd", routing_key="q", properties=wrong)
    await channel.basic_publish(b"plain", routing_key="q")
    heard = [(await asyncio.wait_for(found.get(), 10)).body for _ in range(2)]
    await connection.close()
    await link.close()
    assert heard == [b"odd", b"plain"]


@given(st.binary(max_size=255))
def test_every_short_text_is_decoded_and_no_more_than_it(data: bytes):
    decode_leniently()
    used, text = short_str(bytes([len(data)]) + data + b"more")
    assert used == len(data) + 1
    assert text == data.decode(errors="replace")
    text.encode()


@given(st.integers(0, (1 << 64) - 1))
def test_every_date_is_decoded(seconds: int):
    assert timestamp(struct.pack(">Q", seconds))[0] == 8
