"""Connections that are kept, and what becomes of a request where one turns out to be closed."""

import asyncio
import ssl

import pytest
import trustme

from parley.gateways.http_connections import HttpConnections
from tests.fakes.socket_api import Answer, running_socket_api

pytestmark = pytest.mark.anyio

HEADERS = [("host", "127.0.0.1")]


async def ask(connections, body=b"frame"):
    return await connections.request("POST", "/path", headers=HEADERS, body=body)


async def test_one_after_another_take_the_same_connection():
    async with running_socket_api() as api:
        connections = HttpConnections(api.url)
        for _ in range(5):
            assert (await ask(connections)).status == 200
        assert (api.opened, len(api.requests)) == (1, 5)
        assert (api.requests[0].method, api.requests[0].target, api.requests[0].body) == (
            "POST",
            "/path",
            b"frame",
        )
        connections.close()


async def test_those_at_once_have_a_connection_each_and_leave_them_to_the_next():
    async with running_socket_api() as api:
        all_there = asyncio.Event()

        async def answering(request):
            if api.at_once == 8:
                all_there.set()
            await all_there.wait()
            return Answer()

        api.answering = answering
        connections = HttpConnections(api.url)
        for _ in range(2):
            await asyncio.gather(*(ask(connections) for _ in range(8)))
        assert api.opened == 8
        connections.close()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500, body=b"no" * 100),
        Answer(status=403, body=b"who?", is_chunked=True),
        Answer(status=429, closes=True),
    ],
)
async def test_an_answer_is_read_whole_and_the_next_one_after_it(answer):
    async with running_socket_api() as api:
        api.answers = [answer]
        connections = HttpConnections(api.url)
        got = await ask(connections)
        assert (got.status, got.body) == (answer.status, answer.body)
        assert (await ask(connections)).status == 200
        assert api.opened == (2 if answer.closes else 1)
        connections.close()


async def test_a_long_answer_is_cut():
    async with running_socket_api() as api:
        api.answers = [Answer(status=500, body=b"x" * 1_000_000)]
        connections = HttpConnections(api.url)
        assert len((await ask(connections)).body) == 65_536
        assert (await ask(connections)).status == 200
        connections.close()


async def test_a_kept_connection_that_was_closed_meanwhile_costs_no_request():
    async with running_socket_api() as api:
        connections = HttpConnections(api.url)
        await ask(connections)
        api.answers = [Answer(breaks=True)]
        assert (await ask(connections)).status == 200
        assert (api.opened, len(api.requests)) == (2, 3)
        connections.close()


async def test_a_new_connection_that_ends_unheard_is_an_error():
    async with running_socket_api() as api:
        api.answers = [Answer(breaks=True), Answer(breaks=True)]
        connections = HttpConnections(api.url)
        with pytest.raises(OSError, match="closed before the answer"):
            await ask(connections)
        assert len(api.requests) == 1
        connections.close()


async def test_what_nobody_waited_for_is_no_answer_to_the_next():
    async with running_socket_api() as api:
        never = asyncio.Event()
        asked = asyncio.Event()

        async def answering(request):
            if request.body == b"slow":
                asked.set()
                await never.wait()
            return Answer(body=request.body)

        api.answering = answering
        connections = HttpConnections(api.url)
        task = asyncio.create_task(ask(connections, b"slow"))
        await asked.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        never.set()
        assert (await ask(connections, b"next")).body == b"next"
        connections.close()


async def test_a_service_that_speaks_no_http_is_an_error():
    async def talk(reader, writer):
        writer.write(b"SSH-2.0-OpenSSH\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    connections = HttpConnections(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    with pytest.raises(OSError, match="no HTTP"):
        await ask(connections)
    server.close()
    with pytest.raises(ConnectionRefusedError):
        await ask(connections)


def test_another_loop_begins_anew():
    """A function that is called again may run in another loop than before."""
    connections = HttpConnections("http://127.0.0.1")

    async def once():
        async with running_socket_api() as api:
            connections._port = int(api.url.rsplit(":", 1)[1].partition("/")[0])
            assert (await ask(connections)).status == 200
            return api.opened

    async def close():
        connections.close()

    with asyncio.Runner() as first, asyncio.Runner() as second:
        assert [first.run(once()), second.run(once())] == [1, 1]
        first.run(asyncio.sleep(0))
        second.run(close())


async def test_a_service_must_prove_who_it_is():
    authority = trustme.CA()
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(server_side)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    async def answer(reader, writer):
        await reader.readuntil(b"frame")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=server_side)
    port = server.sockets[0].getsockname()[1]
    trusted = HttpConnections(f"https://localhost:{port}", ssl_context=trusting)
    assert (await ask(trusted)).status == 200
    with pytest.raises(ssl.SSLCertVerificationError):
        await ask(HttpConnections(f"https://localhost:{port}"))
    trusted.close()
    server.close()
