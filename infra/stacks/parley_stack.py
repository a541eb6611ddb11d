"""The product as one stack, as its deployer wants it."""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_certificatemanager as acm
from constructs import Construct

from infra.components.custom_domain import CustomDomain
from infra.components.parley_backend import ParleyBackend
from infra.deployment import Deployment


class ParleyStack(Stack):
    """`dependencies` are the built layers' folders. Raises `InvalidOriginError`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        dependencies: Mapping[str, Path],
    ) -> None:
        stage = deployment.stage
        super().__init__(scope, construct_id, description=f"Parley, a serverless chat backend ({stage.name})")
        self.backend = ParleyBackend(
            self,
            "Backend",
            stage=stage,
            cors_origins=deployment.cors_origins.split(","),
            settings=deployment.settings,
            domain=self._domain(deployment),
            dependencies=dependencies,
            architecture=deployment.architecture,
            sets_account_log_role=deployment.sets_account_log_role,
        )
        outputs = {"ApiUrl": self.backend.api_url, "DomainTarget": self.backend.domain_target}
        for name, value in outputs.items():
            if value is not None:
                CfnOutput(self, name, value=value)

    def _domain(self, deployment: Deployment) -> CustomDomain | None:
        if deployment.domain_name is None or deployment.certificate_arn is None:
            return None
        certificate = acm.Certificate.from_certificate_arn(self, "Certificate", deployment.certificate_arn)
        return CustomDomain(name=deployment.domain_name, certificate=certificate)
