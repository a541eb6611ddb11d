"""The whole product as one construct, for stacks of anybody's."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import RemovalPolicy
from constructs import Construct

from infra import topology
from infra.components.access_logs import AccountLogRole
from infra.components.architecture import Architecture
from infra.components.bedrock_rights import BedrockRights
from infra.components.custom_domain import CustomDomain, RestDomain
from infra.components.default_model import DefaultModel
from infra.components.dependencies_layer import build_dependencies_layers
from infra.components.functions import Functions
from infra.components.keys import Keys
from infra.components.layers import Layers
from infra.components.rest_api import RestApi
from infra.components.tables import Tables
from infra.stage import StageSettings
from parley.cors import CorsPolicy

_PROJECT = Path(__file__).resolve().parents[2]


class ParleyBackend(Construct):
    """Nothing in it has a fixed name: several of them live in one account and region, each on its own.

    `settings` are further values for functions (README, "Configuration"); `removal_policy` goes before the
    stage's. `dependencies` are the folders of the layers of packages for this `architecture`, which are built
    here unless given. With `sets_account_log_role`, API Gateway gets leave to write logs, once for the whole
    account and region.
    Raises `InvalidOriginError`, `DependenciesLayerError`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageSettings,
        cors_origins: Sequence[str] = (),
        model: DefaultModel | None = None,
        settings: Mapping[str, str] | None = None,
        domain: CustomDomain | None = None,
        removal_policy: RemovalPolicy | None = None,
        dependencies: Mapping[str, Path] | None = None,
        architecture: Architecture = Architecture.ARM_64,
        sets_account_log_role: bool = True,
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage if removal_policy is None else stage.removing(removal_policy)
        self._cors = CorsPolicy.parse(",".join(cors_origins))
        self.layers = Layers(
            self,
            "Layers",
            sources=_PROJECT / "layers",
            dependencies=dependencies or build_dependencies_layers(_PROJECT, architecture=architecture),
            architecture=architecture,
        )
        self._functions = self._create_functions({**(settings or {}), **(model.settings() if model else {})})
        self._rest_api = self._create_rest_api(sets_account_log_role=sets_account_log_role)
        self._domain = (
            RestDomain(self, "Domain", domain=domain, api=self._rest_api.resource) if domain else None
        )

    @property
    def api_url(self) -> str:
        """Of the REST API, with a slash at its end."""
        return self._domain.url if self._domain else str(self._rest_api.resource.url)

    @property
    def domain_target(self) -> str | None:
        """Where the record of the custom domain has to point."""
        return self._domain.target if self._domain else None

    def _create_functions(self, settings: Mapping[str, str]) -> Functions:
        return Functions(
            self,
            "Functions",
            stage=self._stage,
            layers=self.layers,
            sources=_PROJECT / "functions",
            resources=(
                Tables(self, "Tables", tables=topology.TABLES, stage=self._stage),
                Keys(self, "Keys", keys=topology.KEYS, stage=self._stage),
                BedrockRights(settings.get(topology.BEDROCK_REGION_SETTING)),
            ),
            settings=settings,
            cors=self._cors,
        )

    def _create_rest_api(self, *, sets_account_log_role: bool) -> RestApi:
        api = RestApi(
            self,
            "RestApi",
            routes=topology.ROUTES,
            functions=self._functions.by_name(),
            stage=self._stage,
            cors=self._cors,
        )
        if sets_account_log_role:
            api.resource.deployment_stage.node.add_dependency(AccountLogRole(self, "AccountLogRole"))
        return api
