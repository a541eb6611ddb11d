"""The product as a construct in stacks of somebody's own."""

from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, RemovalPolicy, Stack

from infra.app import FEATURE_FLAGS
from infra.components.default_model import DefaultModel
from infra.components.parley_backend import ParleyBackend
from infra.stage import stage_named
from tests.infra.cdk.synthesis import Synthesis

pytestmark = pytest.mark.infra

# What CloudFormation takes as a name. Several things may bear one of these, or it names a part of something.
NAMES = ("Name", "Alias")
SHARED_NAMES = {
    ("AWS::ApiGateway::Stage", "StageName"),
    ("AWS::ApiGatewayV2::Stage", "StageName"),
    ("AWS::IAM::Policy", "PolicyName"),
}


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory, dependencies: dict[str, Path]) -> list[Synthesis]:
    """Two stacks of one app: nothing but their own names can keep them apart."""
    folder = tmp_path_factory.mktemp("copies")
    app = App(outdir=str(folder), context=FEATURE_FLAGS, analytics_reporting=False)
    stacks = [Stack(app, name) for name in ("one", "two")]
    for stack in stacks:
        ParleyBackend(
            stack,
            "Chat",
            stage=stage_named("prod"),
            cors_origins=["https://chat.example.com"],
            model=DefaultModel(base_url="https://models.example/v1", name="a-model"),
            removal_policy=RemovalPolicy.DESTROY,
            dependencies=dependencies,
        )
    app.synth()
    return [Synthesis(folder, stack.template_file) for stack in stacks]


def test_two_copies_in_one_account_share_no_name(copies: list[Synthesis]) -> None:
    for copy in copies:
        own = copy.template_file.partition(".")[0]
        assert [name for name in _named(copy.template["Resources"]) if f"{own}-" not in name[2]] == []


def test_what_a_copy_measures_is_its_own(copies: list[Synthesis]) -> None:
    namespaces = [copy.variables("messages")["POWERTOOLS_METRICS_NAMESPACE"] for copy in copies]

    assert len(set(namespaces)) == 2


def test_nothing_of_one_copy_refers_to_the_other(copies: list[Synthesis]) -> None:
    assert "Fn::ImportValue" not in "".join(copy.text for copy in copies)
    assert not any(copy.template.get("Outputs") for copy in copies)


def test_the_model_and_the_origins_reach_the_functions(copies: list[Synthesis]) -> None:
    variables = copies[0].variables("messages")

    assert variables["PARLEY_MODEL_BASE_URL"] == "https://models.example/v1"
    assert variables["PARLEY_MODEL_NAME"] == "a-model"
    assert variables["PARLEY_CORS_ORIGINS"] == "https://chat.example.com"
    assert "PARLEY_MODEL_NAME" not in copies[0].variables("auth")


def test_a_removal_policy_goes_before_the_stages(copies: list[Synthesis]) -> None:
    for kind in ("AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Logs::LogGroup"):
        assert {each["DeletionPolicy"] for each in copies[0].resources(kind).values()} == {"Delete"}
    assert not any(
        table["DeletionProtectionEnabled"] for table in copies[0].properties("AWS::DynamoDB::Table")
    )


def test_what_is_kept_stays_protected() -> None:
    prod = stage_named("prod")

    assert prod.removing(RemovalPolicy.RETAIN) == prod
    assert not stage_named("dev").removing(RemovalPolicy.RETAIN).deletion_protection


def _named(resources: dict[str, dict[str, Any]]) -> list[tuple[str, str, Any]]:
    return [
        (resource["Type"], name, value)
        for resource in resources.values()
        for name, value in resource.get("Properties", {}).items()
        if name.endswith(NAMES) and (resource["Type"], name) not in SHARED_NAMES and isinstance(value, str)
    ]
