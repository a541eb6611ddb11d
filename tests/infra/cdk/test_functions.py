"""Every function of the topology is deployed as described, and no other."""

import pytest

from infra import topology
from parley.cors import CorsPolicy
from tests.infra.cdk.synthesis import Synthesis

pytestmark = pytest.mark.infra

FUNCTIONS = pytest.mark.parametrize("function", topology.FUNCTIONS, ids=lambda function: function.name)


def test_the_functions_are_those_of_the_topology(dev: Synthesis) -> None:
    assert sorted(dev.functions) == sorted(function.name for function in topology.FUNCTIONS)
    assert len(dev.resources("AWS::Lambda::Function")) == len(topology.FUNCTIONS)


@FUNCTIONS
def test_a_function_has_the_topologys_size_and_runtime(dev: Synthesis, function: topology.Function) -> None:
    deployed = dev.functions[function.name]

    assert deployed["MemorySize"] == function.memory_mb
    assert deployed["Timeout"] == function.timeout_seconds
    assert deployed["Handler"] == function.handler
    assert deployed["Runtime"] == f"python{topology.PYTHON_VERSION}"
    assert deployed["Architectures"] == ["arm64"]
    assert deployed.get("TracingConfig") == (None if function.isolated else {"Mode": "Active"})


@FUNCTIONS
def test_a_function_is_told_its_own_tables_keys_queues_and_functions_and_nothing_else(
    dev: Synthesis, function: topology.Function
) -> None:
    variables = dev.variables(function.name)

    assert variables.pop("AWS_LAMBDA_EXEC_WRAPPER", None) == (
        "/opt/streaming-bootstrap" if function.streaming else None
    )
    assert variables.pop(topology.OPENAPI_FILE_SETTING, None) == (
        "/var/task/openapi.json" if function.openapi_document else None
    )
    for name in function.tables:
        reference = variables.pop(topology.table_named(name).environment_variable)
        assert dev.table_names[reference["Ref"]] == name
    for name in function.keys:
        reference = variables.pop(topology.key_named(name).environment_variable)
        assert dev.key_names[reference["Fn::GetAtt"][0]] == name
    for name in {*function.sends_to, function.consumes} - {None}:
        reference = variables.pop(topology.queue_named(str(name)).environment_variable)
        assert dev.queue_names[reference["Ref"]] == name
    for name in function.invokes:
        reference = variables.pop(topology.function_named(name).environment_variable)
        assert dev.name_of_function(reference["Ref"]) == name
    assert (topology.SOCKET_API_SETTING in variables) == function.posts_to_sockets
    variables.pop(topology.SOCKET_API_SETTING, None)
    assert ("PARLEY_EDGE_SECRET" in variables) == function.asks_who_calls
    variables.pop("PARLEY_EDGE_SECRET", None)
    common = topology.common_environment(
        stage="dev", cors=CorsPolicy(), metrics_namespace=variables.get("POWERTOOLS_METRICS_NAMESPACE")
    )
    assert variables == ({} if function.isolated else common)


@FUNCTIONS
def test_a_function_takes_over_the_origins_and_only_the_settings_that_it_names(
    prod: Synthesis, function: topology.Function
) -> None:
    variables = prod.variables(function.name)
    assert (topology.SOCKET_API_SETTING in variables) == function.posts_to_sockets
    variables.pop(topology.SOCKET_API_SETTING, None)
    common = topology.common_environment(stage="prod", cors=CorsPolicy())

    settings = {
        name: value
        for name, value in variables.items()
        if name.startswith("PARLEY_")
        and not name.endswith(("_TABLE", "_FUNCTION", "_KEY_ID", "_PARAMETER", "_QUEUE_URL"))
        and name not in (*common, topology.OPENAPI_FILE_SETTING)
    }

    expected = {"PARLEY_CORS_ORIGINS": "https://chat.example.com,http://localhost:5173"}
    if function.bedrock:
        expected["PARLEY_BEDROCK_REGION"] = "eu-central-1"
    if "PARLEY_MODEL_BASE_URL" in function.settings:
        expected["PARLEY_MODEL_BASE_URL"] = "https://models.example/v1"
    assert settings == ({} if function.isolated else expected)


@FUNCTIONS
def test_a_function_has_the_layers_that_it_needs_and_no_other(
    dev: Synthesis, function: topology.Function
) -> None:
    layers = [_layer(dev, reference) for reference in dev.functions[function.name]["Layers"]]

    expected = ["parley: dependencies"]
    expected += [] if function.isolated else ["parley: parley"]
    expected += ["parley: tool dependencies"] if function.tool_dependencies else []
    expected += ["parley: streaming"] if function.streaming else []
    assert layers == expected


def test_layers_are_for_the_functions_platform(dev: Synthesis) -> None:
    layers = dev.properties("AWS::Lambda::LayerVersion")

    assert len(layers) == 4
    for layer in layers:
        assert layer["CompatibleArchitectures"] == ["arm64"]
        assert layer["CompatibleRuntimes"] == [f"python{topology.PYTHON_VERSION}"]


@FUNCTIONS
def test_a_function_writes_to_a_log_of_its_own_that_ends(dev: Synthesis, function: topology.Function) -> None:
    reference = dev.functions[function.name]["LoggingConfig"]["LogGroup"]["Ref"]

    users = [
        name for name, each in dev.functions.items() if each["LoggingConfig"]["LogGroup"]["Ref"] == reference
    ]

    assert users == [function.name]
    assert dev.resources("AWS::Logs::LogGroup")[reference]["Properties"]["RetentionInDays"] == 7


def _layer(synthesis: Synthesis, reference: dict[str, str]) -> str:
    description = synthesis.template["Resources"][reference["Ref"]]["Properties"]["Description"]
    assert isinstance(description, str)
    return description
