"""How connections end, and what the log tells of them, over real sockets."""

import asyncio
from collections.abc import Mapping
from typing import Any

from infra.local.invocations import InvocationResult
from tests.infra.local.gateways import respond
from tests.infra.local.projects import until
from tests.infra.local.sockets import RunningSockets, close_of, run_with_sockets


def test_the_function_is_told_how_the_client_ended_it() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect() as client:
            await client.close(4000, "enough")
        async with sockets.connect() as client:
            client.transport.abort()
        endings = await sockets.functions.seen("$disconnect", times=2)
        told = [event["requestContext"] for event in endings]
        assert [(each["disconnectStatusCode"], each["disconnectReason"]) for each in told] == [
            (4000, "enough"),
            (1006, ""),
        ]
        await until(lambda: not sockets.connections)

    run_with_sockets(test)


def test_a_close_frame_without_a_code_is_told_as_that() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect() as client:
            client.protocol.send_close()
            client.send_data()
            [event] = await sockets.functions.seen("$disconnect")
        context = event["requestContext"]
        assert context["disconnectStatusCode"] == 1005
        assert context["disconnectReason"] == "Client-side close frame status not set"

    run_with_sockets(test)


def test_a_client_that_left_while_connect_ran_is_disconnected() -> None:
    async def test(sockets: RunningSockets) -> None:
        left = asyncio.Event()

        async def accept_too_late(event: Mapping[str, Any]) -> InvocationResult:
            await left.wait()
            return await respond(200, "")(event)

        sockets.functions.behaviours["$connect"] = accept_too_late
        _, client = await sockets.handshake()
        await sockets.functions.seen("$connect")
        client.transport.abort()
        await until(lambda: not sockets.server.server_state.connections)
        left.set()
        [event] = await sockets.functions.seen("$disconnect")
        assert event["requestContext"]["disconnectStatusCode"] == 1006
        assert not sockets.connections

    run_with_sockets(test)


def test_at_the_stop_clients_are_told_to_go_and_functions_that_they_have_gone() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect() as one, sockets.connect() as two:
            await until(lambda: len(sockets.connections) == 2)
            sockets.server.should_exit = True
            assert await close_of(one) == await close_of(two) == (1001, "Going away")
            events = await sockets.functions.seen("$disconnect", times=2)
            assert {event["requestContext"]["disconnectStatusCode"] for event in events} == {1001}

    run_with_sockets(test)


def test_a_stop_waits_neither_for_a_client_that_is_deaf_nor_for_one_that_is_connecting() -> None:
    async def test(sockets: RunningSockets) -> None:
        stopping = asyncio.Event()

        async def accept_too_late(event: Mapping[str, Any]) -> InvocationResult:
            await stopping.wait()
            return await respond(200, "")(event)

        async with sockets.connect() as deaf:
            deaf.transport.pause_reading()
            sockets.functions.behaviours["$connect"] = accept_too_late
            connecting = asyncio.create_task(sockets.refused("/ws?room_id=a"))
            await sockets.functions.seen("$connect", times=2)
            sockets.server.should_exit = True
            assert await connecting == (503, b"")
            stopping.set()
            await sockets.functions.seen("$disconnect", times=2)
            deaf.transport.abort()

    run_with_sockets(test)


def test_the_log_tells_of_handshakes_routes_and_ends_but_of_no_secret_and_no_content() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect(
            "/ws/chat-room/room_1?token=secret", additional_headers={"Authorization": "Bearer secret"}
        ) as client:
            await client.send('{"action": "say", "content": "secret"}')
            await sockets.functions.seen("say")
            await client.send('{"action": "secret"}')
            await sockets.functions.seen("$default")
        await until(lambda: any("$disconnect" in line for line in sockets.log))
        log = "\n".join(sockets.log)
        assert " $connect /ws/chat-room/room_1 101 " in log
        assert " say 200 " in log
        assert " $default 200 " in log
        assert " $disconnect 1000 200 " in log
        assert "secret" not in log

    run_with_sockets(test)
