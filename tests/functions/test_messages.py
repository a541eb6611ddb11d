"""The messages function: send, list, delete, and what it refuses."""

import pytest

from parley.domain.events import TextDelta
from parley.models.types import ModelError
from tests.examples import a_running_reply
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.functions.gateway import invoke, proxy_event, with_headers

MESSAGE_FIELDS = {
    "id",
    "conversation_id",
    "role",
    "content",
    "content_truncated",
    "thinking",
    "tool_calls",
    "model",
    "status",
    "token_count",
    "usage",
    "created_at",
    "alternatives",
}

pytestmark = pytest.mark.usefixtures("demo")


def send(person, conversation, content="Hello", path="/api/messages", **fields):
    body = {"conversation_id": conversation["id"], "content": content, **fields}
    return person.client.call("POST", path, body)


def listed(person, conversation, query=""):
    return person.client.call("GET", f"/api/messages/{conversation['id']}{query}").data


def test_the_event_of_the_gateway_is_answered(anna):
    event = with_headers(proxy_event("send_message"), {"Authorization": f"Bearer {anna.token}"})
    assert invoke("messages", event).status == 404
    body = {"conversation_id": anna.converse()["id"], "content": "用户消息", "tools_enabled": True}
    event = proxy_event("send_message", body=body)
    answer = invoke("messages", with_headers(event, {"Authorization": f"Bearer {anna.token}"}))
    assert (answer.status, answer.data["user_message"]["content"]) == (201, "用户消息")


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_sent_message_and_its_reply_are_answered_and_listed(anna, slash):
    conversation = anna.converse(model="glm-5")
    answer = send(anna, conversation, "What is 6 * 7?", f"/api/messages{slash}")
    assert (answer.status, answer.json["message"]) == (201, "创建成功")
    user_message, reply = answer.data["user_message"], answer.data["assistant_message"]
    assert set(answer.data) == {"user_message", "assistant_message"}
    assert set(user_message) == set(reply) == MESSAGE_FIELDS
    assert (user_message["role"], reply["role"]) == ("user", "assistant")
    assert user_message["content"] == "What is 6 * 7?"
    assert (reply["status"], reply["model"]) == ("complete", "glm-5")
    (call,) = reply["tool_calls"]
    assert set(call) == {"id", "name", "arguments", "result", "success", "duration_ms"}
    assert (call["name"], call["success"]) == ("calculator", True)
    assert "42" in reply["content"]
    assert reply["usage"]["total_tokens"] == sum(
        reply["usage"][name] for name in ("prompt_tokens", "completion_tokens")
    )
    page = anna.client.call("GET", f"/api/messages/{conversation['id']}{slash}").data
    assert (page["items"], page["total"]) == ([user_message, reply], 2)


def test_an_exchange_counts_touches_and_names_the_conversation(anna):
    conversation, other = anna.converse(), anna.converse()
    send(anna, conversation, "Tell me of Hamlet")
    first, second = anna.client.call("GET", "/api/conversations").data["items"]
    assert (first["id"], second["id"]) == (conversation["id"], other["id"])
    assert (first["message_count"], first["title"]) == (2, "Tell me of Hamlet")


def test_thinking_is_kept_where_it_is_enabled(anna):
    thinking = send(anna, anna.converse(thinking_enabled=True)).data["assistant_message"]["thinking"]
    assert thinking
    assert send(anna, anna.converse()).data["assistant_message"]["thinking"] is None


def test_no_tool_is_called_where_the_user_wants_none(anna):
    answer = send(anna, anna.converse(), "What is 6 * 7?", tools_enabled=False)
    assert answer.data["assistant_message"]["tool_calls"] == []


@pytest.mark.parametrize("path", ["/api/messages", "/api/messages/stream"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("content", ""),
        ("content", "x" * 200_001),
        ("content", "长" * 200_001),
        ("content", None),
        ("content", 7),
        ("content", "half \ud83d"),
        ("conversation_id", ""),
        ("conversation_id", "c" * 101),
        ("conversation_id", None),
        ("conversation_id", ["conv"]),
        ("tools_enabled", "perhaps"),
        ("tools_enabled", None),
    ],
)
def test_each_wrong_field_is_named_and_nothing_is_written(anna, path, field, value):
    conversation = anna.converse()
    refused = send(anna, conversation, path=path, **{field: value})
    assert (refused.status, refused.json["type"], refused.fields) == (
        422,
        "validation_error",
        [f"body.{field}"],
    )
    assert listed(anna, conversation)["total"] == 0


@pytest.mark.parametrize("path", ["/api/messages", "/api/messages/stream"])
def test_missing_fields_are_named(anna, path):
    refused = anna.client.call("POST", path, {})
    assert refused.fields == ["body.conversation_id", "body.content"]


@pytest.mark.parametrize("content", ["x" * 200_000, "长" * 200_000, "👩‍🚀\x00\u2028\r\n", " "])
def test_content_up_to_the_limit_is_kept_whole(anna, content, answer_with):
    answer_with(ScriptedModel([TextDelta("Fine."), STOP]))
    conversation = anna.converse()
    assert send(anna, conversation, content).data["user_message"]["content"] == content
    assert listed(anna, conversation)["items"][0]["content"] == content


@pytest.mark.parametrize("path", ["/api/messages", "/api/messages/stream"])
def test_a_second_send_during_a_reply_is_a_conflict(anna, path):
    from parley.tables.conversations import DynamoConversationRepository
    from parley.tables.reply_locks import DynamoReplyLock

    conversation = anna.converse()
    found = DynamoConversationRepository().get(anna.user["id"], conversation["id"])
    DynamoReplyLock().acquire(found, a_running_reply(found))
    refused = send(anna, conversation, path=path)
    assert (refused.status, refused.json["type"]) == (409, "reply_running")
    page = listed(anna, conversation)
    assert [message["status"] for message in page["items"]] == ["streaming"]


@pytest.mark.parametrize(("script", "kept"), [([], ""), ([TextDelta("It is")], "It is")])
def test_a_model_that_fails_is_told_in_its_own_words_and_what_it_said_is_kept(
    anna, answer_with, script, kept
):
    answer_with(ScriptedModel([*script, ModelError("quota used up", type="model_rejected")]))
    conversation = anna.converse()
    answer = send(anna, conversation)
    assert (answer.status, answer.json["code"], answer.json["type"]) == (502, 502, "model_rejected")
    assert "quota used up" in answer.json["error"]
    _, reply = listed(anna, conversation)["items"]
    assert (reply["status"], reply["content"]) == ("error", kept)
    assert listed(anna, conversation)["total"] == 2


def test_messages_are_paged_oldest_first(anna, answer_with):
    answer_with(ScriptedModel([TextDelta("Fine."), STOP]))
    conversation = anna.converse()
    for number in range(3):
        send(anna, conversation, f"question {number}")
    everything = listed(anna, conversation)["items"]
    assert [message["content"] for message in everything[::2]] == [f"question {n}" for n in range(3)]
    second = listed(anna, conversation, "?page=2&page_size=4")
    assert (second["items"], second["total"], second["page"]) == (everything[4:], 6, 2)
    first = listed(anna, conversation, "?page_size=4")
    rest = listed(anna, conversation, f"?page_size=4&cursor={first['next_cursor']}")
    assert (first["items"] + rest["items"], rest["next_cursor"]) == (everything, None)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_message_is_deleted_once_and_by_its_owner_alone(anna, bert, slash):
    conversation = anna.converse()
    message = send(anna, conversation).data["user_message"]
    path = f"/api/messages/{message['id']}{slash}"
    assert bert.client.call("DELETE", path).status == 404
    deleted = anna.client.call("DELETE", path)
    assert (deleted.status, deleted.data) == (200, None)
    assert anna.client.call("DELETE", path).status == 404
    page = listed(anna, conversation)
    assert (len(page["items"]), page["total"]) == (1, 1)


def test_a_deleted_conversation_has_no_messages(anna):
    conversation = anna.converse()
    message = send(anna, conversation).data["user_message"]
    anna.client.call("DELETE", f"/api/conversations/{conversation['id']}")
    assert anna.client.call("GET", f"/api/messages/{conversation['id']}").status == 404
    assert anna.client.call("DELETE", f"/api/messages/{message['id']}").status == 404
    assert send(anna, conversation).status == 404
