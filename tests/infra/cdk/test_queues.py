"""Queues as the component makes them, for functions of the test's own; and those of the topology."""

from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks

from infra import topology
from infra.app import FEATURE_FLAGS
from infra.components.acknowledgements import acknowledge
from infra.components.queues import Queues
from infra.stage import stage_named
from tests.infra.cdk.synthesis import Synthesis

pytestmark = pytest.mark.infra

QUEUES = pytest.mark.parametrize("queue", topology.QUEUES, ids=lambda queue: queue.name)
WORK = topology.Queue(name="some_work", visibility_timeout_seconds=900, max_receives=5)
SENDER = topology.Function(name="sender", memory_mb=256, timeout_seconds=29, sends_to=("some_work",))
CONSUMER = topology.Function(name="consumer", memory_mb=256, timeout_seconds=900, consumes="some_work")
OTHER = topology.Function(name="other", memory_mb=256, timeout_seconds=29)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """With cdk-nag's rules, of which none may be broken."""
    app = App(outdir=str(tmp_path_factory.mktemp("queues")), context=FEATURE_FLAGS, analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    stack = Stack(app, "queues")
    queues = Queues(stack, "Queues", queues=[WORK], stage=stage_named("prod"))
    functions = {}
    for function in (SENDER, CONSUMER, OTHER):
        role = iam.Role(
            stack, f"{function.name}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
        )
        queues.grant(role, function)
        functions[function.name] = lambda_.Function(
            stack,
            function.name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler=function.name,
            code=lambda_.Code.from_inline("pass"),
            role=role,
            environment=queues.environment(function),
        )
        acknowledge(functions[function.name], "L1", reason="It is deployed nowhere.")
    queues.feed((SENDER, CONSUMER, OTHER), functions)
    app.synth()
    return Template.from_stack(stack).to_json()


def resources(template: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """By logical name."""
    return {name: each for name, each in template["Resources"].items() if each["Type"] == f"AWS::{kind}"}


def queue_and_dead_letters(template: Mapping[str, Any]) -> tuple[str, str]:
    queues = resources(template, "SQS::Queue")
    [name] = [name for name, each in queues.items() if "RedrivePolicy" in each["Properties"]]
    target = queues[name]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert set(queues) == {name, target}
    return name, target


def rights(template: Mapping[str, Any], function: str) -> set[tuple[str, str]]:
    """Actions, each with the queue's logical name."""
    return {
        (action, statement["Resource"]["Fn::GetAtt"][0])
        for policy in resources(template, "IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
        if policy["Properties"]["Roles"][0]["Ref"].startswith(f"{function}Role")
    }


def test_a_queue_is_fifo_encrypted_and_gives_up_after_as_many_receptions(template: Mapping[str, Any]) -> None:
    name, dead = queue_and_dead_letters(template)
    queues = resources(template, "SQS::Queue")
    common = {
        "FifoQueue": True,
        "SqsManagedSseEnabled": True,
        "DeduplicationScope": "messageGroup",
        "FifoThroughputLimit": "perMessageGroupId",
    }
    redrive = {"deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]}, "maxReceiveCount": 5}
    assert queues[name]["Properties"] == {**common, "VisibilityTimeout": 900, "RedrivePolicy": redrive}
    assert queues[dead]["Properties"] == {**common, "MessageRetentionPeriod": 14 * 24 * 3600}
    assert {each["DeletionPolicy"] for each in queues.values()} == {"Retain"}


def test_queues_are_reached_by_tls_only(template: Mapping[str, Any]) -> None:
    refused = set()
    for policy in resources(template, "SQS::QueuePolicy").values():
        [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Action"], statement["Principal"]) == (
            "Deny",
            "sqs:*",
            {"AWS": "*"},
        )
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        refused |= {reference["Ref"] for reference in policy["Properties"]["Queues"]}
    assert refused == set(queue_and_dead_letters(template))


def test_a_sender_may_send_and_a_consumer_consume_and_no_more(template: Mapping[str, Any]) -> None:
    name, _ = queue_and_dead_letters(template)
    assert rights(template, "sender") == {("sqs:SendMessage", name)}
    assert rights(template, "consumer") == {
        ("sqs:ReceiveMessage", name),
        ("sqs:DeleteMessage", name),
        ("sqs:ChangeMessageVisibility", name),
        ("sqs:GetQueueAttributes", name),
    }
    assert rights(template, "other") == set()


def test_who_sends_to_it_or_consumes_it_is_told_where_it_is(template: Mapping[str, Any]) -> None:
    name, _ = queue_and_dead_letters(template)
    told = {
        each["Properties"]["Handler"]: each["Properties"].get("Environment", {}).get("Variables", {})
        for each in resources(template, "Lambda::Function").values()
    }
    url = {"PARLEY_SOME_WORK_QUEUE_URL": {"Ref": name}}
    assert told == {"sender": url, "consumer": url, "other": {}}


def test_messages_are_given_to_the_consumer_one_at_a_time_within_the_stages_limit(
    template: Mapping[str, Any],
) -> None:
    name, _ = queue_and_dead_letters(template)
    [source] = resources(template, "Lambda::EventSourceMapping").values()
    function = source["Properties"]["FunctionName"]["Ref"]
    assert template["Resources"][function]["Properties"]["Handler"] == "consumer"
    assert source["Properties"] == {
        "BatchSize": 1,
        "EventSourceArn": {"Fn::GetAtt": [name, "Arn"]},
        "FunctionName": {"Ref": function},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": stage_named("prod").queue_concurrency},
    }
    policies = resources(template, "IAM::Policy")
    assert any(each in policies for each in template["Resources"][function]["DependsOn"]), (
        "its rights come first"
    )


def test_the_queues_are_those_of_the_topology_each_with_its_dead_letters(dev: Synthesis) -> None:
    deployed = dev.resources("AWS::SQS::Queue")
    assert sorted(dev.queue_names.values()) == sorted(queue.name for queue in topology.QUEUES)
    dead_letters = {
        deployed[name]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for name in dev.queue_names
    }
    assert set(deployed) == set(dev.queue_names) | dead_letters
    assert len(deployed) == 2 * len(topology.QUEUES)


@QUEUES
def test_a_queue_hides_and_gives_up_as_the_topology_says(dev: Synthesis, queue: topology.Queue) -> None:
    [name] = [name for name, known_as in dev.queue_names.items() if known_as == queue.name]
    properties = dev.resources("AWS::SQS::Queue")[name]["Properties"]
    assert properties["VisibilityTimeout"] == queue.visibility_timeout_seconds
    assert properties["RedrivePolicy"]["maxReceiveCount"] == queue.max_receives


def test_the_event_sources_are_those_of_the_topology(dev: Synthesis) -> None:
    sources = [
        (
            dev.name_of_function(source["FunctionName"]["Ref"]),
            dev.queue_names[source["EventSourceArn"]["Fn::GetAtt"][0]],
        )
        for source in dev.properties("AWS::Lambda::EventSourceMapping")
    ]
    consumers = [
        (function.name, function.consumes) for function in topology.FUNCTIONS if function.consumes is not None
    ]
    assert sorted(sources) == sorted(consumers)
