"""The topology agrees with itself, with the folders, and with the limits of the services."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra import topology
from infra.local.plan import queue_name

PROJECT = Path(__file__).resolve().parents[2]

# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
GATEWAY_RESPONSE_TYPES = {
    "ACCESS_DENIED",
    "API_CONFIGURATION_ERROR",
    "AUTHORIZER_CONFIGURATION_ERROR",
    "AUTHORIZER_FAILURE",
    "BAD_REQUEST_BODY",
    "BAD_REQUEST_PARAMETERS",
    "DEFAULT_4XX",
    "DEFAULT_5XX",
    "EXPIRED_TOKEN",
    "INTEGRATION_FAILURE",
    "INTEGRATION_TIMEOUT",
    "INVALID_API_KEY",
    "INVALID_SIGNATURE",
    "MISSING_AUTHENTICATION_TOKEN",
    "QUOTA_EXCEEDED",
    "REQUEST_TOO_LARGE",
    "RESOURCE_NOT_FOUND",
    "THROTTLED",
    "UNAUTHORIZED",
    "UNSUPPORTED_MEDIA_TYPE",
    "WAF_FILTERED",
}
QUEUES = pytest.mark.parametrize("queue", topology.QUEUES, ids=lambda queue: queue.name)
FUNCTIONS = pytest.mark.parametrize("function", topology.FUNCTIONS, ids=lambda function: function.name)


def test_every_folder_is_a_function_and_every_function_a_folder() -> None:
    folders = [path.parent.name for path in (PROJECT / "functions").glob("*/handler.py")]

    assert sorted(folders) == sorted(function.name for function in topology.FUNCTIONS)


def test_no_name_route_or_case_stands_twice() -> None:
    for names in (
        [function.name for function in topology.FUNCTIONS],
        [table.name for table in topology.TABLES],
        [key.name for key in topology.KEYS],
        [name for queue in topology.QUEUES for name in (queue.name, queue.dead_letter_name)],
        [(route.method, route.path) for route in topology.ROUTES],
        [response.response_type for response in topology.GATEWAY_RESPONSES],
    ):
        assert len(set(names)) == len(names)


def test_every_function_is_reached_and_every_route_has_a_function() -> None:
    invoked = {name for function in topology.FUNCTIONS for name in function.invokes}
    consumers = {function.name for function in topology.FUNCTIONS if function.consumes}
    routed = {route.function for route in (*topology.ROUTES, *topology.SOCKET_ROUTES)}

    assert routed | invoked | consumers == {each.name for each in topology.FUNCTIONS}


def test_an_isolated_function_is_invoked_only_and_may_do_nothing() -> None:
    """A route would not say for which tenant."""
    for function in topology.FUNCTIONS:
        if function.isolated:
            assert function.name not in {route.function for route in topology.ROUTES}
            assert (dict(function.tables), function.settings, function.secrets) == ({}, (), ())
            assert function.invokes == ()
            assert not function.streaming


def test_every_table_is_used_and_every_table_used_exists() -> None:
    used = {name for function in topology.FUNCTIONS for name in function.tables}

    assert used == {table.name for table in topology.TABLES}


def test_every_key_is_used_and_every_key_used_exists() -> None:
    used = {name for function in topology.FUNCTIONS for name in function.keys}

    assert used == {key.name for key in topology.KEYS}


def test_every_queue_is_sent_to_and_consumed_by_one_and_every_queue_used_exists() -> None:
    names = sorted(queue.name for queue in topology.QUEUES)

    assert sorted({name for function in topology.FUNCTIONS for name in function.sends_to}) == names
    assert sorted(function.consumes for function in topology.FUNCTIONS if function.consumes) == names


@QUEUES
def test_a_message_stays_hidden_as_long_as_its_function_may_take(queue: topology.Queue) -> None:
    """Lambda refuses an event source whose queue hides for a shorter time."""
    [consumer] = [function for function in topology.FUNCTIONS if function.consumes == queue.name]

    assert consumer.timeout_seconds <= queue.visibility_timeout_seconds <= 12 * 3600
    assert not consumer.streaming, "its answer names what failed"
    assert not consumer.isolated


@QUEUES
def test_a_queue_stays_within_sqss_limits(queue: topology.Queue) -> None:
    assert 1 <= queue.max_receives <= 1000
    for name in (queue.name, queue.dead_letter_name):
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,75}\.fifo", queue_name(name))


@FUNCTIONS
def test_a_function_may_do_with_keys_nothing_but_use_them(function: topology.Function) -> None:
    actions = {action for actions in function.keys.values() for action in actions}

    assert actions <= {"Decrypt", "Encrypt"}


@FUNCTIONS
def test_a_function_stays_within_lambdas_limits(function: topology.Function) -> None:
    assert 128 <= function.memory_mb <= 10_240
    assert 1 <= function.timeout_seconds <= 900


@FUNCTIONS
def test_a_buffered_function_does_not_outlast_the_gateway(function: topology.Function) -> None:
    routed = function.name in {route.function for route in topology.ROUTES}
    limit = topology.BUFFERED_INTEGRATION_TIMEOUT_SECONDS if routed and not function.streaming else 900

    assert function.timeout_seconds <= limit


@FUNCTIONS
def test_a_function_is_told_bedrocks_region_exactly_if_it_may_call_it(function: topology.Function) -> None:
    assert bool(function.bedrock) == (topology.BEDROCK_REGION_SETTING in function.settings)


@FUNCTIONS
@pytest.mark.parametrize(
    ("setting", "secrets"),
    [
        ("PARLEY_MODEL_BASE_URL", {"PARLEY_MODEL_API_KEY"}),
        ("PARLEY_SEARCH_SEARXNG_URL", {"PARLEY_SEARCH_TAVILY_API_KEY", "PARLEY_SEARCH_BRAVE_API_KEY"}),
    ],
)
def test_who_is_told_of_a_service_is_told_its_key(
    function: topology.Function, setting: str, secrets: set[str]
) -> None:
    assert secrets & set(function.secrets) == (secrets if setting in function.settings else set())


@FUNCTIONS
def test_no_function_may_scan(function: topology.Function) -> None:
    actions = {action for actions in function.tables.values() for action in actions}

    assert not [action for action in actions if action == "Scan" or "*" in action]


@pytest.mark.parametrize("table", topology.TABLES, ids=lambda table: table.name)
def test_a_table_stays_within_dynamodbs_limits(table: topology.Table) -> None:
    local = [index for index in table.indexes if index.partition_key is None]

    assert len(local) <= 5
    assert len(table.indexes) - len(local) <= 20
    assert sum(len(index.attributes) for index in table.indexes) <= 100
    assert len({index.name for index in table.indexes}) == len(table.indexes)


def test_no_path_ends_in_a_slash() -> None:
    """API Gateway serves it with and without one."""
    assert [route.path for route in topology.ROUTES if route.path != "/" and route.path.endswith("/")] == []


def test_the_cases_of_gateway_responses_are_api_gateways() -> None:
    assert {response.response_type for response in topology.GATEWAY_RESPONSES} <= GATEWAY_RESPONSE_TYPES


def test_the_topology_is_plain_data() -> None:
    """The local stack and cold tools read it: neither CDK nor boto3 may come along."""
    program = "import sys; import infra.topology; print({'aws_cdk', 'boto3', 'jsii'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "set()"
