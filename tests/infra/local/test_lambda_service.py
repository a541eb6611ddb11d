"""Real worker processes under AWS's runtime client: who runs what, and for how long."""

import asyncio
import os
import signal
import time
from pathlib import Path

from infra.local.lambda_service import REQUEST_TOO_LARGE
from infra.local.reports import THROTTLED
from tests.infra.local.invoking import GATED, PID, ended, error, run, value
from tests.infra.local.projects import LambdaProject, until


def test_a_function_gets_its_event_and_context_and_an_idle_worker_is_used_again(
    project: LambdaProject,
) -> None:
    project.add(
        "echo",
        "import os\ndef handler(event, context):\n"
        "    print('hello')\n"
        "    return [event, context.function_name, os.environ['A'], os.environ.get('B'), os.getpid()]\n",
        settings=("A",),
    )

    async def test() -> None:
        async with project.running(settings={"A": "1", "B": "2"}) as service:
            first = value(await service.invoke("echo", {"a": "你"}))
            assert first[:4] == [{"a": "你"}, "parley-local-echo", "1", None]
            await project.idle_again(invocations=1)
            assert value(await service.invoke("echo", {}))[4] == first[4]
        await ended(first[4])

    run(test)
    lines = project.output.getvalue().splitlines()
    assert lines.count("echo | hello") == 2
    reports = [line for line in lines if line.startswith("echo | REPORT RequestId: ")]
    assert ["Init Duration" in line for line in reports] == [True, False]
    assert all("Memory Size: 256 MB\tMax Memory Used: " in line for line in reports)


def test_who_calls_again_at_once_meets_the_same_worker(project: LambdaProject) -> None:
    project.add("pid", PID)

    async def test() -> None:
        async with project.running() as service:
            pids = {value(await service.invoke("pid", {})) for _ in range(30)}
            assert len(pids) == 1

    run(test)


def test_invocations_at_once_run_in_processes_of_their_own_up_to_the_limit(
    project: LambdaProject, tmp_path: Path
) -> None:
    project.add("gated", GATED)

    async def test() -> None:
        async with project.running(concurrency=2) as service:
            events = [{"folder": str(tmp_path), "number": number} for number in range(2)]
            running = [asyncio.create_task(service.invoke("gated", event)) for event in events]
            await until(lambda: len(list(tmp_path.glob("begun-*"))) == 2)
            assert await service.invoke("gated", {}) == THROTTLED
            (tmp_path / "go").touch()
            pids = {value(await each) for each in running}
            assert len(pids) == 2
            await project.idle_again(invocations=2)
            assert value(await service.invoke("gated", events[0])) in pids

    run(test)


def test_an_event_above_the_limit_is_refused_before_any_worker_starts(project: LambdaProject) -> None:
    project.add("pid", PID)

    async def test() -> None:
        async with project.running(function_payload_bytes=1000) as service:
            assert await service.invoke("pid", {"a": "x" * 1000}) == REQUEST_TOO_LARGE

    run(test)
    assert project.output.getvalue() == ""


def test_changed_code_takes_effect_at_the_next_invocation(project: LambdaProject) -> None:
    project.add("versioned", "def handler(event, context):\n    return 1\n")

    async def test() -> None:
        async with project.running() as service:
            assert value(await service.invoke("versioned", {})) == 1
            await project.idle_again(invocations=1)
            source = project.root / "functions" / "versioned" / "handler.py"
            source.write_text("def handler(event, context):\n    return 22\n")
            future = time.time() + 1  # beyond the clock's and the file system's precision
            os.utime(source, (future, future))
            assert value(await service.invoke("versioned", {})) == 22

    run(test)


def test_an_idle_worker_is_given_up_in_time(project: LambdaProject) -> None:
    project.add("pid", PID)

    async def test() -> None:
        async with project.running(idle_worker_seconds=0.05) as service:
            await ended(value(await service.invoke("pid", {})))

    run(test)


def test_a_worker_that_died_while_idle_is_replaced(project: LambdaProject) -> None:
    project.add("pid", PID)

    async def test() -> None:
        async with project.running() as service:
            pid = value(await service.invoke("pid", {}))
            await project.idle_again(invocations=1)
            os.kill(pid, signal.SIGKILL)
            await project.printed("signal: killed")
            assert value(await service.invoke("pid", {})) != pid

    run(test)


def test_a_caller_that_gives_up_leaves_the_function_running(project: LambdaProject, tmp_path: Path) -> None:
    project.add("gated", GATED)

    async def test() -> None:
        async with project.running() as service:
            call = asyncio.create_task(service.invoke("gated", {"folder": str(tmp_path), "number": 0}))
            await until((tmp_path / "begun-0").exists)
            call.cancel()
            await asyncio.wait({call})
            (tmp_path / "go").touch()
            await project.idle_again(invocations=1)
            await service.invoke("gated", {"folder": str(tmp_path), "number": 1})
            await project.idle_again(invocations=2)
            assert project.output.getvalue().count("Init Duration") == 1

    run(test)


def test_closing_fails_what_is_under_way_and_leaves_no_process(
    project: LambdaProject, tmp_path: Path
) -> None:
    project.add("gated", GATED)

    async def test() -> None:
        async with project.running() as service:
            call = asyncio.create_task(service.invoke("gated", {"folder": str(tmp_path), "number": 0}))
            await until((tmp_path / "begun-0").exists)
        assert error(await call).type == "Runtime.Shutdown"

    run(test)
