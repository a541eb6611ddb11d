"""Tokens are counted with the reply that used them, once, and never at its cost."""

import pytest

from parley.domain.events import FinishReason, ReplyDone, TextDelta, Usage
from parley.models.types import ModelError, ModelFinished
from tests.fakes.mortality import Life
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.fakes.tools import a_call
from tests.parley.chat.conftest import send

pytestmark = pytest.mark.anyio


async def test_every_reply_is_counted_under_its_model(world):
    for _ in range(2):
        _, reply, _ = await send(world.process(), world.converse(model="counted"))
    twice = reply.usage + reply.usage
    assert reply.usage.total_tokens > 0
    assert world.used() == [("counted", twice, 2)]


async def test_a_reply_that_breaks_keeps_and_counts_the_tokens_of_the_rounds_before(world):
    used = ModelFinished(
        finish_reason=FinishReason.STOP,
        usage=Usage(prompt_tokens=30, completion_tokens=4),
        tool_requests=(a_call("1", "double", '{"number": 4}'),),
    )
    model = ScriptedModel([used], [TextDelta("So"), ModelError("It is full.", type="model_rejected")])
    _, reply, _ = await send(world.process(model), world.converse())
    assert (reply.status.value, reply.token_count, reply.usage) == ("error", 4, used.usage)
    assert world.used() == [("glm-5", used.usage, 1)]


async def test_a_reply_is_whole_though_its_tokens_cannot_be_counted(world):
    conversation, life = world.converse(), Life()
    life.fail("usage.count")
    events, reply, failure = await send(world.process(life=life), conversation)
    assert (type(events[-1]), reply.status.value, failure) == (ReplyDone, "complete", None)
    assert world.used() == []


async def test_who_has_lost_the_lock_counts_no_tokens(world):
    conversation = world.converse()
    model = ScriptedModel([lambda: world.conversations.delete("user_1", conversation.id), STOP])
    await send(world.process(model), conversation)
    assert world.used() == []
