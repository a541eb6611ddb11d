"""The tools through the front door: listed, read, and run by hand."""

from tests.e2e.client import Person


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
