"""Snapshots, as a stage may have them taken, and how many of a function run at a time."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack, Validations
from cdk_nag import AwsSolutionsChecks

from infra import topology
from infra.app import FEATURE_FLAGS
from infra.components.architecture import Architecture
from infra.components.layers import Layers
from infra.components.python_function import PythonFunction
from infra.components.rest_api import RestApi
from infra.stage import STAGES, stage_named
from parley.cors import CorsPolicy
from tests.infra.cdk.synthesis import PROJECT, Synthesis

pytestmark = pytest.mark.infra

PLAIN, STREAMING = topology.function_named("usage"), topology.function_named("tools")
FUNCTIONS = pytest.mark.parametrize("function", topology.FUNCTIONS, ids=lambda function: function.name)


@pytest.fixture(scope="module")
def snapped(tmp_path_factory: pytest.TempPathFactory, dependencies: dict[str, Path]) -> Synthesis:
    """Two functions behind an API, in a stage that takes snapshots."""
    folder = tmp_path_factory.mktemp("snapped")
    app = App(outdir=str(folder), context=FEATURE_FLAGS, analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    stack, stage = Stack(app, "snapped"), replace(stage_named("dev"), snap_start=True)
    layers = Layers(
        stack,
        "Layers",
        sources=PROJECT / "layers",
        dependencies=dependencies,
        architecture=Architecture.ARM_64,
    )
    functions = {
        function.name: PythonFunction(
            stack,
            function.name,
            function=function,
            stage=stage,
            layers=layers,
            sources=PROJECT / "functions",
            environment={},
        ).entry
        for function in (PLAIN, STREAMING)
    }
    routes = [route for route in topology.ROUTES if route.function in functions]
    RestApi(stack, "RestApi", routes=routes, functions=functions, stage=stage, cors=CorsPolicy())
    app.synth()
    return Synthesis(folder, stack.template_file)


def test_a_plain_function_is_published_and_called_by_its_alias(snapped: Synthesis) -> None:
    (version,) = snapped.resources("AWS::Lambda::Version")
    ((alias_name, alias),) = snapped.resources("AWS::Lambda::Alias").items()

    assert snapped.functions["usage"]["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    assert alias["Properties"]["FunctionVersion"] == {"Fn::GetAtt": [version, "Version"]}
    assert _called(snapped, "GET", "/api/usage") == {"Ref": alias_name}
    permitted = [each["FunctionName"] for each in snapped.properties("AWS::Lambda::Permission")]
    assert {"Ref": alias_name} in permitted


def test_a_streaming_function_is_called_as_it_is(snapped: Synthesis) -> None:
    assert "SnapStart" not in snapped.functions["tools"]
    assert "Fn::GetAtt" in _called(snapped, "GET", "/api/tools")


def test_without_the_option_nothing_is_published(dev: Synthesis, prod: Synthesis) -> None:
    """A snapshot of Python is paid for as long as its version is there."""
    for synthesis in (dev, prod):
        assert synthesis.resources("AWS::Lambda::Version") == {}
        assert not any("SnapStart" in function for function in synthesis.functions.values())


@FUNCTIONS
def test_what_could_run_away_and_cost_money_is_bounded_in_production_alone(
    dev: Synthesis, prod: Synthesis, function: topology.Function
) -> None:
    """A new account has ten executions at a time for everything: nothing can be taken from them."""
    reserved = stage_named("prod").reserved_concurrency.get(function.name)

    assert prod.functions[function.name].get("ReservedConcurrentExecutions") == reserved
    assert "ReservedConcurrentExecutions" not in dev.functions[function.name]


def test_a_stage_bounds_functions_that_there_are() -> None:
    names = {function.name for function in topology.FUNCTIONS}

    for stage in STAGES:
        assert set(stage.reserved_concurrency) <= names
        assert sum(stage.reserved_concurrency.values()) <= 900


def _called(synthesis: Synthesis, method: str, path: str) -> Any:
    """What an integration's URI refers to."""
    parts = synthesis.methods[method, path]["Integration"]["Uri"]["Fn::Join"][1]
    (called,) = [part for part in parts if isinstance(part, dict) and "AWS::" not in str(part)]
    return called
