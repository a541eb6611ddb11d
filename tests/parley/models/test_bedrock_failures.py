import asyncio

import pytest

from parley.models import bedrock
from parley.models.bedrock import BedrockModel
from parley.models.service_limits import ServiceLimits
from parley.models.types import ModelError, ToolSpec
from tests.fakes.bedrock_scenarios import ACCOUNT


@pytest.fixture(autouse=True)
def one_try(monkeypatch):
    """botocore's pauses between tries are its own, and random."""
    monkeypatch.setattr(bedrock, "_MAX_TRIES", 1)


@pytest.mark.parametrize(
    ("status", "code", "type"),
    [
        (400, "ValidationException", "model_rejected"),
        (404, "ResourceNotFoundException", "model_rejected"),
        (403, "UnrecognizedClientException", "model_rejected"),
        (429, "ThrottlingException", "model_rate_limited"),
        (429, "ModelNotReadyException", "model_rate_limited"),
        (503, "ServiceUnavailableException", "model_rate_limited"),
        (408, "ModelTimeoutException", "model_timeout"),
        (424, "ModelErrorException", "model_rejected"),
        (500, "InternalServerException", "model_rejected"),
    ],
)
def test_a_refusal_is_told_in_the_service_s_own_words(ask_bedrock, status, code, type):
    outcome = ask_bedrock(f"fake:refused:{status}:{code}")
    assert outcome.failure == (type, f"Bedrock answered {code}: No such luck")


def test_a_page_of_a_proxy_is_told_by_its_title(ask_bedrock):
    assert ask_bedrock("fake:status:404:html").failure == (
        "model_rejected",
        "Bedrock answered 404: 502 Bad Gateway",
    )


def test_the_deployer_s_account_and_role_are_not_told(ask_bedrock):
    type, reason = ask_bedrock("fake:denied").failure
    assert type == "model_rejected"
    assert reason == (
        "Bedrock answered AccessDeniedException: User: this deployment is not authorized to perform: "
        "bedrock:InvokeModelWithResponseStream on resource: "
        "arn:aws:bedrock:us-east-1:***:inference-profile/some-model"
    )
    assert ACCOUNT not in reason


@pytest.mark.parametrize(
    ("name", "code", "type"),
    [
        ("modelStreamErrorException", "modelStreamErrorException", "model_stream_broken"),
        ("throttlingException", "throttlingException", "model_rate_limited"),
        ("internalServerException", "internalServerException", "model_stream_broken"),
    ],
)
def test_an_exception_in_the_stream_keeps_what_came_before(ask_bedrock, name, code, type):
    outcome = ask_bedrock(f"fake:exception:{name}")
    assert outcome.text == "half "
    assert outcome.failure == (type, f"Bedrock answered {code}: The engine is on fire")


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        ("end", "Bedrock broke off in the middle of the reply."),
        ("cut", "The connection to Bedrock was cut."),
        ("garbage", "The model's service sent something that is no part of a reply."),
        ("corrupt", "The model's service sent something that is no part of a reply."),
        ("not-json", "The model's service sent something that is no part of a reply."),
    ],
)
def test_a_stream_that_breaks_keeps_what_came_before(ask_bedrock, then, reason):
    outcome = ask_bedrock(f"fake:half:{then}")
    assert outcome.text == "half "
    assert outcome.failure == ("model_stream_broken", reason)


@pytest.mark.parametrize("scenario", ["hang", "hang:headers", "half:silence"])
def test_silence_ends_in_a_time_out(ask_bedrock, scenario):
    # The first limit also runs while boto3 makes its client.
    first = 30 if scenario == "half:silence" else 1
    limits = ServiceLimits(first_byte_timeout_seconds=first, idle_timeout_seconds=0.1)
    outcome = ask_bedrock(f"fake:{scenario}", limits=limits)
    assert outcome.failure == ("model_timeout", "The model's service did not answer in time.")


def test_a_service_that_is_not_there_is_unreachable(ask_bedrock):
    outcome = ask_bedrock("hello", base_url="http://127.0.0.1:1")
    assert outcome.failure == ("model_unreachable", "Bedrock cannot be reached.")


def test_a_service_that_closes_is_unreachable(ask_bedrock):
    outcome = ask_bedrock("fake:closes")
    assert outcome.failure == ("model_unreachable", "Bedrock closed the connection without an answer.")


def test_a_deployment_without_credentials_says_so(ask_bedrock, monkeypatch, tmp_path):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    outcome = ask_bedrock("hello")
    reason = "Bedrock cannot be asked: this deployment has no AWS credentials."
    assert outcome.failure == ("model_unreachable", reason)


def test_a_model_without_a_name_cannot_be_asked_for(ask_bedrock):
    type, reason = ask_bedrock("hello", model="").failure
    assert type == "model_rejected"
    assert "modelId" in reason


def test_a_region_that_is_none_is_named_as_the_reason(aws_environment):
    with pytest.raises(ModelError) as raised:
        asyncio.run(BedrockModel(region="no such region").list_models())
    assert raised.value.reason == "Bedrock cannot be asked: InvalidRegionError."


def test_a_busy_service_is_asked_again(ask_bedrock, model_server, monkeypatch):
    monkeypatch.setattr(bedrock, "_MAX_TRIES", 3)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    model_server.enqueue("refused:429:ThrottlingException", "refused:503:ServiceUnavailableException")
    assert ask_bedrock("hello").finished
    assert len(model_server.requests) == 3


def test_a_limit_beyond_the_model_s_own_becomes_the_model_s_own(ask_bedrock, model_server):
    assert ask_bedrock("fake:capped:10000").text == "fine"
    asked = [request.body["inferenceConfig"]["maxTokens"] for request in model_server.requests]
    assert asked == [65_536, 10_000]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("toolConfig", "This-model-doesn't-support-tool-use-in-streaming-mode"),
        ("temperature", "temperature-is-deprecated-for-this-model"),
    ],
)
def test_a_field_that_the_model_refuses_is_left_out(ask_bedrock, model_server, field, said):
    tools = [ToolSpec(name="calculator", description="", parameters={})]
    model_server.enqueue(*[f"without:{field}:{said}"] * 2)
    assert ask_bedrock("hello", tools=tools, temperature=0.5).text == "fine"
    bodies = [request.body | request.body["inferenceConfig"] for request in model_server.requests]
    assert [field in body for body in bodies] == [True, False]


def test_a_list_that_fails_concerns_the_user(aws_environment):
    model = BedrockModel(region="us-east-1", endpoint_url="http://127.0.0.1:1")
    with pytest.raises(ModelError) as raised:
        asyncio.run(model.list_models())
    assert raised.value.reason == "Bedrock cannot be reached."
