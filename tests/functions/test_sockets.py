"""Frames of clients: said, typed, asked for and stopped; and who is told of whose coming and going."""

import json

from tests.functions.sockets import Socket, only
from tests.tables_on_moto import QUEUE_SETTINGS, all_items


def queued(queues):
    (url,) = QUEUE_SETTINGS.values()
    found = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in found]


def test_a_ping_is_answered(annas, berts):
    assert annas.act("ping") == [("pong", None)]
    assert annas.client.frames[-1] == b'{"event":"pong"}'
    assert "pong" not in dict(berts.client.told)


def test_what_is_said_reaches_everybody_and_is_queued_to_be_answered(anna, room, annas, berts, queues):
    queued(queues)
    annas.act("send_message", content="你好 👩‍🚀", client_id="c-1")
    for socket in (annas, berts):
        (message,) = socket.client.events("message")
        assert (message["content"], message["client_id"]) == ("你好 👩‍🚀", "c-1")
        assert (message["sender_type"], message["sender_id"]) == ("user", anna.user["id"])
        assert (message["sender_name"], message["room_id"]) == ("anna", room["id"])
    stored = anna.client.call("GET", f"/api/chat-rooms/{room['id']}/messages").data["items"]
    assert stored == [message]
    assert {"kind": "turn", "room_id": room["id"], "message_id": message["id"]} in queued(queues)


def test_the_same_client_id_twice_says_it_once(anna, room, annas, berts):
    for _ in range(2):
        annas.act("send_message", content="once", client_id="c-1")
    berts.act("send_message", content="another's", client_id="c-1")
    for socket in (annas, berts):
        assert [each["content"] for each in socket.client.events("message")] == ["once", "another's"]


def test_an_agent_speaks_as_itself_and_its_mentions_are_kept(anna, room, annas, connect):
    from parley.bootstrap.rooms import room_messages

    scout, poet = anna.create_agent("Scout", kind="external"), anna.create_agent("Poet")
    for agent in (scout, poet):
        anna.client.call("POST", f"/api/chat-rooms/{room['id']}/agents", {"agent_id": agent["id"]})
    key = anna.client.call("POST", f"/api/agents/{scout['id']}/key").data["key"]
    scouts = connect(key, room)
    scouts.act("send_message", content="I am here", mentions=[poet["id"], poet["id"]])
    (message,) = annas.client.events("message")
    assert (message["sender_type"], message["sender_id"]) == ("agent", scout["id"])
    assert message["sender_name"] == "Scout"
    assert room_messages().get(room["id"], message["id"]).mentions == (poet["id"],)


def test_typing_is_told_to_the_others_alone(anna, bert, room, annas, berts, connect):
    annas_phone = connect(anna, room)
    before = len(berts.client.frames)
    for is_typing in (True, False):
        assert annas.act("typing", is_typing=is_typing) == []
    told = berts.client.told[before:]
    expected = [("typing", {"user_id": anna.user["id"], "is_typing": value}) for value in (True, False)]
    assert told == expected
    assert annas_phone.client.events("typing") == []


def test_the_first_connection_is_announced_and_the_last_one_that_goes(anna, bert, room, annas, connect):
    first, second = connect(bert, room), connect(bert, room)
    (joined,) = annas.client.events("system")
    assert joined == {
        "content": "bert has joined the room.",
        "type": "user_join",
        "participant_id": bert.user["id"],
        "participant_name": "bert",
    }
    first.disconnect()
    assert len(annas.client.events("system")) == 1
    second.disconnect()
    second.disconnect()
    assert [event["type"] for event in annas.client.events("system")] == ["user_join", "user_leave"]


def test_an_agents_coming_and_going_is_announced_in_each_language(anna, bert, room, annas, berts, connect):
    scout = anna.create_agent("Scout", kind="external")
    anna.client.call("POST", f"/api/chat-rooms/{room['id']}/agents", {"agent_id": scout["id"]})
    key = anna.client.call("POST", f"/api/agents/{scout['id']}/key").data["key"]
    connect(key, room).disconnect()
    english = [(event["type"], event["content"]) for event in annas.client.events("system")[-2:]]
    assert english == [
        ("agent_join", "Scout has joined the room."),
        ("agent_leave", "Scout has left the room."),
    ]
    assert [event["content"] for event in berts.client.events("system")[-2:]] == [
        "Scout 加入了聊天室。",
        "Scout 离开了聊天室。",
    ]


def test_a_connection_that_is_found_gone_has_left(anna, bert, room, annas, berts):
    berts.client.is_gone = True
    annas.act("typing", is_typing=True)
    (left,) = [event for event in annas.client.events("system") if event["type"] == "user_leave"]
    assert left["participant_id"] == bert.user["id"]
    berts.disconnect()
    assert len([event for event in annas.client.events("system") if event["type"] == "user_leave"]) == 1


def test_older_messages_are_asked_for(annas):
    for content in "abcde":
        annas.act("send_message", content=content)
    page = only(annas.act("history", limit=2), "history")
    assert ([each["content"] for each in page["messages"]], page["has_more"]) == (["d", "e"], True)
    page = only(annas.act("history", before=page["messages"][0]["id"], limit=5), "history")
    assert ([each["content"] for each in page["messages"]], page["has_more"]) == (["a", "b", "c"], False)
    page = only(annas.act("history", before=page["messages"][0]["id"]), "history")
    assert page == {"messages": [], "has_more": False}


def test_a_history_fits_into_a_frame(annas):
    for letter in "abc":
        annas.act("send_message", content=letter * 60_000)
    page = only(annas.act("history"), "history")
    assert ([each["content"][0] for each in page["messages"]], page["has_more"]) == (["b", "c"], True)
    assert len(annas.client.frames[-1]) <= 128 * 1024


def test_an_unhandled_failure_is_told_without_its_reason_and_logged(annas, monkeypatch, logs):
    def fail(*_, **__):
        raise ValueError("a secret")

    monkeypatch.setattr("parley.tables.room_messages.DynamoRoomMessageRepository.newest", fail)
    told = only(annas.act("history"), "error")
    assert told == {"content": "Internal server error", "type": "internal_error"}
    assert any("a secret" in entry.get("exception", "") for entry in logs.entries)


def test_what_is_said_is_not_logged(room, annas, logs):
    annas.act("send_message", content="between you and me", client_id="my-id")
    assert "between you" not in logs.text
    entry = [entry for entry in logs.entries if entry["message"] == "socket"][-1]
    assert (entry["route"], entry["action"], entry["room_id"]) == ("send_message", "send_message", room["id"])


def test_a_connection_that_nobody_admitted_is_closed(sockets):
    socket = Socket(sockets)
    socket.send({"action": "ping"})
    assert socket.client.is_closed
    assert socket.client.frames == []


def test_an_agent_that_was_deleted_says_nothing_more(anna, room, annas, connect):
    scout = anna.create_agent("Scout", kind="external")
    anna.client.call("POST", f"/api/chat-rooms/{room['id']}/agents", {"agent_id": scout["id"]})
    scouts = connect(anna.client.call("POST", f"/api/agents/{scout['id']}/key").data["key"], room)
    anna.client.call("DELETE", f"/api/agents/{scout['id']}")
    scouts.act("send_message", content="still here?")
    assert scouts.client.is_closed
    assert annas.client.events("message") == []
    assert annas.client.events("system")[-1]["type"] == "agent_leave"


def test_a_connection_from_before_the_removal_says_nothing_more(anna, bert, room, annas, connect, dynamodb):
    """The handshake and the removal crossed: the connection was added when the others had been seen off."""
    late = connect(bert, room)
    from parley.bootstrap.rooms import room_repository

    room_repository().remove_member(room["id"], bert.user["id"])
    for action in ({"content": "hello"}, {}):
        late.act("send_message" if action else "history", **action)
    assert late.client.is_closed
    assert [name for name, _ in late.client.told if name in ("history", "message", "error")] == []
    assert annas.client.events("message") == []
    assert annas.client.events("system")[-1]["type"] == "user_leave"
    assert not [item for item in all_items(dynamodb, "connections") if item["pk"]["S"] == f"CONN#{late.id}"]
