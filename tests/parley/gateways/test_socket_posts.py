"""Posts to connections: what each answer of the service means."""

import asyncio
import time
from contextlib import contextmanager

import pytest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import NoCredentialsError

from parley.domain.room_connections import ConnectionGoneError, ConnectionSlowError
from parley.gateways.http_connections import HttpConnections
from parley.gateways.request_signatures import RequestSigner
from parley.gateways.socket_posts import ApiGatewaySockets, SocketServiceError, build_sockets
from tests.fakes.socket_api import Answer, running_socket_api

pytestmark = pytest.mark.anyio

HASTY_SECONDS = 0.15


@pytest.fixture
async def api():
    async with running_socket_api() as api:
        yield api


@pytest.fixture
async def sockets(api):
    with sockets_at(api.url) as sockets:
        yield sockets


@pytest.fixture
async def hasty(api):
    with sockets_at(api.url, post_seconds=HASTY_SECONDS) as sockets:
        yield sockets


@contextmanager
def sockets_at(url, **options):
    signer = RequestSigner(
        lambda: ReadOnlyCredentials("AKID", "secret", "token"),
        region="us-east-1",
        service="execute-api",
        host=url.split("/")[2],
    )
    connections = HttpConnections(url)
    try:
        yield ApiGatewaySockets(url, signer, connections=connections, **options)
    finally:
        connections.close()


async def test_a_frame_is_posted_to_its_connection(api, sockets):
    await sockets.post("L0SM9cOFvHcCIhw=", "你好".encode())
    [request] = api.requests
    assert (request.method, request.target) == ("POST", "/stage/@connections/L0SM9cOFvHcCIhw%3D")
    assert request.body.decode() == "你好"
    assert request.headers["host"] == api.url.split("/")[2]
    assert request.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/")


async def test_one_that_has_gone_is_told_at_once(api, sockets):
    api.answers = [Answer(status=410, body=b'{"message":"Gone"}')]
    with pytest.raises(ConnectionGoneError):
        await sockets.post("a", b"{}")
    assert len(api.requests) == 1


@pytest.mark.parametrize("answer", [Answer(429), Answer(500), Answer(503, closes=True), Answer(breaks=True)])
async def test_a_service_that_says_later_is_asked_again(api, sockets, answer):
    api.answers = [answer, answer, Answer()]
    await sockets.post("a", b"{}")
    assert len(api.requests) == 3


async def test_a_service_that_goes_on_saying_later_is_out_of_order(api, hasty):
    async def answering(request):
        return Answer(status=429, body=b"Limit exceeded")

    api.answering = answering
    begun = time.monotonic()
    with pytest.raises(SocketServiceError, match="429"):
        await hasty.post("a", b"{}")
    assert len(api.requests) > 1
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("status", [400, 403, 413])
async def test_what_will_not_change_is_not_tried_again(api, sockets, status):
    api.answers = [Answer(status=status, body=b'{"message":"no"}')]
    with pytest.raises(SocketServiceError, match=str(status)):
        await sockets.post("a", b"{}")
    assert len(api.requests) == 1


async def test_one_that_does_not_take_it_in_time_is_slow(api, hasty):
    async def answering(request):
        await asyncio.Event().wait()

    api.answering = answering
    with pytest.raises(ConnectionSlowError):
        await hasty.post("a", b"{}")


async def test_a_service_out_of_reach_is_told_as_such():
    async with running_socket_api() as api:
        pass
    with sockets_at(api.url, post_seconds=0.5) as sockets, pytest.raises(ConnectionRefusedError):
        await sockets.post("a", b"{}")


async def test_a_connection_is_closed_and_one_that_was_is_no_error(api, sockets):
    api.answers = [Answer(204), Answer(410)]
    await sockets.close("a=")
    await sockets.close("a=")
    assert [(each.method, each.target) for each in api.requests] == [
        ("DELETE", "/stage/@connections/a%3D")
    ] * 2
    api.answers = [Answer(500)]
    with pytest.raises(SocketServiceError):
        await sockets.close("a=")


async def test_the_credentials_are_those_of_the_process(api, aws_environment):
    sockets = build_sockets(api.url)
    await sockets.post("a", b"{}")
    sockets._connections.close()
    assert "Credential=testing/" in api.requests[0].headers["authorization"]
    assert "/us-east-1/execute-api/aws4_request" in api.requests[0].headers["authorization"]


async def test_without_credentials_nothing_is_tried(api, aws_environment, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(NoCredentialsError):
        await build_sockets(api.url).post("a", b"{}")
    assert api.requests == []
