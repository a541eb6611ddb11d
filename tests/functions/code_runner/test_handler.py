"""The function as its callers meet it."""

from typing import Any

import pytest

from functions.code_runner import handler as module
from functions.code_runner.handler import handler
from functions.code_runner.runs import Run


def call(operation: str, code: str, **fields: Any) -> dict[str, Any]:
    return handler({"operation": operation, "code": code, **fields}, None)


def test_executing_tells_all_of_a_run() -> None:
    told = call("execute", "print(6 * 7)", timeout_seconds=10)

    # A short program may be over before anybody looks at the clock.
    assert 0 <= told.pop("duration_ms") < 10_000
    assert told == {"stdout": "42\n", "stderr": "", "exit_code": 0, "truncated": False, "stopped": None}


def test_a_limit_that_stopped_the_program_is_named() -> None:
    told = call("execute", "while True: pass", timeout_seconds=1)

    assert (told["stopped"], told["exit_code"]) == ("timeout", -9)


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"operation": "execute", "code": "1"},
        {"operation": "execute", "code": 1, "timeout_seconds": 1},
        {"operation": "check"},
        {"operation": "install", "code": "1"},
    ],
)
def test_an_event_of_another_form_is_an_error(event: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="neither"):
        handler(event, None)


def test_confinements_that_cannot_be_had_are_logged_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def without_network(*arguments: Any, **keywords: Any) -> Run:
        outcome = real_run(*arguments, **keywords)
        outcome.missing = ["a network of its own (a test says so)"]
        return outcome

    real_run = module.run
    monkeypatch.setattr(module, "run", without_network)
    for _ in range(2):
        call("execute", "pass", timeout_seconds=10)

    assert capsys.readouterr().out == "Programs run without a network of its own (a test says so)\n"
