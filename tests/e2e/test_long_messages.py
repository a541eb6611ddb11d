"""The longest messages that may be sent, and a reply of megabytes, over real sockets."""

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.client import Person, text_of
from tests.e2e.stack import RunningStack, running_stack
from tests.fakes.model_server import ModelServer

PAGES, PAGE_CHARACTERS = 1_500, 1_500


@pytest.fixture(scope="module")
def models() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="module")
def stack(models: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with running_stack(tmp_path_factory.mktemp("data"), {"PARLEY_MODEL_BASE_URL": models.url}) as stack:
        yield stack


@pytest.fixture
def person(http: httpx.Client) -> Person:
    return Person.register(http)


def test_the_longest_messages_and_a_reply_of_megabytes_are_kept_and_read_whole(
    person: Person, models: ModelServer
) -> None:
    conversation = person.open_conversation()
    first = f"fake:pages:{PAGES}:{PAGE_CHARACTERS} ".ljust(200_000, "长")
    second = "fake:normal:2 ".ljust(200_000, "短")
    streamed = list(person.stream(conversation, first, tools_enabled=False))
    sent = person.data(
        "POST", "/api/messages", json={"conversation_id": conversation, "content": second}, timeout=60
    )

    text = text_of(streamed)
    assert (len(text), streamed[-1].name) == (PAGES * PAGE_CHARACTERS, "done")
    items = person.messages(conversation)
    assert [item["content_truncated"] for item in items] == [False, True, False, False]
    assert [item["content"] for item in items[::2]] == [first, second]
    assert text.startswith(items[1]["content"])
    whole = person.data("GET", f"/api/messages/{items[1]['id']}")
    assert (whole["content"], whole["content_truncated"]) == (text, False)
    assert text_of(person.follow(items[1]["id"])) == text
    assert sent["user_message"] == items[2]
    shown = models.requests[-1].body["messages"]
    assert [message["content"] for message in shown] == [second]
