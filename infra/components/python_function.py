"""One Lambda function of the topology, with its role, its log group and its code."""

import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import topology
from infra.components.acknowledgements import acknowledge
from infra.components.isolated_network import IsolatedNetwork
from infra.components.layers import RUNTIME, Layers
from infra.components.sources import copy_source, copy_sources, fingerprint, precompile, size_bytes
from infra.openapi.document import write_document
from infra.stage import StageSettings

_TASK_ROOT = "/var/task"
_OPENAPI_FILE = "openapi.json"
_STREAMING_BOOTSTRAP = "/opt/streaming-bootstrap"


class PythonFunction(Construct):
    """`sources` is the project's `functions/`. `environment` is all that it is told of the product.

    `entry` is what events are sent to: where the stage takes snapshots, the alias of the published version.
    The role is the function's own and may at first write its log and its traces, nothing else. An isolated
    function is in `network`, from where there is no way out, and is not traced.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: topology.Function,
        stage: StageSettings,
        layers: Layers,
        sources: Path,
        environment: Mapping[str, str],
        network: IsolatedNetwork | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.description = function
        snaps = stage.snap_start and function.can_snap_start
        log_group = logs.LogGroup(
            self, "Logs", retention=stage.log_retention, removal_policy=stage.removal_policy
        )
        self.role = role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(role)
        if network is not None:
            network.admit(role)
        with TemporaryDirectory() as scratch:
            code = _code(Path(scratch), function, sources)
            self.unzipped_bytes = size_bytes(Path(scratch))
            self.resource = lambda_.Function(
                self,
                "Function",
                description=f"parley {stage.name}: {function.name}",
                runtime=RUNTIME,
                architecture=layers.architecture,
                handler=function.handler,
                code=code,
                layers=layers.of_function(function),
                memory_size=function.memory_mb,
                reserved_concurrent_executions=stage.reserved_concurrency.get(function.name),
                snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if snaps else None,
                timeout=Duration.seconds(function.timeout_seconds),
                environment=_environment(function, environment, stage),
                log_group=log_group,
                role=role,
                **(network.properties() if network else {"tracing": lambda_.Tracing.ACTIVE}),
            )
        self.entry: lambda_.IFunction = self.resource.add_alias("live") if snaps else self.resource
        if network is None:
            acknowledge(role, "IAM5[Resource::*]", reason="X-Ray's write actions know no resources.")
        _acknowledge_rules(self.resource, is_isolated=network is not None)

    def may_invoke(self, other: "PythonFunction") -> None:
        """This very function, no version or alias of it; and tells it where that is."""
        self.resource.add_environment(other.description.environment_variable, other.resource.function_name)
        iam.Grant.add_to_principal(
            grantee=self.resource,
            actions=["lambda:InvokeFunction"],
            resource_arns=[other.resource.function_arn],
        )


def _acknowledge_rules(function: lambda_.Function, *, is_isolated: bool) -> None:
    runtime = "The runtime is the one that the product is tested on."
    acknowledge(function, "L1", reason=runtime)
    acknowledge(function, "LambdaLatestVersion", reason=runtime, pack="Serverless")
    reason = "No event is handed over without waiting for the answer, or the queue has a queue for the dead."
    acknowledge(function, "LambdaDLQ", reason=reason, pack="Serverless")
    if is_isolated:
        reason = "It may do nothing, and has no network to trace by."
        acknowledge(function, "LambdaTracing", reason=reason, pack="Serverless")


def _environment(function: topology.Function, own: Mapping[str, str], stage: StageSettings) -> dict[str, str]:
    environment = dict(own)
    if function.streaming and stage.response_streaming:
        environment["AWS_LAMBDA_EXEC_WRAPPER"] = _STREAMING_BOOTSTRAP
    if function.openapi_document:
        environment[topology.OPENAPI_FILE_SETTING] = f"{_TASK_ROOT}/{_OPENAPI_FILE}"
    return environment


def _code(folder: Path, function: topology.Function, sources: Path) -> lambda_.Code:
    """Known by its sources: bytecode need not be the same in two builds."""
    _fill(folder, function, sources)
    version = f"{fingerprint(folder)}-{sys.implementation.cache_tag}"
    precompile(folder, installed_at=_TASK_ROOT)
    return lambda_.Code.from_asset(str(folder), asset_hash=version)


def _fill(target: Path, function: topology.Function, sources: Path) -> None:
    """The module path stays what it is in the project, `functions.<name>`; no other function comes along."""
    copy_source(sources / "__init__.py", target / "functions" / "__init__.py")
    copy_sources(sources / function.name, target / "functions" / function.name)
    if function.openapi_document:
        write_document(target / _OPENAPI_FILE)
