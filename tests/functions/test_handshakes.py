"""The handshake of a room's socket: who is let in, as whom, and what a refusal says."""

import json

import pytest

from parley.domain.room_connections import ConnectionState
from parley.domain.room_messages import Sender, SenderType
from parley.domain.room_places import room_message_id
from tests.functions.sockets import Socket, invoke, socket_event
from tests.tables_on_moto import QUEUE_SETTINGS, all_items

UNKNOWN_ROOM = {"id": "room_01ARZ3NDEKTSV4RRFFQ69G5FAV"}


@pytest.fixture
def room(anna):
    return anna.client.call("POST", "/api/chat-rooms", {"name": "Harbour"}).data


@pytest.fixture
def scout(anna, room):
    """An external agent in the room, with its key."""
    agent = anna.create_agent("Scout", kind="external")
    anna.client.call("POST", f"/api/chat-rooms/{room['id']}/agents", {"agent_id": agent["id"]})
    key = anna.client.call("POST", f"/api/agents/{agent['id']}/key").data["key"]
    return agent | {"key": key}


def connection_of(socket):
    from parley.bootstrap.rooms import room_connections

    return room_connections().find(socket.id)


def sender(person, name=None):
    return Sender(type=SenderType.USER, id=person.user["id"], name=name or person.user["username"])


def test_a_person_is_let_in_and_the_welcome_is_queued(anna, room, connect, queues):
    socket = connect(anna, room, welcome=False)
    assert socket.answer == {"statusCode": 200}
    connection = connection_of(socket)
    assert (connection.room_id, connection.user_id) == (room["id"], anna.user["id"])
    assert (connection.participant, connection.state) == (sender(anna), ConnectionState.NEW)
    assert (connection.language, connection.after) == ("zh", None)
    (url,) = QUEUE_SETTINGS.values()
    (message,) = queues.receive_message(QueueUrl=url)["Messages"]
    work = {"kind": "welcome", "room_id": room["id"], "connection_id": socket.id}
    assert json.loads(message["Body"]) == work
    assert socket.client.frames == []


def test_the_token_may_come_in_the_header(anna, room, sockets):
    for headers in ({"Authorization": f"Bearer {anna.token}"}, {"authorization": f"bearer {anna.token}"}):
        socket = Socket(sockets)
        assert socket.open({"room_id": room["id"]}, headers) == {"statusCode": 200}
        assert connection_of(socket).participant == sender(anna)


def test_a_member_is_let_in(anna, bert, room, connect):
    anna.client.call("POST", f"/api/chat-rooms/{room['id']}/members", {"username": "bert"})
    socket = connect(bert, room, participant_type="user", participant_id=bert.user["id"])
    assert connection_of(socket).participant == sender(bert)


def test_language_and_place_are_kept(anna, room, connect):
    known = room_message_id(room["id"], 7)
    socket = connect(anna, room, headers={"Accept-Language": "en"}, after=known)
    assert (connection_of(socket).language, connection_of(socket).after) == ("en", known)
    for nothing in ("", "x", room_message_id(UNKNOWN_ROOM["id"], 7)):
        assert connection_of(connect(anna, room, after=nothing)).after is None


@pytest.mark.parametrize("query", [{}, {"token": ""}, {"token": "x"}, {"token": "pak_x"}, {"token": "💥"}])
def test_without_a_good_token_nobody_is_let_in(sockets, anna, room, query, dynamodb):
    for said in ({}, {"participant_id": anna.user["id"]}, {"participant_type": "agent"}):
        socket = Socket(sockets)
        socket.open({"room_id": room["id"], **said, **query}, {})
        assert socket.status == 401
        assert socket.answer["headers"]["WWW-Authenticate"] == "Bearer"
        expected = {"success": False, "error": "未登录或登录已失效", "code": 401, "type": "unauthorized"}
        assert socket.envelope == expected
    assert all_items(dynamodb, "connections") == []


def test_a_token_that_was_logged_out_opens_nothing(anna, room, connect):
    anna.client.call("POST", "/api/auth/logout")
    assert connect(anna, room).status == 401


def test_who_is_not_in_the_room_is_refused_as_if_there_was_none(bert, room, connect, dynamodb):
    refused, missing = connect(bert, room), connect(bert, UNKNOWN_ROOM)
    assert (refused.status, refused.answer) == (403, missing.answer)
    assert refused.envelope["type"] == "forbidden"
    english = connect(bert, room, headers={"Accept-Language": "en"})
    assert english.envelope["error"] == "This chat room is not open to you"
    for room_id in ("", "x", "💥"):
        assert connect(bert, {"id": room_id}).status == 403
    assert all_items(dynamodb, "connections") == []


def test_nobody_is_somebody_else(anna, bert, room, scout, connect):
    for said in (
        {"participant_id": bert.user["id"]},
        {"participant_id": scout["id"]},
        {"participant_type": "user", "participant_id": "1"},
        {"participant_type": "system"},
        {"participant_type": "agent"},
        {"participant_type": "agent", "participant_id": anna.user["id"]},
        {"participant_type": "agent", "participant_id": bert.create_agent("B")["id"]},
    ):
        assert connect(anna, room, **said).status == 401, said


def test_an_agents_key_lets_that_agent_in_and_no_other(anna, room, scout, connect):
    other = anna.create_agent("Other", kind="external")
    for said in ({}, {"participant_type": "agent"}, {"participant_id": scout["id"]}):
        connection = connection_of(connect(scout["key"], room, participant_name="Boss", **said))
        assert connection.participant == Sender(type=SenderType.AGENT, id=scout["id"], name="Scout")
        assert connection.user_id == anna.user["id"]
    for said in (
        {"participant_type": "user"},
        {"participant_id": other["id"]},
        {"participant_type": "user", "participant_id": anna.user["id"]},
    ):
        assert connect(scout["key"], room, **said).status == 401, said


def test_a_replaced_key_and_a_key_in_another_room_open_nothing(anna, room, scout, connect):
    elsewhere = anna.client.call("POST", "/api/chat-rooms", {"name": "Elsewhere"}).data
    assert connect(scout["key"], elsewhere).status == 403
    anna.client.call("POST", f"/api/agents/{scout['id']}/key")
    assert connect(scout["key"], room).status == 401


def test_the_owner_may_connect_an_agent_of_the_room_with_the_own_token(anna, bert, room, scout, connect):
    said = {"participant_type": "agent", "participant_id": scout["id"]}
    assert connection_of(connect(anna, room, **said)).participant.name == "Scout"
    anna.client.call("POST", f"/api/chat-rooms/{room['id']}/members", {"username": "bert"})
    assert connect(bert, room, **said).status == 401
    outside = anna.create_agent("Outside", kind="external")
    assert connect(anna, room, participant_type="agent", participant_id=outside["id"]).status == 403


@pytest.mark.parametrize("name", ["John", "  John ", "小 约翰", "j" * 100])
def test_a_person_is_shown_under_the_name_that_was_asked_for(anna, room, connect, name):
    socket = connect(anna, room, participant_name=name)
    assert connection_of(socket).participant == sender(anna, name.strip())


@pytest.mark.parametrize("name", ["", " ", "a@b", "a\nb", "\u202eevil", "j" * 101, "scout", "ＢＥＲＴ"])
def test_a_name_that_is_unfit_or_somebody_elses_is_not_shown(anna, bert, room, scout, connect, name):
    anna.client.call("POST", f"/api/chat-rooms/{room['id']}/members", {"username": "bert"})
    assert connection_of(connect(anna, room, participant_name=name)).participant == sender(anna)


def test_a_member_does_not_take_the_owners_name(anna, bert, room, connect):
    anna.client.call("POST", f"/api/chat-rooms/{room['id']}/members", {"username": "bert"})
    assert connection_of(connect(bert, room, participant_name="Anna")).participant == sender(bert)
    assert connection_of(connect(bert, room, participant_name="Bert")).participant.name == "Bert"


def test_without_the_queue_nobody_is_let_in(anna, room, connect, queues, dynamodb):
    (url,) = QUEUE_SETTINGS.values()
    queues.delete_queue(QueueUrl=url)
    socket = connect(anna, room, welcome=False)
    assert (socket.status, socket.envelope["type"]) == (503, "room_queue_unavailable")
    (presence,) = all_items(dynamodb, "connections")
    assert "connections" not in presence


def test_an_unhandled_failure_says_whom_to_ask_and_no_more(anna, room, connect, monkeypatch, logs):
    def fail(*_):
        raise ValueError("a secret")

    monkeypatch.setattr("parley.tables.rooms.DynamoRoomRepository.get", fail)
    socket = connect(anna, room)
    assert socket.status == 500
    assert set(socket.envelope) == {"success", "error", "code", "type", "request_id"}
    assert "secret" not in socket.answer["body"]
    assert anna.token not in logs.text


def test_nothing_of_a_token_is_logged_or_stored(anna, room, scout, connect, dynamodb, logs):
    from parley.accounts.authentication import hash_token

    for token in (anna.token, scout["key"]):
        connect(token, room)
        connect(token, UNKNOWN_ROOM)
        stored = repr([all_items(dynamodb, table) for table in ("connections", "rooms")])
        for text in (logs.text, stored):
            assert token not in text
            assert hash_token(token) not in text
    (entry, *_) = [entry for entry in logs.entries if entry["message"] == "socket"]
    assert (entry["route"], entry["status"], entry["room_id"]) == ("$connect", 200, room["id"])


def test_a_handshake_without_any_query_is_refused(sockets):
    event = socket_event("connect", "c=")
    event["queryStringParameters"] = event["multiValueQueryStringParameters"] = None
    assert invoke(event)["statusCode"] == 401
