"""The product as one stack: composes the components and grants each function what the topology names."""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra import topology
from infra.components.access_logs import AccountLogRole
from infra.components.bedrock_rights import BedrockRights
from infra.components.isolated_network import IsolatedNetwork
from infra.components.keys import Keys
from infra.components.layers import Layers
from infra.components.python_function import PythonFunction
from infra.components.rest_api import RestApi
from infra.components.tables import Tables
from infra.stage import StageSettings
from parley.cors import SETTING as CORS_SETTING
from parley.cors import CorsPolicy


class ParleyStack(Stack):
    """`dependencies` are the built layers' folders; `settings` are the deployer's values for functions.

    With `sets_account_log_role`, API Gateway is given leave to write logs, for the whole account and region.
    Raises `InvalidOriginError`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageSettings,
        project: Path,
        dependencies: Mapping[str, Path],
        settings: Mapping[str, str],
        sets_account_log_role: bool = True,
    ) -> None:
        super().__init__(scope, construct_id, description=f"Parley, a serverless chat backend ({stage.name})")
        self._cors = CorsPolicy.parse(settings.get(CORS_SETTING, ""))
        self.layers = Layers(self, "Layers", sources=project / "layers", dependencies=dependencies)
        self._bedrock = BedrockRights(settings.get(topology.BEDROCK_REGION_SETTING))
        self._tables = Tables(self, "Tables", tables=topology.TABLES, stage=stage)
        self._isolated_network = IsolatedNetwork(self, "IsolatedNetwork")
        self._keys = Keys(self, "Keys", keys=topology.KEYS, stage=stage)
        functions = {
            function.name: self._function(function, stage=stage, project=project, settings=settings)
            for function in topology.FUNCTIONS
        }
        for function in topology.FUNCTIONS:
            for name in function.invokes:
                functions[function.name].may_invoke(functions[name])
        api = RestApi(
            self,
            "RestApi",
            routes=topology.ROUTES,
            functions={name: function.resource for name, function in functions.items()},
            stage=stage,
            cors=self._cors,
        )
        if sets_account_log_role:
            api.resource.deployment_stage.node.add_dependency(AccountLogRole(self, "AccountLogRole"))
        CfnOutput(self, "ApiUrl", value=api.resource.url)

    def _function(
        self,
        function: topology.Function,
        *,
        stage: StageSettings,
        project: Path,
        settings: Mapping[str, str],
    ) -> PythonFunction:
        built = PythonFunction(
            self,
            f"{function.name.title().replace('_', '')}Function",
            function=function,
            stage=stage,
            layers=self.layers,
            sources=project / "functions",
            environment=self._environment(function, stage, settings),
            network=self._isolated_network if function.isolated else None,
        )
        self._tables.grant(built.resource, function)
        self._bedrock.grant(built.role, function)
        self._keys.grant(built.resource, function)
        return built

    def _environment(
        self, function: topology.Function, stage: StageSettings, settings: Mapping[str, str]
    ) -> dict[str, str]:
        if function.isolated:
            return {}
        return {
            **topology.common_environment(stage=stage.name, cors=self._cors),
            **self._tables.environment(function),
            **self._keys.environment(function),
            **{name: settings[name] for name in function.settings if name in settings},
        }
