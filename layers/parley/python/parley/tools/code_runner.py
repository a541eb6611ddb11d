"""The port to where programs are run: never in the process that answers."""

from typing import Protocol

from parley.domain.programs import CodeProblem, ProgramRun


class CodeRunner(Protocol):
    """Both block, and raise `CodeRunnerError`. Programs of one user meet those of no other."""

    def execute(self, code: str, *, timeout_seconds: int, user_id: str) -> ProgramRun: ...

    def check(self, code: str, *, user_id: str) -> list[CodeProblem]: ...
