"""A response on its way to a Runtime API that does not take it."""

import logging
import socket
import threading

import pytest

from parley_streaming.cycle import StreamCycle
from parley_streaming.protocol import ResponsePost, RuntimeApiLostError

pytestmark = pytest.mark.anyio

SCOPE = {"type": "http", "method": "GET", "path": "/", "headers": []}
START = {"type": "http.response.start", "status": 200, "headers": []}
PART = {"type": "http.response.body", "body": bytes(65536), "more_body": True}


async def endless(scope, receive, send):
    await receive()
    try:
        await send(START)
        while True:
            await send(PART)
    except OSError:
        message = await receive()
        raise LookupError(message["type"]) from None


def refuse(listener):
    connection, _ = listener.accept()
    with connection:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1024)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        while connection.recv(65536):
            pass


@pytest.fixture
def refusing_api():
    """Answers in mid-stream. It is a thread, since a task of this loop would pass for the function's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=refuse, args=[listener])
        thread.start()
        yield "{}:{}".format(*listener.getsockname())
        thread.join()


@pytest.fixture
def unused_address():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return "{}:{}".format(*listener.getsockname())


async def test_a_refused_stream_ends_the_sending(refusing_api, caplog):
    await StreamCycle(SCOPE, b"", ResponsePost(refusing_api, "1")).run(endless)
    assert "LookupError: http.disconnect" in caplog.text
    assert "The response was not delivered" in caplog.text


async def test_an_unreachable_runtime_api_is_an_error_of_send(caplog, unused_address):
    await StreamCycle(SCOPE, b"", ResponsePost(unused_address, "1")).run(endless)
    assert "LookupError: http.disconnect" in caplog.text


async def test_a_complete_response_that_is_refused_is_only_logged(refusing_api, caplog):
    async def brief(scope, receive, send):
        await send(START)
        await send({**PART, "more_body": False})

    with caplog.at_level(logging.WARNING):
        await StreamCycle(SCOPE, b"", ResponsePost(refusing_api, "1")).run(brief)
    assert "The response was not delivered" in caplog.text


async def test_a_post_that_was_never_begun_takes_nothing(unused_address):
    with pytest.raises(RuntimeApiLostError):
        await ResponsePost(unused_address, "1").write(b"data")
