import asyncio
from contextlib import aclosing

import httpx
import pytest

from parley.gateways.guarded_http import UrlPolicy, guarded_client
from parley.models.openai import OpenAIModel
from parley.models.retries import RetryBudget
from parley.models.service_limits import ServiceLimits
from parley.models.types import ChatTurn, ModelError, ModelRequest, ToolSpec
from tests.fakes.model_server import ModelServer
from tests.fakes.network import FakeNetwork, FakeResolver
from tests.parley.models.conftest import KEY


def silent_for(seconds: float, *, first: float = 30) -> ServiceLimits:
    return ServiceLimits(first_byte_timeout_seconds=first, idle_timeout_seconds=seconds)


@pytest.mark.parametrize(
    ("scenario", "type", "reason"),
    [
        ("status:500", "model_rejected", "The model's service answered 500: No such luck"),
        ("status:404:html", "model_rejected", "The model's service answered 404: 502 Bad Gateway"),
        ("status:502:empty", "model_rejected", "The model's service answered 502."),
        ("error-event", "model_rejected", "The model's service reported: The engine is on fire"),
        (
            "error-event:rate_limit_exceeded",
            "model_rate_limited",
            "The model's service reported: The engine is on fire",
        ),
        ("no-completion", "model_rejected", "The model's service reported: quota used up"),
        (
            "page",
            "model_rejected",
            "The model's service answered with a web page; its address may be incomplete.",
        ),
    ],
)
def test_a_refusal_is_told_in_the_service_s_own_words(ask, scenario, type, reason):
    outcome = ask(f"fake:{scenario}")
    assert outcome.failure == (type, reason)
    assert outcome.events == []


def test_a_long_reason_is_shortened(ask):
    assert 400 < len(ask("fake:status:400:text").failure[1]) <= 510


def test_the_key_is_never_told_even_where_the_service_echoes_it(ask):
    type, reason = ask("fake:status:401:echo").failure
    assert type == "model_rejected"
    assert reason == "The model's service answered 401: Bad key '***': ***"
    assert KEY[3:] not in reason


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("error-midway", "The model's service reported: The engine is on fire"),
        ("not-json", "The model's service sent something that is not JSON."),
        ("ends-early", "The model's service broke off in the middle of the reply."),
        ("cut", "The connection to the model's service was cut."),
    ],
)
def test_a_stream_that_breaks_keeps_what_came_before(ask, scenario, reason):
    outcome = ask(f"fake:{scenario}")
    assert outcome.text
    assert outcome.failure == ("model_stream_broken", reason)


@pytest.mark.parametrize(
    "data",
    [
        "[]", '"text"', "1", "null", '{"choices": 5}', '{"choices": [1]}', '{"choices": [{"delta": "x"}]}',
        '{"choices": [{"delta": {"tool_calls": [{"function": []}]}}]}', '{"choices": {"0": 1}}', "{}",
    ],
)  # fmt: skip
def test_json_of_another_shape_is_a_broken_stream(ask, data):
    assert ask(f"fake:raw\n{data}").failure[0] == "model_stream_broken"


@pytest.mark.parametrize("cut", ["\\ud83d", "\\ude00"])
def test_half_a_character_is_no_reason_to_break(ask, cut):
    data = f'{{"choices": [{{"delta": {{"content": "a{cut}b"}}, "finish_reason": "stop"}}]}}'
    assert ask(f"fake:raw\n{data}").text == "a?b"


@pytest.mark.parametrize("scenario", ["busy:0", "busy:7", "busy:0:503"])
def test_a_busy_service_is_asked_again_after_the_time_it_names(ask, model_server, scenario):
    model_server.enqueue(scenario)
    outcome = ask("hello")
    assert outcome.finished
    assert outcome.pauses == [float(scenario.split(":")[1])]


def test_a_busy_service_that_names_no_time_is_asked_with_growing_pauses(ask, model_server):
    model_server.enqueue("busy:", "busy:")
    outcome = ask("hello")
    assert outcome.finished
    assert outcome.pauses == [1, 2]


def test_after_three_tries_it_is_given_up(ask, model_server):
    outcome = ask("fake:busy:0")
    assert outcome.failure == ("model_rate_limited", "The model's service answered 429: Slow down")
    assert len(model_server.requests) == 3


def test_a_pause_beyond_the_budget_is_not_begun(ask, model_server):
    outcome = ask("fake:busy:30")
    assert outcome.failure[0] == "model_rate_limited"
    assert (outcome.pauses, len(model_server.requests)) == ([], 1)
    ask("fake:busy:0", limits=ServiceLimits(retry=RetryBudget(max_tries=1)))
    assert len(model_server.requests) == 2


def test_other_refusals_are_not_repeated(ask, model_server):
    ask("fake:status:500")
    assert len(model_server.requests) == 1


def test_a_connection_that_the_service_had_closed_is_opened_again(ask, model_server):
    model_server.enqueue("closes")
    assert ask("hello").finished
    assert len(model_server.requests) == 2


def test_a_service_that_keeps_closing_is_unreachable(ask, model_server):
    outcome = ask("fake:closes")
    assert outcome.failure[0] == "model_unreachable"
    assert len(model_server.requests) == 2


@pytest.mark.parametrize("field", ["max_tokens", "stream_options", "tools"])
def test_a_field_that_the_service_refuses_is_left_out(ask, model_server, field):
    outcome = ask(f"fake:refuses:{field}", tools=[ToolSpec(name="calculator", description="", parameters={})])
    assert outcome.text == "fine"
    assert [field in request.body for request in model_server.requests] == [True, False]


def test_several_refused_fields_are_left_out_one_after_the_other(ask, model_server):
    assert ask("fake:refuses:stream_options:max_tokens").text == "fine"
    assert len(model_server.requests) == 3


def test_any_other_refused_field_is_the_user_s_to_change(ask):
    assert ask("fake:refuses:temperature").failure[0] == "model_rejected"


@pytest.mark.parametrize("scenario", ["hang", "hang:headers", "hang:midway"])
def test_silence_ends_in_a_time_out(ask, scenario):
    is_midway = scenario == "hang:midway"
    outcome = ask(f"fake:{scenario}", limits=silent_for(0.1, first=30 if is_midway else 0.1))
    assert outcome.failure == ("model_timeout", "The model's service did not answer in time.")
    assert outcome.text == ("half " if is_midway else "")


def test_the_first_byte_may_take_longer_than_the_others(ask):
    assert ask("fake:slow-start:0.2", limits=silent_for(0.01)).text == "late"


def test_a_complete_reply_needs_no_end(ask):
    outcome = ask("fake:open-end", limits=silent_for(0.1))
    assert outcome.finished.finish_reason == "stop"


@pytest.mark.parametrize(
    ("base_url", "reason"),
    [
        ("http://127.0.0.1:1/v1", "it refused the connection"),
        ("ftp://127.0.0.1/v1", "its address is not valid"),
        ("http://[", "its address is not valid"),
        ("", "its address is not valid"),
    ],
)
def test_a_service_that_is_not_there_is_unreachable_for_a_reason_without_its_address(ask, base_url, reason):
    outcome = ask("hello", base_url=base_url)
    assert outcome.failure == ("model_unreachable", f"The model's service cannot be reached: {reason}.")


def test_tls_to_a_service_without_it_is_unreachable(ask, model_server):
    outcome = ask("hello", base_url=model_server.url.replace("http:", "https:"))
    assert outcome.failure[0] == "model_unreachable"
    assert "TLS" in outcome.failure[1]


def test_closing_the_stream_closes_the_connection_at_once():
    async def run(server: ModelServer) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            model = OpenAIModel(base_url=server.url, client=lambda: client)
            request = ModelRequest(model="fake", turns=[ChatTurn(role="user", content="fake:hang:midway")])
            async with aclosing(model.stream(request)) as events:
                await anext(events)
            assert await asyncio.to_thread(server.wait_for_ended_connection)

    with ModelServer() as server:
        asyncio.run(run(server))


@pytest.mark.parametrize(
    ("base_url", "reason"),
    [
        ("https://inner.example/v1", "it does not lead to a public address"),
        ("http://169.254.169.254/v1", "it does not lead to a public address"),
        ("https://user:secret@good.example/v1", "a URL must not hold a user name or a password"),
        ("https://moved.example/v1", "it does not lead to a public address"),
    ],
)
def test_an_address_that_is_not_allowed_is_told_without_what_lies_behind_it(base_url, reason):
    resolver = FakeResolver({"inner.example": ["10.1.2.3"], "moved.example": ["93.184.215.14"]})
    network = FakeNetwork(
        {"93.184.215.14": b"HTTP/1.1 307 Moved\r\nLocation: http://10.1.2.3/\r\nContent-Length: 0\r\n\r\n"}
    )

    async def run() -> ModelError:
        async with guarded_client(UrlPolicy(), resolver=resolver, backend=network) as client:
            model = OpenAIModel(base_url=base_url, api_key=KEY, client=lambda: client)
            request = ModelRequest(model="m", turns=[ChatTurn(role="user", content="hello")])
            with pytest.raises(ModelError) as caught:
                await anext(model.stream(request))
            return caught.value

    error = asyncio.run(run())
    assert error.type == "model_unreachable"
    assert error.reason == f"The model's service cannot be reached: its address is not allowed: {reason}."
