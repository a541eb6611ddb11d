"""The one declared form of a room's events on the wire: the same in socket frames and server-sent events."""

from typing import Any

from pydantic_core import to_json

from parley.domain.agents import Agent
from parley.domain.clock import to_iso
from parley.domain.room_events import (
    AgentDone,
    AgentsShown,
    Connected,
    Failed,
    HistoryShown,
    MessagePosted,
    Notice,
    Pong,
    RoomEvent,
    StepGrown,
    StepTaken,
    TypingChanged,
)
from parley.domain.room_messages import CallStep, ProcessStep, ResultStep, RoomMessage, Sender, SenderType
from parley.wire import sse_block


def encode_frame(event: RoomEvent) -> bytes:
    """A socket's text frame: `{"event": "<name>", "data": {…}}`; a pong has no data."""
    name, data = room_event_body(event)
    return to_json({"event": name} if isinstance(event, Pong) else {"event": name, "data": data})


def encode_room_sse(number: int, event: RoomEvent) -> bytes:
    """One server-sent event; `number` counts a stream's events from 1."""
    return sse_block(number, *room_event_body(event))


def room_event_body(event: RoomEvent) -> tuple[str, dict[str, Any]]:
    """The event's name and its data, as the contract has them."""
    match event:
        case StepGrown():
            return "process_step", {
                "message_id": event.message_id,
                "agent_id": event.agent_id,
                "index": event.index,
                "type": event.type,
                "offset": event.offset,
                "delta": event.delta,
            }
        case StepTaken():
            ids = {"message_id": event.message_id, "agent_id": event.agent_id}
            return "process_step", ids | step_body(event.index, event.step)
        case MessagePosted():
            return "message", message_body(event.message)
        case TypingChanged():
            return "typing", {
                _id_field(event.participant): event.participant.id,
                "is_typing": event.is_typing,
            }
        case AgentDone():
            return "done", {
                "message_id": event.message_id,
                "agent_id": event.agent_id,
                "token_count": event.token_count,
            }
        case Connected():
            return "connected", _connected_body(event)
        case HistoryShown():
            messages = [message_body(message) for message in event.messages]
            return "history", {"messages": messages, "has_more": event.has_more}
        case AgentsShown():
            return "agents", {"agents": [agent_body(agent) for agent in event.agents]}
        case Notice():
            return "system", _notice_body(event)
        case Failed():
            return "error", _failure_body(event)
        case Pong():
            return "pong", {}


def message_body(message: RoomMessage) -> dict[str, Any]:
    """RoomMessage. `client_id` is there where the sender gave one."""
    body = {
        "id": message.id,
        "room_id": message.room_id,
        "sender_type": message.sender.type.value,
        "sender_id": message.sender.id,
        "sender_name": message.sender.name,
        "content": message.content,
        "process_steps": [step_body(index, step) for index, step in enumerate(message.process_steps)],
        "token_count": message.token_count,
        "status": message.status.value,
        "created_at": to_iso(message.created_at),
    }
    return body if message.client_id is None else body | {"client_id": message.client_id}


def step_body(index: int, step: ProcessStep) -> dict[str, Any]:
    match step:
        case CallStep():
            return {
                "index": index,
                "type": "tool_call",
                "id": step.id,
                "name": step.name,
                "arguments": step.arguments,
            }
        case ResultStep():
            return {
                "index": index,
                "type": "tool_result",
                "id": step.id,
                "name": step.name,
                "success": step.success,
                "content": step.content,
            }
        case _:
            return {"index": index, "type": step.type, "content": step.content}


def agent_body(agent: Agent) -> dict[str, Any]:
    """What a room shows of an agent: the contract's Agent."""
    return {
        "id": agent.id,
        "user_id": agent.user_id,
        "name": agent.name,
        "description": agent.description,
        "system_prompt": agent.system_prompt,
        "model": agent.model,
        "provider_id": agent.provider_id,
        "temperature": agent.temperature,
        "max_tokens": agent.max_tokens,
        "thinking_enabled": agent.thinking_enabled,
        "tools": None if agent.tools is None else list(agent.tools),
        "kind": agent.kind.value,
        "created_at": to_iso(agent.created_at),
        "updated_at": to_iso(agent.updated_at),
    }


def _connected_body(event: Connected) -> dict[str, Any]:
    return {
        "room_id": event.room_id,
        "type": event.participant.type.value,
        "participant_id": event.participant.id,
        "connection_id": event.connection_id,
        "participants": [_participant_body(each) for each in event.participants],
    }


def _notice_body(event: Notice) -> dict[str, Any]:
    body = {"content": event.content, "type": event.type.value}
    who = event.participant
    return body if who is None else body | {"participant_id": who.id, "participant_name": who.name}


def _failure_body(event: Failed) -> dict[str, Any]:
    whose = {"message_id": event.message_id, "agent_id": event.agent_id}
    return {"content": event.content, "type": event.type} | {
        name: value for name, value in whose.items() if value is not None
    }


def _participant_body(participant: Sender) -> dict[str, Any]:
    return {"type": participant.type.value, "id": participant.id, "name": participant.name}


def _id_field(participant: Sender) -> str:
    return "agent_id" if participant.type is SenderType.AGENT else "user_id"
