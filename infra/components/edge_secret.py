"""By what a function knows that a request came through our own edge, and not to the API directly."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra import topology
from infra.components.acknowledgements import acknowledge
from parley.edge import SETTING as EDGE_SECRET_SETTING


class EdgeSecret(Construct):
    """Made up at the deployment: the template holds a reference. It costs $0.40 a month, whoever calls."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        secret = secretsmanager.Secret(
            self,
            "Secret",
            description="Sent by the edge with each request",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                exclude_punctuation=True, password_length=64
            ),
        )
        # It is CloudFront's configuration and a function's, both closed to who may not read the account's.
        self.value = secret.secret_value.unsafe_unwrap()
        acknowledge(secret, "SMG4", reason="A new one means a new deployment: both sides hold it.")

    def environment(self, function: topology.Function) -> dict[str, str]:
        return {EDGE_SECRET_SETTING: self.value} if function.asks_who_calls else {}

    def grant(self, _role: iam.Role, _function: topology.Function) -> None:
        """Nothing: CloudFormation writes the value into the function's configuration."""
