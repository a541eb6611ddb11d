"""From an isolated function there is no way out, and it serves one tenant in one environment."""

import pytest

from infra import topology
from tests.infra.cdk.synthesis import Synthesis

pytestmark = pytest.mark.infra

FUNCTIONS = pytest.mark.parametrize("function", topology.FUNCTIONS, ids=lambda function: function.name)


@FUNCTIONS
def test_isolated_functions_and_no_others_are_connected_to_the_network_and_divided_by_tenants(
    dev: Synthesis, function: topology.Function
) -> None:
    deployed = dev.functions[function.name]

    tenancy = {"TenantIsolationMode": "PER_TENANT"} if function.isolated else None
    assert deployed.get("TenancyConfig") == tenancy
    assert ("VpcConfig" in deployed) == function.isolated
    if function.isolated:
        groups = deployed["VpcConfig"]["SecurityGroupIds"]
        subnets = deployed["VpcConfig"]["SubnetIds"]
        assert [group["Fn::GetAtt"][0] for group in groups] == list(dev.resources("AWS::EC2::SecurityGroup"))
        assert {subnet["Ref"] for subnet in subnets} == set(dev.resources("AWS::EC2::Subnet"))


def test_the_network_has_no_gateway_no_endpoint_no_route_and_no_names(dev: Synthesis) -> None:
    kinds = {each["Type"] for each in dev.template["Resources"].values() if "::EC2::" in each["Type"]}

    assert kinds == {
        "AWS::EC2::VPC",
        "AWS::EC2::Subnet",
        "AWS::EC2::RouteTable",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::SecurityGroup",
    }
    [vpc] = dev.properties("AWS::EC2::VPC")
    assert (vpc["EnableDnsSupport"], vpc["EnableDnsHostnames"]) == (False, False)
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in dev.properties("AWS::EC2::Subnet"))


def test_nothing_comes_in_and_nothing_goes_out(dev: Synthesis) -> None:
    [group] = dev.properties("AWS::EC2::SecurityGroup")

    assert "SecurityGroupIngress" not in group
    # EC2 gives a group without any rule one for everything: this one is for an address that nobody has.
    [rule] = group["SecurityGroupEgress"]
    assert (rule["CidrIp"], rule["IpProtocol"]) == ("255.255.255.255/32", "icmp")
