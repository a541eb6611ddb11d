"""Handshakes and routes, over real sockets."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from infra.local.invocations import BufferedResult, FunctionError, InvocationResult, StreamedResult
from infra.local.reports import THROTTLED
from tests.infra.local.gateways import give, respond
from tests.infra.local.sockets import RunningSockets, received, run_with_sockets

FAILED = FunctionError(type="KeyError", message="'token=secret'")


def test_a_room_is_reached_by_its_path_and_by_the_query_string() -> None:
    async def test(sockets: RunningSockets) -> None:
        for path in (
            "/ws/chat-room/room_1?token=t",
            "/ws/chat-room/room_1/?token=t&room_id=room_2",
            "/ws?token=t&room_id=room_1",
            "/?token=t&room_id=room_1",
            "/local?token=t&room_id=room_1",
        ):
            async with sockets.connect(path):
                pass
        for event in await sockets.functions.seen("$connect", times=5):
            assert event["queryStringParameters"] == {"token": "t", "room_id": "room_1"}

    run_with_sockets(test)


def test_http_is_served_at_the_same_port() -> None:
    async def test(sockets: RunningSockets) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", sockets.port)
        writer.write(b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 404 ")
        writer.close()

    run_with_sockets(test)


def test_any_other_path_is_forbidden() -> None:
    async def test(sockets: RunningSockets) -> None:
        for path in ("/api/health", "/ws/chat-room", "/ws/chat-room/", "/ws/chat-room/a/b"):
            status, body = await sockets.refused(path)
            answer = json.loads(body)
            assert answer.keys() == {"message", "connectionId", "requestId"}
            assert (status, answer["message"]) == (403, "Forbidden")
        assert sockets.functions.events == []

    run_with_sockets(test)


def test_without_routes_there_is_no_api() -> None:
    async def test(sockets: RunningSockets) -> None:
        assert (await sockets.refused())[0] == 403

    run_with_sockets(test, routes=())


def test_without_a_connect_route_everybody_may_connect() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect() as client:
            await client.send("hello")
            [event] = await sockets.functions.seen("$default")
            assert event["body"] == "hello"

    run_with_sockets(test, routes=("$default",))


def test_a_refusal_has_the_functions_status_and_nothing_else_of_it() -> None:
    async def test(sockets: RunningSockets) -> None:
        for status in (400, 401, 403, 429, 500, 599):
            sockets.functions.behaviours["$connect"] = respond(status, "why", headers={"X-Why": "so"})
            with pytest.raises(InvalidStatus) as caught:
                await sockets.connect()
            response = caught.value.response
            assert (response.status_code, response.body) == (status, b"")
            assert "x-why" not in response.headers
        assert not sockets.connections
        assert sockets.functions.of("$disconnect") == []

    run_with_sockets(test)


def test_a_connect_function_that_fails_is_a_bad_gateway_and_tells_nothing() -> None:
    nothing = BufferedResult(payload=b"null", content_type="application/json")
    no_status = BufferedResult(payload=b'{"statusCode": "200"}', content_type="application/json")

    async def test(sockets: RunningSockets) -> None:
        for result in (FAILED, THROTTLED, nothing, no_status):
            sockets.functions.behaviours["$connect"] = give(result)
            status, body = await sockets.refused()
            assert status == 502
            assert json.loads(body)["message"] == "Internal server error"
            assert b"secret" not in body

    run_with_sockets(test)


def test_what_is_streamed_is_no_answer_here() -> None:
    async def test(sockets: RunningSockets) -> None:
        closed = asyncio.Event()

        async def chunks() -> Any:
            try:
                yield b"x"
                await asyncio.Event().wait()
            finally:
                closed.set()

        opened = chunks()
        await anext(opened)
        sockets.functions.behaviours["$connect"] = give(StreamedResult(prelude={}, chunks=opened))
        assert (await sockets.refused())[0] == 502
        assert closed.is_set()

    run_with_sockets(test)


def test_a_handshake_that_is_none_is_refused_without_any_function() -> None:
    async def test(sockets: RunningSockets) -> None:
        for method, version, status in (("POST", 13, 405), ("GET", 12, 400)):
            reader, writer = await sockets.handshake(method=method, version=version)
            assert f" {status} " in (await reader.readline()).decode()
            writer.close()
        assert sockets.functions.events == []

    run_with_sockets(test)


def test_the_function_chooses_one_of_the_offered_subprotocols() -> None:
    async def test(sockets: RunningSockets) -> None:
        for answered, chosen in (("two", "two"), ("three", None)):
            headers = {"Sec-WebSocket-Protocol": answered}
            sockets.functions.behaviours["$connect"] = respond(200, "", headers=headers)
            async with sockets.connect(subprotocols=["one", "two"]) as client:
                assert client.subprotocol == chosen

    run_with_sockets(test)


def test_messages_take_the_route_of_their_action_or_the_default() -> None:
    messages = [
        '{"action": "say", "text": "你好"}',
        '{"action": "unknown"}',
        '{"action": "$connect"}',
        '{"action": ["say"]}',
        '{"text": "none"}',
        '["say"]',
        "say",
        "[" * 20_000,
        "",
    ]

    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect() as client:
            for message in messages:
                await client.send(message)
            [said] = await sockets.functions.seen("say")
            others = await sockets.functions.seen("$default", times=len(messages) - 1)
            assert [said["body"], *(event["body"] for event in others)] == messages
            assert len(sockets.functions.of("$connect")) == 1

    run_with_sockets(test, socket_connection_invocations=1)


def test_where_there_is_no_default_what_selects_no_route_is_forbidden() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect() as client:
            await client.send("nothing")
            told = await received(client)
            assert (told["message"], told["connectionId"]) == ("Forbidden", await sockets.connection_id())
            await client.send('{"action": "say"}')
            await sockets.functions.seen("say")

    run_with_sockets(test, routes=("$connect", "say"))


def test_a_client_is_told_of_a_failure_but_not_of_what_a_function_answers() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect() as client:
            for result in (respond(200, "not sent"), respond(500, "neither"), give(FAILED)):
                sockets.functions.behaviours["say"] = result
                await client.send('{"action": "say"}')
            told = await received(client)
            assert told == {
                "message": "Internal server error",
                "connectionId": await sockets.connection_id(),
                "requestId": sockets.functions.of("say")[-1]["requestContext"]["requestId"],
            }

    run_with_sockets(test, socket_connection_invocations=1)


def test_messages_are_handled_side_by_side_and_begun_in_their_order() -> None:
    async def test(sockets: RunningSockets) -> None:
        all_begun = asyncio.Event()

        async def wait_for_the_others(event: Mapping[str, Any]) -> InvocationResult:
            if len(sockets.functions.of("say")) == 4:
                all_begun.set()
            await all_begun.wait()
            return await respond(200, "")(event)

        sockets.functions.behaviours["say"] = wait_for_the_others
        async with sockets.connect() as client:
            sent = [json.dumps({"action": "say", "number": number}) for number in range(4)]
            for message in sent:
                await client.send(message)
            assert [event["body"] for event in await sockets.functions.seen("say", times=4)] == sent

    run_with_sockets(test)


def test_what_comes_faster_than_it_is_handled_waits_and_nothing_is_lost() -> None:
    async def test(sockets: RunningSockets) -> None:
        running = most = 0

        async def slowly(event: Mapping[str, Any]) -> InvocationResult:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001)
            running -= 1
            return await respond(200, "")(event)

        sockets.functions.behaviours["say"] = slowly

        async def send(client: ClientConnection) -> None:
            for number in range(50):
                await client.send(json.dumps({"action": "say", "number": number}))

        async with sockets.connect() as first, sockets.connect() as second:
            await asyncio.gather(send(first), send(second))
            events = await sockets.functions.seen("say", times=100)
        assert most == 3
        connection = events[0]["requestContext"]["connectionId"]
        own = [event for event in events if event["requestContext"]["connectionId"] == connection]
        assert [json.loads(event["body"])["number"] for event in own] == list(range(50))

    run_with_sockets(test, socket_invocations=3, socket_connection_invocations=2)
