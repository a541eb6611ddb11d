"""What is said before a deployment and before a removal, with an account in memory."""

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from infra.account import AccountError, check_ready, kept_resources, main

TEMPLATE = {
    "Resources": {
        "Kept": {
            "Type": "AWS::DynamoDB::Table",
            "DeletionPolicy": "Retain",
            "Properties": {
                "TableName": "of-people",
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            },
        },
        "Gone": {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Delete"},
    }
}


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield boto3.Session()


def test_an_account_that_was_never_prepared_is_told_the_command_that_does(session: boto3.Session) -> None:
    with pytest.raises(AccountError, match=r"bootstrap ARGS=aws://123456789012/eu-central-1"):
        check_ready(session)
    with pytest.raises(SystemExit, match="not prepared for CDK"):
        main(["ready"])


def test_a_prepared_account_is_ready(session: boto3.Session) -> None:
    session.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")

    check_ready(session)
    main(["ready"])


def test_without_credentials_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.credentials import CredentialResolver

    monkeypatch.setattr(CredentialResolver, "load_credentials", lambda self: None)

    with pytest.raises(AccountError, match="no usable AWS credentials"):
        check_ready(boto3.Session(region_name="eu-central-1"))


def test_what_a_stack_keeps_is_named_with_the_reason(
    session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    session.client("cloudformation").create_stack(StackName="parley-prod", TemplateBody=json.dumps(TEMPLATE))

    (line,) = kept_resources(session, "parley-prod")

    assert line.startswith("AWS::DynamoDB::Table of-people: what people wrote")
    main(["kept", "parley-prod"])
    assert line in capsys.readouterr().out


def test_a_stack_that_keeps_nothing_says_so(
    session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["kept", "parley-dev"])

    assert capsys.readouterr().out == "parley-dev leaves nothing behind.\n"
