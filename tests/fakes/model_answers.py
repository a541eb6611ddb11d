"""One HTTP exchange of the fake model server, in primitives low enough to misbehave with."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRequest:
    """Header names are lower-case; `body` is the parsed JSON, empty where there was none."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def last_user_message(self) -> str:
        messages = self.body.get("messages", [])
        said = (_text(message["content"]) for message in reversed(messages) if message["role"] == "user")
        return next(filter(None, said), "")

    @property
    def tool_results(self) -> list[str]:
        """What the tools said in the round before, empty in the first round."""
        messages = self.body.get("messages", [])
        if messages and isinstance(messages[-1]["content"], list):
            return list(_block_results(messages[-1]["content"]))
        last = next((index for index, one in enumerate(reversed(messages)) if one["role"] != "tool"), 0)
        return [message["content"] for message in messages[len(messages) - last :]]


def _text(content: str | list[dict[str, Any]]) -> str:
    """Anthropic's and Bedrock's messages are lists of blocks."""
    if isinstance(content, str):
        return content
    return "".join(block.get("text", "") for block in content)


def _block_results(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks:
        if block.get("type") == "tool_result":
            yield block["content"]
        elif "toolResult" in block:
            yield block["toolResult"]["content"][0]["text"]


class ConnectionEndedError(Exception):
    """This connection serves no further request."""


class Answer:
    """`separator` is the line end of the events; everything is sent at once, nothing is buffered here."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.separator = "\n"

    async def begin(self, status: int = 200, content_type: str = "text/event-stream", **headers: str) -> None:
        """Headers of a chunked body; underscores in the names of `headers` stand for hyphens."""
        lines = [f"HTTP/1.1 {status} Fake", f"Content-Type: {content_type}", "Transfer-Encoding: chunked"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await self._writer.drain()

    async def send(self, data: bytes | str) -> None:
        data = data.encode() if isinstance(data, str) else data
        self._writer.write(b"%x\r\n%b\r\n" % (len(data), data))
        await self._writer.drain()

    async def event(self, payload: Any, *, name: str | None = None) -> None:
        head = f"event: {name}{self.separator}" if name else ""
        await self.send(f"{head}data: {as_json(payload)}{self.separator * 2}")

    async def done(self) -> None:
        await self.send(f"data: [DONE]{self.separator * 2}")

    async def end(self) -> None:
        self._writer.write(b"0\r\n\r\n")
        await self._writer.drain()

    async def whole(
        self, status: int, body: bytes | str, content_type: str = "application/json", **headers: str
    ) -> None:
        await self.begin(status, content_type, **headers)
        if body:
            await self.send(body)
        await self.end()

    async def hang(self) -> None:
        """Send nothing more, until the client leaves."""
        while await self._reader.read(1024):
            pass
        raise ConnectionEndedError

    def cut(self) -> None:
        raise ConnectionEndedError


def as_json(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def chunk(
    delta: Mapping[str, Any] | None = None, finish_reason: str | None = None, **more: Any
) -> dict[str, Any]:
    """A chunk of a chat completion, shaped as OpenAI's."""
    choice = {"index": 0, "delta": delta or {}, "finish_reason": finish_reason}
    return {"id": "fake", "object": "chat.completion.chunk", "model": "fake", "choices": [choice], **more}


def usage(completion_tokens: int) -> dict[str, int]:
    return {"prompt_tokens": 7, "completion_tokens": completion_tokens, "total_tokens": 7 + completion_tokens}
