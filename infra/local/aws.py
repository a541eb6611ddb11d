"""Where the stack's AWS is: a host of its own, or whatever answers at AWS_ENDPOINT_URL."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from infra.local.errors import StackError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_kms import KMSClient
    from types_boto3_sqs import SQSClient

_DEFAULT_REGION = "us-east-1"
_STOP_SECONDS = 20


class AwsHostError(StackError):
    """The AWS host did not come up, or has gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsAccess:
    """An endpoint with the credentials for it; `own` says that it is the stack's own host.

    Lambda is always the stack itself, at `lambda_endpoint_url`, and so is the API of the WebSockets'
    connections, at `socket_api_url`. `queue_urls` tells where the queues are that have been made.
    """

    endpoint_url: str
    region: str = _DEFAULT_REGION
    access_key_id: str = "local"
    secret_access_key: str = "local"
    session_token: str | None = None
    own: bool = False
    lambda_endpoint_url: str | None = None
    socket_api_url: str | None = None
    queue_urls: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self | None:
        """None where the developer names no endpoint; missing credentials are dummies."""
        if not (endpoint_url := environment.get("AWS_ENDPOINT_URL")):
            return None
        return cls(
            endpoint_url=endpoint_url,
            region=environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or _DEFAULT_REGION,
            access_key_id=environment.get("AWS_ACCESS_KEY_ID", "local"),
            secret_access_key=environment.get("AWS_SECRET_ACCESS_KEY", "local"),
            session_token=environment.get("AWS_SESSION_TOKEN"),
        )

    def environment(self) -> dict[str, str]:
        """What a worker's AWS clients need."""
        variables = {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        if self.session_token:
            variables["AWS_SESSION_TOKEN"] = self.session_token
        if self.lambda_endpoint_url:
            variables["AWS_ENDPOINT_URL_LAMBDA"] = self.lambda_endpoint_url
        return variables

    def dynamodb(self) -> "DynamoDBClient":
        # boto3 takes half a second to import; the AWS host starts meanwhile.
        import boto3

        return boto3.client("dynamodb", **self._client_arguments())

    def kms(self) -> "KMSClient":
        import boto3

        return boto3.client("kms", **self._client_arguments())

    def sqs(self) -> "SQSClient":
        """Tries nothing again: who asks again and again need not wait for that."""
        import boto3
        from botocore.config import Config

        arguments = self._client_arguments()
        arguments["config"] = arguments["config"].merge(Config(retries={"total_max_attempts": 1}))
        return boto3.client("sqs", **arguments)

    def _client_arguments(self) -> dict[str, Any]:
        from botocore.config import Config

        return {
            "endpoint_url": self.endpoint_url,
            "region_name": self.region,
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key,
            "aws_session_token": self.session_token,
            # A proxy in the developer's environment is not for the loopback interface.
            "config": Config(proxies={}, connect_timeout=5, read_timeout=30) if self.own else Config(),
        }


class AwsHost:
    """The child process that is the stack's AWS. It saves its data and ends when its input is closed."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._ready = False

    @classmethod
    async def start(cls, data: Path, *, fresh: bool) -> Self:
        command = [sys.executable, "-m", "infra.local.aws_host", "--data", str(data)]
        process = await asyncio.create_subprocess_exec(
            *command,
            *(["--fresh"] if fresh else []),
            stdin=PIPE,
            stdout=PIPE,
            env=_host_environment(os.environ),
            # A session of its own, so that Ctrl-C in the terminal does not end it before the workers.
            start_new_session=True,
        )
        return cls(process)

    async def access(self) -> AwsAccess:
        """Waits for the host to come up. Raises `AwsHostError`; the reason is on standard error by then."""
        assert self._process.stdout is not None
        greeting = await self._process.stdout.readline()
        if not greeting:
            raise AwsHostError(f"The AWS host ended with status {await self.wait()} while it started")
        self._ready = True
        return AwsAccess(endpoint_url=json.loads(greeting)["endpoint_url"], own=True)

    async def wait(self) -> int:
        """Returns the exit status when the host has ended."""
        return await self._process.wait()

    async def stop(self) -> None:
        """Lets it save its data; a host that is not up yet has none to save."""
        assert self._process.stdin is not None
        if not self._ready:
            self._kill()
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        except TimeoutError:
            self._kill()
            await self._process.wait()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()


def _host_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the developer's AWS profile concerns the host, nor may it fail on one."""
    return {name: value for name, value in environment.items() if not name.startswith(("AWS_", "MOTO_"))}
