from typing import Annotated, Literal

import pytest
from pydantic import Field

from parley.errors import InvalidArgumentsError, ToolNotFoundError
from parley.tools.registry import ToolRegistry, tool
from parley.tools.types import ToolCategory, ToolError
from tests.fakes.catalogue import offline_registry
from tests.fakes.tools import CONTEXT, who_asks


@tool(category=ToolCategory.DATA, timeout_seconds=2)
def repeat(
    text: Annotated[str, Field(min_length=1, description="What to say.")],
    *,
    times: Annotated[int, Field(ge=1, le=9)] = 2,
    case: Literal["upper", "lower"] = "upper",
) -> str:
    """Say it again
    and again.
    """
    if text == "unspeakable":
        raise ToolError("That cannot be said.")
    return (getattr(text, case)() + " ") * times


@tool(category=ToolCategory.CODE, name="broken_tool")
def broken(secret: str) -> None:
    """Fails."""
    raise KeyError(secret)


@pytest.fixture
def registry() -> ToolRegistry:
    return ToolRegistry([repeat, broken])


def test_a_signature_becomes_a_schema_without_noise(registry):
    [spec, _] = registry.specs()
    assert (spec.name, spec.description) == ("repeat", "Say it again and again.")
    assert spec.parameters == {
        "type": "object",
        "additionalProperties": False,
        "required": ["text"],
        "properties": {
            "text": {"type": "string", "minLength": 1, "description": "What to say."},
            "times": {"type": "integer", "minimum": 1, "maximum": 9, "default": 2},
            "case": {"type": "string", "enum": ["upper", "lower"], "default": "upper"},
        },
    }


def test_what_may_be_null_is_shown_as_what_may_be_left_out():
    @tool(category=ToolCategory.DATA)
    def greet(name: Annotated[str | None, Field(max_length=9, description="Whom.")] = None) -> str:
        """Say hello."""
        return f"Hello, {name}"

    assert greet.parameters["properties"] == {
        "name": {"type": "string", "maxLength": 9, "description": "Whom."}
    }
    assert ToolRegistry([greet]).execute("greet", {"name": None}, CONTEXT).result == "Hello, None"


def test_a_tool_runs_with_its_defaults(registry):
    outcome = registry.execute("repeat", {"text": "a"}, CONTEXT)
    assert (outcome.success, outcome.result, outcome.error) == (True, "A A ", None)
    assert outcome.duration_ms >= 0


def test_a_tool_learns_for_whom_it_runs_and_no_model_can_say_otherwise():
    registry = ToolRegistry([who_asks])

    assert registry.execute("who_asks", {"greeting": "Hello"}, CONTEXT).result == "Hello, user_1"
    assert list(registry.specs()[0].parameters["properties"]) == ["greeting"]
    with pytest.raises(InvalidArgumentsError):
        registry.execute("who_asks", {"greeting": "Hello", "context": "user_2"}, CONTEXT)


@pytest.mark.parametrize(
    ("arguments", "place"),
    [({}, "text"), ({"text": "a", "times": 10}, "times"), ({"text": "a", "more": 1}, "more")],
)
def test_arguments_that_do_not_fit_are_named_and_nothing_runs(registry, arguments, place):
    with pytest.raises(InvalidArgumentsError) as caught:
        registry.execute("repeat", arguments, CONTEXT)
    assert caught.value.problems[0]["loc"] == (place,)
    assert str(caught.value).startswith(f"{place}: ")


def test_an_argument_may_bear_a_name_that_python_keeps_for_itself():
    @tool(category=ToolCategory.DATA)
    def span(from_: int, *, json_: str = "") -> str:
        """From there on."""
        return f"{from_}{json_}"

    registry = ToolRegistry([span])

    assert list(span.parameters["properties"]) == ["from", "json"]
    assert span.parameters["required"] == ["from"]
    assert registry.execute("span", {"from": 1, "json": "x"}, CONTEXT).result == "1x"
    with pytest.raises(InvalidArgumentsError) as caught:
        registry.execute("span", {"from_": 1}, CONTEXT)
    assert [problem["loc"] for problem in caught.value.problems] == [("from",), ("from_",)]


def test_a_tool_that_cannot_says_why(registry):
    outcome = registry.execute("repeat", {"text": "unspeakable"}, CONTEXT)
    assert (outcome.success, outcome.result, outcome.error) == (False, None, "That cannot be said.")


def test_an_unexpected_failure_is_logged_and_tells_no_secret(registry, caplog):
    outcome = registry.execute("broken_tool", {"secret": "hunter2"}, CONTEXT)
    assert not outcome.success
    assert "hunter2" not in (outcome.error or "")
    assert caplog.records[0].exc_info is not None


def test_an_unknown_name_is_a_fact_of_its_own(registry):
    with pytest.raises(ToolNotFoundError):
        registry.get("nothing")
    with pytest.raises(ToolNotFoundError):
        registry.execute("nothing", {}, CONTEXT)


def test_specs_are_of_the_tools_named_and_unknown_names_are_left_out(registry):
    assert [spec.name for spec in registry.specs({"broken_tool", "gone"})] == ["broken_tool"]
    assert registry.specs(()) == []
    assert registry.names == ["repeat", "broken_tool"]


def test_two_tools_cannot_share_a_name():
    with pytest.raises(ValueError, match="repeat"):
        ToolRegistry([repeat, repeat])


def test_every_tool_of_the_catalogue_describes_itself_in_plain_json_schema():
    for spec in offline_registry().specs():
        assert spec.description
        assert spec.parameters["type"] == "object"
        assert "$ref" not in str(spec.parameters)
