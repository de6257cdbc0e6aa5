"""What the server's settings add to a turn."""

from dataclasses import replace

import pytest

from llm.replier import Message
from tests.support.fakes import FakeReplier, FakeSynthesizer
from voice.characters import configured_cast
from voice.chat.events import Done
from voice.company import Company
from voice.conversation import Conversations
from voice.engine_settings import LLMSettings
from voice.metrics import Metrics
from voice.parts import Part, Parts
from voice.settings import LimitSettings, Settings

pytestmark = pytest.mark.anyio
NOTE = ("", "")


async def take(replier: FakeReplier, settings: Settings, messages: list[Message]) -> Done:
    parts = Parts(
        Part.settled("Recogniser", None, NOTE),
        Part.settled("Model", replier, NOTE),
        Part.settled("Voice", FakeSynthesizer(), NOTE),
    )
    conversations = Conversations(settings, parts, Company(configured_cast(settings)[0]), Metrics())
    events = [event async for event in conversations.turn(messages, conversations.admit())]
    assert isinstance(events[-1], Done)
    return events[-1]


async def test_a_configured_system_message_is_for_histories_that_have_none():
    settings = replace(Settings(), LLM=LLMSettings(system="说话用双引号"))
    user, own = {"role": "user", "content": "你好"}, {"role": "system", "content": "你是猫娘"}
    replier = FakeReplier(['"好。"'])
    await take(replier, settings, [user])
    await take(replier, settings, [own, user])
    await take(replier, Settings(), [user])
    assert replier.asked == [[{"role": "system", "content": "说话用双引号"}, user], [own, user], [user]]


async def test_a_model_that_never_stops_is_cut_off():
    settings = replace(Settings(), limits=LimitSettings(reply_characters=1000))
    done = await take(FakeReplier(['"', *["很长的话。"] * 1000]), settings, [])
    assert done.error
    assert done.error.type == "llm_stream_error"
    assert 1000 <= len(done.reply) < 1100
