"""No frame is too long for a socket, and nothing is lost without a word."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.chat.room_frames import MAX_FRAME_BYTES, event_frames, history_frames
from parley.domain.ids import ROOM, new_id
from parley.domain.room_events import (
    AgentsShown,
    MessagePosted,
    Notice,
    NoticeType,
    StepGrown,
    StepTaken,
)
from parley.domain.room_messages import CallStep, ResultStep, TextStep
from parley.domain.room_places import room_message_id
from tests.examples import a_room_message, an_agent

ROOM_ID = new_id(ROOM)
LONG = ["a" * 200_000, "文" * 200_000, "\u0000" * 200_000, '"\\\U0001f600' * 60_000]


def message(place=1, **fields):
    return a_room_message(room_message_id(ROOM_ID, place), **fields)


def decoded(frames):
    assert all(len(frame) <= MAX_FRAME_BYTES for frame in frames)
    return [json.loads(frame) for frame in frames]


def only(frames):
    [frame] = decoded(frames)
    return frame["data"]


def test_what_fits_is_sent_as_it_is():
    whole = message(content="你好", process_steps=(TextStep(type="text", content="你好"),))
    data = only(event_frames(MessagePosted(message=whole)))
    assert data["content"] == "你好"
    assert data["process_steps"] == [{"index": 0, "type": "text", "content": "你好"}]
    assert "content_truncated" not in data


@pytest.mark.parametrize("content", LONG)
def test_of_a_long_message_the_beginning_is_sent_and_that_it_is_one(content):
    long = message(content=content, process_steps=(TextStep(type="text", content=content),))
    data = only(event_frames(MessagePosted(message=long)))
    assert data["content_truncated"] is True
    assert content.startswith(data["content"])
    assert len(json.dumps(data["content"], ensure_ascii=False).encode()) > MAX_FRAME_BYTES - 1_000
    assert (data["id"], data["process_steps"]) == (long.id, [])


@pytest.mark.parametrize("delta", LONG)
def test_a_long_delta_comes_in_parts_that_make_it_up(delta):
    frames = event_frames(
        StepGrown(message_id="msg_1", agent_id="agent_1", index=3, type="text", offset=7, delta=delta)
    )
    text = "prefix:"
    for frame in decoded(frames):
        assert frame["data"]["offset"] == len(text)
        text += frame["data"]["delta"]
    assert text == "prefix:" + delta


def test_a_long_result_and_long_arguments_are_cut_and_say_so():
    result = ResultStep(id="1", name="fetch_page", success=True, content=LONG[1])
    taken = StepTaken(message_id="msg_1", agent_id="agent_1", index=0, step=result)
    data = only(event_frames(taken))
    assert (data["content_truncated"], LONG[1].startswith(data["content"])) == (True, True)
    call = CallStep(id="1", name="text_process", arguments={"text": LONG[0]})
    data = only(event_frames(StepTaken(message_id="msg_1", agent_id="agent_1", index=0, step=call)))
    assert (data["arguments"], data["arguments_truncated"], data["name"]) == ({}, True, "text_process")


def test_many_agents_with_long_prompts_are_shown_without_them():
    agents = [an_agent(system_prompt="x" * 20_000) for _ in range(10)]
    data = only(event_frames(AgentsShown(agents=agents)))
    assert [each["name"] for each in data["agents"]] == [each.name for each in agents]
    assert data["system_prompt_truncated"]


def test_what_cannot_be_cut_is_no_frame():
    with pytest.raises(ValueError, match="Notice"):
        event_frames(Notice(type=NoticeType.STOPPED, content=LONG[0]))


@given(lengths=st.lists(st.sampled_from([1, 1_000, 40_000, 70_000, 131_000, 200_000]), max_size=12))
@settings(max_examples=25)
def test_a_history_is_told_whole_in_order_in_frames_that_fit(lengths):
    messages = [message(place, content="x" * length) for place, length in enumerate(lengths, start=1)]
    frames = decoded(history_frames(messages))
    shown = [each for frame in frames for each in frame["data"]["messages"]]
    assert [each["id"] for each in shown] == [each.id for each in messages]
    for each, length in zip(shown, lengths, strict=True):
        assert len(each["content"]) == length or each["content_truncated"]
    assert not any(frame["data"]["has_more"] for frame in frames)


@given(lengths=st.lists(st.sampled_from([1, 40_000, 70_000, 200_000]), max_size=8), has_more=st.booleans())
@settings(max_examples=25)
def test_or_the_newest_that_fit_in_one(lengths, has_more):
    messages = [message(place, content="x" * length) for place, length in enumerate(lengths, start=1)]
    data = only(history_frames(messages, has_more=has_more, newest_only=True))
    shown = [each["id"] for each in data["messages"]]
    assert shown == [each.id for each in messages][len(messages) - len(shown) :]
    assert data["has_more"] == (has_more or len(shown) < len(messages))
    assert shown or not messages
