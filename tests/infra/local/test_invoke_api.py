"""Lambda's Invoke API as boto3 meets it, before real workers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.invoke_api import InvokeApi
from infra.local.ports import claim_port
from infra.local.server import gateway_server
from tests.infra.local.invoking import GATED, run
from tests.infra.local.projects import LambdaProject, until

ECHO = "import os\ndef handler(event, context):\n    return [event, context.tenant_id, os.getpid()]\n"
FAILING = "def handler(event, context):\n    raise KeyError(event['name'])\n"


class Lambda:
    """`log` collects the API's lines."""

    def __init__(self, port: int, log: list[str]) -> None:
        self.log = log
        self.client = boto3.client(
            "lambda",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )

    async def invoke(self, name: str, event: Any, **fields: Any) -> dict[str, Any]:
        payload = event if isinstance(event, bytes) else json.dumps(event).encode()
        answer = await asyncio.to_thread(self.client.invoke, FunctionName=name, Payload=payload, **fields)
        return answer | {"Payload": answer["Payload"].read()}

    async def value(self, name: str, event: Any, **fields: Any) -> Any:
        answer = await self.invoke(name, event, **fields)
        assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
        assert "FunctionError" not in answer, answer
        return json.loads(answer["Payload"])

    async def refusal(self, name: str, event: Any = None, **fields: Any) -> tuple[int, str]:
        with pytest.raises(ClientError) as caught:
            await self.invoke(name, event, **fields)
        response = caught.value.response
        return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


@asynccontextmanager
async def running_lambda(project: LambdaProject, **limits: Any) -> AsyncIterator[Lambda]:
    async with project.running(**limits) as service:
        log: list[str] = []
        server = gateway_server(InvokeApi(project.plan, service, log.append))
        sockets = claim_port("127.0.0.1", 0)
        serving = asyncio.create_task(server.serve(sockets))
        await until(lambda: server.started)
        running = Lambda(sockets[0].getsockname()[1], log)
        try:
            yield running
        finally:
            running.client.close()
            server.should_exit = True
            await serving


def test_a_function_is_invoked_by_its_name_or_its_arn(project: LambdaProject) -> None:
    project.add("echo", ECHO)
    arn = "arn:aws:lambda:us-east-1:123456789012:function:parley-local-echo"

    async def test() -> None:
        async with running_lambda(project) as api:
            for name in ("parley-local-echo", arn, f"{arn}:$LATEST"):
                assert (await api.value(name, {"text": "你"}))[:2] == [{"text": "你"}, None]
            assert (await api.value("parley-local-echo", b""))[0] == {}
            assert api.log[0] == "POST /2015-03-31/functions/parley-local-echo/invocations 200"

    run(test)


def test_a_function_that_fails_crashes_or_is_too_slow_is_told_in_lambdas_words(
    project: LambdaProject,
) -> None:
    project.add("failing", FAILING)
    project.add("crashing", "import os\ndef handler(event, context):\n    os._exit(3)\n")
    project.add("slow", "import time\ndef handler(event, context):\n    time.sleep(60)\n", timeout_seconds=1)

    async def test() -> None:
        async with running_lambda(project) as api:
            for name, error_type, words in (
                ("failing", "KeyError", "'a'"),
                ("crashing", "Runtime.ExitError", "Runtime exited with error: exit status 3"),
                ("slow", "Sandbox.Timedout", "Task timed out after 1.00 seconds"),
            ):
                answer = await api.invoke(f"parley-local-{name}", {"name": "a"})
                told = json.loads(answer["Payload"])
                assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
                assert told["errorType"] == error_type
                assert told["errorMessage"].endswith(words)
                assert ("stackTrace" in told) == (name == "failing")

    run(test)


def test_what_lambda_refuses_reaches_no_function(project: LambdaProject) -> None:
    project.add("echo", ECHO)
    project.add("private", ECHO, isolated=True)

    async def test() -> None:
        async with running_lambda(project, function_payload_bytes=1000) as api:
            unknown = (404, "ResourceNotFoundException")
            assert await api.refusal("parley-local-nothing") == unknown
            assert await api.refusal("echo") == unknown
            assert await api.refusal("parley-local-echo", b"{") == (400, "InvalidRequestContentException")
            assert await api.refusal("parley-local-echo", "x" * 2000) == (413, "RequestTooLargeException")
            wrong_tenant = (400, "InvalidParameterValueException")
            assert await api.refusal("parley-local-echo", TenantId="a") == wrong_tenant
            assert await api.refusal("parley-local-private") == wrong_tenant
            assert await api.refusal("parley-local-private", TenantId="a|b") == wrong_tenant

    run(test)
    assert project.output.getvalue() == ""


def test_a_function_at_its_limit_is_throttled(project: LambdaProject, tmp_path: Path) -> None:
    project.add("gated", GATED)

    async def test() -> None:
        async with running_lambda(project, concurrency=1) as api:
            event = {"folder": str(tmp_path), "number": 1}
            first = asyncio.create_task(api.value("parley-local-gated", event))
            await until((tmp_path / "begun-1").exists)
            assert await api.refusal("parley-local-gated", event) == (429, "TooManyRequestsException")
            (tmp_path / "go").touch()
            await first

    run(test)


def test_an_event_is_taken_at_once_and_handled_afterwards(project: LambdaProject, tmp_path: Path) -> None:
    project.add("gated", GATED)

    async def test() -> None:
        async with running_lambda(project) as api:
            event = {"folder": str(tmp_path), "number": 1}
            answer = await api.invoke("parley-local-gated", event, InvocationType="Event")
            assert (answer["StatusCode"], answer["Payload"]) == (202, b"")
            await until((tmp_path / "begun-1").exists)
            (tmp_path / "go").touch()
            await project.idle_again(invocations=1)

    run(test)


def test_a_worker_that_has_served_a_tenant_serves_no_other_one(project: LambdaProject) -> None:
    project.add("private", ECHO, isolated=True)

    async def test() -> None:
        async with running_lambda(project) as api:
            seen: dict[str, set[int]] = {}
            for number, tenant in enumerate(("anna", "bert", "anna", "bert", "anna"), start=1):
                _, told, pid = await api.value("parley-local-private", {}, TenantId=tenant)
                assert told == tenant
                seen.setdefault(tenant, set()).add(pid)
                await project.idle_again(invocations=number)
            assert [len(pids) for pids in seen.values()] == [1, 1]
            assert not set.intersection(*seen.values())

    run(test)


def test_of_too_many_idle_tenants_the_one_idle_longest_has_to_start_anew(project: LambdaProject) -> None:
    project.add("private", ECHO, isolated=True)

    async def test() -> None:
        async with running_lambda(project, idle_tenant_workers=2) as api:
            pids = []
            for number, tenant in enumerate(("anna", "bert", "carl", "bert", "anna"), start=1):
                pids.append((await api.value("parley-local-private", {}, TenantId=tenant))[2])
                await project.idle_again(invocations=number)
            assert pids[3] == pids[1]
            assert pids[4] not in pids[:4]

    run(test)
