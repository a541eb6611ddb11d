"""The agents function: its routes, fields and pages."""

import pytest

from tests.functions.gateway import invoke, proxy_event, with_headers

DEFAULTS = {
    "description": None,
    "system_prompt": None,
    "model": "glm-5",
    "provider_id": None,
    "temperature": 1.0,
    "max_tokens": 65536,
    "thinking_enabled": False,
    "tools": None,
    "kind": "hosted",
}
EVERYTHING = {
    "description": "读诗 👩‍🚀",
    "system_prompt": "You are a poet.",
    "model": "m",
    "temperature": 0,
    "max_tokens": 1,
    "thinking_enabled": True,
    "tools": ["web_search", "calculator"],
    "kind": "external",
}


def test_the_events_of_the_gateway_are_answered(anna):
    headers = {"Authorization": f"Bearer {anna.token}"}
    created = invoke("agents", with_headers(proxy_event("create_agent"), headers))
    assert (created.status, created.data["kind"]) == (201, "external")
    listed = invoke("agents", with_headers(proxy_event("list_agents"), headers))
    assert listed.data["items"] == [created.data]
    key = proxy_event("issue_agent_key", pathParameters={"id": created.data["id"]})
    key["path"] = f"/api/agents/{created.data['id']}/key"
    assert invoke("agents", with_headers(key, headers)).status == 201


@pytest.mark.parametrize("slash", ["", "/"])
def test_an_agent_needs_a_name_alone(anna, slash):
    created = anna.client.call("POST", f"/api/agents{slash}", {"name": "  小 助手  "})
    assert (created.status, created.json["message"]) == (201, "创建成功")
    agent = created.data
    assert set(agent) == {*DEFAULTS, "id", "user_id", "name", "created_at", "updated_at"}
    assert {name: agent[name] for name in DEFAULTS} == DEFAULTS
    assert agent["name"] == "小 助手"
    assert agent["id"].startswith("agent_")
    assert agent["user_id"] == anna.user["id"]
    assert agent["created_at"] == agent["updated_at"]
    assert agent["created_at"].endswith("Z")
    for body in ({}, None, "{}"):
        refused = anna.client.call("POST", f"/api/agents{slash}", body)
        assert (refused.status, refused.json["type"]) == (422, "validation_error")


@pytest.mark.parametrize("slash", ["", "/"])
def test_an_agent_is_read_changed_and_deleted(anna, slash):
    agent = anna.create_agent(**EVERYTHING)
    assert {name: agent[name] for name in EVERYTHING} == EVERYTHING
    path = f"/api/agents/{agent['id']}{slash}"
    assert anna.client.call("GET", path).data == agent
    changed = anna.client.call("PUT", path, {"name": "Painter", "temperature": 2, "tools": []})
    assert (changed.status, changed.json["message"]) == (200, "更新成功")
    expected = {**agent, "name": "Painter", "temperature": 2.0, "tools": []}
    assert changed.data == {**expected, "updated_at": changed.data["updated_at"]}
    assert anna.client.call("GET", path).data == changed.data
    deleted = anna.client.call("DELETE", path)
    assert (deleted.status, deleted.data, deleted.json["message"]) == (200, None, "删除成功")
    for method, body in [("GET", None), ("DELETE", None), ("PUT", {"model": "m"})]:
        assert anna.client.call(method, path, body).status == 404


def test_an_agent_that_is_sent_back_whole_stays_what_it_is(anna):
    agent = anna.create_agent(**EVERYTHING)
    changed = anna.client.call("PUT", f"/api/agents/{agent['id']}", agent)
    assert changed.data == {**agent, "updated_at": changed.data["updated_at"]}


def test_null_clears_what_may_be_absent(anna):
    agent = anna.create_agent(**EVERYTHING)
    cleared = dict.fromkeys(["description", "system_prompt", "provider_id", "tools"])
    changed = anna.client.call("PUT", f"/api/agents/{agent['id']}", cleared).data
    assert {name: changed[name] for name in cleared} == cleared


def test_a_change_of_nothing_changes_nothing(anna):
    agent = anna.create_agent()
    changed = anna.client.call("PUT", f"/api/agents/{agent['id']}", {})
    assert (changed.status, changed.data) == (200, agent)


def test_the_list_is_paged_by_number_and_by_cursor_newest_first(anna, bert):
    bert.create_agent()
    created = sorted((anna.create_agent(name=f"agent {number}")["id"] for number in range(5)), reverse=True)
    first = anna.client.call("GET", "/api/agents/?page=1&page_size=2").data
    assert set(first) == {"items", "total", "page", "page_size", "next_cursor"}
    assert (first["total"], first["page"], first["page_size"]) == (5, 1, 2)
    pages = [anna.client.call("GET", f"/api/agents?page={number}&page_size=2").data for number in (1, 2, 3)]
    assert [agent["id"] for page in pages for agent in page["items"]] == created
    by_cursor, cursor = [agent["id"] for agent in first["items"]], first["next_cursor"]
    while cursor:
        page = anna.client.call("GET", f"/api/agents?page_size=2&cursor={cursor}").data
        by_cursor, cursor = by_cursor + [agent["id"] for agent in page["items"]], page["next_cursor"]
    assert by_cursor == created
    assert anna.client.call("GET", "/api/agents?page=9").data["items"] == []


@pytest.mark.parametrize("query", ["page=0", "page_size=101", "cursor=garbage", "cursor=%F0%9F%92%A5"])
def test_a_wrong_query_is_named(anna, query):
    refused = anna.client.call("GET", f"/api/agents?{query}")
    assert (refused.status, refused.fields) == (422, [f"query.{query.split('=')[0]}"])
