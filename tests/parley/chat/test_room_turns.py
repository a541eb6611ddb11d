"""The turn of a message: which agents answer it, in the sight of all, and how it ends."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from parley.chat.turn_limits import MAX_AGENTS_MESSAGES, WITHIN
from parley.domain.agents import AgentKind
from parley.domain.clock import now
from parley.domain.events import TextDelta, ThinkingDelta
from parley.domain.room_events import Failed, StepGrown
from parley.domain.room_turns import TurnEnd
from parley.models.types import ModelError
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.parley.chat.room_world import RoomWorld

pytestmark = pytest.mark.anyio

FINE = [TextDelta("Fine."), STOP]


def says(*texts):
    """Each in a reply of its own; the last one again and again."""
    return ScriptedModel(*([TextDelta(text), STOP] for text in texts))


@pytest.fixture
def world():
    return RoomWorld()


async def test_all_agents_answer_in_their_order_where_nobody_is_mentioned(world):
    message = world.say("Hello!")
    await world.run(message, says("I am first.", "I am second."))
    assert world.replies() == [("Ann", "complete", "I am first."), ("Ben", "complete", "I am second.")]
    assert world.turn(message).ended is TurnEnd.COMPLETE
    one = ["process_step", "done", "typed"]
    assert world.told_names() == [
        *("message Pat", "types", "message Ann", *one),
        *("types", "message Ben", *one),
    ]


async def test_a_reply_is_told_as_an_empty_message_that_grows_by_its_steps(world):
    script = [ThinkingDelta("Hm"), ThinkingDelta("m."), TextDelta("It "), TextDelta("is."), STOP]
    await world.run(world.say("@Ann?"), ScriptedModel(script))
    (reply,) = [each for each in world.stored() if each.turn_of]
    begun = next(each.message for each in world.told[1:] if hasattr(each, "message"))
    assert (begun.id, begun.status.value, begun.content, begun.process_steps) == (
        reply.id,
        "streaming",
        "",
        (),
    )
    grown = [each for each in world.told if isinstance(each, StepGrown)]
    assert [(each.index, each.type, each.offset, each.delta) for each in grown] == [
        (0, "thinking", 0, "Hm"),
        (0, "thinking", 2, "m."),
        (1, "text", 0, "It "),
        (1, "text", 3, "is."),
    ]
    assert [(step.type, step.content) for step in reply.process_steps] == [
        ("thinking", "Hmm."),
        ("text", "It is."),
    ]
    assert (reply.content, reply.model, reply.token_count) == ("It is.", "glm-5", 2)


async def test_only_those_who_are_mentioned_answer_in_the_order_of_mention(world):
    world.add_agent("Cid")
    await world.run(world.say("@Cid and then @Ann"), says("Yes."))
    assert [name for name, _, _ in world.replies()] == ["Cid", "Ann"]


async def test_agents_may_be_mentioned_by_id(world):
    await world.run(world.say("You!", mentions=(world.agents["Ben"].id, "agent_none")), says("Yes."))
    assert [name for name, _, _ in world.replies()] == ["Ben"]


async def test_an_external_agent_is_told_and_not_run(world):
    world.add_agent("Eve", kind=AgentKind.EXTERNAL)
    message = world.say("@Eve, are you there?")
    await world.run(message, says("Yes."))
    assert world.replies() == []
    assert world.turn(message).ended is TurnEnd.COMPLETE
    assert world.told_names() == ["message Pat"]


async def test_what_an_external_agent_says_is_answered_by_whom_it_mentions_only(world):
    world.add_agent("Eve", kind=AgentKind.EXTERNAL)
    await world.run(world.say("Hello!", sender=world.sender("Eve")), says("Yes."))
    assert world.replies() == []
    await world.run(world.say("Hello @Ben and @Eve!", sender=world.sender("Eve")), says("Yes."))
    assert [name for name, _, _ in world.replies()] == ["Ben"]


async def test_an_agent_that_another_mentions_answers_it(world):
    await world.run(world.say("@Ann?"), says("Ask @Ben.", "Here I am."))
    assert world.replies() == [("Ann", "complete", "Ask @Ben."), ("Ben", "complete", "Here I am.")]


async def test_nobody_answers_itself_or_twice_for_two_mentions(world):
    await world.run(world.say("@Ann and @Ben?"), says("@Ann and @Ben", "@Ben, I am Ben."))
    assert [name for name, _, _ in world.replies()] == ["Ann", "Ben"]


async def test_agents_that_mention_one_another_end_with_the_limit(world):
    world.change(max_agent_turns=5)
    message = world.say("@Ann?")
    model = says("@Ben?", "@Ann?", "@Ben?", "@Ann?", "@Ben?")
    await world.run(message, model)
    assert [name for name, _, _ in world.replies()] == ["Ann", "Ben", "Ann", "Ben", "Ann"]
    assert world.turn(message).ended is TurnEnd.LIMIT
    assert world.told_names()[-1] == "system turn_limit"


@pytest.fixture
def external(world):
    world.add_agent("Eve", kind=AgentKind.EXTERNAL)
    return world.sender("Eve")


async def test_agents_that_talk_among_themselves_are_not_answered_for_ever(world, external):
    for _ in range(MAX_AGENTS_MESSAGES):
        world.say("And on.", sender=external)
    message = world.say("@Ann?", sender=external)
    await world.run(message, says("Yes."))
    assert world.replies() == []
    assert world.turn(message).ended is TurnEnd.LIMIT
    assert world.told_names()[-1] == "system turn_limit"
    await world.run(world.say("@Ann?"), says("Yes."))
    await world.run(world.say("@Ann?", sender=external), says("Yes."))
    assert len(world.replies()) == 2


async def test_what_agents_said_long_ago_does_not_count(world, external):
    old = now() - WITHIN - timedelta(minutes=1)
    for number in range(MAX_AGENTS_MESSAGES):
        said = world.say("And on.", sender=external)
        world.messages.put(replace(said, created_at=old + timedelta(seconds=number)))
    await world.run(world.say("@Ann?", sender=external), says("Yes."))
    assert len(world.replies()) == 1


async def test_an_agents_failure_is_told_and_the_next_one_answers(world):
    broken = [TextDelta("I will"), ModelError("It broke.", type="model_stream_broken")]
    await world.run(world.say("Hello!"), ScriptedModel(broken, FINE))
    assert world.replies() == [("Ann", "error", "I will"), ("Ben", "complete", "Fine.")]
    failed = next(each for each in world.told if isinstance(each, Failed))
    assert (failed.content, failed.type, failed.agent_id) == (
        "It broke.",
        "model_stream_broken",
        world.agents["Ann"].id,
    )
    assert "message Ann process_step error system agent_error typed types message Ben" in " ".join(
        world.told_names()
    )


async def test_a_reply_that_failed_mentions_nobody(world):
    broken = [TextDelta("@Ben"), ModelError("It broke.", type="model_stream_broken")]
    await world.run(world.say("@Ann?"), ScriptedModel(broken))
    assert len(world.replies()) == 1


async def test_the_owner_pays_for_all_replies(world):
    await world.run(world.say("Hello!"), says("Fine."))
    assert world.used() == [("glm-5", 2)]


async def test_each_agent_is_asked_with_its_own_settings_and_as_itself(world):
    world.add_agent("Cid", temperature=0.1, max_tokens=7, system_prompt="Be short.", model="glm-4")
    model = says("Fine.")
    await world.run(world.say("@Cid, who are you?"), model)
    (request,) = model.requests
    assert (request.model, request.temperature, request.max_tokens) == ("glm-4", 0.1, 7)
    assert (request.speaker, request.question) == ("Cid", "@Cid, who are you?")
    system, question = request.turns
    assert system.content.startswith("Be short.\n\nYou are Cid. ")
    assert question.content == "Pat: @Cid, who are you?"


async def test_an_agent_that_has_left_the_room_does_not_answer_any_more(world):
    message = world.say("Hello!")
    leave = [lambda: world.rooms.remove_agent(world.room.id, world.agents["Ben"].id), *FINE]
    await world.run(message, ScriptedModel(leave, FINE))
    assert [name for name, _, _ in world.replies()] == ["Ann"]
    assert world.turn(message).ended is TurnEnd.COMPLETE


async def test_a_turn_whose_room_is_deleted_ends_without_a_word(world):
    def delete():
        world.rooms.delete(world.room.owner_id, world.room.id)
        del world.memory.heads[world.room.id]

    message = world.say("Hello!")
    await world.run(message, ScriptedModel([delete, *FINE]))
    await world.run(message, says("Fine."))
    assert not {"done", "error"} & set(world.told_names())


async def test_what_a_person_says_during_a_turn_is_answered_in_a_turn_of_its_own(world):
    gate = asyncio.Event()
    first = world.say("@Ann?")
    running = asyncio.create_task(world.run(first, ScriptedModel([gate, *FINE])))
    await asyncio.sleep(0)
    second = world.say("@Ben, and you?")
    gate.set()
    await running
    model = says("Fine too.")
    await world.run(second, model)
    assert [each.content for each in model.requests[0].turns[1:]] == [
        "Pat: @Ann?",
        "Ann: Fine.",
        "Pat: @Ben, and you?",
    ]


async def test_work_for_a_message_that_is_not_there_is_done(world):
    message = world.say("Hello!")
    other = RoomWorld()
    await other.run(message, says("Fine."))
    assert other.told == []
