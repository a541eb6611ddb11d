"""What the fields of an agent may hold."""

import pytest

from infra.topology import MAX_FUNCTION_PAYLOAD_BYTES
from parley.domain.tools import TOOL_NAMES

WRONG = [
    ("name", ""),
    ("name", "  "),
    ("name", "x" * 101),
    ("name", "a@b"),
    ("name", "＠a"),
    ("name", "a\nb"),
    ("name", "a\x00b"),
    ("name", "a\u202eb"),
    ("name", None),
    ("name", 5),
    ("name", "\ud800"),
    ("description", "x" * 1001),
    ("description", []),
    ("system_prompt", "x" * 12_001),
    ("model", ""),
    ("model", None),
    ("model", "x" * 201),
    ("provider_id", ""),
    ("provider_id", 1),
    ("temperature", -0.1),
    ("temperature", 2.1),
    ("temperature", None),
    ("temperature", float("nan")),
    ("max_tokens", 0),
    ("max_tokens", 1_000_001),
    ("max_tokens", None),
    ("thinking_enabled", "perhaps"),
    ("thinking_enabled", None),
    ("tools", "calculator"),
    ("tools", {}),
    ("kind", "free"),
    ("kind", None),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_each_wrong_field_is_named(anna, field, value):
    agent = anna.create_agent()
    for method, target in [("POST", "/api/agents"), ("PUT", f"/api/agents/{agent['id']}")]:
        refused = anna.client.call(method, target, {"name": "Other", field: value})
        assert (refused.status, refused.json["type"], refused.json["code"]) == (422, "validation_error", 422)
        assert refused.fields == [f"body.{field}"]
    assert anna.client.call("GET", "/api/agents").data["items"] == [agent]


def test_the_rule_for_names_is_told_in_both_languages(anna):
    chinese = anna.client.call("POST", "/api/agents", {"name": "a@b"}).json["details"][0]["reason"]
    english = (
        anna.client.in_english().call("POST", "/api/agents", {"name": "a@b"}).json["details"][0]["reason"]
    )
    assert "@" in chinese
    assert not chinese.isascii()
    assert "'@'" in english
    assert english.isascii()


def test_each_tool_is_one_that_there_is_and_named_where_it_is_not(anna):
    agent = anna.create_agent(tools=list(TOOL_NAMES))
    assert agent["tools"] == list(TOOL_NAMES)
    tools = ["calculator", "time_machine", "Calculator", None, ["calculator"]]
    for method, target in [("POST", "/api/agents"), ("PUT", f"/api/agents/{agent['id']}")]:
        refused = anna.client.call(method, target, {"name": "Other", "tools": tools})
        assert refused.status == 422
        assert refused.fields == [f"body.tools.{index}" for index in (1, 2, 3, 4)]


def test_the_provider_is_one_of_the_persons_own(anna, bert):
    mine, deleted = (anna.bring(name=name)["id"] for name in ("mine", "deleted"))
    anna.client.call("DELETE", f"/api/providers/{deleted}")
    agent = anna.create_agent(provider_id=mine)
    assert agent["provider_id"] == mine
    wrong = [bert.bring()["id"], deleted, "prov_01ARZ3NDEKTSV4RRFFQ69G5FAV", "x", "💥"]
    for provider_id in wrong:
        for method, target in [("POST", "/api/agents"), ("PUT", f"/api/agents/{agent['id']}")]:
            refused = anna.client.call(method, target, {"name": "Other", "provider_id": provider_id})
            assert (refused.status, refused.json["type"]) == (422, "validation_error")
            assert refused.json["details"] == [{"field": "body.provider_id", "reason": "没有这个模型提供商"}]
    assert anna.client.call("GET", "/api/agents").data["items"] == [agent]
    changed = anna.client.call("PUT", f"/api/agents/{agent['id']}", {"provider_id": None}).data
    assert changed["provider_id"] is None


def test_a_tool_named_twice_is_had_once(anna):
    agent = anna.create_agent(tools=["csv_query", "calculator", "csv_query"])
    assert agent["tools"] == ["csv_query", "calculator"]


@pytest.mark.parametrize("name", ["poet", "ＰＯＥＴ", " Poet "])
def test_a_name_is_taken_once_for_a_person(anna, bert, name):
    anna.create_agent()
    other = anna.create_agent(name="Other")
    for method, target in [("POST", "/api/agents"), ("PUT", f"/api/agents/{other['id']}")]:
        refused = anna.client.call(method, target, {"name": name})
        assert (refused.status, refused.json["code"], refused.json["type"]) == (409, 409, "conflict")
        assert refused.json["error"] == "已有同名的 Agent"
        in_english = anna.client.in_english().call(method, target, {"name": name})
        assert in_english.json["error"] == "You have another agent of this name"
    assert bert.create_agent(name=name)["name"] == name.strip()
    anna.client.call("PUT", f"/api/agents/{other['id']}", {"name": "Third"})
    assert anna.create_agent(name="other")["name"] == "other"


def test_the_largest_page_fits_what_a_function_may_answer():
    """In the script that takes the most bytes, and with what lies around the items."""
    from functions.agents.schemas import CreateAgentRequest
    from parley.http.agent_bodies import AgentBody
    from tests.examples import an_agent

    wide = "👩"
    fields = CreateAgentRequest(
        name=wide * 100,
        description=wide * 1000,
        system_prompt=wide * 12_000,
        model=wide * 200,
        provider_id=wide * 100,
        tools=list(TOOL_NAMES),
    )
    agent = an_agent("user_01ARZ3NDEKTSV4RRFFQ69G5FAV", **fields.model_dump())
    body = AgentBody.of(agent).model_dump_json()
    assert 100 * len(body.encode()) < MAX_FUNCTION_PAYLOAD_BYTES - 2000
