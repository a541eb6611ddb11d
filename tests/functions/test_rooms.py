"""The chat rooms function: rooms, their agents and their members."""

import pytest

from parley.domain.rooms import MAX_ROOM_AGENTS

ROOM_FIELDS = {
    "id",
    "owner_id",
    "name",
    "description",
    "agents",
    "member_ids",
    "max_agent_turns",
    "created_at",
    "updated_at",
}


def create(person, name="Harbour", **fields):
    return person.client.call("POST", "/api/chat-rooms", {"name": name, **fields}).data


def path_of(room, rest=""):
    return f"/api/chat-rooms/{room['id']}{rest}"


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_room_needs_a_name_alone(anna, slash):
    created = anna.client.call("POST", f"/api/chat-rooms{slash}", {"name": "  聊天室  "})
    assert (created.status, created.json["message"]) == (201, "创建成功")
    room = created.data
    assert set(room) == ROOM_FIELDS
    assert (room["name"], room["description"], room["agents"], room["member_ids"]) == ("聊天室", None, [], [])
    assert (room["owner_id"], room["max_agent_turns"]) == (anna.user["id"], 8)
    assert room["id"].startswith("room_")
    assert room["created_at"] == room["updated_at"]


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_room_is_read_changed_and_deleted(anna, slash):
    poet, scout = anna.create_agent("Poet"), anna.create_agent("Scout", kind="external")
    room = create(anna, description="海", agent_ids=[scout["id"], poet["id"], scout["id"]], max_agent_turns=2)
    assert room["agents"] == [scout, poet]
    path = path_of(room, slash)
    assert anna.client.call("GET", path).data == room
    changed = anna.client.call("PUT", path, {"name": "Quay", "description": None, "max_agent_turns": 50})
    assert (changed.status, changed.json["message"]) == (200, "更新成功")
    expected = {**room, "name": "Quay", "description": None, "max_agent_turns": 50}
    assert changed.data == {**expected, "updated_at": changed.data["updated_at"]}
    assert anna.client.call("PUT", path, {"agent_ids": [poet["id"]]}).data["agents"] == [poet]
    assert anna.client.call("PUT", path, {}).data["agents"] == [poet]
    deleted = anna.client.call("DELETE", path)
    assert (deleted.status, deleted.data, deleted.json["message"]) == (200, None, "删除成功")
    for method, body in [("GET", None), ("DELETE", None), ("PUT", {"name": "x"})]:
        assert anna.client.call(method, path, body).status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.name"),
        ({"name": ""}, "body.name"),
        ({"name": " \n"}, "body.name"),
        ({"name": "x" * 101}, "body.name"),
        ({"name": None}, "body.name"),
        ({"name": 1}, "body.name"),
        ({"name": "x", "description": "d" * 1001}, "body.description"),
        ({"name": "x", "agent_ids": None}, "body.agent_ids"),
        ({"name": "x", "agent_ids": "agent_1"}, "body.agent_ids"),
        ({"name": "x", "agent_ids": ["a"] * (MAX_ROOM_AGENTS + 1)}, "body.agent_ids"),
        ({"name": "x", "agent_ids": [""]}, "body.agent_ids.0"),
        ({"name": "x", "max_agent_turns": 0}, "body.max_agent_turns"),
        ({"name": "x", "max_agent_turns": 51}, "body.max_agent_turns"),
        ({"name": "x", "max_agent_turns": "8"}, "body.max_agent_turns"),
        ({"name": "x", "max_agent_turns": True}, "body.max_agent_turns"),
    ],
)
def test_a_field_that_does_not_fit_is_named(anna, body, field):
    refused = anna.client.call("POST", "/api/chat-rooms", body)
    assert (refused.status, refused.fields) == (422, [field])
    if body:
        room = create(anna)
        refused = anna.client.call("PUT", path_of(room), body)
        assert (refused.status, refused.fields) == (422, [field])
        assert anna.client.call("GET", path_of(room)).data == room


def test_an_agent_that_is_not_the_owners_is_named(anna, bert):
    own, foreign = anna.create_agent(), bert.create_agent()
    for unknown in (foreign["id"], "agent_01ARZ3NDEKTSV4RRFFQ69G5FAV", "x"):
        body = {"name": "x", "agent_ids": [own["id"], unknown]}
        refused = anna.client.call("POST", "/api/chat-rooms", body)
        assert (refused.status, refused.fields) == (422, ["body.agent_ids.1"])
        room = create(anna)
        refused = anna.client.call("PUT", path_of(room), {"agent_ids": [unknown]})
        assert (refused.status, refused.fields) == (422, ["body.agent_ids.0"])
        refused = anna.client.in_english().call("POST", path_of(room, "/agents"), {"agent_id": unknown})
        assert (refused.status, refused.fields) == (422, ["body.agent_id"])
        assert refused.json["details"][0]["reason"] == "You have no such agent"
        assert anna.client.call("GET", path_of(room)).data == room
    assert anna.client.call("GET", "/api/chat-rooms").data["total"] == 3


@pytest.mark.parametrize("slash", ["", "/"])
def test_agents_are_added_behind_the_others_and_taken_out(anna, slash):
    poet, scout = anna.create_agent("Poet"), anna.create_agent("Scout")
    path = path_of(create(anna, agent_ids=[poet["id"]]), "/agents")
    assert anna.client.call("GET", path + slash).data == {"agents": [poet], "total": 1}
    for status in (201, 200):
        added = anna.client.call("POST", path + slash, {"agent_id": scout["id"]})
        assert (added.status, added.data) == (status, {"agents": [poet, scout], "total": 2})
    removed = anna.client.call("DELETE", f"{path}/{poet['id']}{slash}")
    assert (removed.status, removed.data) == (200, None)
    assert anna.client.call("GET", path).data == {"agents": [scout], "total": 1}
    again = anna.client.call("DELETE", f"{path}/{poet['id']}")
    assert (again.status, again.json["type"], again.json["error"]) == (404, "not_found", "Agent 不存在")


def test_an_agent_that_was_deleted_is_shown_no_more_and_takes_no_place(anna, monkeypatch):
    agents = [anna.create_agent(f"agent {number}") for number in range(3)]
    room = create(anna, agent_ids=[agent["id"] for agent in agents[:2]])
    anna.client.call("DELETE", f"/api/agents/{agents[0]['id']}")
    assert anna.client.call("GET", path_of(room)).data["agents"] == [agents[1]]
    assert anna.client.call("GET", "/api/chat-rooms").data["items"][0]["agents"] == [agents[1]]
    monkeypatch.setattr("parley.tables.rooms.MAX_ROOM_AGENTS", 2)
    added = anna.client.call("POST", path_of(room, "/agents"), {"agent_id": agents[2]["id"]})
    assert (added.status, added.data["agents"]) == (201, agents[1:])
    full = anna.client.call("POST", path_of(room, "/agents"), {"agent_id": anna.create_agent("more")["id"]})
    assert (full.status, full.json["type"]) == (409, "too_many_room_agents")


@pytest.mark.parametrize("slash", ["", "/"])
def test_members_are_let_in_by_their_name_and_taken_out(anna, bert, slash):
    room = create(anna)
    path = path_of(room, "/members")
    for status, name in ((201, "bert"), (200, "BERT")):
        added = anna.client.call("POST", path + slash, {"username": name})
        assert added.status == status
        (member,) = added.data["members"]
        assert set(member) == {"user_id", "username", "added_at"}
        assert (member["user_id"], member["username"], added.data["total"]) == (bert.user["id"], "bert", 1)
        assert added.data["owner"] == {"user_id": anna.user["id"], "username": "anna"}
    for person in (anna, bert):
        assert person.client.call("GET", path + slash).data == added.data
        assert person.client.call("GET", path_of(room)).data["member_ids"] == [bert.user["id"]]
        assert person.client.call("GET", "/api/chat-rooms").data["total"] == 1
    removed = anna.client.call("DELETE", f"{path}/{bert.user['id']}{slash}")
    assert (removed.status, removed.data) == (200, None)
    again = anna.client.call("DELETE", f"{path}/{bert.user['id']}")
    assert (again.status, again.json["type"], again.json["error"]) == (
        404,
        "not_found",
        "该用户不是聊天室成员",
    )
    assert bert.client.call("GET", path_of(room)).status == 404
    assert bert.client.call("GET", "/api/chat-rooms").data["total"] == 0


def test_the_owner_is_there_already_and_cannot_leave(anna):
    room = create(anna)
    added = anna.client.call("POST", path_of(room, "/members"), {"username": "anna"})
    assert (added.status, added.data["members"]) == (200, [])
    assert anna.client.call("DELETE", path_of(room, f"/members/{anna.user['id']}")).status == 404


@pytest.mark.parametrize("username", ["nobody", "bert@example.com", "", "x" * 51, None, 1])
def test_who_does_not_exist_cannot_be_let_in(anna, bert, username):
    """A user is known by the name, not by the address, which others need not know."""
    room = create(anna)
    refused = anna.client.call("POST", path_of(room, "/members"), {"username": username})
    assert (refused.status, refused.fields) == (422, ["body.username"])


def test_the_list_is_paged_by_number_and_by_cursor_newest_first(anna, bert):
    created = sorted((create(anna, f"room {number}")["id"] for number in range(5)), reverse=True)
    create(bert)
    first = anna.client.call("GET", "/api/chat-rooms/?page=1&page_size=2").data
    assert set(first) == {"items", "total", "page", "page_size", "next_cursor"}
    assert (first["total"], first["page"], first["page_size"]) == (5, 1, 2)
    by_cursor, cursor = [room["id"] for room in first["items"]], first["next_cursor"]
    while cursor:
        page = anna.client.call("GET", f"/api/chat-rooms?page_size=2&cursor={cursor}").data
        by_cursor, cursor = by_cursor + [room["id"] for room in page["items"]], page["next_cursor"]
    assert by_cursor == created
    for query in ("page=0", "page_size=101", "cursor=garbage"):
        refused = anna.client.call("GET", f"/api/chat-rooms?{query}")
        assert (refused.status, refused.fields) == (422, [f"query.{query.split('=')[0]}"])


def test_a_repeated_creation_with_a_key_makes_one_room(anna):
    client = type(anna.client)(anna.client.headers | {"Idempotency-Key": "k"})
    first, second = (client.call("POST", "/api/chat-rooms", {"name": "x"}) for _ in range(2))
    assert first.data == second.data
    assert second.headers["idempotency-replayed"] == "true"
    assert anna.client.call("GET", "/api/chat-rooms").data["total"] == 1
