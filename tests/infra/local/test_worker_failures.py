"""Real worker processes that fail, crash, or exceed their limits."""

from pathlib import Path

import pytest

from tests.infra.local.invoking import ended, error, run, value
from tests.infra.local.projects import LambdaProject


def test_a_function_that_raises_gives_its_error_and_the_worker_lives_on(project: LambdaProject) -> None:
    project.add(
        "moody",
        "import os\ndef handler(event, context):\n"
        "    if event.get('fail'):\n        raise KeyError('a')\n    return os.getpid()\n",
    )

    async def test() -> None:
        async with project.running() as service:
            pid = value(await service.invoke("moody", {}))
            await project.idle_again(invocations=1)
            assert error(await service.invoke("moody", {"fail": True})).type == "KeyError"
            await project.idle_again(invocations=2)
            assert value(await service.invoke("moody", {})) == pid

    run(test)
    assert "moody | [ERROR] KeyError: 'a'" in project.output.getvalue()


def test_a_crash_is_an_exit_error_and_the_next_invocation_has_a_new_worker(project: LambdaProject) -> None:
    project.add(
        "fragile",
        "import os, signal\ndef handler(event, context):\n"
        "    if 'exit' in event:\n        os._exit(event['exit'])\n"
        "    if event.get('kill'):\n        os.kill(os.getpid(), signal.SIGKILL)\n    return 'ok'\n",
    )

    async def test() -> None:
        async with project.running() as service:
            crashed = error(await service.invoke("fragile", {"exit": 3}))
            assert crashed.type == "Runtime.ExitError"
            assert crashed.message.startswith("RequestId: ")
            assert crashed.message.endswith(" Error: Runtime exited with error: exit status 3")
            killed = error(await service.invoke("fragile", {"kill": True}))
            assert killed.message.endswith("Runtime exited with error: signal: killed")
            assert value(await service.invoke("fragile", {})) == "ok"

    run(test)


def test_a_timeout_kills_the_worker_and_all_that_it_started(project: LambdaProject, tmp_path: Path) -> None:
    project.add(
        "slow",
        "import os, pathlib, subprocess, time\ndef handler(event, context):\n"
        "    child = subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        "    pathlib.Path(event['note']).write_text(f'{os.getpid()} {child.pid}')\n"
        "    time.sleep(60)\n",
        timeout_seconds=1,
    )

    async def test() -> None:
        async with project.running() as service:
            result = error(await service.invoke("slow", {"note": str(tmp_path / "pids")}))
            assert result.type == "Sandbox.Timedout"
            assert result.message.endswith(" Error: Task timed out after 1.00 seconds")
            for pid in (tmp_path / "pids").read_text().split():
                await ended(int(pid))
            assert result.message in project.output.getvalue()

    run(test)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_a_function_that_takes_more_memory_than_it_has_is_killed(project: LambdaProject) -> None:
    project.add(
        "greedy",
        "import time\ndef handler(event, context):\n    held = bytearray(200_000_000)\n    time.sleep(60)\n",
        memory_mb=128,
    )

    async def test() -> None:
        async with project.running(memory_poll_seconds=0.02) as service:
            result = error(await service.invoke("greedy", {}))
            assert result.type == "Runtime.OutOfMemory"
            assert result.message.endswith("Runtime exited with error: signal: killed")

    run(test)


@pytest.mark.parametrize(
    ("code", "type_"),
    [
        ("import missing_module_of_nobody\n", "Runtime.ImportModuleError"),
        ("def handler(:\n", "Runtime.UserCodeSyntaxError"),
        ("other = 1\n", "Runtime.HandlerNotFound"),
        ("import os\nos._exit(4)\n", "Runtime.ExitError"),
        ("import time\ntime.sleep(60)\n", "Sandbox.Timedout"),
    ],
)
def test_an_init_that_fails_is_the_invocations_error_each_time(
    project: LambdaProject, code: str, type_: str
) -> None:
    project.add("broken", code)
    seconds = 1 if "sleep" in code else 30

    async def test() -> None:
        async with project.running(init_timeout_seconds=seconds) as service:
            assert error(await service.invoke("broken", {})).type == type_
            assert error(await service.invoke("broken", {})).type == type_

    run(test)
