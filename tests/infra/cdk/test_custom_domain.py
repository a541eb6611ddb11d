"""A name of the deployer's own in front of the REST API, without CloudFront: `prod` has one, `dev` none."""

import pytest

from tests.infra.cdk.synthesis import Synthesis

pytestmark = pytest.mark.infra


def test_the_name_is_served_by_the_regional_endpoint_with_a_current_tls(prod: Synthesis) -> None:
    (domain,) = prod.properties("AWS::ApiGateway::DomainName")

    assert domain == {
        "DomainName": "api.example.com",
        "EndpointConfiguration": {"Types": ["REGIONAL"]},
        "RegionalCertificateArn": "arn:aws:acm:eu-central-1:111122223333:certificate/of-the-api",
        "SecurityPolicy": "TLS_1_2",
    }


def test_the_whole_name_leads_to_the_stage(prod: Synthesis) -> None:
    (mapping,) = prod.properties("AWS::ApiGateway::BasePathMapping")
    (api,) = prod.resources("AWS::ApiGateway::RestApi")
    (stage,) = prod.resources("AWS::ApiGateway::Stage")

    assert (mapping["RestApiId"], mapping["Stage"]) == ({"Ref": api}, {"Ref": stage})
    assert "BasePath" not in mapping


def test_the_outputs_are_the_name_and_what_its_record_has_to_point_to(prod: Synthesis) -> None:
    (domain,) = prod.resources("AWS::ApiGateway::DomainName")

    outputs = {name: output["Value"] for name, output in prod.template["Outputs"].items()}
    assert outputs["ApiUrl"] == "https://api.example.com/"
    assert outputs["ApiDomainTarget"] == {"Fn::GetAtt": [domain, "RegionalDomainName"]}


def test_without_a_name_there_is_none(dev: Synthesis) -> None:
    assert dev.resources("AWS::ApiGateway::DomainName") == {}
