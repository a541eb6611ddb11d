"""Streamed answers over real sockets, with AWS's limits shortened."""

import asyncio
import http.client
import json
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager

import pytest

from infra.local.invocations import FunctionError, StreamBrokenError
from tests.infra.local.gateways import RunningGateway, give, stream


@contextmanager
def opened(gateway: RunningGateway) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    connection.request("POST", "/streaming", b"{}")
    response = connection.getresponse()
    try:
        yield response
    finally:
        response.close()
        connection.close()


def test_chunks_arrive_as_they_come(gateway: RunningGateway) -> None:
    may_go_on = threading.Event()

    async def chunks() -> AsyncGenerator[bytes]:
        yield b"one"
        await asyncio.to_thread(may_go_on.wait, 5)
        yield b"two"

    gateway.invoker.behaviour = stream(
        chunks, statusCode=201, headers={"content-type": "text/event-stream", "content-length": "99"}
    )
    with opened(gateway) as response:
        assert (response.status, response.headers["content-type"]) == (201, "text/event-stream")
        assert "content-length" not in response.headers
        assert response.read1() == b"one"
        may_go_on.set()
        assert response.read() == b"two"
    assert " 201 " in gateway.lines_about(response)


def test_a_stream_without_a_byte_is_a_whole_answer(gateway: RunningGateway) -> None:
    async def chunks() -> AsyncGenerator[bytes]:
        return
        yield

    gateway.invoker.behaviour = stream(chunks)
    with opened(gateway) as response:
        assert response.read() == b""


def test_a_failure_before_the_prelude_is_an_envelope(gateway: RunningGateway) -> None:
    gateway.invoker.behaviour = give(FunctionError(type="Runtime.ExitError", message="exit status 1"))
    with opened(gateway) as response:
        assert response.status == 502
        assert json.loads(response.read())["type"] == "bad_gateway"


def test_a_broken_stream_ends_as_an_incomplete_body(gateway: RunningGateway) -> None:
    async def chunks() -> AsyncGenerator[bytes]:
        yield b"begun"
        raise StreamBrokenError(type="KeyError", message="a")

    gateway.invoker.behaviour = stream(chunks)
    with opened(gateway) as response:
        with pytest.raises(http.client.IncompleteRead) as caught:
            response.read()
        assert caught.value.partial == b"begun"
    assert "(cut: KeyError: a)" in gateway.lines_about(response)


def test_silence_longer_than_allowed_cuts_the_stream(gateway: RunningGateway) -> None:
    async def chunks() -> AsyncGenerator[bytes]:
        yield b"begun"
        await asyncio.Event().wait()

    gateway.invoker.behaviour = stream(chunks)
    begin = time.monotonic()
    with opened(gateway) as response, pytest.raises(http.client.IncompleteRead):
        response.read()
    assert 0.4 < time.monotonic() - begin < 1.4


def test_a_stream_ends_at_the_maximum_though_it_is_never_silent(gateway: RunningGateway) -> None:
    async def chunks() -> AsyncGenerator[bytes]:
        while True:
            yield b"ping"
            await asyncio.sleep(0.05)

    gateway.invoker.behaviour = stream(chunks)
    begin = time.monotonic()
    with opened(gateway) as response, pytest.raises(http.client.IncompleteRead):
        response.read()
    assert 1.4 < time.monotonic() - begin < 4


def test_the_first_bytes_come_at_once_and_further_ones_at_the_rate(gateway: RunningGateway) -> None:
    async def chunks() -> AsyncGenerator[bytes]:
        for _ in range(20):
            yield b"x" * 10_000

    gateway.invoker.behaviour = stream(chunks)
    begin = time.monotonic()
    with opened(gateway) as response:
        response.read(100_000)
        unthrottled_seconds = time.monotonic() - begin
        assert len(response.read()) == 100_000
    assert unthrottled_seconds < 0.4
    assert 0.5 <= time.monotonic() - begin < 1.4


def test_a_client_that_leaves_closes_the_stream(gateway: RunningGateway) -> None:
    closed = threading.Event()

    async def chunks() -> AsyncGenerator[bytes]:
        try:
            while True:
                yield b"ping"
                await asyncio.sleep(0.02)
        finally:
            closed.set()

    gateway.invoker.behaviour = stream(chunks)
    with opened(gateway) as response:
        response.read1()
    assert closed.wait(5)
    assert "cut" not in gateway.lines_about(response)


def test_a_malformed_prelude_is_502_and_closes_the_stream(gateway: RunningGateway) -> None:
    closed = threading.Event()

    class Chunks(AsyncGenerator[bytes]):
        async def asend(self, value: None) -> bytes:
            raise AssertionError("nobody should read")

        async def athrow(self, *args: object) -> bytes:
            raise AssertionError

        async def aclose(self) -> None:
            closed.set()

    gateway.invoker.behaviour = stream(Chunks, headers={"a": "b\r\nc"})
    with opened(gateway) as response:
        assert response.status == 502
    assert closed.is_set()


def wait_for_line(gateway: RunningGateway) -> str:
    deadline = time.monotonic() + 5
    while not gateway.log and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    return gateway.log[0]
