"""A runner of programs that runs none: it answers as a test says, and remembers what it was asked."""

from collections.abc import Sequence

from parley.domain.programs import CodeProblem, CodeRunnerError, ProgramRun

WELL = ProgramRun(stdout="42\n", stderr="", exit_code=0, duration_ms=12)


class FakeCodeRunner:
    def __init__(
        self,
        run: ProgramRun = WELL,
        *,
        problems: Sequence[CodeProblem] = (),
        error: CodeRunnerError | None = None,
    ) -> None:
        self.asked: list[tuple[str, int | None, str]] = []
        self._run = run
        self._problems = problems
        self._error = error

    def execute(self, code: str, *, timeout_seconds: int, user_id: str) -> ProgramRun:
        self.asked.append((code, timeout_seconds, user_id))
        if self._error is not None:
            raise self._error
        return self._run

    def check(self, code: str, *, user_id: str) -> list[CodeProblem]:
        self.asked.append((code, None, user_id))
        if self._error is not None:
            raise self._error
        return list(self._problems)
