"""The tools function: what there is, and running one by hand."""

import threading

import pytest

from tests.fakes.tools import registry, waiting_tool

TOOLS = {
    "crawler": ["web_search", "fetch_page", "crawl_batch"],
    "code": ["execute_python", "check_python"],
    "data": ["calculator", "text_process", "json_query", "csv_query", "date_time", "convert_units"],
}


@pytest.fixture
def offer(monkeypatch):
    """Puts other tools in the place of the product's."""
    from functions.tools import handler, routes

    def offer(*tools):
        overrides = handler.app.app.dependency_overrides
        monkeypatch.setitem(overrides, routes._registry, lambda: registry(*tools))

    return offer


def execute(person, name, arguments=None, *, client=None):
    return (client or person.client).call("POST", f"/api/tools/{name}/execute", arguments)


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_tools_are_listed_in_order_and_by_category(anna, slash):
    listed = anna.client.call("GET", f"/api/tools{slash}").data
    assert set(listed) == {"tools", "categorized", "total"}
    assert [tool["name"] for tool in listed["tools"]] == [name for names in TOOLS.values() for name in names]
    assert listed["total"] == len(listed["tools"]) == 11
    assert list(listed["categorized"]) == list(TOOLS)
    for category, tools in listed["categorized"].items():
        assert tools == [tool for tool in listed["tools"] if tool["category"] == category]
        assert [tool["name"] for tool in tools] == TOOLS[category]


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_tool_is_read_by_its_name(anna, slash):
    tool = anna.client.call("GET", f"/api/tools/calculator{slash}").data
    assert set(tool) == {"name", "description", "category", "parameters"}
    assert (tool["name"], tool["category"]) == ("calculator", "data")
    assert tool["parameters"]["required"] == ["expression"]
    assert tool["parameters"]["type"] == "object"
    assert tool in anna.client.call("GET", "/api/tools").data["tools"]


@pytest.mark.parametrize("name", ["nothing", "Calculator", "%00", "a%2Fb", "💥", "a" * 3000])
def test_an_unknown_tool_does_not_exist(anna, name):
    for answer in (anna.client.call("GET", f"/api/tools/{name}"), execute(anna, name, {})):
        assert (answer.status, answer.json["type"]) == (404, "not_found")


def test_an_unknown_tool_is_told_of_in_the_callers_language(anna):
    assert anna.client.call("GET", "/api/tools/nothing").json["error"] == "工具不存在"
    assert anna.client.in_english().call("GET", "/api/tools/nothing").json["error"] == "Tool not found"


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_tool_is_executed_with_the_body_as_its_arguments(anna, slash):
    answer = anna.client.call("POST", f"/api/tools/calculator/execute{slash}", {"expression": "6 * 7"})
    assert answer.status == 200
    assert set(answer.data) == {"name", "success", "result", "duration_ms"}
    assert answer.data["name"] == "calculator"
    assert answer.data["success"] is True
    assert answer.data["result"] == {"expression": "6 * 7", "result": 42}
    assert answer.data["duration_ms"] >= 0


@pytest.mark.parametrize("body", [None, "", "{}"])
def test_no_body_is_no_arguments(anna, body):
    answer = execute(anna, "calculator", body)
    assert (answer.status, answer.fields) == (422, ["body.expression"])


def test_arguments_that_do_not_fit_are_named_in_the_callers_language(anna):
    arguments = {"operation": "now", "timezone": 8, "more": 1}
    chinese = execute(anna, "date_time", arguments)
    english = execute(anna, "date_time", arguments, client=anna.client.in_english())
    assert (chinese.status, chinese.json["type"]) == (422, "validation_error")
    assert (chinese.json["error"], english.json["error"]) == ("请求参数有误", "Some fields are not valid")
    assert chinese.fields == english.fields == ["body.timezone", "body.more"]
    assert [detail["reason"] for detail in chinese.json["details"]] == ["必须是字符串", "不支持该字段"]


def test_a_tool_that_fails_on_good_arguments_is_an_outcome(anna):
    answer = execute(anna, "calculator", {"expression": "1 / 0"})
    assert answer.status == 200
    assert {**answer.data, "duration_ms": None} == {
        "name": "calculator",
        "success": False,
        "result": None,
        "error": "Division by zero.",
        "duration_ms": None,
    }


def test_a_tool_that_breaks_tells_no_detail(anna, offer):
    offer()
    answer = execute(anna, "break_down")
    assert (answer.status, answer.data["success"]) == (200, False)
    assert "secret" not in answer.text


def test_a_tool_over_its_time_fails_in_clear_words(anna, offer):
    gate = threading.Event()
    offer(waiting_tool("slow", gate, timeout_seconds=0.02))
    answer = execute(anna, "slow")
    gate.set()
    assert (answer.status, answer.data["error"]) == (200, "工具运行超过 0.02 秒。")


def test_a_tool_runs_for_the_user_who_asks(anna, bert, offer):
    from tests.fakes.tools import who_asks

    offer(who_asks)
    for person in (anna, bert):
        answer = execute(person, "who_asks", {"greeting": "Hello"})
        assert answer.data["result"] == f"Hello, {person.user['id']}"
