"""The tools through the front door: listed, read, and run by hand."""

from typing import Any

import pytest

from tests.e2e.client import Person

SALES = "city;sales\nBerlin;1,5\nParis;20\n"


def run(person: Person, tool: str, **arguments: Any) -> Any:
    outcome = person.data("POST", f"/api/tools/{tool}/execute", json=arguments)
    return outcome["result"] if outcome["success"] else outcome["error"]


def test_the_tools_are_listed_read_and_run(person: Person) -> None:
    listed = person.data("GET", "/api/tools/")
    assert listed["total"] == len(listed["tools"]) == sum(map(len, listed["categorized"].values()))

    tool = person.data("GET", "/api/tools/calculator")
    assert tool in listed["categorized"]["data"]

    outcome = person.data("POST", "/api/tools/calculator/execute", json={"expression": "12 * (3 + 4)"})
    assert (outcome["success"], outcome["result"]["result"]) == (True, 84)


def test_what_cannot_be_run_is_told_apart(person: Person) -> None:
    path = "/api/tools/calculator/execute"
    assert person.request("POST", path, json={}).json()["details"][0]["field"] == "body.expression"
    assert person.request("POST", path, content="{").status_code == 400
    assert person.request("POST", "/api/tools/nothing/execute", json={}).status_code == 404
    assert person.data("POST", path, json={"expression": "1 / 0"})["success"] is False


def test_the_data_tools_work_where_they_are_deployed(person: Person) -> None:
    """The worker's environment and import path are Lambda's: three of them start a process from there."""
    assert run(person, "csv_query", csv=SALES, sql="SELECT city FROM data")["rows"] == [["Berlin"], ["Paris"]]
    assert run(person, "json_query", json={"a": [{"b": "你好"}]}, path="$..b")["matches"] == ["你好"]
    assert run(person, "text_process", text="a1", operation="regex_find", find=r"\d")["result"] == ["1"]
    assert run(person, "text_process", text="👩‍🚀x", operation="reverse")["result"] == "x👩‍🚀"
    assert run(person, "convert_units", value=100, **{"from": "摄氏度", "to": "°F"})["result"] == 212
    assert run(person, "date_time", operation="weekday", value="2000-01-01")["weekday"] == "Saturday"


@pytest.mark.parametrize(
    ("tool", "arguments", "reason"),
    [
        ("csv_query", {"csv": SALES, "sql": "DROP TABLE data"}, "Only reading is allowed"),
        ("csv_query", {"csv": SALES, "sql": "SELECT zeroblob(1000000000)"}, "memory"),
        ("json_query", {"json": "{", "path": "a"}, "The JSON is not valid"),
        ("text_process", {"text": "a", "operation": "regex_find", "find": "("}, "expression is not valid"),
        ("convert_units", {"value": 1, "from": "m", "to": "kg"}, "m is length, kg is mass"),
    ],
)
def test_a_tool_that_cannot_says_why_and_the_next_run_works(
    person: Person, tool: str, arguments: dict[str, Any], reason: str
) -> None:
    assert reason in run(person, tool, **arguments)
    assert run(person, "calculator", expression="1 + 1")["result"] == 2
