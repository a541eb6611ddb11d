"""What a deployer may say, and what does not go together."""

import pytest

from infra.deployment import DeploymentError, read_deployment
from infra.stage import UnknownStageError


def test_a_deployer_who_says_nothing_gets_the_stage_for_trying_out() -> None:
    deployment = read_deployment(lambda name: None)

    assert deployment.stage.name == "dev"
    assert (deployment.settings, deployment.cors_origins, deployment.domain_name) == ({}, "", None)
    assert deployment.sets_account_log_role


def test_what_functions_name_is_taken_over_and_nothing_else() -> None:
    said = {"PARLEY_MODEL_NAME": "a-model", "PARLEY_CORS_ORIGINS": "*", "HOME": "/root", "stage": "prod"}

    deployment = read_deployment(said.get)

    assert deployment.settings == {"PARLEY_MODEL_NAME": "a-model"}
    assert deployment.cors_origins == "*"
    assert deployment.stage.name == "prod"


@pytest.mark.parametrize("name", ["PARLEY_DOMAIN", "PARLEY_SOCKET_DOMAIN", "PARLEY_CERTIFICATE_ARN"])
def test_a_domain_needs_its_certificate(name: str) -> None:
    with pytest.raises(
        DeploymentError, match="PARLEY_DOMAIN or PARLEY_SOCKET_DOMAIN and PARLEY_CERTIFICATE_ARN go together"
    ):
        read_deployment({name: "something"}.get)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"PARLEY_EDGE": "yes"}, "PARLEY_EDGE is on or off"),
        (
            {"PARLEY_SOCKET_DOMAIN": "sockets.example.com", "PARLEY_CERTIFICATE_ARN": "arn:…"},
            "at the edge, PARLEY_DOMAIN serves both",
        ),
        (
            {"PARLEY_WAF": "on", "CDK_DEFAULT_REGION": "eu-central-1"},
            "PARLEY_WAF at the edge needs the region us-east-1",
        ),
    ],
)
def test_what_does_not_go_with_an_edge_is_refused(said: dict[str, str], complaint: str) -> None:
    with pytest.raises(DeploymentError, match=complaint):
        read_deployment(said.get)


@pytest.mark.parametrize(
    "said",
    [
        {"PARLEY_WAF": "on", "CDK_DEFAULT_REGION": "us-east-1"},
        {"PARLEY_WAF": "on"},
        {"PARLEY_WAF": "on", "CDK_DEFAULT_REGION": "eu-central-1", "PARLEY_EDGE": "off"},
    ],
)
def test_a_web_acl_is_an_option(said: dict[str, str]) -> None:
    assert read_deployment(said.get).has_waf
    assert not read_deployment(lambda name: None).has_waf


def test_a_secret_is_refused_as_it_is_and_taken_by_the_name_of_its_parameter() -> None:
    with pytest.raises(DeploymentError, match="readable in the template") as refused:
        read_deployment({"PARLEY_MODEL_API_KEY": "sk-secret"}.get)
    assert "PARLEY_MODEL_API_KEY_PARAMETER" in str(refused.value)
    assert "sk-secret" not in str(refused.value)

    named = read_deployment({"PARLEY_MODEL_API_KEY_PARAMETER": "/parley/model-key"}.get)

    assert named.secret_parameters == {"PARLEY_MODEL_API_KEY": "/parley/model-key"}


@pytest.mark.parametrize("name", ["model-key", "/parley/*", "/", "/parley//key", "arn:aws:ssm:::parameter/x"])
def test_a_parameters_name_is_no_pattern(name: str) -> None:
    with pytest.raises(DeploymentError, match="is the name of a parameter"):
        read_deployment({"PARLEY_MODEL_API_KEY_PARAMETER": name}.get)


def test_what_costs_or_takes_from_the_account_may_be_chosen() -> None:
    prod = read_deployment({"stage": "prod"}.get).stage
    assert (bool(prod.reserved_concurrency), prod.snap_start) == (True, False)

    chosen = {"stage": "prod", "PARLEY_RESERVED_CONCURRENCY": "off", "PARLEY_SNAP_START": "on"}
    stage = read_deployment(chosen.get).stage

    assert (stage.reserved_concurrency, stage.snap_start) == ({}, True)


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(UnknownStageError):
        read_deployment({"stage": "staging"}.get)
