"""Chat rooms: what a member may do, and what is told to everybody else."""

import pytest

from tests.functions.test_access import UNKNOWN_IDS, assert_not_logged_in

ROOM = "/api/chat-rooms/{id}"
OF_OWNER = [
    ("PUT", ROOM, {"name": "x"}),
    ("DELETE", ROOM, None),
    ("POST", f"{ROOM}/agents", {"agent_id": "agent_1"}),
    ("DELETE", f"{ROOM}/agents/agent_1", None),
    ("POST", f"{ROOM}/members", {"username": "anna"}),
    ("DELETE", f"{ROOM}/members/user_1", None),
]
OF_MEMBERS = [
    ("GET", ROOM, None),
    ("GET", f"{ROOM}/agents", None),
    ("GET", f"{ROOM}/members", None),
    ("GET", f"{ROOM}/messages", None),
]
BAD_QUERY = ("GET", f"{ROOM}/messages?after=x", None)
OF_ONE = [*OF_OWNER, *OF_MEMBERS]
OF_ALL = [("GET", "/api/chat-rooms", None), ("POST", "/api/chat-rooms", {"name": "x"})]


@pytest.fixture
def room(anna):
    return anna.client.call("POST", "/api/chat-rooms", {"name": "Harbour"}).data


@pytest.mark.parametrize(("method", "path", "body"), [*OF_ALL, *OF_ONE, BAD_QUERY])
def test_without_a_token_nothing_is_done(client, method, path, body):
    assert_not_logged_in(client.call(method, path.replace("{id}", "room_1"), body))


@pytest.mark.parametrize(("method", "path", "body"), OF_ONE)
def test_what_is_somebody_elses_does_not_exist(anna, bert, room, method, path, body):
    answer = bert.client.call(method, path.replace("{id}", room["id"]), body)
    assert (answer.status, answer.json["type"]) == (404, "not_found")
    missing = bert.client.call(method, path.replace("{id}", "room_01ARZ3NDEKTSV4RRFFQ69G5FAV"), body)
    assert answer.text == missing.text
    assert anna.client.call("GET", f"/api/chat-rooms/{room['id']}").data == room


@pytest.mark.parametrize("identifier", UNKNOWN_IDS, ids=range(len(UNKNOWN_IDS)))
@pytest.mark.parametrize(("method", "path", "body"), OF_ONE)
def test_what_is_no_id_is_not_found(anna, method, path, body, identifier):
    answer = anna.client.call(method, path.replace("{id}", identifier), body)
    assert (answer.status, answer.json["type"]) == (404, "not_found")


def test_a_member_reads_and_changes_nothing(anna, bert, room):
    anna.client.call("POST", f"/api/chat-rooms/{room['id']}/members", {"username": "bert"})
    before = anna.client.call("GET", f"/api/chat-rooms/{room['id']}").data
    for method, path, body in OF_MEMBERS:
        assert bert.client.call(method, path.replace("{id}", room["id"]), body).status == 200
    for method, path, body in OF_OWNER:
        refused = bert.client.call(method, path.replace("{id}", room["id"]), body)
        assert (refused.status, refused.json["type"], refused.json["error"]) == (403, "forbidden", "没有权限")
    assert anna.client.call("GET", f"/api/chat-rooms/{room['id']}").data == before


def test_a_member_may_leave_by_herself_and_take_nobody_along(anna, bert, register, room):
    cora = register("cora")
    members = f"/api/chat-rooms/{room['id']}/members"
    for name in ("bert", "cora"):
        anna.client.call("POST", members, {"username": name})
    assert bert.client.call("DELETE", f"{members}/{cora.user['id']}").status == 403
    assert bert.client.call("DELETE", f"{members}/{bert.user['id']}").status == 200
    assert bert.client.call("GET", members).status == 404
    left = cora.client.call("GET", members).data["members"]
    assert [member["username"] for member in left] == ["cora"]


def test_a_member_cannot_bring_agents_but_reads_the_owners(anna, bert, room):
    agent = anna.create_agent("Poet")
    anna.client.call("POST", f"/api/chat-rooms/{room['id']}/members", {"username": "bert"})
    anna.client.call("POST", f"/api/chat-rooms/{room['id']}/agents", {"agent_id": agent["id"]})
    agents = bert.client.call("GET", f"/api/chat-rooms/{room['id']}/agents").data["agents"]
    assert [each["id"] for each in agents] == [agent["id"]]
    assert bert.client.call("GET", f"/api/agents/{agent['id']}").status == 404
