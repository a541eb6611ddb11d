"""Events as frames that a socket takes: what is too long is cut, and says so, or sent in parts."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic_core import to_json

from parley.domain.room_events import AgentsShown, MessagePosted, RoomEvent, StepGrown, StepTaken
from parley.domain.room_messages import ResultStep, RoomMessage
from parley.room_wire import agent_body, encode_frame, message_body, room_event_body

# API Gateway takes 128 KB for a message.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
MAX_FRAME_BYTES = 131_072
# What is around the bodies of a frame.
_MARGIN_BYTES = 200
_MAX_BODY_BYTES = MAX_FRAME_BYTES - _MARGIN_BYTES


def event_frames(event: RoomEvent) -> list[bytes]:
    """One, but for a delta that is too long for one. A history is encoded with `history_frames`."""
    frame = encode_frame(event)
    if len(frame) <= MAX_FRAME_BYTES:
        return [frame]
    match event:
        case MessagePosted():
            return [_frame("message", _cut_message(event.message))]
        case StepGrown():
            return _delta_frames(event)
        case StepTaken(step=ResultStep()):
            name, body = room_event_body(event)
            return [_frame(name, _cut(body, "content"))]
        case StepTaken():
            name, body = room_event_body(event)
            return [_frame(name, body | {"arguments": {}, "arguments_truncated": True})]
        case AgentsShown():
            return [_frame("agents", _cut_agents(event))]
        case _:
            raise ValueError(f"{type(event).__name__} is too long for a frame, and has nothing to cut")


def history_frames(
    messages: Sequence[RoomMessage], *, has_more: bool = False, newest_only: bool = False
) -> list[bytes]:
    """One after another, oldest first; or one with as many of the newest as it takes, and `has_more`."""
    bodies = [to_json(_fitting(message)) for message in messages]
    if newest_only:
        begin = _begin_of_newest(bodies)
        return [_history_frame(bodies[begin:], has_more=has_more or begin > 0)]
    frames: list[bytes] = []
    rest = bodies
    while rest or not frames:
        end = _end_of_oldest(rest)
        frames.append(_history_frame(rest[:end], has_more=has_more and not frames))
        rest = rest[end:]
    return frames


def _begin_of_newest(bodies: Sequence[bytes]) -> int:
    return len(bodies) - _end_of_oldest(bodies[::-1])


def _end_of_oldest(bodies: Sequence[bytes]) -> int:
    size = 0
    for number, body in enumerate(bodies):
        size += len(body) + 1
        if size > MAX_FRAME_BYTES - _MARGIN_BYTES // 2 and number > 0:
            return number
    return len(bodies)


def _history_frame(bodies: Sequence[bytes], *, has_more: bool) -> bytes:
    parts = (
        b'{"event":"history","data":{"messages":[',
        b",".join(bodies),
        b'],"has_more":',
        to_json(has_more),
    )
    return b"".join((*parts, b"}}"))


def _fitting(message: RoomMessage) -> dict[str, Any]:
    body = message_body(message)
    return body if len(to_json(body)) < _MAX_BODY_BYTES else _cut_message(message)


def _cut_message(message: RoomMessage) -> dict[str, Any]:
    """Without its steps, and of its content the beginning; the REST API has the whole."""
    return _cut(message_body(replace(message, process_steps=())), "content")


def _cut(body: dict[str, Any], field: str) -> dict[str, Any]:
    text = body[field]
    body = body | {field: "", f"{field}_truncated": True}
    room = _MAX_BODY_BYTES - len(to_json(body))
    return body | {field: text[: _fitting_characters(text, room)]}


def _cut_agents(event: AgentsShown) -> dict[str, Any]:
    """Their prompts are what is long."""
    agents = [agent_body(agent) | {"system_prompt": None} for agent in event.agents]
    return {"agents": agents, "system_prompt_truncated": True}


def _delta_frames(event: StepGrown) -> list[bytes]:
    room = _MAX_BODY_BYTES - len(encode_frame(replace(event, delta="")))
    frames, begin = [], 0
    while begin < len(event.delta):
        end = begin + _fitting_characters(event.delta[begin : begin + room], room)
        part = replace(event, offset=event.offset + begin, delta=event.delta[begin:end])
        frames.append(encode_frame(part))
        begin = end
    return frames


def _fitting_characters(text: str, room: int) -> int:
    """How many of its first characters take at most so many bytes as JSON."""

    def size(length: int) -> int:
        return len(to_json(text[:length])) - 2

    return max(0, bisect_right(range(len(text) + 1), room, key=size) - 1)


def _frame(name: str, body: dict[str, Any]) -> bytes:
    return to_json({"event": name, "data": body})
