"""The events of Anthropic's Messages API, as the fake model server writes them."""

from collections.abc import Iterable, Iterator
from typing import Any

from tests.fakes.model_answers import Answer, as_json

SIGNATURE = "c2lnbmVkIGJ5IHRoZSBmYWtl"
REDACTED = "ZW5jcnlwdGVkIGJ5IHRoZSBmYWtl"

type Event = dict[str, Any]


def start() -> Event:
    usage = {
        "input_tokens": 4,
        "cache_creation_input_tokens": 1,
        "cache_read_input_tokens": 2,
        "output_tokens": 1,
    }
    message = {"id": "msg_fake", "type": "message", "role": "assistant", "content": [], "usage": usage}
    return {"type": "message_start", "message": message}


def block(index: int, start: Event, *deltas: Event) -> Iterator[Event]:
    yield {"type": "content_block_start", "index": index, "content_block": start}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def text(index: int, *words: str) -> Iterator[Event]:
    return block(
        index, {"type": "text", "text": ""}, *({"type": "text_delta", "text": word} for word in words)
    )


def thinking(index: int) -> Iterator[Event]:
    words = ({"type": "thinking_delta", "thinking": word} for word in ("Let ", "me ", "think."))
    signature = {"type": "signature_delta", "signature": SIGNATURE}
    return block(index, {"type": "thinking", "thinking": "", "signature": ""}, *words, signature)


def call(index: int, id: str, name: str, arguments: Iterable[str]) -> Iterator[Event]:
    pieces = ({"type": "input_json_delta", "partial_json": piece} for piece in arguments)
    return block(index, {"type": "tool_use", "id": id, "name": name, "input": {}}, *pieces)


def end(tokens: int, reason: str = "end_turn", **details: Any) -> Iterator[Event]:
    delta = {"stop_reason": reason, "stop_sequence": None, **details}
    yield {"type": "message_delta", "delta": delta, "usage": {"output_tokens": tokens}}
    yield {"type": "message_stop"}


def words(count: str | int) -> list[str]:
    return [f"word{index} " for index in range(int(count))]


async def send(answer: Answer, events: Iterable[Event]) -> None:
    for event in events:
        await answer.event(event, name=event["type"])


async def message(answer: Answer, events: Iterable[Event]) -> None:
    await answer.begin()
    await send(answer, events)
    await answer.end()


async def refuse(answer: Answer, message: str, status: int = 400) -> None:
    error = {"type": "error", "error": {"type": "invalid_request_error", "message": message}}
    await answer.whole(status, as_json(error))
