"""The CDK CLI against the emulator: what `make deploy` and `make destroy` do with an account."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from infra.components.architecture import Architecture

PROJECT = Path(__file__).parents[2]
CDK = PROJECT / ".cdk" / "node_modules" / "aws-cdk" / "bin" / "cdk"
STACK = "parley-dev"
ACCOUNT, REGION = "000000000000", "us-east-1"
# The functions run on this machine, whatever it is; the emulator serves no STREAM routes.
_VALUES = {
    "architecture": str(Architecture.of_this_machine()),
    "PARLEY_RESPONSE_STREAMING": "off",
    "PARLEY_EDGE": "off",
}
CONTEXT = [part for name, value in _VALUES.items() for part in ("--context", f"{name}={value}")]


class CdkError(Exception):
    """What the CLI printed when it failed."""


@dataclass(frozen=True)
class Account:
    """The emulator as one AWS account; `folder` is for what the CLI writes."""

    url: str
    folder: Path

    def bootstrap(self) -> None:
        """Away from `cdk.json`: the app has no part in it."""
        self._cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}", folder=self.folder)

    def deploy(self) -> dict[str, str]:
        """The stack's outputs, by their names."""
        outputs = self.folder / "outputs.json"
        assembly = ("--output", str(self.folder / "cdk.out"))
        self._cdk(
            "deploy",
            "--all",
            *assembly,
            "--require-approval",
            "never",
            *CONTEXT,
            "--outputs-file",
            str(outputs),
        )
        found: dict[str, str] = json.loads(outputs.read_text("utf-8"))[STACK]
        return found

    def destroy(self) -> None:
        """Of what was deployed, which is there synthesised."""
        self._cdk("destroy", "--all", "--force", "--app", str(self.folder / "cdk.out"))

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def _cdk(self, *arguments: str, folder: Path = PROJECT) -> None:
        """In the project, it starts `infra.app` itself, by `cdk.json`."""
        command = [str(Path(sys.executable).with_name("node")), str(CDK), *arguments]
        done = subprocess.run(
            command,
            cwd=folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CdkError(f"cdk {arguments[0]}:\n{done.stdout}\n{done.stderr}")

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(self.folder),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "CDK_DISABLE_CLI_TELEMETRY": "1",
        }
