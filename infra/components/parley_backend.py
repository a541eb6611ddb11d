"""The whole product as one construct, for stacks of anybody's."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import RemovalPolicy
from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra import topology
from infra.components.access_logs import AccountLogRole
from infra.components.architecture import Architecture
from infra.components.bedrock_rights import BedrockRights
from infra.components.custom_domain import CustomDomain
from infra.components.dashboard import TokenPrices
from infra.components.default_model import DefaultModel
from infra.components.dependencies_layer import build_dependencies_layers
from infra.components.edge import Edge
from infra.components.edge_secret import EdgeSecret
from infra.components.functions import Functions
from infra.components.keys import Keys
from infra.components.layers import Layers
from infra.components.metrics import Metrics
from infra.components.operations import Operations
from infra.components.own_names import own_name
from infra.components.queues import Queues
from infra.components.rest_api import RestApi
from infra.components.secret_parameters import SecretParameters
from infra.components.socket_api import SocketApi
from infra.components.tables import Tables
from infra.components.web_acl import WebAcl
from infra.stage import StageSettings
from parley.cors import CorsPolicy

_PROJECT = Path(__file__).resolve().parents[2]


class ParleyBackend(Construct):
    """Nothing in it has a fixed name: several of them live in one account and region, each on its own.

    `settings` are further values for functions (README, "Configuration"), `secret_parameters` the names of
    the parameters that hold their secrets, by the setting whose value each holds. `removal_policy` goes
    before the stage's. With an `edge`, `domain` is its name, under a certificate in us-east-1; without, it is
    the REST API's, and `socket_domain` the WebSocket API's. A `waf` protects the edge, in us-east-1 only, or
    else the REST API. Who is to hear of alarms subscribes to the `alarms_topic`. `dependencies` are the
    folders of the layers of packages for this `architecture`, and built here unless given. With
    `sets_account_log_role`, API Gateway gets leave to write logs, once for the whole account and region.
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
        secret_parameters: Mapping[str, str] | None = None,
        domain: CustomDomain | None = None,
        socket_domain: CustomDomain | None = None,
        edge: bool = True,
        waf: bool = False,
        alarms_topic: ITopic | None = None,
        token_prices: TokenPrices | None = None,
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
        self._metrics_namespace = own_name(self, "metrics")
        self._edge_secret = EdgeSecret(self, "EdgeSecret") if edge else None
        self.socket_api = SocketApi(self, "SocketApi", stage=self._stage, domain=socket_domain)
        self._queues = Queues(self, "Queues", queues=topology.QUEUES, stage=self._stage)
        self._secrets = {**(secret_parameters or {}), **(model.secret_parameters() if model else {})}
        self._functions = self._create_functions({**(settings or {}), **(model.settings() if model else {})})
        self.rest_api = self._create_rest_api(None if edge else domain)
        self._queues.feed(topology.FUNCTIONS, self._functions.by_name())
        self.socket_api.serve(topology.SOCKET_ROUTES, self._functions.by_name())
        acl = WebAcl(self, "WebAcl", acl_scope="CLOUDFRONT" if edge else "REGIONAL") if waf else None
        self.edge = self._create_edge(domain, acl)
        if acl and not edge:
            acl.protect(self.rest_api.stage.stage_arn)
        self._create_operations(alarms_topic, token_prices or TokenPrices())
        if sets_account_log_role:
            self._set_account_log_role()

    @property
    def function_bytes(self) -> dict[str, int]:
        """Of each function's own code, unzipped."""
        return self._functions.unzipped_bytes

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
                SecretParameters(self, "SecretParameters", names=self._secrets),
                self._queues,
                self.socket_api,
                *([self._edge_secret] if self._edge_secret else []),
            ),
            settings=settings,
            cors=self._cors,
            metrics_namespace=self._metrics_namespace,
        )

    def _create_rest_api(self, domain: CustomDomain | None) -> RestApi:
        return RestApi(
            self,
            "RestApi",
            routes=topology.ROUTES,
            functions=self._functions.by_name(),
            stage=self._stage,
            cors=self._cors,
            domain=domain,
        )

    def _create_edge(self, domain: CustomDomain | None, acl: WebAcl | None) -> Edge | None:
        if self._edge_secret is None:
            return None
        return Edge(
            self,
            "Edge",
            stage=self._stage,
            rest_api=self.rest_api,
            socket_api=self.socket_api,
            secret=self._edge_secret.value,
            domain=domain,
            web_acl_arn=acl.arn if acl else None,
        )

    def _create_operations(self, topic: ITopic | None, prices: TokenPrices) -> None:
        metrics = Metrics(
            replies_namespace=self._metrics_namespace,
            rest_stage=self.rest_api.stage,
            socket_stage=self.socket_api.stage,
            functions=self._functions.by_name(),
            queues=self._queues.by_name,
            dead_letters=self._queues.dead_letters,
        )
        Operations(self, "Operations", metrics=metrics, stage=self._stage, prices=prices, topic=topic)

    def _set_account_log_role(self) -> None:
        role = AccountLogRole(self, "AccountLogRole", stage=self._stage)
        self.rest_api.stage.node.add_dependency(role)
        self.socket_api.stage.node.add_dependency(role)
