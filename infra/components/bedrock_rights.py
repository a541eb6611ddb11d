"""Who may call Bedrock, where the deployer names a region for it: it is their account that pays."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from infra import topology
from infra.components.acknowledgements import acknowledge

_REASON = "Which of the region's models is asked is the user's choice."


class BedrockRights:
    """For the models and inference profiles of `region`; nothing is granted where there is none.

    A profile of several regions hands a request on to a model in any of them, on the caller's own rights.
    https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    """

    def __init__(self, region: str | None) -> None:
        self._is_enabled = region is not None
        self._models = "arn:{partition}:bedrock:*::foundation-model/*"
        own = f"arn:{{partition}}:bedrock:{region}:{{account}}"
        self._profiles = [f"{own}:inference-profile/*", f"{own}:application-inference-profile/*"]

    def environment(self, _function: topology.Function) -> dict[str, str]:
        """Nothing: the region is one of the settings that functions name."""
        return {}

    def grant(self, role: iam.Role, function: topology.Function) -> None:
        """Exactly the actions that the function names."""
        for action in function.bedrock if self._is_enabled else ():
            patterns = self._patterns(action)
            iam.Grant.add_to_principal(
                grantee=role,
                actions=[f"bedrock:{action}"],
                resource_arns=[
                    pattern.format(partition=Aws.PARTITION, account=Aws.ACCOUNT_ID) for pattern in patterns
                ],
            )
            for pattern in patterns:
                # Written as cdk-nag writes what is known only at the deployment.
                named = pattern.format(partition="<AWS::Partition>", account="<AWS::AccountId>")
                acknowledge(role, f"IAM5[Resource::{named}]", reason=_REASON)

    def _patterns(self, action: str) -> list[str]:
        """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html"""
        match action:
            case "ListFoundationModels":
                return ["*"]
            case "ListInferenceProfiles":
                return self._profiles
        return [self._models, *self._profiles]
