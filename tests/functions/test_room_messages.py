"""The chat rooms function: what was said in a room."""

import pytest

from parley.domain.messages import MessageStatus
from parley.domain.room_messages import (
    CallStep,
    NewMessage,
    ResultStep,
    RoomMessage,
    Sender,
    SenderType,
    TextStep,
)
from parley.domain.room_places import room_message_id
from parley.room_wire import message_body

FIELDS = {
    "id",
    "room_id",
    "sender_type",
    "sender_id",
    "sender_name",
    "content",
    "process_steps",
    "token_count",
    "status",
    "created_at",
}
STEPS = (
    TextStep(type="thinking", content="Hm."),
    CallStep(id="call_1", name="calculator", arguments={"expression": "6 * 7"}),
    ResultStep(id="call_1", name="calculator", success=True, content='{"result": 42}'),
    TextStep(type="text", content="42."),
)


@pytest.fixture
def room(anna):
    return anna.client.call("POST", "/api/chat-rooms", {"name": "Harbour"}).data


@pytest.fixture
def messages():
    from parley.bootstrap.rooms import room_messages

    return room_messages()


@pytest.fixture
def say(anna, room, messages):
    def say(content, client_id=None):
        sender = Sender(type=SenderType.USER, id=anna.user["id"], name="anna")
        new = NewMessage(room_id=room["id"], sender=sender, content=content, client_id=client_id)
        return messages.post(new).message

    return say


@pytest.fixture
def path(room):
    return f"/api/chat-rooms/{room['id']}/messages"


def contents(answer):
    return [item["content"] for item in answer.data["items"]]


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_newest_page_comes_first_and_is_read_forwards(anna, say, path, slash):
    for content in "abcde":
        say(content)
    first = anna.client.call("GET", f"{path}{slash}?page_size=2")
    assert set(first.data) == {"items", "total", "page", "page_size", "next_cursor"}
    assert (contents(first), first.data["total"], first.data["page_size"]) == (["d", "e"], 5, 2)
    second = anna.client.call("GET", f"{path}?page_size=2&cursor={first.data['next_cursor']}")
    assert contents(second) == ["b", "c"]
    assert contents(anna.client.call("GET", f"{path}?page_size=2&page=3")) == ["a"]


def test_a_message_has_the_form_of_its_event(anna, say, path):
    said = say("你好", client_id="c-1")
    (item,) = anna.client.call("GET", path).data["items"]
    assert set(item) == {*FIELDS, "client_id"}
    assert item == message_body(said)
    assert (item["sender_type"], item["sender_id"], item["sender_name"]) == ("user", anna.user["id"], "anna")
    assert set(message_body(say("x"))) == set(anna.client.call("GET", path).data["items"][1]) == FIELDS


def test_a_reply_is_shown_with_its_steps(anna, room, messages, path):
    reply = RoomMessage(
        id=messages.take_place(room["id"]),
        room_id=room["id"],
        sender=Sender(type=SenderType.AGENT, id="agent_1", name="Poet"),
        content="42.",
        created_at=_noon(),
        status=MessageStatus.STOPPED,
        process_steps=STEPS,
        token_count=3,
    )
    messages.put(reply)
    (item,) = anna.client.call("GET", path).data["items"]
    assert item == message_body(reply)
    assert [step["type"] for step in item["process_steps"]] == [
        "thinking",
        "tool_call",
        "tool_result",
        "text",
    ]
    assert anna.client.call("GET", f"{path}/{reply.id}").data == item


def _noon():
    from datetime import UTC, datetime

    return datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_messages_after_and_before_one_are_asked_for_by_its_id(anna, say, path):
    said = [say(content) for content in "abcde"]
    after = anna.client.call("GET", f"{path}?after={said[1].id}&page_size=2")
    assert contents(after) == ["c", "d"]
    more = anna.client.call("GET", f"{path}?page_size=2&cursor={after.data['next_cursor']}")
    assert (contents(more), more.data["next_cursor"]) == (["e"], None)
    assert contents(anna.client.call("GET", f"{path}?before={said[3].id}&page_size=2")) == ["b", "c"]
    assert contents(anna.client.call("GET", f"{path}?after=&before=")) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("end", ["after", "before"])
def test_what_is_no_message_of_the_room_is_named(anna, say, path, end):
    say("a")
    foreign = room_message_id("room_01ARZ3NDEKTSV4RRFFQ69G5FAV", 1)
    for wrong in ("x", foreign, "%F0%9F%92%A5", "m" * 101):
        refused = anna.client.call("GET", f"{path}?{end}={wrong}")
        assert (refused.status, refused.fields) == (422, [f"query.{end}"])
    assert refused.json["details"][0]["reason"]
    told = anna.client.call("GET", f"{path}?{end}={foreign}").json["details"][0]["reason"]
    assert told == "不是该聊天室的消息 ID"


@pytest.mark.parametrize("query", ["page=0", "page_size=101", "cursor=garbage"])
def test_a_wrong_query_is_named(anna, path, query):
    refused = anna.client.call("GET", f"{path}?{query}")
    assert (refused.status, refused.fields) == (422, [f"query.{query.split('=')[0]}"])


def test_a_long_message_is_read_whole_and_listed_with_its_beginning_where_a_page_is_full(
    anna, say, path, monkeypatch
):
    monkeypatch.setattr("functions.chat_rooms.message_schemas.PAGE_CHARACTERS", 30_000)
    long = [say(letter * 25_000) for letter in "长b"]
    short = say("short")
    items = anna.client.call("GET", path).data["items"]
    assert [len(item["content"]) for item in items] == [20_000, 25_000, 5]
    assert [item.get("content_truncated") for item in items] == [True, None, None]
    assert items[0]["content"] == "长" * 20_000
    for message in (*long, short):
        whole = anna.client.call("GET", f"{path}/{message.id}").data
        assert whole == message_body(message)


def test_a_page_of_long_messages_is_bounded(anna, say, path, monkeypatch):
    monkeypatch.setattr("functions.chat_rooms.message_schemas.PAGE_CHARACTERS", 1000)
    for _ in range(3):
        say("x" * 20_001)
    items = anna.client.call("GET", path).data["items"]
    assert [(len(item["content"]), item["content_truncated"]) for item in items] == [(20_000, True)] * 3


def test_a_member_reads_and_a_stranger_does_not(anna, bert, say, room, path):
    said = say("hello")
    for target in (path, f"{path}/{said.id}"):
        refused = bert.client.call("GET", target)
        assert (refused.status, refused.json["error"]) == (404, "聊天室不存在")
    anna.client.call("POST", f"/api/chat-rooms/{room['id']}/members", {"username": "bert"})
    assert contents(bert.client.call("GET", path)) == ["hello"]
    assert bert.client.call("GET", f"{path}/{said.id}").data["content"] == "hello"
    missing = bert.client.call("GET", f"{path}/{room_message_id(room['id'], 7)}")
    assert (missing.status, missing.json["error"]) == (404, "消息不存在")


def test_what_was_said_goes_with_the_room(anna, say, room, path, dynamodb):
    from tests.tables_on_moto import all_items

    say("x" * 400_000)
    assert anna.client.call("DELETE", f"/api/chat-rooms/{room['id']}").status == 200
    assert [item["sk"]["S"] for item in all_items(dynamodb, "rooms")] == ["COUNT"]
    assert anna.client.call("GET", path).status == 404
