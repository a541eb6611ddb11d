"""What API Gateway answers by itself has the contract's shape, in the cloud as in the local stack."""

import json

import pytest

from infra import topology
from infra.local.gateway_answers import GatewayAnswers
from parley.cors import CorsPolicy
from tests.infra.cdk.synthesis import Synthesis

pytestmark = pytest.mark.infra

RESPONSES = pytest.mark.parametrize(
    "response", topology.GATEWAY_RESPONSES, ids=lambda response: response.response_type
)


def test_the_cases_are_those_of_the_topology_and_the_mocks_media_types(dev: Synthesis) -> None:
    deployed = [response["ResponseType"] for response in dev.properties("AWS::ApiGateway::GatewayResponse")]

    expected = [response.response_type for response in topology.GATEWAY_RESPONSES]
    assert sorted(deployed) == sorted([*expected, "UNSUPPORTED_MEDIA_TYPE"])


@RESPONSES
def test_a_case_is_answered_as_the_local_stack_answers_it(
    dev: Synthesis, response: topology.GatewayResponse
) -> None:
    deployed = _deployed(dev, response.response_type)
    head, body = GatewayAnswers([response], cors=CorsPolicy()).answer(response.response_type, None)

    assert list(deployed["ResponseTemplates"]) == ["application/json"]
    assert json.loads(deployed["ResponseTemplates"]["application/json"]) == json.loads(body)
    if not response.response_type.startswith("DEFAULT_"):
        assert deployed["StatusCode"] == str(head.status)


@RESPONSES
def test_an_envelope_has_nothing_that_a_template_would_replace(
    dev: Synthesis, response: topology.GatewayResponse
) -> None:
    template = _deployed(dev, response.response_type)["ResponseTemplates"]["application/json"]

    assert not {"$", "#"} & set(template)


@pytest.mark.parametrize("fallback", ["DEFAULT_4XX", "DEFAULT_5XX"])
def test_a_fallback_leaves_each_case_its_own_status(dev: Synthesis, fallback: str) -> None:
    assert "StatusCode" not in _deployed(dev, fallback)


def test_a_body_that_the_405_cannot_read_is_answered_405_too(dev: Synthesis) -> None:
    deployed = _deployed(dev, "UNSUPPORTED_MEDIA_TYPE")

    assert deployed["StatusCode"] == "405"
    assert json.loads(deployed["ResponseTemplates"]["application/json"])["type"] == "method_not_allowed"


def _deployed(synthesis: Synthesis, response_type: str) -> dict[str, object]:
    (found,) = [
        response
        for response in synthesis.properties("AWS::ApiGateway::GatewayResponse")
        if response["ResponseType"] == response_type
    ]
    return found
