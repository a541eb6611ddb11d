"""Which functions read which of the deployer's secrets from Systems Manager's Parameter Store."""

from collections.abc import Mapping

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra import topology


class SecretParameters(Construct):
    """`names` are those of the parameters, by the setting whose value each holds.

    The parameters are the deployer's: SecureStrings under `alias/aws/ssm`, the account's own key, which
    whoever may read the parameter may use. They cost nothing.
    """

    def __init__(self, scope: Construct, construct_id: str, *, names: Mapping[str, str]) -> None:
        super().__init__(scope, construct_id)
        self._names = names

    def environment(self, function: topology.Function) -> dict[str, str]:
        """The names: the values are in no template and in no configuration."""
        return {
            topology.parameter_setting(secret): self._names[secret]
            for secret in function.secrets
            if secret in self._names
        }

    def grant(self, role: iam.Role, function: topology.Function) -> None:
        names = self.environment(function).values()
        if names:
            iam.Grant.add_to_principal(
                grantee=role,
                actions=["ssm:GetParameter"],
                resource_arns=[
                    Stack.of(self).format_arn(
                        service="ssm", resource="parameter", resource_name=name.removeprefix("/")
                    )
                    for name in names
                ],
            )
