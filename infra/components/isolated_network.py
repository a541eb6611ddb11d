"""A network without a way out, for functions that run what people send."""

from typing import Any

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.components.acknowledgements import acknowledge

# Lambda makes the function's network interfaces with the function's own role; some actions know no resources.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
_INTERFACE_ACTIONS = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
]


class IsolatedNetwork(Construct):
    """Subnets without a gateway, an endpoint or names, and no traffic let out of the interfaces.

    A resolver would be a way out: queries for names carry data, and security groups do not see them. Nothing
    of it is paid for.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/24"),
            max_azs=2,
            nat_gateways=0,
            create_internet_gateway=False,
            enable_dns_support=False,
            enable_dns_hostnames=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
            ],
        )
        self._nothing_goes_out = ec2.SecurityGroup(
            self, "NothingGoesOut", vpc=self._vpc, allow_all_outbound=False, description="No traffic at all"
        )
        acknowledge(self._vpc, "VPC7", reason="No traffic can flow; flow logs of none would cost money.")

    def properties(self) -> dict[str, Any]:
        """Of a function in this network. Tenant isolation can be chosen only when a function is created."""
        return {
            "vpc": self._vpc,
            "vpc_subnets": ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            "security_groups": [self._nothing_goes_out],
            "tenancy_config": lambda_.TenancyConfig.PER_TENANT,
        }

    def admit(self, role: iam.Role) -> None:
        """Lets Lambda connect the function, and keeps the function's own code from the same rights.

        https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
        """
        any_function = Stack.of(self).format_arn(
            service="lambda",
            resource="function",
            resource_name="*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        role.add_to_policy(iam.PolicyStatement(actions=_INTERFACE_ACTIONS, resources=["*"]))
        role.add_to_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                actions=_INTERFACE_ACTIONS,
                resources=["*"],
                conditions={"ArnLike": {"lambda:SourceFunctionArn": any_function}},
            )
        )
        acknowledge(role, "IAM5[Resource::*]", reason="Lambda needs these actions, and on all resources.")
