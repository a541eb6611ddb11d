"""A small model server that speaks OpenAI's, Anthropic's and Bedrock's protocols and misbehaves on demand.

`ModelServer` runs in a thread of this process; `python -m tests.fakes.model_server` in one of its own.
"""

import asyncio
import json
import re
import ssl
import threading
from collections import deque
from types import TracebackType
from typing import Self

from tests.fakes import model_conversation, model_scenarios
from tests.fakes.anthropic_scenarios import ANTHROPIC_SCENARIOS
from tests.fakes.bedrock_scenarios import BEDROCK_LISTS, BEDROCK_SCENARIOS
from tests.fakes.model_answers import Answer, ConnectionEndedError, ReceivedRequest, as_json
from tests.fakes.model_listings import MODEL_LISTS
from tests.fakes.model_misbehaviour import MISBEHAVIOUR
from tests.fakes.model_scenarios import Scenario

SCENARIOS: dict[str, Scenario] = {
    "normal": model_scenarios.normal,
    "flood": model_scenarios.flood,
    "pages": model_scenarios.pages,
    "stamped": model_scenarios.stamped,
    "reasoning": model_scenarios.reasoning,
    "length": model_scenarios.length,
    "tools": model_scenarios.tools,
    "usage-with-last": model_scenarios.usage_with_last,
    "no-usage": model_scenarios.no_usage,
    "no-done": model_scenarios.no_done,
    "no-finish": model_scenarios.no_finish,
    "open-end": model_scenarios.open_end,
    "comments": model_scenarios.comments,
    "crlf": model_scenarios.crlf,
    "trickle": model_scenarios.trickle,
    "whole": model_scenarios.whole,
    **MISBEHAVIOUR,
}

_NAMED = re.compile(r"\bfake:([\w.:-]+)")
_PROTOCOLS: dict[str, dict[str, Scenario]] = {
    "/v1/chat/completions": {**SCENARIOS, "conversation": model_conversation.openai},
    "/v1/messages": {**ANTHROPIC_SCENARIOS, "conversation": model_conversation.messages},
    "/converse-stream": {**BEDROCK_SCENARIOS, "conversation": model_conversation.converse},
}


class ModelServer:
    """A context manager. The scenario of a request is, in this order, what `enqueue` was given, the word
    `fake:NAME[:ARGUMENT…]` in the last user message, the same in the model's name, or `default`.
    """

    def __init__(self, default: str = "normal", *, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[ReceivedRequest] = []
        self.connection_count = 0
        self._default = default
        self._tls = tls
        self._queue: deque[str] = deque()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._connections: set[asyncio.Task[None]] = set()
        self._ended_connections = threading.Semaphore(0)
        self._received = threading.Semaphore(0)
        self._port = 0

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}/v1"

    def enqueue(self, *scenarios: str) -> None:
        """For the next requests, one each, before any other choice."""
        self._queue.extend(scenarios)

    def wait_for_request(self, timeout_seconds: float = 5) -> bool:
        """Whether a request that has not been waited for before comes in time."""
        return self._received.acquire(timeout=timeout_seconds)

    def wait_for_ended_connection(self, timeout_seconds: float = 5) -> bool:
        """Whether a connection that has not been waited for before ends in time."""
        return self._ended_connections.acquire(timeout=timeout_seconds)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.start(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self.stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def start(self, port: int = 0) -> None:
        """Listen in the running loop, for who brings a loop of their own."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, ssl=self._tls)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        self.connection_count += 1
        try:
            while True:
                request = await _read_request(reader)
                self.requests.append(request)
                self._received.release()
                await self._answer(request, Answer(reader, writer))
        except (ConnectionEndedError, ConnectionError, EOFError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            self._ended_connections.release()
            writer.close()

    async def _answer(self, request: ReceivedRequest, answer: Answer) -> None:
        path, _, query = request.path.partition("?")
        if path.startswith("/model/"):  # of Bedrock, which has the model's name in it
            path = path[path.rindex("/") :]
        if path in BEDROCK_LISTS:
            await BEDROCK_LISTS[path](answer, request)
        elif path.endswith("/v1/models"):
            await MODEL_LISTS[path.removesuffix("/v1/models").strip("/")](answer, request, query)
        elif path not in _PROTOCOLS:
            await answer.whole(404, as_json({"error": {"message": f"No such path: {path}"}}))
        else:
            name, *arguments = self._choose(request).split(":")
            await _PROTOCOLS[path][name](answer, request, *arguments)

    def _choose(self, request: ReceivedRequest) -> str:
        if self._queue:
            return self._queue.popleft()
        for text in (request.last_user_message, request.body.get("model", "")):
            named = _NAMED.search(text)
            if named:
                return named[1].rstrip(".:")
        return self._default


async def _read_request(reader: asyncio.StreamReader) -> ReceivedRequest:
    start = await reader.readexactly(1)
    if not start.isalpha():
        raise ConnectionEndedError  # TLS, for one
    head = (start + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return ReceivedRequest(method=method, path=path, headers=headers, body=json.loads(body) if body else {})


async def _run(port: int) -> None:
    server = ModelServer()
    await server.start(port)
    print(server.url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    import argparse
    import contextlib

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 finds a free one; the address is printed")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(parser.parse_args().port))
