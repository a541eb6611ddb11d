"""A full run with marked secrets of every kind: none is in what the stack printed, stored or answered."""

import base64
import json
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.sockets import refused_status, room_socket
from tests.e2e.stack import started_stack
from tests.fakes.model_server import ModelServer

pytestmark = pytest.mark.xdist_group("secrets")

PASSWORD = "marked-password-J7qz"
PROVIDER_KEY = "sk-marked-provider-key-J7qz"
REPLACED_KEY = "sk-marked-replaced-key-J7qz"
DEPLOYERS = {
    "PARLEY_MODEL_API_KEY": "sk-marked-deployment-key-J7qz",
    "PARLEY_SEARCH_TAVILY_API_KEY": "tvly-marked-search-key-J7qz",
    "PARLEY_SEARCH_BRAVE_API_KEY": "brave-marked-search-key-J7qz",
}
SAID = "marked-words-of-a-person-J7qz"


@dataclass
class Run:
    """What was secret, and where it must not be."""

    secrets: dict[str, str]
    printed: str = ""
    stored: str = ""
    answers: list[str] = field(default_factory=list)


class Caller:
    """Keeps every answer."""

    def __init__(self, http: httpx.Client, run: Run) -> None:
        self._http = http
        self._run = run
        self.headers: dict[str, str] = {}

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        response = self._http.request(method, path, json=body, headers=self.headers | headers)
        self._run.answers.append(response.text)
        try:
            return response.json().get("data")
        except ValueError:
            return None  # a stream


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("data")
    run = Run(secrets={"password": PASSWORD, "key": PROVIDER_KEY, "replaced key": REPLACED_KEY, **DEPLOYERS})
    with ModelServer() as models:
        settings = {
            "PARLEY_ALLOW_PRIVATE_URLS": "1",
            "PARLEY_MODEL_BASE_URL": models.url,
            "PARLEY_SEARCH_SEARXNG_URL": models.url,  # asked first: no real service hears of a marked key
            **DEPLOYERS,
        }
        with (
            started_stack(folder, settings) as stack,
            httpx.Client(base_url=stack.url, timeout=60) as http,
        ):
            _use_everything(Caller(http, run), run, models, stack.url)
            stack.stop()
            run.printed = stack.output.read_text()
    run.stored = "\n".join(_texts(path) for path in sorted(folder.rglob("*")) if path.name != "output.log")
    return run


def _use_everything(caller: Caller, run: Run, models: ModelServer, stack_url: str) -> None:
    _log_in(caller, run)
    provider = {"name": "Mine", "base_url": models.url, "api_key": REPLACED_KEY, "models": ["fake"]}
    path = f"/api/providers/{caller.call('POST', '/api/providers', provider)['id']}"
    caller.call("PUT", path, {"api_key": PROVIDER_KEY})
    caller.call("GET", path)
    caller.call("GET", "/api/providers")
    caller.call("POST", f"{path}/test")
    # Refused values come back as reasons, never as themselves.
    caller.call("POST", "/api/providers", {"name": "", "base_url": "ftp://x", "api_key": PROVIDER_KEY})
    caller.call("PUT", path, {"api_key": [PROVIDER_KEY]})
    agent = caller.call("POST", "/api/agents", {"name": "Outside", "kind": "external"})
    for name in ("agent's key", "agent's next key"):
        run.secrets[name] = caller.call("POST", f"/api/agents/{agent['id']}/key")["key"]
        run.answers.pop()  # shown once, here
    _talk_in_a_room(caller, run, stack_url, agent["id"])
    for model in ("fake", "another"):
        for words in (SAID, "fake:status:401:echo", "fake:normal:3", "fake:tools:split"):
            _send(caller, model, words)
    caller.call("POST", "/api/tools/web_search/execute", {"query": "anything"})
    caller.call("POST", "/api/tools/execute_python/execute", {"code": "import os; print(os.environ)"})
    caller.call("GET", "/api/usage")
    caller.call("POST", "/api/auth/logout")
    caller.call("GET", "/api/auth/me")


def _log_in(caller: Caller, run: Run) -> None:
    account = {"username": "marked", "password": PASSWORD}
    caller.call("POST", "/api/auth/register", {**account, "email": "marked@example.com"})
    caller.call("POST", "/api/auth/register", {**account, "email": "no address"})
    caller.call("POST", "/api/auth/login", {**account, "password": PASSWORD + "wrong"})
    token = caller.call("POST", "/api/auth/login", account)["access_token"]
    run.answers.pop()  # shown once, here
    run.secrets["token"] = token
    caller.headers = {"Authorization": f"Bearer {token}"}


def _talk_in_a_room(caller: Caller, run: Run, stack_url: str, agent_id: str) -> None:
    """With the token in the query, as a browser sends it, and the agent's key; also where they do not fit."""
    room = caller.call("POST", "/api/chat-rooms", {"name": "Marked", "agent_ids": [agent_id]})["id"]
    token, key = run.secrets["token"], run.secrets["agent's next key"]
    refused_status(stack_url, room, token=run.secrets["agent's key"])
    refused_status(stack_url, room, token=token, participant_id="somebody")
    refused_status(stack_url, "room_01ARZ3NDEKTSV4RRFFQ69G5FAV", token=token)
    with (
        room_socket(stack_url, room, token=token) as person,
        room_socket(stack_url, room, token=key) as agent,
    ):
        for socket in (person, agent):
            socket.wait_for("agents")
            socket.send("send_message", content=SAID)
            socket.wait_for("message")
            socket.send_text(SAID)
            socket.wait_for("error")
        run.answers += [json.dumps(event.data) for socket in (person, agent) for event in socket.events]


def _send(caller: Caller, model: str, words: str) -> None:
    conversation = caller.call("POST", "/api/conversations", {"model": model})["id"]
    body = {"conversation_id": conversation, "content": words}
    caller.call("POST", "/api/messages", body, **{"Idempotency-Key": "marked"})
    caller.call("POST", "/api/messages/stream", body)
    caller.call("GET", f"/api/messages/{conversation}")


def _texts(path: Path) -> str:
    """The file, and what its items hold as bytes: their bodies are Base64 in it."""
    if not path.is_file():
        return ""
    text = path.read_text("utf-8", errors="replace")
    found = [text]
    if path.suffix == ".json":
        found += [_decoded(value) for value in _strings(json.loads(text))]
    return "\n".join(found)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except ValueError:
        return ""


def _spellings(secret: str) -> set[str]:
    """As it is, as a URL or JSON would have it, and as Base64 at each of three offsets."""
    coded = {base64.b64encode(b"\0" * shift + secret.encode()).decode()[4:-4] for shift in range(3)}
    return {secret, urllib.parse.quote(secret), json.dumps(secret)[1:-1], *coded}


def _found(run: Run, place: str) -> list[str]:
    return [name for name, secret in run.secrets.items() if any(text in place for text in _spellings(secret))]


def test_no_secret_is_printed(run: Run) -> None:
    assert "/api/providers" in run.printed
    assert "$connect" in run.printed
    assert _found(run, run.printed) == []


def test_no_secret_is_stored_in_clear(run: Run) -> None:
    assert SAID in run.stored  # what was said is stored, and would be found
    assert _found(run, run.stored) == []


def test_no_secret_is_answered(run: Run) -> None:
    answers = "\n".join(run.answers)
    assert "Bad key" in answers  # a service echoed the key that it refused
    assert _found(run, answers) == []


def test_no_word_that_a_person_said_is_printed(run: Run) -> None:
    assert SAID not in run.printed


def test_the_search_finds_what_it_looks_for() -> None:
    run = Run(secrets={"key": PROVIDER_KEY})
    for text in (
        f"x{PROVIDER_KEY}y",
        base64.b64encode(b"a" + PROVIDER_KEY.encode() + b"b").decode(),
        _decoded(base64.b64encode(PROVIDER_KEY.encode()).decode()),
    ):
        assert _found(run, text) == ["key"]
