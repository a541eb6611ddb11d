"""Least privilege, from the policy documents: what the table of rights names, and not an action more."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra import topology
from tests.infra.cdk.rights_table import RIGHTS
from tests.infra.cdk.synthesis import Synthesis

pytestmark = pytest.mark.infra

FUNCTIONS = pytest.mark.parametrize("function", topology.FUNCTIONS, ids=lambda function: function.name)

# X-Ray's write actions know no resources.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
TRACING = {("xray:PutTraceSegments", "*"), ("xray:PutTelemetryRecords", "*")}
# With these Lambda connects a function to its network, in the function's name.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
INTERFACES = {
    ("ec2:AssignPrivateIpAddresses", "*"),
    ("ec2:CreateNetworkInterface", "*"),
    ("ec2:DeleteNetworkInterface", "*"),
    ("ec2:DescribeNetworkInterfaces", "*"),
    ("ec2:DescribeSubnets", "*"),
    ("ec2:UnassignPrivateIpAddresses", "*"),
}

# Which model is asked is the user's choice, and a profile hands on to models of other regions.
# https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
_OWN_BEDROCK = "arn:{AWS::Partition}:bedrock:eu-central-1:{AWS::AccountId}"
PROFILES = {f"{_OWN_BEDROCK}:inference-profile/*", f"{_OWN_BEDROCK}:application-inference-profile/*"}
MODELS = {"arn:{AWS::Partition}:bedrock:*::foundation-model/*", *PROFILES}
# A list of the models that there are knows no resources.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
BEDROCK_RESOURCES = {
    "InvokeModel": MODELS,
    "InvokeModelWithResponseStream": MODELS,
    "ListFoundationModels": {"*"},
    "ListInferenceProfiles": PROFILES,
}


def test_the_table_of_rights_is_of_all_functions() -> None:
    assert list(RIGHTS) == [function.name for function in topology.FUNCTIONS]


@FUNCTIONS
def test_a_function_may_do_exactly_what_the_table_of_rights_names(
    dev: Synthesis, function: topology.Function
) -> None:
    granted = set(_granted(dev, function.name))
    always = _logging(dev, function.name) | (INTERFACES if function.isolated else TRACING)

    assert granted - always == _expected(function.name)
    assert granted >= always


def test_the_code_of_an_isolated_function_is_denied_what_lambda_needs_to_connect_it(dev: Synthesis) -> None:
    """So its role is worth nothing but the lines that it may write to its log."""
    denied = [
        (statement["Resource"], statement["Condition"], set(statement["Action"]), policy["Roles"])
        for policy in dev.properties("AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
    ]

    isolated = [function.name for function in topology.FUNCTIONS if function.isolated]
    assert [roles for *_, roles in denied] == [[{"Ref": _role(dev, name)}] for name in isolated]
    for resource, condition, actions, _ in denied:
        assert (resource, actions) == ("*", {action for action, _ in INTERFACES})
        [pattern] = condition["ArnLike"].values()
        assert list(condition["ArnLike"]) == ["lambda:SourceFunctionArn"]
        assert pattern["Fn::Join"][1][-1] == ":function:*"


@FUNCTIONS
def test_a_functions_role_is_its_own_and_only_lambda_assumes_it(
    dev: Synthesis, function: topology.Function
) -> None:
    role_name = _role(dev, function.name)
    (statement,) = dev.resources("AWS::IAM::Role")[role_name]["Properties"]["AssumeRolePolicyDocument"][
        "Statement"
    ]

    assert [name for name in dev.functions if _role(dev, name) == role_name] == [function.name]
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}


@FUNCTIONS
def test_a_functions_rights_stand_in_its_policy_only(dev: Synthesis, function: topology.Function) -> None:
    role = dev.resources("AWS::IAM::Role")[_role(dev, function.name)]["Properties"]

    assert not {"ManagedPolicyArns", "Policies"} & set(role)


def test_nothing_but_tracing_and_connecting_is_granted_on_every_resource(dev: Synthesis) -> None:
    everywhere = {
        (action, resource)
        for policy in dev.properties("AWS::IAM::Policy")
        for action, resource in _pairs(dev, policy)
        if "*" in resource or "*" in action
    }

    assert everywhere == TRACING | INTERFACES


@FUNCTIONS
def test_bedrock_may_be_called_where_the_deployer_names_a_region(
    prod: Synthesis, function: topology.Function
) -> None:
    granted = {(action, on) for action, on in _granted(prod, function.name) if action.startswith("bedrock:")}

    assert granted == {
        (f"bedrock:{action}", on) for action in function.bedrock for on in BEDROCK_RESOURCES[action]
    }


def _expected(function: str) -> set[tuple[str, str]]:
    """As the table of rights has it; whoever may query a table may query its indexes."""
    rights = set[tuple[str, str]]()
    for thing, actions in RIGHTS[function].items():
        kind, _, name = thing.partition(" ")
        rights |= {_right(kind, name, action) for action in actions.split()}
        if kind == "table" and "Query" in actions:
            indexes = topology.table_named(name).indexes
            rights |= {("dynamodb:Query", f"{name}/index/{index.name}") for index in indexes}
    return rights


def _right(kind: str, name: str, action: str) -> tuple[str, str]:
    match kind:
        case "table":
            return f"dynamodb:{action}", name
        case "key":
            return f"kms:{action}", f"key/{name}"
        case "queue":
            return f"sqs:{action}", f"queue/{name}"
        case "function":
            return f"lambda:{action}", name
        case "sockets":
            return "execute-api:ManageConnections", f"sockets/{action}"
    raise AssertionError(f"a kind of thing that there is not: {kind}")


def _logging(synthesis: Synthesis, function: str) -> set[tuple[str, str]]:
    group = synthesis.functions[function]["LoggingConfig"]["LogGroup"]["Ref"]
    return {("logs:CreateLogStream", group), ("logs:PutLogEvents", group)}


def _granted(synthesis: Synthesis, function: str) -> Iterator[tuple[str, str]]:
    role = {"Ref": _role(synthesis, function)}
    for policy in synthesis.properties("AWS::IAM::Policy"):
        if role in policy["Roles"]:
            yield from _pairs(synthesis, policy)


def _pairs(synthesis: Synthesis, policy: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for statement in policy["PolicyDocument"]["Statement"]:
        if statement["Effect"] == "Deny":
            continue
        for action in _list(statement["Action"]):
            for resource in _list(statement["Resource"]):
                yield action, _resource(synthesis, resource)


def _resource(synthesis: Synthesis, reference: Any) -> str:
    """The topology's name, of an index with its path; else the logical name or the ARN."""
    match reference:
        case str():
            return reference
        case {"Fn::GetAtt": [name, "Arn"]} if name in synthesis.key_names:
            return f"key/{synthesis.key_names[name]}"
        case {"Fn::GetAtt": [name, "Arn"]} if name in synthesis.queue_names:
            return f"queue/{synthesis.queue_names[name]}"
        case {"Fn::GetAtt": [name, "Arn"]}:
            if name in synthesis.resources("AWS::Lambda::Function"):
                return synthesis.name_of_function(name)
            return synthesis.table_names.get(name, name)
        case {"Ref": str(name)}:
            return f"{{{name}}}"
        case {"Fn::Join": ["", [*_, ":execute-api:", _, ":", _, ":", {"Ref": api}, connections]]}:
            assert api in synthesis.resources("AWS::ApiGatewayV2::Api")
            _stage, method, any_connection = connections.removeprefix("/").split("/", 2)
            assert any_connection == "@connections/*"
            return f"sockets/{method}"
        case {"Fn::Join": ["", parts]}:
            return "".join(_resource(synthesis, part) for part in parts)
    raise AssertionError(f"a resource of an unforeseen form: {reference}")


def _role(synthesis: Synthesis, function: str) -> str:
    role: str = synthesis.functions[function]["Role"]["Fn::GetAtt"][0]
    return role


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
