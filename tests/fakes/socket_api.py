"""The management API of sockets, in this loop: answers as it is told, and remembers what it got."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import h11

type Answering = Callable[["Request"], Awaitable["Answer"]]


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """`closes` says so with the answer; one with `breaks` closes instead of answering."""

    status: int = 200
    body: bytes = b""
    closes: bool = False
    breaks: bool = False
    is_chunked: bool = False


@dataclass
class SocketApi:
    """`answers` are given in turn, then 200 to all; or `answering` decides."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    answering: Answering | None = None
    opened: int = 0
    at_once: int = 0
    most_at_once: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        self.writers.append(writer)
        http = h11.Connection(h11.SERVER)
        try:
            while request := await _next_request(http, reader):
                self.requests.append(request)
                answer = await self._answer(request)
                if answer.breaks:
                    return
                writer.write(_encode(http, answer))
                await writer.drain()
                if http.our_state is not h11.DONE:
                    return
                http.start_next_cycle()
        except ConnectionError:
            pass  # whoever asked has gone
        finally:
            writer.close()

    async def _answer(self, request: Request) -> Answer:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.answering is not None:
                return await self.answering(request)
            return self.answers.pop(0) if self.answers else Answer()
        finally:
            self.at_once -= 1


@asynccontextmanager
async def running_socket_api() -> AsyncIterator[SocketApi]:
    api = SocketApi()
    server = await asyncio.start_server(api.serve, "127.0.0.1", 0)
    api.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/stage"
    try:
        yield api
    finally:
        server.close()
        for writer in api.writers:
            writer.close()
        await server.wait_closed()


async def _next_request(http: h11.Connection, reader: asyncio.StreamReader) -> Request | None:
    head: h11.Request | None = None
    body = b""
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(65_536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            headers = {name.decode(): value.decode() for name, value in head.headers}
            return Request(head.method.decode(), head.target.decode(), headers, body)
        else:
            return None


def _encode(http: h11.Connection, answer: Answer) -> bytes:
    headers = [] if answer.is_chunked else [("content-length", str(len(answer.body)))]
    if answer.closes:
        headers.append(("connection", "close"))
    events = (
        h11.Response(status_code=answer.status, headers=headers),
        h11.Data(answer.body),
        h11.EndOfMessage(),
    )
    return b"".join(http.send(event) or b"" for event in events)
