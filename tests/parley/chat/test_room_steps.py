"""The steps of a reply: one for what comes without a break, told as deltas that fit on one another."""

from hypothesis import given
from hypothesis import strategies as st

from parley.chat.room_steps import RoomDraft, StepSequence, steps_again
from parley.domain.events import (
    FinishReason,
    ReplyDone,
    ReplyFailed,
    TextDelta,
    ThinkingDelta,
    ToolCalled,
    ToolReturned,
    Usage,
)
from parley.domain.ids import ROOM, new_id
from parley.domain.room_events import StepGrown
from parley.domain.room_messages import CallStep, ResultStep, TextStep
from parley.domain.room_places import room_message_id
from tests.examples import a_room_message

CALL = ToolCalled(id="call_1", name="calculator", arguments={"expression": "6 * 7"})
RESULT = ToolReturned(id="call_1", name="calculator", success=True, content="42", duration_ms=3)
USAGE = Usage(prompt_tokens=3, completion_tokens=4)
DONE = ReplyDone(message_id="msg_1", token_count=4, usage=USAGE, finish_reason=FinishReason.STOP)

events = st.lists(
    st.one_of(
        st.text("ab", max_size=3).map(TextDelta),
        st.text("ab", max_size=3).map(ThinkingDelta),
        st.just(CALL),
        st.just(RESULT),
    ),
    max_size=12,
)


def filled(*happened):
    reply = a_room_message(room_message_id(new_id(ROOM), 1), content="")
    draft = RoomDraft(reply)
    for event in happened:
        draft.apply(event)
    return draft.fill(reply)


def test_a_reply_with_a_tool_has_its_steps_in_their_order():
    reply = filled(
        ThinkingDelta("Hm."), TextDelta("Let "), TextDelta("me. "), CALL, RESULT, TextDelta("42."), DONE
    )
    assert reply.process_steps == (
        TextStep(type="thinking", content="Hm."),
        TextStep(type="text", content="Let me. "),
        CallStep(id="call_1", name="calculator", arguments={"expression": "6 * 7"}),
        ResultStep(id="call_1", name="calculator", success=True, content="42"),
        TextStep(type="text", content="42."),
    )
    assert (reply.content, reply.token_count, reply.usage) == ("Let me. 42.", 4, USAGE)
    assert (reply.status.value, reply.failure) == ("complete", None)


def test_a_failed_reply_keeps_what_it_said_and_why_it_failed():
    reply = filled(TextDelta("It "), ReplyFailed(content="It broke.", type="model_timeout"))
    assert (reply.content, reply.status.value, reply.failure) == ("It ", "error", "It broke.")


def applied(told):
    """As a client does it, to whom some of it may come twice."""
    steps = {}
    for event in told:
        if isinstance(event, StepGrown):
            kind, text = steps.get(event.index, (event.type, ""))
            assert kind == event.type
            steps[event.index] = kind, text[: event.offset] + event.delta
        else:
            steps[event.index] = event.step
    return [steps[index] for index in sorted(steps)]


def shape(steps):
    return [(step.type, step.content) if isinstance(step, TextStep) else step for step in steps]


@given(events)
def test_who_applies_what_is_told_has_the_steps_also_where_all_comes_again(happened):
    sequence = StepSequence(message_id="msg_1", agent_id="agent_1")
    told = [step for event in happened if (step := sequence.take(event))]
    reply = filled(*happened)
    assert applied(told) == shape(reply.process_steps) == shape(sequence.steps)
    assert applied([*told, *steps_again(reply)]) == shape(reply.process_steps)
