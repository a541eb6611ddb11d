"""Real worker processes under AWS's runtime client, with small functions of the tests' own."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.invocations import (
    BufferedResult,
    FunctionError,
    InvocationResult,
    StreamBrokenError,
    StreamedResult,
)
from infra.local.lambda_service import REQUEST_TOO_LARGE
from infra.local.reports import THROTTLED
from tests.infra.local.projects import LambdaProject, until

PID = "import os\ndef handler(event, context):\n    return os.getpid()\n"
# Announces itself, and waits until the test lets it go on.
GATED = """
import os, pathlib, time
def handler(event, context):
    folder = pathlib.Path(event["folder"])
    (folder / f"begun-{event['number']}").touch()
    while not (folder / "go").exists():
        time.sleep(0.005)
    return os.getpid()
"""


def value(result: InvocationResult) -> Any:
    assert isinstance(result, BufferedResult), result
    return json.loads(result.payload)


def error(result: InvocationResult) -> FunctionError:
    assert isinstance(result, FunctionError), result
    return result


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(60):
            await test()

    asyncio.run(limited())


async def ended(pid: int) -> None:
    await until(lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


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


STREAMING = """
import asyncio, os, time, urllib.parse
from parley_streaming.adapter import StreamingMangum

async def app(scope, receive, send):
    end, _, gate = urllib.parse.unquote(scope["query_string"].decode()).partition("=")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"one", "more_body": True})
    while gate and not os.path.exists(gate):
        await asyncio.sleep(0.005)
    if end == "die":
        os._exit(5)
    if end == "hang":
        time.sleep(60)
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})

handler = StreamingMangum(app, lifespan="off")
"""


def http_event(query: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "resource": "/",
        "path": "/",
        "httpMethod": "GET",
        "headers": {"Host": "localhost"},
        "multiValueHeaders": {"Host": ["localhost"]},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {k: [v] for k, v in query.items()} if query else None,
        "requestContext": {"path": "/", "stage": "local", "identity": {"sourceIp": "127.0.0.1"}},
        "body": None,
        "isBase64Encoded": False,
    }


async def collect(result: InvocationResult) -> bytes:
    assert isinstance(result, StreamedResult), result
    return b"".join([chunk async for chunk in result.chunks])


@pytest.mark.parametrize("runtime", ["", "plain"])
def test_a_streaming_function_streams_and_its_worker_is_used_again(
    project: LambdaProject, runtime: str
) -> None:
    project.add("streaming", STREAMING, streaming=True)

    async def test() -> None:
        async with project.running(settings={"PARLEY_LOCAL_RUNTIME": runtime}) as service:
            first = await service.invoke("streaming", http_event())
            assert isinstance(first, StreamedResult)
            assert first.prelude["statusCode"] == 200
            content = await collect(first)
            assert content.startswith(b"one")
            await project.idle_again(invocations=1)
            assert await collect(await service.invoke("streaming", http_event())) == content

    run(test)


@pytest.mark.parametrize(
    ("end", "type_"), [("die", "Runtime.TruncatedResponse"), ("hang", "Sandbox.Timedout")]
)
def test_a_stream_whose_function_dies_or_times_out_breaks(
    project: LambdaProject, tmp_path: Path, end: str, type_: str
) -> None:
    project.add("streaming", STREAMING, streaming=True, timeout_seconds=2)

    async def test() -> None:
        async with project.running() as service:
            begun = await service.invoke("streaming", http_event({end: str(tmp_path / "gate")}))
            assert isinstance(begun, StreamedResult), begun
            assert await anext(begun.chunks) == b"one"
            (tmp_path / "gate").touch()
            with pytest.raises(StreamBrokenError) as caught:
                await collect(begun)
            assert caught.value.type == type_
            assert (await collect(await service.invoke("streaming", http_event()))).startswith(b"one")

    run(test)
