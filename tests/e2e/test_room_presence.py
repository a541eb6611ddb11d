"""Rooms over real sockets: who gets in, who is seen to come and go, and who is seen off."""

from typing import Any

import httpx

from tests.e2e.client import Person
from tests.e2e.room_people import PeopledRoom, me, notices, say
from tests.e2e.sockets import refused_status, room_socket
from tests.e2e.stack import RunningStack


def test_strangers_and_impostors_are_refused_at_the_handshake(
    room: PeopledRoom, member: Person, scout: dict[str, Any], http: httpx.Client, stack: RunningStack
) -> None:
    stranger = Person.register(http)
    assert room.refused() == 401
    assert room.refused(participant_id=me(room.owner)) == 401
    assert room.refused("no token") == 401
    assert room.refused("pak_nonsense") == 401
    assert room.refused(stranger.token) == 403
    assert refused_status(stack.url, "room_01ARZ3NDEKTSV4RRFFQ69G5FAV", token=room.owner.token) == 403
    assert room.refused(member.token, participant_id=me(room.owner)) == 401
    assert room.refused(member.token, participant_type="agent", participant_id=scout["id"]) == 401
    assert room.refused(scout["key"], participant_type="user") == 401
    other = room.owner.data("POST", "/api/agents", json={"name": "Other", "kind": "external"})
    outside = room.owner.data("POST", f"/api/agents/{other['id']}/key")["key"]
    assert room.refused(outside) == 403
    room.owner.data("POST", "/api/auth/logout")
    assert room.refused(room.owner.token) == 401


def test_the_token_may_come_in_a_header(room: PeopledRoom, stack: RunningStack) -> None:
    with room_socket(stack.url, room.id, headers=room.owner.headers) as socket:
        assert socket.wait_for("connected")["participant_id"] == me(room.owner)


def test_a_participant_is_announced_once_whatever_the_number_of_tabs(
    room: PeopledRoom, member: Person
) -> None:
    watcher = room.connect(room.owner.token)
    tabs = [room.connect(member.token) for _ in range(3)]
    assert watcher.wait_for("system")["type"] == "user_join"
    for tab in tabs[:2]:
        tab.close()
    tabs[2].send("ping")
    tabs[2].wait_for("pong")
    assert notices(watcher) == [("user_join", member.username)]
    tabs[2].drop()
    watcher.wait_for("system", lambda notice: notice["type"] == "user_leave")
    assert notices(watcher) == [("user_join", member.username), ("user_leave", member.username)]
    assert tabs[0].named("system") == []


def test_an_external_agent_comes_speaks_and_goes_and_its_old_key_opens_nothing(
    room: PeopledRoom, scout: dict[str, Any]
) -> None:
    watcher = room.connect(room.owner.token, headers={"Accept-Language": "en"})
    socket = room.connect(scout["key"], participant_type="agent", participant_id=scout["id"])
    assert watcher.wait_for("system")["content"] == "Scout has joined the room."
    watcher.send("send_message", content="@Scout who are you?")
    assert socket.wait_for("message")["content"] == "@Scout who are you?"
    socket.send("typing", is_typing=True)
    assert watcher.wait_for("typing") == {"agent_id": scout["id"], "is_typing": True}
    socket.send("send_message", content="A scout.")
    said = watcher.wait_for("message", lambda message: message["sender_type"] == "agent")
    assert (said["sender_id"], said["sender_name"], said["content"]) == (scout["id"], "Scout", "A scout.")
    new_key = room.owner.data("POST", f"/api/agents/{scout['id']}/key")["key"]
    assert room.refused(scout["key"]) == 401
    socket.close()
    assert watcher.wait_for("system")["type"] == "agent_leave"
    assert room.connect(new_key).named("connected")[0]["participant_id"] == scout["id"]


def test_a_removed_member_is_out_at_once(room: PeopledRoom, member: Person) -> None:
    watcher, tabs = room.connect(room.owner.token), [room.connect(member.token) for _ in range(2)]
    room.owner.data("DELETE", f"{room.path}/members/{me(member)}")
    for tab in tabs:
        tab.closed()
    watcher.wait_for("system", lambda notice: notice["type"] == "user_leave")
    assert room.refused(member.token) == 403
    say(watcher, "among us")
    assert notices(watcher) == [("user_join", member.username), ("user_leave", member.username)]


def test_a_deleted_room_ends_its_connections(room: PeopledRoom, member: Person) -> None:
    sockets = [room.connect(room.owner.token), room.connect(member.token)]
    room.owner.data("DELETE", room.path)
    for socket in sockets:
        socket.closed()
    assert room.refused(room.owner.token) == 403
