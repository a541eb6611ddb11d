"""Programs through the front door: from a person's request over two functions into a process of its own."""

import re

import pytest

from infra.local.processes import process_tree
from tests.e2e.client import Person
from tests.e2e.stack import RunningStack

EXECUTE = "/api/tools/execute_python/execute"


def test_a_program_runs_and_after_a_hostile_one_the_next(person: Person, stack: RunningStack) -> None:
    def execute(code: str) -> dict:
        return person.data("POST", EXECUTE, json={"code": code, "timeout_seconds": 1})

    assert execute("print(6 * 7)")["result"]["stdout"] == "42\n"
    stopped = execute("print('begun')\nwhile True: pass")
    assert stopped["success"] is False
    assert stopped["error"] == "The program was stopped: it ran longer than 1 s.\n\nstdout:\nbegun"
    assert "PermissionError" in execute("import os\nwhile True: os.fork()")["error"]
    assert "PermissionError" in execute("import socket; socket.create_connection(('127.0.0.1', 80))")["error"]
    told = execute("import os; print(dict(os.environ)); print(open('/proc/self/environ').read())")
    assert not re.search("AWS|PARLEY|local", str(told).replace("main.py", ""))
    assert execute("print('well')")["result"]["stdout"] == "well\n"
    [worker] = stack.worker_pids("code_runner")
    assert process_tree(worker) == [worker]


def test_two_people_meet_in_no_worker(http, stack: RunningStack) -> None:
    before = set(stack.worker_pids("code_runner"))
    for _ in range(2):
        somebody = Person.register(http)
        assert somebody.data("POST", EXECUTE, json={"code": "print(1)"})["success"] is True
    assert len(set(stack.worker_pids("code_runner")) - before) == 2


@pytest.mark.parametrize(
    ("code", "valid"), [("import os\nprint(os.name)", True), ("print(nothing)", False), ("def f(:", False)]
)
def test_code_is_checked_and_not_run(person: Person, code: str, valid: bool) -> None:
    outcome = person.data("POST", "/api/tools/check_python/execute", json={"code": code})
    assert (outcome["success"], outcome["result"]["valid"]) == (True, valid)
    assert bool(outcome["result"]["problems"]) is not valid
