"""What the CDK CLI does not say of an account: whether it can be deployed to, and what a stack leaves there.

`python -m infra.account ready` before a deployment, `python -m infra.account kept <stack>` before a removal.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

# Where the CLI's bootstrapping writes its version.
# https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
_BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"

_REASONS = {
    "AWS::DynamoDB::Table": "what people wrote; delete the protection and then the table",
    "AWS::KMS::Key": "no stored provider key opens without it; $1 a month until its deletion is scheduled",
    "AWS::Logs::LogGroup": "who did what; it empties itself when the retention is over",
    "AWS::IAM::Role": "API Gateway writes the logs of the whole account with it",
    "AWS::ApiGateway::Account": "a setting of the whole account",
}
_OTHER_REASON = "the template says so"


class AccountError(Exception):
    """The account cannot be deployed to, or not be asked; the message says what to do."""


def check_ready(session: boto3.Session) -> None:
    """Raises `AccountError` with the command that helps."""
    try:
        account = session.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise AccountError(f"There are no usable AWS credentials: {error}") from None
    try:
        session.client("ssm").get_parameter(Name=_BOOTSTRAP_VERSION)
    except ClientError as error:
        # Who may not look is told by the CLI.
        if error.response["Error"]["Code"] == "ParameterNotFound":
            raise AccountError(
                f"Account {account} is not prepared for CDK in {session.region_name}. Once, run:\n"
                f"  make bootstrap ARGS=aws://{account}/{session.region_name}"
            ) from None


def kept_resources(session: boto3.Session, stack: str) -> list[str]:
    """A line for each thing that stays when the stack is removed; none for a stack that is not there."""
    client = session.client("cloudformation")
    try:
        template = _parsed(client.get_template(StackName=stack)["TemplateBody"])
    except ClientError:
        return []
    pages = client.get_paginator("list_stack_resources").paginate(StackName=stack)
    physical = {
        each["LogicalResourceId"]: each.get("PhysicalResourceId", "")
        for page in pages
        for each in page["StackResourceSummaries"]
    }
    return [
        f"{resource['Type']} {physical.get(name, name)}: {_REASONS.get(resource['Type'], _OTHER_REASON)}"
        for name, resource in template["Resources"].items()
        if resource.get("DeletionPolicy") == "Retain"
    ]


def _parsed(template: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """boto3 reads what is JSON by itself."""
    return json.loads(template) if isinstance(template, str) else template


def main(arguments: Sequence[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m infra.account", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("ready")
    commands.add_parser("kept").add_argument("stack")
    chosen = parser.parse_args(sys.argv[1:] if arguments is None else arguments)
    session = boto3.Session()
    try:
        if chosen.command == "ready":
            check_ready(session)
        else:
            _report(chosen.stack, kept_resources(session, chosen.stack))
    except (AccountError, BotoCoreError) as error:
        raise SystemExit(str(error)) from None


def _report(stack: str, kept: Sequence[str]) -> None:
    if kept:
        print(f"{stack} keeps, also when it is gone:", *kept, sep="\n  ")
    else:
        print(f"{stack} leaves nothing behind.")


if __name__ == "__main__":
    main()
