"""Running the tools that a model asks for: whatever it asks, there is a result and never a failed reply."""

import json
import threading

import pytest

from parley.chat.tool_runs import ToolRunner
from parley.domain.events import ToolCalled
from tests.fakes.tools import CONTEXT, a_call, registry, waiting_tool

pytestmark = pytest.mark.anyio

BAD_ARGUMENTS = [
    "{",
    "[1]",
    '"text"',
    "null",
    "12",
    '{"number": NaN}',
    '{"number": 1e999}',
    '{"number": "\\ud800"}',
    '{"number": ' + "9" * 5000 + "}",
    '{"number": ' + "[" * 100_000 + "]" * 100_000 + "}",
]


def runner(*tools, **options):
    return ToolRunner(registry(*tools), CONTEXT, **{"enabled": True, **options})


async def test_a_result_is_json_text_with_its_time():
    result = await runner().run(a_call("1", "double", '{"number": 4}'))
    assert (result.id, result.name, result.success) == ("1", "double", True)
    assert json.loads(result.content) == {"result": 8}
    assert result.duration_ms >= 0


async def test_no_arguments_at_all_are_an_empty_object():
    result = await runner().run(a_call("1", "double", ""))
    assert not result.success
    assert result.content.startswith("The arguments do not fit: number:")


@pytest.mark.parametrize("arguments", BAD_ARGUMENTS, ids=range(len(BAD_ARGUMENTS)))
async def test_arguments_that_are_no_json_object_are_said_to_be_none(arguments):
    call = a_call("1", "double", arguments)
    assert runner().announce(call) == ToolCalled(id="1", name="double", arguments={})
    result = await runner().run(call)
    assert (result.success, result.content) == (False, "The arguments are not a JSON object.")


@pytest.mark.parametrize(
    "arguments", ['{"number": "many"}', "{}", '{"number": 1, "more": 2}', '{"number": null}']
)
async def test_arguments_that_do_not_fit_are_said_to_not_fit(arguments):
    result = await runner().run(a_call("1", "double", arguments))
    assert not result.success
    assert result.content.startswith("The arguments do not fit: ")


async def test_an_unknown_tool_is_a_failed_call():
    result = await runner().run(a_call("1", "no_such_tool"))
    assert (result.success, result.content) == (False, "There is no tool named 'no_such_tool'.")


async def test_a_tool_that_fails_gives_its_reason():
    result = await runner().run(a_call("1", "refuse"))
    assert (result.success, result.content) == (False, "not today")


async def test_a_tool_that_breaks_gives_no_detail():
    result = await runner().run(a_call("1", "break_down"))
    assert not result.success
    assert "secret" not in result.content


async def test_a_result_that_json_cannot_hold_is_a_failed_call():
    result = await runner().run(a_call("1", "puzzle"))
    assert not result.success


async def test_a_tool_over_its_time_is_not_waited_for():
    gate = threading.Event()
    result = await runner(waiting_tool("slow", gate, timeout_seconds=0.02)).run(a_call("1", "slow"))
    gate.set()
    assert (result.success, result.content) == (False, "The tool took longer than 0.02 s.")
    assert result.duration_ms >= 20


async def test_tools_that_are_not_enabled_are_neither_shown_nor_run():
    off = runner(enabled=False)
    assert off.specs() == []
    assert not (await off.run(a_call("1", "double", '{"number": 4}'))).success


async def test_an_agents_own_choice_of_tools_is_kept_to():
    chosen = runner(names=("refuse", "no_such_tool"))
    assert [spec.name for spec in chosen.specs()] == ["refuse"]
    assert not (await chosen.run(a_call("1", "double", '{"number": 4}'))).success
