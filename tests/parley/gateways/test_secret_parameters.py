"""The deployer's secrets, at a Parameter Store in memory."""

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from parley.errors import KeyUnreadableError, KeyVaultError
from parley.gateways.secret_parameters import SecretParameters

NAME = "/parley/model-key"


@pytest.fixture
def ssm():
    with mock_aws():
        client = boto3.client("ssm", region_name="eu-central-1")
        client.put_parameter(Name=NAME, Value="sk-secret", Type="SecureString")
        yield client


class Failing:
    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)

    def get_parameter(self, **_):
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return {"Parameter": {"Value": outcome}}


def refusal(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "GetParameter")


def test_a_secret_is_read_decrypted_and_once(ssm):
    built = []
    secrets = SecretParameters(build_client=lambda: built.append(ssm) or ssm)
    assert built == []
    assert secrets.read(NAME) == "sk-secret"
    ssm.delete_parameter(Name=NAME)
    assert secrets.read(NAME) == "sk-secret"
    assert len(built) == 1


def test_a_parameter_that_is_not_there_is_unreadable_and_its_name_is_logged(ssm, caplog):
    with pytest.raises(KeyUnreadableError):
        SecretParameters(build_client=lambda: ssm).read("/parley/other")
    assert caplog.records[-1].parameter == "/parley/other"


@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidKeyId"])
def test_a_parameter_that_is_for_others_is_unreadable(code):
    with pytest.raises(KeyUnreadableError):
        SecretParameters(build_client=lambda: Failing(refusal(code))).read(NAME)


@pytest.mark.parametrize(
    "failure", [refusal("ThrottlingException"), EndpointConnectionError(endpoint_url="https://ssm")]
)
def test_a_failure_is_forgotten_and_the_next_try_reads(failure):
    client = Failing(failure, "sk-secret")
    secrets = SecretParameters(build_client=lambda: client)
    with pytest.raises(KeyVaultError):
        secrets.read(NAME)
    assert secrets.read(NAME) == "sk-secret"
