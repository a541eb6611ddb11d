"""The edge in the template: `dev` has one; a small stack of its own has one with all that there may be."""

from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_certificatemanager as acm

from infra.app import FEATURE_FLAGS
from infra.components.custom_domain import CustomDomain
from infra.components.edge import Edge
from infra.components.rest_api import RestApi
from infra.components.socket_api import SocketApi
from infra.components.web_acl import WebAcl
from infra.stage import stage_named
from parley.cors import CorsPolicy
from parley.edge import SECRET_HEADER
from tests.infra.cdk.synthesis import Synthesis

pytestmark = pytest.mark.infra

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    folder, stage = tmp_path_factory.mktemp("edge"), stage_named("prod")
    app = App(outdir=str(folder), context=FEATURE_FLAGS, analytics_reporting=False)
    stack = Stack(app, "edge")
    arn = "arn:aws:acm:us-east-1:111122223333:certificate/of-the-edge"
    rest_api = RestApi(stack, "RestApi", routes=(), functions={}, stage=stage, cors=CorsPolicy())
    rest_api.resource.root.add_method("GET")
    Edge(
        stack,
        "Edge",
        stage=stage,
        rest_api=rest_api,
        socket_api=SocketApi(stack, "SocketApi", stage=stage),
        secret="the-secret",
        domain=CustomDomain(
            name="chat.example.com",
            certificate=acm.Certificate.from_certificate_arn(stack, "Certificate", arn),
        ),
        web_acl_arn=WebAcl(stack, "WebAcl", acl_scope="CLOUDFRONT").arn,
    )
    app.synth()
    return Synthesis(folder, stack.template_file)


def test_sockets_go_to_their_api_and_all_else_to_the_rest_api(small: Synthesis) -> None:
    (rest_api,) = small.resources("AWS::ApiGateway::RestApi")
    (socket_api,) = small.resources("AWS::ApiGatewayV2::Api")
    (sockets,) = _distribution(small)["CacheBehaviors"]

    assert sockets["PathPattern"] == "/ws/*"
    assert {"Ref": socket_api} in _origin(small, sockets)["DomainName"]["Fn::Join"][1]
    assert "OriginPath" not in _origin(small, sockets)
    rest = _origin(small, _distribution(small)["DefaultCacheBehavior"])
    assert {"Ref": rest_api} in rest["DomainName"]["Fn::Select"][1]["Fn::Split"][1]["Fn::Join"][1]


def test_nothing_is_cached_and_all_but_the_host_goes_on(small: Synthesis) -> None:
    for behavior in _behaviors(small):
        assert behavior["CachePolicyId"] == CACHING_DISABLED
        assert behavior["OriginRequestPolicyId"] == ALL_VIEWER_EXCEPT_HOST_HEADER
        assert behavior["ViewerProtocolPolicy"] == "https-only"
        assert behavior["Compress"] is False
        assert {"DELETE", "GET", "OPTIONS", "POST", "PUT"} < set(behavior["AllowedMethods"])


def test_no_error_is_kept_and_shown_to_somebody_else(small: Synthesis) -> None:
    kept = {
        each["ErrorCode"]: each["ErrorCachingMinTTL"] for each in _distribution(small)["CustomErrorResponses"]
    }

    assert set(kept) >= {400, 403, 404, 405, 500, 502, 503, 504}
    assert set(kept.values()) == {0}


def test_an_origin_may_be_silent_for_a_minute_and_is_asked_with_a_current_tls(small: Synthesis) -> None:
    for behavior in _behaviors(small):
        origin = _origin(small, behavior)["CustomOriginConfig"]
        assert (origin["OriginReadTimeout"], origin["OriginProtocolPolicy"]) == (60, "https-only")
        assert origin["OriginSSLProtocols"] == ["TLSv1.2"]


def test_viewers_get_http_3_a_current_tls_and_the_deployers_name(small: Synthesis) -> None:
    distribution = _distribution(small)

    assert (distribution["HttpVersion"], distribution["Aliases"]) == ("http2and3", ["chat.example.com"])
    assert distribution["ViewerCertificate"] == {
        "AcmCertificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/of-the-edge",
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }


def test_the_access_log_of_the_edge_stays_off_for_it_would_hold_tokens(small: Synthesis) -> None:
    assert "Logging" not in _distribution(small)


def test_only_the_rest_api_is_told_the_secret(small: Synthesis) -> None:
    distribution = _distribution(small)
    (header,) = _origin(small, distribution["DefaultCacheBehavior"])["OriginCustomHeaders"]

    assert header == {"HeaderName": SECRET_HEADER, "HeaderValue": "the-secret"}
    assert "OriginCustomHeaders" not in _origin(small, distribution["CacheBehaviors"][0])


def test_the_secret_stands_in_no_template_and_both_sides_have_the_same(dev: Synthesis) -> None:
    (header,) = _origin(dev, _distribution(dev)["DefaultCacheBehavior"])["OriginCustomHeaders"]

    assert header["HeaderValue"] == dev.variables("auth")["PARLEY_EDGE_SECRET"]
    (secret,) = dev.properties("AWS::SecretsManager::Secret")
    assert secret["GenerateSecretString"]["PasswordLength"] == 64
    (name,) = dev.resources("AWS::SecretsManager::Secret")
    assert header["HeaderValue"]["Fn::Join"][1][:2] == ["{{resolve:secretsmanager:", {"Ref": name}]


def test_a_web_acl_counts_addresses_and_reads_no_bodies(small: Synthesis) -> None:
    (acl,) = small.properties("AWS::WAFv2::WebACL")
    reputation, rate = [rule["Statement"] for rule in acl["Rules"]]

    assert acl["Scope"] == "CLOUDFRONT"
    assert reputation["ManagedRuleGroupStatement"]["Name"] == "AWSManagedRulesAmazonIpReputationList"
    assert rate["RateBasedStatement"] == {"AggregateKeyType": "IP", "Limit": 2000}
    (name,) = small.resources("AWS::WAFv2::WebACL")
    assert _distribution(small)["WebACLId"] == {"Fn::GetAtt": [name, "Arn"]}


def test_without_an_edge_there_is_no_secret_to_pay_for(prod: Synthesis) -> None:
    for kind in (
        "CloudFront::Distribution",
        "CloudFront::Function",
        "SecretsManager::Secret",
        "WAFv2::WebACL",
    ):
        assert prod.resources(f"AWS::{kind}") == {}
    assert "PARLEY_EDGE_SECRET" not in prod.variables("auth")


def _distribution(synthesis: Synthesis) -> dict[str, Any]:
    (distribution,) = synthesis.properties("AWS::CloudFront::Distribution")
    configuration: dict[str, Any] = distribution["DistributionConfig"]
    return configuration


def _behaviors(synthesis: Synthesis) -> list[dict[str, Any]]:
    distribution = _distribution(synthesis)
    return [distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]]


def _origin(synthesis: Synthesis, behavior: dict[str, Any]) -> dict[str, Any]:
    (origin,) = [
        origin for origin in _distribution(synthesis)["Origins"] if origin["Id"] == behavior["TargetOriginId"]
    ]
    return origin
