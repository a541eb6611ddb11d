"""The local stack's parts without its gateway: functions are invoked directly, on a host of their own."""

import io
import json
import os
import tempfile
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infra import topology
from infra.local.aws import AwsAccess, AwsHost
from infra.local.invocations import BufferedResult, FunctionError, StreamedResult
from infra.local.lambda_service import LambdaService
from infra.local.logs import LogPrinter
from infra.local.plan import Plan
from infra.local.tables import ensure_tables
from infra.topology import Function

_BARE_ROOT = Path(__file__).parent / "bare"
_PASSWORD = "correct horse"


@dataclass
class Rig:
    plan: Plan
    aws: AwsAccess
    output: io.StringIO

    @asynccontextmanager
    async def service(self, *, bare: bool = False) -> AsyncIterator[LambdaService]:
        """With no worker running yet."""
        plan = replace(self.plan, root=_BARE_ROOT, functions=(_bare(),)) if bare else self.plan
        service = LambdaService(plan, self.aws, LogPrinter([], self.output))
        try:
            yield service
        finally:
            await service.close()

    async def token(self) -> str:
        account = {"username": f"b-{uuid.uuid4().hex[:8]}", "password": _PASSWORD}
        async with self.service() as service:
            registration = {**account, "email": f"{account['username']}@example.com"}
            await answer(service, "auth", event("POST", "/api/auth/register", body=registration))
            login = await answer(service, "auth", event("POST", "/api/auth/login", body=account))
        token: str = login["data"]["access_token"]
        return token


@asynccontextmanager
async def running_rig() -> AsyncIterator[Rig]:
    with tempfile.TemporaryDirectory() as data:
        host = await AwsHost.start(Path(data), fresh=True)
        try:
            access = await host.access()
            ensure_tables(access.dynamodb(), topology.TABLES, fresh=True, rebuild=True)
            yield Rig(Plan(settings=dict(os.environ)), access, io.StringIO())
        finally:
            await host.stop()


def _bare() -> Function:
    return Function(name="bare", memory_mb=1024, timeout_seconds=29, tables={"users": ("GetItem",)})


def event(
    method: str, path: str, *, body: dict[str, Any] | None = None, token: str | None = None
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "requestContext": {"requestId": str(uuid.uuid4()), "identity": {"sourceIp": "127.0.0.1"}},
        "body": json.dumps(body) if body else None,
        "isBase64Encoded": False,
    }


async def answer(service: LambdaService, function: str, request: dict[str, Any]) -> Any:
    """The JSON that the function answers, streamed or not. Raises `AssertionError` unless it is a success."""
    result = await service.invoke(function, request)
    match result:
        case BufferedResult():
            payload = json.loads(result.payload)
            status, body = payload["statusCode"], payload["body"]
        case StreamedResult():
            status = result.prelude["statusCode"]
            body = b"".join([chunk async for chunk in result.chunks])
        case FunctionError():
            raise AssertionError(result)
    assert status < 300, body
    return json.loads(body)
