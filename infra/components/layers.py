"""The layers that functions share: third-party packages, the first-party package, the streaming runtime."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import topology
from infra.components.architecture import Architecture
from infra.components.dependencies_layer import DEPENDENCIES, TOOL_DEPENDENCIES
from infra.components.sources import copy_sources, fingerprint, precompile, size_bytes

RUNTIME = lambda_.Runtime.PYTHON_3_13


class Layers(Construct):
    """`dependencies` are the built layers' folders by name; `sources` is `layers/`, with the others.

    `unzipped_bytes` tells each layer's size by its name.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        sources: Path,
        dependencies: Mapping[str, Path],
        architecture: Architecture,
    ) -> None:
        super().__init__(scope, construct_id)
        self.architecture = architecture.of_lambda
        self.unzipped_bytes: dict[str, int] = {}
        self._dependencies = self._dependencies_layer("dependencies", dependencies[DEPENDENCIES])
        self._tool_dependencies = self._dependencies_layer(
            "tool dependencies", dependencies[TOOL_DEPENDENCIES]
        )
        self._parley = self._first_party_layer("parley", sources / "parley")
        self._streaming = self._first_party_layer("streaming", sources / "streaming")

    def of_function(self, function: topology.Function) -> Sequence[lambda_.ILayerVersion]:
        layers = [self._dependencies]
        if not function.isolated:
            layers.append(self._parley)
        if function.tool_dependencies:
            layers.append(self._tool_dependencies)
        if function.streaming:
            layers.append(self._streaming)
        return layers

    def _dependencies_layer(self, name: str, folder: Path) -> lambda_.LayerVersion:
        return self._layer(name, folder, version=folder.name)

    def _first_party_layer(self, name: str, source: Path) -> lambda_.LayerVersion:
        with TemporaryDirectory() as scratch:
            folder = Path(scratch)
            copy_sources(source, folder)
            version = f"{fingerprint(folder)}-{sys.implementation.cache_tag}"
            precompile(folder / "python", installed_at="/opt/python")
            return self._layer(name, folder, version=version)

    def _layer(self, name: str, folder: Path, *, version: str) -> lambda_.LayerVersion:
        """The asset is known by the sources' version: bytecode need not be the same in two builds."""
        self.unzipped_bytes[name] = size_bytes(folder)
        return lambda_.LayerVersion(
            self,
            name.title().replace(" ", ""),
            code=lambda_.Code.from_asset(str(folder), asset_hash=version),
            compatible_architectures=[self.architecture],
            compatible_runtimes=[RUNTIME],
            description=f"parley: {name}",
        )
