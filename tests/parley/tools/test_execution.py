"""Running a tool for whoever waits: in time, and with a result that JSON holds."""

import json
import math
import threading

import pytest

from parley.errors import InvalidArgumentsError, ToolNotFoundError
from parley.tools.execution import execute_bounded
from parley.tools.registry import ToolRegistry, tool
from parley.tools.types import MAX_RESULT_BYTES, ToolCategory
from tests.fakes.tools import CONTEXT, registry, waiting_tool, who_asks

pytestmark = pytest.mark.anyio


def returning(value):
    def answer():
        """Answers."""
        return value

    return ToolRegistry([tool(category=ToolCategory.DATA, name="answer")(answer)])


async def test_a_result_is_json_text():
    outcome = await execute_bounded(registry(), "double", {"number": 4}, CONTEXT)
    assert outcome.success
    assert json.loads(outcome.result) == {"result": 8}


async def test_a_tool_is_told_for_whom_it_runs():
    outcome = await execute_bounded(ToolRegistry([who_asks]), "who_asks", {"greeting": "Hello"}, CONTEXT)
    assert json.loads(outcome.result) == f"Hello, {CONTEXT.user_id}"


async def test_unknown_names_and_arguments_that_do_not_fit_are_the_callers():
    with pytest.raises(ToolNotFoundError):
        await execute_bounded(registry(), "nothing", {}, CONTEXT)
    with pytest.raises(InvalidArgumentsError):
        await execute_bounded(registry(), "double", {"number": "many"}, CONTEXT)


async def test_a_tool_over_its_time_is_not_waited_for():
    gate = threading.Event()
    slow = registry(waiting_tool("slow", gate, timeout_seconds=0.02))
    outcome = await execute_bounded(slow, "slow", {}, CONTEXT)
    gate.set()
    assert (outcome.success, outcome.error) == (False, "The tool took longer than 0.02 s.")
    assert outcome.duration_ms >= 20


@pytest.mark.parametrize("value", [{(1, 2): 3}, math.nan, [math.inf]], ids=["key", "nan", "infinity"])
async def test_a_result_that_json_cannot_hold_is_a_failure(value):
    outcome = await execute_bounded(returning(value), "answer", {}, CONTEXT)
    assert (outcome.success, outcome.error) == (False, "The tool's result cannot be written as JSON.")


async def test_a_result_is_bounded_in_bytes():
    fits = "字" * ((MAX_RESULT_BYTES - 2) // 3)
    assert (await execute_bounded(returning(fits), "answer", {}, CONTEXT)).success
    outcome = await execute_bounded(returning(fits + "字"), "answer", {}, CONTEXT)
    assert (outcome.success, outcome.error) == (
        False,
        "The result is too large: over 1,000,000 bytes as JSON.",
    )


async def test_half_a_character_becomes_a_question_mark():
    outcome = await execute_bounded(returning("\ud83d"), "answer", {}, CONTEXT)
    assert json.loads(outcome.result) == "?"
