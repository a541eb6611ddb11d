"""The `check_python` tool."""

from dataclasses import asdict
from typing import Any

from parley.domain.programs import CodeRunnerError
from parley.tools.code_runner import CodeRunner
from parley.tools.execute_python import Code
from parley.tools.registry import tool
from parley.tools.types import Tool, ToolCategory, ToolContext, ToolError

_TIMEOUT_SECONDS = 40  # a new environment may have to start, and reading the code may take 5 s


def check_python_tool(runner: CodeRunner) -> Tool:
    @tool(category=ToolCategory.CODE, timeout_seconds=_TIMEOUT_SECONDS)
    def check_python(code: Code, *, context: ToolContext) -> dict[str, Any]:
        """Find what is wrong with a Python 3.13 program without running it: its syntax, names that are not
        defined, imports and variables that are not used. It is valid if it has no errors; warnings may stand.
        """
        try:
            problems = runner.check(code, user_id=context.user_id)
        except CodeRunnerError as error:
            raise ToolError(str(error)) from error
        return {
            "valid": all(problem.severity != "error" for problem in problems),
            "problems": [asdict(problem) for problem in problems],
        }

    return check_python
