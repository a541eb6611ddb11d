import pytest

from parley.domain.programs import CodeProblem, CodeRunnerError
from parley.tools.check_python import check_python_tool
from parley.tools.registry import ToolRegistry
from parley.tools.types import ToolContext, ToolOutcome
from tests.fakes.code_runner import FakeCodeRunner

UNUSED = CodeProblem(line=1, column=1, message="'os' imported but unused", severity="warning")
UNDEFINED = CodeProblem(line=2, column=7, message="undefined name 'x'", severity="error")


def check(runner: FakeCodeRunner) -> ToolOutcome:
    registry = ToolRegistry([check_python_tool(runner)])
    return registry.execute("check_python", {"code": "import os"}, ToolContext(user_id="user_1"))


@pytest.mark.parametrize(
    ("problems", "valid"), [([], True), ([UNUSED], True), ([UNDEFINED], False), ([UNUSED, UNDEFINED], False)]
)
def test_code_is_valid_unless_it_has_errors(problems, valid):
    runner = FakeCodeRunner(problems=problems)
    result = check(runner).result
    assert result["valid"] is valid
    assert [problem["message"] for problem in result["problems"]] == [each.message for each in problems]
    assert all(set(problem) == {"line", "column", "message", "severity"} for problem in result["problems"])
    assert runner.asked == [("import os", None, "user_1")]


def test_code_that_cannot_be_read_to_its_end_is_an_error():
    outcome = check(FakeCodeRunner(error=CodeRunnerError("too much for the compiler")))
    assert (outcome.success, outcome.error) == (False, "too much for the compiler")
