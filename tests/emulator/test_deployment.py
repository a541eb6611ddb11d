"""The real CDK CLI deploys the product into an emulated account, somebody uses it there, and it is removed.

The emulator serves no STREAM route, so it gets the product without response streaming: the same handlers
answer whole. That they stream is the local stack's to show.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.topology import SOCKET_API_SETTING
from tests.emulator.deployment import Account
from tests.emulator.emulator import running_emulator
from tests.smoke.walk import Walk

pytestmark = [pytest.mark.infra, pytest.mark.xdist_group("deployment")]

# By kind: the service, its call, the list in the answer, and the name in an entry that is not a name itself.
_LISTS = {
    "stacks": ("cloudformation", "describe_stacks", "Stacks", "StackName"),
    "tables": ("dynamodb", "list_tables", "TableNames", ""),
    "functions": ("lambda", "list_functions", "Functions", "FunctionName"),
    "layers": ("lambda", "list_layers", "Layers", "LayerName"),
    "event sources": ("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    "queues": ("sqs", "list_queues", "QueueUrls", ""),
    "REST APIs": ("apigateway", "get_rest_apis", "items", "name"),
    "WebSocket APIs": ("apigatewayv2", "get_apis", "Items", "Name"),
    "roles": ("iam", "list_roles", "Roles", "RoleName"),
    "log groups": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "alarms": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "dashboards": ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "networks": ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    "distributions": ("cloudfront", "list_distributions", "DistributionList", "Id"),
}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with running_emulator(tmp_path_factory.mktemp("account"), {}) as url:
        account = Account(url=url, folder=tmp_path_factory.mktemp("cdk"))
        account.bootstrap()
        yield account


def test_what_is_deployed_can_be_used_and_leaves_nothing_behind(account: Account) -> None:
    before = _resources(account)
    outputs = account.deploy()
    rest_api, socket_api = (_at_emulator(account, outputs[name]) for name in ("ApiUrl", "SocketUrl"))
    _tell_where_sockets_are(account, socket_api)

    Walk(rest_api, socket_api=socket_api.replace("http", "ws", 1)).run()

    account.destroy()
    assert _resources(account) == before


def _at_emulator(account: Account, url: str) -> str:
    """AWS's address of an API as the emulator serves it: one host for all of them."""
    host, _, stage = url.partition("://")[2].partition("/")
    return f"{account.url}/_aws/execute-api/{host.partition('.')[0]}/{stage.rstrip('/')}"


def _tell_where_sockets_are(account: Account, socket_api: str) -> None:
    """The template names AWS's address, which does not lead to the emulator."""
    functions = account.client("lambda")
    for page in functions.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            variables = function.get("Environment", {}).get("Variables", {})
            if SOCKET_API_SETTING in variables:
                functions.update_function_configuration(
                    FunctionName=function["FunctionName"],
                    Environment={"Variables": variables | {SOCKET_API_SETTING: socket_api}},
                )


def _resources(account: Account) -> dict[str, list[str]]:
    """What costs money or holds data, by kind; the bootstrap's own are there before and after."""
    found = {
        kind: _names(getattr(account.client(service), call)().get(key, []), name)
        for kind, (service, call, key, name) in _LISTS.items()
    }
    return {kind: names for kind, names in found.items() if names}


def _names(entries: Any, name: str) -> list[str]:
    listed = entries.get("Items", []) if isinstance(entries, dict) else entries
    return sorted(each if isinstance(each, str) else each[name] for each in listed)
