"""The product as one stack, as its deployer wants it."""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_sns as sns
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from constructs import Construct

from infra.components.acknowledgements import acknowledge
from infra.components.custom_domain import CustomDomain
from infra.components.edge import Edge
from infra.components.parley_backend import ParleyBackend
from infra.components.rest_api import RestApi
from infra.components.socket_api import SocketApi
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
        domains = _Domains(self, deployment.certificate_arn)
        self.backend = ParleyBackend(
            self,
            "Backend",
            stage=stage,
            cors_origins=deployment.cors_origins.split(","),
            settings=deployment.settings,
            secret_parameters=deployment.secret_parameters,
            domain=domains.named(deployment.domain_name),
            socket_domain=domains.named(deployment.socket_domain_name),
            edge=deployment.has_edge,
            waf=deployment.has_waf,
            alarms_topic=self._alarms_topic(deployment.alarms_email),
            dependencies=dependencies,
            architecture=deployment.architecture,
            sets_account_log_role=deployment.sets_account_log_role,
        )
        self._tell("Api", self.backend.rest_api)
        self._tell("Socket", self.backend.socket_api)
        if self.backend.edge:
            self._tell("Edge", self.backend.edge)

    def _alarms_topic(self, email: str | None) -> sns.Topic | None:
        """Whoever is named is asked by AWS whether they want to hear."""
        if email is None:
            return None
        topic = sns.Topic(self, "Alarms", enforce_ssl=True)
        topic.add_subscription(EmailSubscription(email))
        reason = "What no e-mail tells, the console does: an alarm stays raised."
        acknowledge(topic, "SNSRedrivePolicy", reason=reason, pack="Serverless")
        return topic

    def _tell(self, name: str, part: RestApi | SocketApi | Edge) -> None:
        """Where it is, and where the record of its custom domain has to point."""
        CfnOutput(self, f"{name}Url", value=part.url)
        if part.domain:
            CfnOutput(self, f"{name}DomainTarget", value=part.domain.target)


class _Domains:
    """Under one certificate."""

    def __init__(self, scope: Construct, certificate_arn: str | None) -> None:
        self._certificate = (
            acm.Certificate.from_certificate_arn(scope, "Certificate", certificate_arn)
            if certificate_arn
            else None
        )

    def named(self, name: str | None) -> CustomDomain | None:
        return CustomDomain(name=name, certificate=self._certificate) if name else None
