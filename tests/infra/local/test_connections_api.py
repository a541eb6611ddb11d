"""The connections API as botocore meets it, and as a broken client does."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from infra.local.invocations import InvocationResult
from tests.infra.local.gateways import respond
from tests.infra.local.projects import until
from tests.infra.local.sockets import RunningSockets, close_of, run_with_sockets

UNKNOWN = "AAAAAAAAAAAAAAA="


def test_what_is_posted_arrives_as_one_text_message_up_to_the_largest() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect(max_size=None) as client:
            connection_id = await sockets.connection_id()
            for text in ("你好", "x" * 128 * 1024):
                await sockets.post(connection_id, text.encode())
                assert await client.recv() == text

    run_with_sockets(test)


def test_what_is_too_large_or_no_text_is_refused_and_the_connection_stays() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect() as client:
            known = {"ConnectionId": await sockets.connection_id()}
            too_large = await sockets.refusal("post_to_connection", Data=b"x" * (128 * 1024 + 1), **known)
            assert too_large == (413, "PayloadTooLargeException")
            binary = await sockets.refusal("post_to_connection", Data=b"\xff", **known)
            assert binary == (400, "BadRequestException")
            await sockets.post(known["ConnectionId"], b"still")
            assert await client.recv() == "still"

    run_with_sockets(test)


def test_a_connection_is_described() -> None:
    async def test(sockets: RunningSockets) -> None:
        begin = datetime.now(UTC)
        async with sockets.connect(user_agent_header="Firefox") as client:
            connection_id = await sockets.connection_id()
            told = await sockets.call("get_connection", ConnectionId=connection_id)
            assert told["Identity"] == {"SourceIp": "127.0.0.1", "UserAgent": "Firefox"}
            assert abs((told["ConnectedAt"] - begin).total_seconds()) < 20
            await asyncio.sleep(0.002)
            await client.send("{}")
            await sockets.functions.seen("$default")
            later = await sockets.call("get_connection", ConnectionId=connection_id)
            assert later["ConnectedAt"] == told["ConnectedAt"]
            assert later["LastActiveAt"] > told["LastActiveAt"]

    run_with_sockets(test)


def test_a_connection_is_closed_and_is_gone_at_once() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect() as client:
            known = {"ConnectionId": await sockets.connection_id()}
            closed = await sockets.call("delete_connection", **known)
            assert closed["ResponseMetadata"]["HTTPStatusCode"] == 204
            assert await sockets.refusal("get_connection", **known) == (410, "GoneException")
            assert await close_of(client) == (1000, "Connection Closed Normally")
            [event] = await sockets.functions.seen("$disconnect")
            assert event["requestContext"]["disconnectStatusCode"] == 1000

    run_with_sockets(test)


def test_who_is_unknown_has_left_or_is_still_connecting_is_gone() -> None:
    async def test(sockets: RunningSockets) -> None:
        refusals: list[tuple[int, str]] = []

        async def post_while_connecting(event: Mapping[str, Any]) -> InvocationResult:
            connection_id = event["requestContext"]["connectionId"]
            refusals.append(
                await sockets.refusal("post_to_connection", ConnectionId=connection_id, Data=b"early")
            )
            return await respond(200, "")(event)

        sockets.functions.behaviours["$connect"] = post_while_connecting
        async with sockets.connect():
            left = await sockets.connection_id()
        await until(lambda: not sockets.connections)
        for connection_id in (left, UNKNOWN):
            for operation, fields in (
                ("post_to_connection", {"Data": b"late"}),
                ("get_connection", {}),
                ("delete_connection", {}),
            ):
                refusals.append(await sockets.refusal(operation, ConnectionId=connection_id, **fields))
        assert refusals == [(410, "GoneException")] * 7

    run_with_sockets(test)


def test_a_client_that_does_not_read_delays_nobody_else_and_is_told_of_in_the_end() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect() as deaf, sockets.connect(max_size=None) as other:
            await until(lambda: len(sockets.connections) == 2)
            to_deaf, to_other = sockets.connections
            deaf.transport.pause_reading()
            posting = asyncio.create_task(fill(sockets, to_deaf))
            await until(lambda: sockets.connections[to_deaf].socket.outbox.is_blocked)
            for number in range(20):
                await sockets.post(to_other, str(number).encode())
                assert await other.recv() == str(number)
            assert await posting == (429, "LimitExceededException")
            deaf.transport.resume_reading()
            assert await deaf.recv() == "x" * 100_000
            deaf.transport.abort()

    run_with_sockets(test, socket_post_seconds=0.5)


async def fill(sockets: RunningSockets, connection_id: str) -> tuple[int, str]:
    while True:
        connection = sockets.connections[connection_id]
        while not connection.socket.outbox.is_blocked:
            await connection.post(b"x" * 100_000)
        return await sockets.refusal("post_to_connection", ConnectionId=connection_id, Data=b"more")


def test_a_client_that_does_not_read_can_be_closed_all_the_same() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect() as deaf:
            connection_id = await sockets.connection_id()
            connection = sockets.connections[connection_id]
            deaf.transport.pause_reading()
            while not connection.socket.outbox.is_blocked:
                await connection.post(b"x" * 100_000)
            waiting = asyncio.create_task(
                sockets.refusal("post_to_connection", ConnectionId=connection_id, Data=b"more")
            )
            await until(connection.socket.outbox._turn.locked)
            await sockets.call("delete_connection", ConnectionId=connection_id)
            assert await waiting == (410, "GoneException")
            [event] = await sockets.functions.seen("$disconnect")
            assert event["requestContext"]["disconnectStatusCode"] == 1000
            deaf.transport.abort()

    run_with_sockets(test, socket_post_seconds=30)


def test_another_path_or_an_unsigned_request_is_forbidden() -> None:
    signed = "Authorization: AWS4-HMAC-SHA256 Credential=local/20260102/us-east-1/execute-api/aws4_request"

    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect():
            path = f"/local/@connections/{await sockets.connection_id()}"
            assert (await raw(sockets, f"GET {path}", signed))[0] == 200
            assert (await raw(sockets, f"GET {path.replace('@', '%40').replace('=', '%3D')}", signed))[
                0
            ] == 200
            for line, header in (
                (f"GET {path}", "Authorization: Bearer token"),
                (f"POST {path}", "Accept: */*"),
                (f"GET {path}", signed.replace("execute-api", "lambda")),
                (f"PUT {path}", signed),
                (f"GET {path.removeprefix('/local')}", signed),
                (f"GET {path.replace('@', '')}", signed),
                ("GET /", signed),
            ):
                status, body = await raw(sockets, line, header)
                assert status == 403, line
                assert json.loads(body)["message"] in {"Forbidden", "Missing Authentication Token"}

    run_with_sockets(test)


def test_what_is_no_request_gets_an_answer_and_the_connection_ends() -> None:
    async def test(sockets: RunningSockets) -> None:
        for line, header in (
            ("GET", "A: b"),
            ("POST /local/@connections/a", "Transfer-Encoding: chunked"),
            ("POST /local/@connections/a", "Content-Length: -1"),
            ("GET /", f"A: {'b' * 100_000}"),
        ):
            assert (await raw(sockets, line, header))[0] == 400

    run_with_sockets(test)


async def raw(sockets: RunningSockets, line: str, header: str) -> tuple[int, bytes]:
    url = urlsplit(sockets.api_url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(f"{line} HTTP/1.1\r\nHost: a\r\n{header}\r\n\r\n".encode())
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def test_the_log_tells_of_everything_but_the_posts_that_succeed() -> None:
    async def test(sockets: RunningSockets) -> None:
        async with sockets.connect():
            connection_id = await sockets.connection_id()
            sockets.log.clear()
            await sockets.post(connection_id, b"secret")
            await sockets.refusal("post_to_connection", ConnectionId=UNKNOWN, Data=b"secret")
            await sockets.call("get_connection", ConnectionId=connection_id)
        requests = [line for line in sockets.log if "@connections" in line]
        assert [(line.split()[0], line.split()[-1]) for line in requests] == [("POST", "410"), ("GET", "200")]
        assert "secret" not in "".join(sockets.log)

    run_with_sockets(test)
