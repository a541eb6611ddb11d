"""A user's own model service at the running stack: set up, tried out, answering, also after a restart."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.client import Person, text_of
from tests.e2e.stack import running_stack
from tests.fakes.model_server import ModelServer

KEY = "sk-marked-0123456789-a1b2"
LOCAL_WORK = {"PARLEY_ALLOW_PRIVATE_URLS": "1"}


@pytest.fixture(scope="module")
def service() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


def test_a_private_address_is_refused_unless_it_is_allowed(person: Person, service: ModelServer) -> None:
    refused = person.request("POST", "/api/providers", json={"name": "x", "base_url": service.url})

    assert refused.status_code == 422
    assert refused.json()["details"][0]["field"] == "body.base_url"


def test_a_key_survives_a_restart_and_is_nowhere_to_be_read(tmp_path: Path, service: ModelServer) -> None:
    with running_stack(tmp_path, LOCAL_WORK) as stack, httpx.Client(base_url=stack.url, timeout=60) as http:
        person = Person.register(http)
        body = {"name": "Mine", "base_url": service.url, "api_key": KEY, "is_default": True}
        provider = person.data("POST", "/api/providers", json=body)
        assert provider["api_key_hint"] == "…a1b2"
        tried = person.data("POST", f"/api/providers/{provider['id']}/test")
        assert (tried["ok"], tried["models"]) == (True, ["fake", "fake-large"])
        said = stack.output.read_text()

    service.requests.clear()
    with running_stack(tmp_path, LOCAL_WORK) as stack, httpx.Client(base_url=stack.url, timeout=60) as http:
        same = Person(http, username=person.username, token=person.token)
        assert same.data("GET", "/api/providers")["items"] == [provider]
        events = list(same.stream(same.open_conversation(), "fake:normal:2"))
        broken = list(same.stream(same.open_conversation(), "fake:status:401:echo"))
        said += stack.output.read_text()

    assert text_of(events) == "word0 word1 "
    assert service.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert "Bad key '***'" in broken[-1].data["content"]
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("*.json"))
    assert len(stored) > 0
    for text in (said, str(events), str(broken), stored.decode()):
        assert KEY not in text
