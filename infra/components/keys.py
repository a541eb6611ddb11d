"""The KMS keys of the topology, and who may do what with them."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra import topology
from infra.components.own_names import own_name
from infra.stage import StageSettings


class Keys(Construct):
    """Each rotated every year by KMS, and known by an alias that begins with the stack's name."""

    def __init__(
        self, scope: Construct, construct_id: str, *, keys: Sequence[topology.Key], stage: StageSettings
    ) -> None:
        super().__init__(scope, construct_id)
        self._descriptions = {key.name: key for key in keys}
        self._keys = {key.name: self._create(key, stage) for key in keys}

    def environment(self, function: topology.Function) -> dict[str, str]:
        """Where the function finds its keys: what an ARN names stays, whoever moves an alias."""
        return {
            self._descriptions[name].environment_variable: self._keys[name].key_arn for name in function.keys
        }

    def grant(self, role: iam.Role, function: topology.Function) -> None:
        """Exactly the actions that the function names, with exactly the key's encryption context."""
        for name, actions in function.keys.items():
            iam.Grant.add_to_principal(
                grantee=role,
                actions=[f"kms:{action}" for action in actions],
                resource_arns=[self._keys[name].key_arn],
                conditions=_conditions(self._descriptions[name]),
            )

    def _create(self, description: topology.Key, stage: StageSettings) -> kms.Key:
        return kms.Key(
            self,
            description.name.title(),
            alias=own_name(self, description.name),
            description=f"parley {stage.name}: {description.name}",
            enable_key_rotation=True,
            removal_policy=stage.removal_policy,
        )


def _conditions(key: topology.Key) -> dict[str, dict[str, object]]:
    """No other names than the context's, and none of them missing.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """
    return {
        "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": list(key.context)},
        "Null": {f"kms:EncryptionContext:{name}": "false" for name in key.context},
    }
