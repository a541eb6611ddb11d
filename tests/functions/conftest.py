"""The real handlers, on tables in memory."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.fakes.scripted_model import OnlyModel
from tests.functions.gateway import Client

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

    from tests.fakes.sockets import InMemorySockets

PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def _environment(monkeypatch, dynamodb):
    from tests.tables_on_moto import KEY_SETTINGS, QUEUE_SETTINGS, SOCKET_SETTINGS, TABLE_SETTINGS

    for name, value in (TABLE_SETTINGS | KEY_SETTINGS | QUEUE_SETTINGS | SOCKET_SETTINGS).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PARLEY_STAGE", "test")
    for name in ("PARLEY_MODEL_BASE_URL", "PARLEY_SESSION_HOURS", "PARLEY_BEDROCK_REGION"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _event_loop() -> Iterator[None]:
    """Lambda's main thread has one that Mangum finds; another test may have closed this thread's."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture(scope="session", autouse=True)
def _invocation_loop() -> Iterator[None]:
    """In Lambda it lives as long as the process; here a loop that nobody closes is a warning."""
    yield
    from parley.invocations import invocation_loop
    from parley_streaming.adapter import _invocation_loop

    _invocation_loop().close()
    invocation_loop().close()


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch):
    """argon2id is slow on purpose; its own test keeps it so."""
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("parley.accounts.passwords._HASHER", cheap)
    monkeypatch.setattr("parley.accounts.passwords._NOBODY", cheap.hash("nobody"))


@dataclass
class Person:
    user: dict
    token: str
    client: Client

    def converse(self, **fields) -> dict:
        return self.client.call("POST", "/api/conversations", fields).data

    def create_agent(self, name="Poet", **fields) -> dict:
        return self.client.call("POST", "/api/agents", {"name": name, **fields}).data

    def bring(self, name="Mine", **fields) -> dict:
        """A provider of theirs."""
        return self.client.call("POST", "/api/providers", {"name": name, **fields}).data


@pytest.fixture
def keys(dynamodb) -> None:
    from tests.tables_on_moto import make_keys

    make_keys()


@pytest.fixture
def queues(dynamodb) -> "SQSClient":
    from tests.tables_on_moto import make_queues

    return make_queues()


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def register(client):
    """Registers and logs in whoever is named."""

    def register(username: str) -> Person:
        body = {"username": username, "email": f"{username}@example.com", "password": PASSWORD}
        user = client.call("POST", "/api/auth/register", body).data["user"]
        token = client.call("POST", "/api/auth/login", body).data["access_token"]
        return Person(user=user, token=token, client=client.with_token(token))

    return register


@pytest.fixture
def anna(register) -> Person:
    return register("anna")


@pytest.fixture
def bert(register) -> Person:
    return register("bert")


@pytest.fixture
def answer_with(monkeypatch):
    """Puts a model in the place of the deployment's."""
    from functions.messages import handler

    def answer_with(model) -> None:
        monkeypatch.setattr(handler.app.app.state.replies, "_models", OnlyModel(model))

    return answer_with


@pytest.fixture
def demo(answer_with) -> None:
    """The built-in demo, in a hurry."""
    from parley.models.demo import DemoModel

    answer_with(DemoModel(delay_seconds=0))


@pytest.fixture
def logs() -> Iterator["Logs"]:
    """What the functions write to CloudWatch."""
    from parley.observability import _logger

    (handler,) = _logger().handlers
    assert isinstance(handler, logging.StreamHandler)
    logs = Logs()
    before = handler.setStream(logs.stream)
    yield logs
    if before is not None:
        handler.setStream(before)


class Logs:
    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def entries(self) -> list[dict]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def sockets(monkeypatch, queues) -> Iterator["InMemorySockets"]:
    """Where the clients of rooms are."""
    from tests.functions.sockets import sockets_in_memory

    with sockets_in_memory(monkeypatch) as sockets:
        yield sockets


@pytest.fixture
def connect(sockets, queues):
    """Connects a person, or whoever has the token, and sees to it that the connection is welcomed."""
    from tests.functions.sockets import Socket

    def connect(who, room, *, welcome=True, headers=None, **query) -> Socket:
        socket = Socket(sockets)
        token = who if isinstance(who, str) else who.token
        socket.open({"room_id": room["id"], "token": token, **query}, headers or {})
        if socket.status == 200 and welcome:
            _welcome(socket)
        return socket

    return connect


def _welcome(socket) -> None:
    """What the queued work comes to, without the worker."""
    from parley.bootstrap.rooms import room_connections

    connection = room_connections().find(socket.id)
    assert connection is not None
    room_connections().mark_ready(connection)


@pytest.fixture
def room(anna, bert):
    """Of anna, with bert in it."""
    room = anna.client.call("POST", "/api/chat-rooms", {"name": "Harbour"}).data
    anna.client.call("POST", f"/api/chat-rooms/{room['id']}/members", {"username": "bert"})
    return room


@pytest.fixture
def annas(anna, room, connect):
    return connect(anna, room, headers={"Accept-Language": "en"})


@pytest.fixture
def berts(bert, room, connect, annas):
    return connect(bert, room)
