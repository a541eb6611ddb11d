"""Long messages over the API: in a full page with their beginnings, and whole by their own id."""

import json

import pytest

from parley.domain.events import TextDelta
from parley.domain.long_messages import LONG_CHARACTERS
from parley.models.types import ModelFinished
from tests.examples import a_running_reply
from tests.fakes.scripted_model import STOP, ScriptedModel, asks_for
from tests.fakes.tools import a_call
from tests.functions.sse import read_sse

# As a model writes that is told to write a book.
LONG_REPLY = ["第 章\n" * 1_000] * 600


def send(person, conversation, content="Hello"):
    body = {"conversation_id": conversation["id"], "content": content}
    return person.client.call("POST", "/api/messages", body).data["assistant_message"]


def read(person, identifier):
    return person.client.call("GET", f"/api/messages/{identifier}")


def writes(*pieces: str) -> list[TextDelta | ModelFinished]:
    return [*map(TextDelta, pieces), STOP]


def test_a_reply_of_megabytes_is_answered_streamed_and_read_whole_and_listed_short(anna, answer_with):
    answer_with(ScriptedModel(writes(*LONG_REPLY)))
    conversation = anna.converse()
    reply = send(anna, conversation)
    assert (reply["content"], reply["content_truncated"]) == ("".join(LONG_REPLY), False)
    question, listed = read(anna, conversation["id"]).data["items"]
    assert listed == reply | {"content": reply["content"][:LONG_CHARACTERS], "content_truncated": True}
    assert question["content_truncated"] is False
    assert read(anna, reply["id"]).data == reply
    events = read_sse(anna.client.call("GET", f"/api/messages/{reply['id']}/events").text)
    assert "".join(event.data["content"] for event in events if event.name == "text") == reply["content"]


def test_a_user_s_own_messages_are_listed_whole_also_the_longest(anna, answer_with):
    answer_with(ScriptedModel(writes("Fine.")))
    conversation, longest = anna.converse(), "长" * 200_000
    for _ in range(2):
        send(anna, conversation, longest)
    items = read(anna, conversation["id"]).data["items"]
    assert [item["content"] for item in items] == [longest, "Fine."] * 2
    assert [item["content_truncated"] for item in items] == [False] * 4
    assert read(anna, items[0]["id"]).data == items[0]


def test_a_megabyte_of_a_tool_s_result_is_kept_whole(anna, answer_with):
    call = a_call("1", "text_process", json.dumps({"operation": "html_escape", "text": "&" * 190_000}))
    answer_with(ScriptedModel([asks_for(call)], writes("Long.")))
    conversation = anna.converse()
    reply = send(anna, conversation)
    (called,) = reply["tool_calls"]
    assert "&amp;" * 190_000 in called["result"]
    assert read(anna, reply["id"]).data == reply
    _, listed = read(anna, conversation["id"]).data["items"]
    assert listed == reply


@pytest.mark.usefixtures("demo")
def test_a_running_reply_is_read_as_it_is_listed(anna):
    from parley.tables.conversations import DynamoConversationRepository
    from parley.tables.reply_locks import DynamoReplyLock

    conversation = anna.converse()
    found = DynamoConversationRepository().get(anna.user["id"], conversation["id"])
    running = a_running_reply(found)
    DynamoReplyLock().acquire(found, running)
    (listed,) = read(anna, conversation["id"]).data["items"]
    assert (listed["id"], listed["status"]) == (running.reply_id, "streaming")
    assert read(anna, running.reply_id).data == listed


@pytest.mark.usefixtures("demo")
def test_a_message_is_read_by_its_owner_alone(anna, bert):
    reply = send(anna, anna.converse())
    assert read(anna, reply["id"]).data == reply
    assert (read(bert, reply["id"]).status, read(bert, reply["id"]).json["type"]) == (404, "not_found")
    assert read(anna, "msg_nonsense").json["error"] != read(anna, "conv_nonsense").json["error"]
