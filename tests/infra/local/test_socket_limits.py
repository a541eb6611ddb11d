"""What ends a connection, and what a connection outlives."""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

from infra import topology
from infra.local.invocations import InvocationResult
from infra.local.plan import Limits
from tests.infra.local.projects import until
from tests.infra.local.sockets import RunningSockets, close_of, received, run_with_sockets


async def never(event: Mapping[str, Any]) -> InvocationResult:
    await asyncio.Event().wait()
    raise AssertionError


def test_unless_a_test_shortens_them_they_are_api_gateways() -> None:
    limits = Limits()
    assert limits.socket_message_bytes == topology.MAX_SOCKET_MESSAGE_BYTES == 128 * 1024
    assert limits.socket_frame_bytes == topology.MAX_SOCKET_FRAME_BYTES == 32 * 1024
    assert limits.socket_idle_seconds == 600
    assert limits.socket_lifetime_seconds == 7200
    assert limits.socket_timeout_seconds == 29


def test_a_message_of_the_largest_size_passes_in_frames_of_the_largest_size() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect() as client:
            await client.send(["你" * 10_000 + "ab"] * 4)
            [event] = await sockets.functions.seen("$default")
            assert event["body"] == ("你" * 10_000 + "ab") * 4

    run_with_sockets(test, socket_message_bytes=120_008, socket_frame_bytes=30_002)


def test_a_larger_frame_or_message_ends_the_connection() -> None:
    async def test(sockets: RunningSockets) -> None:
        for message in ("x" * 32_769, "x" * 1_000_000, ["x" * 32_768] * 4 + ["x"]):
            client = await sockets.connect()
            await asyncio.gather(client.send(message), return_exceptions=True)
            assert (await close_of(client))[0] == 1009
        endings = await sockets.functions.seen("$disconnect", times=3)
        assert {event["requestContext"]["disconnectStatusCode"] for event in endings} == {1009}
        assert sockets.functions.of("$default") == []

    run_with_sockets(test)


def test_binary_data_and_what_is_no_utf8_end_the_connection() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect() as client:
            await client.send(b"binary")
            assert (await close_of(client))[0] == 1003
        async with sockets.connect() as client:
            await client.send(b"\xff", text=True)
            assert (await close_of(client))[0] == 1007
        assert sockets.functions.of("$default") == []

    run_with_sockets(test)


def test_silence_ends_a_connection_and_pings_are_silence() -> None:
    async def test(sockets: RunningSockets) -> None:
        begin = time.monotonic()
        async with sockets.connect(ping_interval=0.05) as client:
            assert await close_of(client) == (1001, "Going away")
        assert time.monotonic() - begin >= 0.4
        [event] = await sockets.functions.seen("$disconnect")
        assert event["requestContext"]["disconnectStatusCode"] == 1001
        assert event["requestContext"]["disconnectReason"] == "Going away"

    run_with_sockets(test, socket_idle_seconds=0.4)


def test_data_in_either_direction_keep_a_connection_until_its_lifetime_is_over() -> None:
    async def test(sockets: RunningSockets) -> None:
        begin = time.monotonic()
        async with sockets.connect() as client, sockets.connect() as other:
            await until(lambda: len(sockets.connections) == 2)
            posted_to, _ = sockets.connections.values()

            async def talk() -> None:
                while True:
                    await posted_to.post(b"{}")
                    await other.send("{}")
                    await asyncio.sleep(0.05)

            talking = asyncio.create_task(talk())
            assert await close_of(client) == (1001, "Going away")
            assert await close_of(other) == (1001, "Going away")
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
        assert time.monotonic() - begin >= 1.2

    run_with_sockets(test, socket_idle_seconds=0.8, socket_lifetime_seconds=1.2)


def test_a_function_that_takes_too_long_is_given_up_and_the_connection_stays() -> None:
    async def test(sockets: RunningSockets) -> None:
        sockets.functions.behaviours["say"] = never
        async with sockets.connect() as client:
            await client.send('{"action": "say"}')
            told = await received(client)
            assert told["message"] == "Endpoint request timed out"
            await client.send("next")
            await sockets.functions.seen("$default")

    run_with_sockets(test, socket_timeout_seconds=0.1)


def test_a_connect_that_takes_too_long_is_a_gateway_timeout() -> None:
    async def test(sockets: RunningSockets) -> None:
        sockets.functions.behaviours["$connect"] = never
        status, body = await sockets.refused()
        assert (status, json.loads(body)["message"]) == (504, "Endpoint request timed out")

    run_with_sockets(test, socket_timeout_seconds=0.1)


def test_a_handshake_with_a_header_that_is_too_long_is_refused() -> None:
    async def test(sockets: RunningSockets) -> None:
        status, _ = await sockets.refused(additional_headers={"X-Long": "a" * 20_000})
        assert status == 431

    run_with_sockets(test)
