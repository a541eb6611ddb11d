"""Bedrock's answers as the fake model server writes them: event streams in frames, and refusals.

Source of the frames: https://smithy.io/2.0/aws/amazon-eventstream.html
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from tests.fakes.model_answers import Answer, as_json

SIGNATURE = "c2lnbmVkIGJ5IHRoZSBmYWtl"

type Event = tuple[str, dict[str, Any]]

_STRING = 7


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    head = b"".join(
        bytes([len(name)]) + name.encode() + bytes([_STRING]) + len(value).to_bytes(2) + value.encode()
        for name, value in headers.items()
    )
    prelude = (len(head) + len(payload) + 16).to_bytes(4) + len(head).to_bytes(4)
    message = prelude + zlib.crc32(prelude).to_bytes(4) + head + payload
    return message + zlib.crc32(message).to_bytes(4)


def event_frame(event: Event) -> bytes:
    name, payload = event
    headers = {":message-type": "event", ":event-type": name, ":content-type": "application/json"}
    return frame(headers, json.dumps(payload).encode())


def exception_frame(name: str, message: str) -> bytes:
    headers = {":message-type": "exception", ":exception-type": name, ":content-type": "application/json"}
    return frame(headers, as_json({"message": message}).encode())


def _delta(index: int, delta: dict[str, Any]) -> Event:
    return "contentBlockDelta", {"contentBlockIndex": index, "delta": delta}


def text(index: int, *words: str) -> Iterator[Event]:
    yield from (_delta(index, {"text": word}) for word in words)
    yield "contentBlockStop", {"contentBlockIndex": index}


def thinking(index: int) -> Iterator[Event]:
    for word in ("Let ", "me ", "think."):
        yield _delta(index, {"reasoningContent": {"text": word}})
    yield _delta(index, {"reasoningContent": {"signature": SIGNATURE}})
    yield "contentBlockStop", {"contentBlockIndex": index}


def redacted(index: int) -> Iterator[Event]:
    yield _delta(index, {"reasoningContent": {"redactedContent": "ZW5jcnlwdGVk"}})


def call(index: int, id: str, name: str, arguments: Iterable[str]) -> Iterator[Event]:
    start = {"toolUse": {"toolUseId": id, "name": name}}
    yield "contentBlockStart", {"contentBlockIndex": index, "start": start}
    yield from (_delta(index, {"toolUse": {"input": piece}}) for piece in arguments)
    yield "contentBlockStop", {"contentBlockIndex": index}


def end(tokens: int, reason: str = "end_turn") -> Iterator[Event]:
    yield "messageStop", {"stopReason": reason}
    usage = {"inputTokens": 4, "outputTokens": tokens, "totalTokens": tokens + 4, "cacheReadInputTokens": 3}
    yield "metadata", {"usage": usage, "metrics": {"latencyMs": 1}}


def words(count: str | int) -> list[str]:
    return [f"word{index} " for index in range(int(count))]


async def begin(answer: Answer) -> None:
    await answer.begin(content_type="application/vnd.amazon.eventstream")


async def message(answer: Answer, events: Iterable[Event]) -> None:
    await begin(answer)
    for event in [("messageStart", {"role": "assistant"}), *events]:
        await answer.send(event_frame(event))
    await answer.end()


async def refuse(answer: Answer, status: int, code: str, said: str) -> None:
    await answer.whole(status, as_json({"message": said}), x_amzn_errortype=code)
