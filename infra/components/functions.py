"""All functions of the topology, each told of what it uses and granted what it may do with that, no more."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import topology
from infra.components.isolated_network import IsolatedNetwork
from infra.components.layers import Layers
from infra.components.python_function import PythonFunction
from infra.stage import StageSettings
from parley.cors import CorsPolicy


class Resources(Protocol):
    """A function is told where those that it uses are, and its role gets the rights to them that it names."""

    def environment(self, function: topology.Function) -> dict[str, str]: ...

    def grant(self, role: iam.Role, function: topology.Function) -> None: ...


class Functions(Construct):
    """`settings` are the deployer's values: each function takes over those that it names."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageSettings,
        layers: Layers,
        sources: Path,
        resources: Sequence[Resources],
        settings: Mapping[str, str],
        cors: CorsPolicy,
        metrics_namespace: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        self._layers = layers
        self._sources = sources
        self._resources = resources
        self._common = topology.common_environment(
            stage=stage.name, cors=cors, metrics_namespace=metrics_namespace
        )
        self._isolated_network = IsolatedNetwork(self, "IsolatedNetwork")
        self._functions = {function.name: self._create(function, settings) for function in topology.FUNCTIONS}
        for function in topology.FUNCTIONS:
            for name in function.invokes:
                self._functions[function.name].may_invoke(self._functions[name])

    def by_name(self) -> dict[str, lambda_.IFunction]:
        """What events are sent to."""
        return {name: function.entry for name, function in self._functions.items()}

    @property
    def unzipped_bytes(self) -> dict[str, int]:
        return {name: function.unzipped_bytes for name, function in self._functions.items()}

    def _create(self, function: topology.Function, settings: Mapping[str, str]) -> PythonFunction:
        built = PythonFunction(
            self,
            function.name.title().replace("_", ""),
            function=function,
            stage=self._stage,
            layers=self._layers,
            sources=self._sources,
            environment={} if function.isolated else self._environment(function, settings),
            network=self._isolated_network if function.isolated else None,
        )
        for resources in self._resources:
            resources.grant(built.role, function)
        return built

    def _environment(self, function: topology.Function, settings: Mapping[str, str]) -> dict[str, str]:
        environment = dict(self._common)
        for resources in self._resources:
            environment |= resources.environment(function)
        return environment | {name: settings[name] for name in function.settings if name in settings}
