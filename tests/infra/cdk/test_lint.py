"""The template before the judges of others: cfn-lint, and cdk-nag's rules for solutions and serverless."""

import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_dynamodb as dynamodb
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from infra.app import FEATURE_FLAGS
from infra.deployment import Deployment
from infra.stacks.parley_stack import ParleyStack
from infra.stage import stage_named
from tests.infra.cdk.synthesis import Synthesis

pytestmark = pytest.mark.infra

# CDK says that a function depends on its role, and refers to it as well.
IGNORED_LINT = "W3005"


def test_cfn_lint_finds_nothing(dev: Synthesis) -> None:
    template = dev.folder / dev.template_file

    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), "--ignore-checks", IGNORED_LINT, "--", str(template)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_every_rule_is_kept_or_knowingly_left(tmp_path: Path, dependencies: dict[str, Path]) -> None:
    """A rule that is broken and not acknowledged makes the synthesis fail, and prints where."""
    app = App(outdir=str(tmp_path), context=FEATURE_FLAGS, analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    ParleyStack(
        app,
        "parley",
        deployment=Deployment(
            stage=stage_named("prod"),
            settings={"PARLEY_BEDROCK_REGION": "eu-central-1"},
            has_waf=True,
            alarms_email="ops@example.com",
        ),
        dependencies=dependencies,
    )

    app.synth()


def test_a_broken_rule_would_be_noticed(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), context=FEATURE_FLAGS, analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    key = dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING)
    dynamodb.Table(Stack(app, "careless"), "WithoutRecovery", partition_key=key)

    with pytest.raises(RuntimeError, match="AwsSolutions-DDB3"):
        app.synth()
