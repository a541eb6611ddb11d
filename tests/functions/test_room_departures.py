"""Changes of a room, as those who are connected to it notice them."""

import pytest


@pytest.fixture
def room(anna, bert, sockets):
    agents = [anna.create_agent("Scout", kind="external"), anna.create_agent("Poet")]
    ids = [agent["id"] for agent in agents]
    room = anna.client.call("POST", "/api/chat-rooms", {"name": "Harbour", "agent_ids": ids}).data
    anna.client.call("POST", f"/api/chat-rooms/{room['id']}/members", {"username": "bert"})
    return room


@pytest.fixture
def annas(anna, room, connect):
    return connect(anna, room, headers={"Accept-Language": "en"})


@pytest.fixture
def scouts(anna, room, annas, connect):
    key = anna.client.call("POST", f"/api/agents/{room['agents'][0]['id']}/key").data["key"]
    return connect(key, room)


def notices(socket):
    return [(event["type"], event["participant_name"]) for event in socket.client.events("system")]


def shown_agents(socket):
    return [[agent["name"] for agent in event["agents"]] for event in socket.client.events("agents")]


def test_a_removed_member_loses_all_connections_and_the_others_are_told_once(
    anna, bert, room, annas, connect
):
    tabs = [connect(bert, room) for _ in range(2)]
    anna.client.call("DELETE", f"/api/chat-rooms/{room['id']}/members/{bert.user['id']}")
    assert [tab.client.is_closed for tab in tabs] == [True, True]
    for tab in tabs:
        tab.disconnect()
    assert notices(annas) == [("user_join", "bert"), ("user_leave", "bert")]
    assert not annas.client.is_closed
    assert connect(bert, room).status == 403


def test_a_member_who_leaves_is_seen_off(bert, room, annas, connect):
    tab = connect(bert, room)
    bert.client.call("DELETE", f"/api/chat-rooms/{room['id']}/members/{bert.user['id']}")
    assert tab.client.is_closed
    assert notices(annas)[-1] == ("user_leave", "bert")


@pytest.mark.parametrize("way", ["removed", "replaced"])
def test_an_agent_that_is_taken_out_loses_its_connections(anna, room, annas, scouts, way):
    scout, poet = room["agents"]
    path = f"/api/chat-rooms/{room['id']}"
    if way == "removed":
        assert anna.client.call("DELETE", f"{path}/agents/{scout['id']}").status == 200
    else:
        assert anna.client.call("PUT", path, {"agent_ids": [poet["id"]]}).status == 200
    assert scouts.client.is_closed
    assert notices(annas) == [("agent_join", "Scout"), ("agent_leave", "Scout")]
    assert shown_agents(annas) == [["Poet"]]


def test_agents_that_come_are_shown_and_a_hosted_one_is_announced(anna, room, annas):
    bard, spy = anna.create_agent("Bard"), anna.create_agent("Spy", kind="external")
    path = f"/api/chat-rooms/{room['id']}/agents"
    for agent in (bard, spy, bard):
        anna.client.call("POST", path, {"agent_id": agent["id"]})
    assert notices(annas) == [("agent_join", "Bard")]
    assert shown_agents(annas) == [["Scout", "Poet", "Bard"], ["Scout", "Poet", "Bard", "Spy"]]
    (agent,) = [each for each in annas.client.events("agents")[-1]["agents"] if each["name"] == "Bard"]
    assert agent == anna.client.call("GET", f"/api/agents/{bard['id']}").data


def test_a_change_that_is_no_change_of_agents_tells_nobody(anna, room, annas):
    before = len(annas.client.frames)
    ids = [agent["id"] for agent in room["agents"]]
    anna.client.call("PUT", f"/api/chat-rooms/{room['id']}", {"name": "Quay", "agent_ids": ids})
    assert len(annas.client.frames) == before


def test_a_deleted_room_ends_all_connections(anna, bert, room, annas, scouts, connect):
    bert_tab = connect(bert, room)
    anna.client.call("DELETE", f"/api/chat-rooms/{room['id']}")
    assert [each.client.is_closed for each in (annas, scouts, bert_tab)] == [True, True, True]
    assert connect(anna, room).status == 403


def test_a_member_changes_nothing_and_nobody_is_told(bert, room, annas):
    before = len(annas.client.frames)
    scout = room["agents"][0]
    path = f"/api/chat-rooms/{room['id']}"
    for method, target in [("DELETE", f"{path}/agents/{scout['id']}"), ("DELETE", path)]:
        assert bert.client.call(method, target).status == 403
    assert bert.client.call("PUT", path, {"agent_ids": []}).status == 403
    assert len(annas.client.frames) == before


def test_without_the_service_of_sockets_a_removal_takes_effect_all_the_same(
    anna, bert, room, annas, sockets, connect
):
    tab = connect(bert, room)

    async def out_of_order():
        raise OSError("out of order")

    sockets.service = out_of_order
    path = f"/api/chat-rooms/{room['id']}/members/{bert.user['id']}"
    assert anna.client.call("DELETE", path).status == 200
    sockets.service = None
    annas.act("typing", is_typing=True)
    assert tab.client.events("typing") == []
    tab.act("send_message", content="still here?")
    assert tab.client.is_closed
