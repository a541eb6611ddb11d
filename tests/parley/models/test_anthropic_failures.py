import pytest

from parley.models.service_limits import ServiceLimits
from parley.models.types import ToolSpec
from tests.parley.models.conftest import KEY


@pytest.mark.parametrize(
    ("scenario", "type", "reason"),
    [
        ("status:404", "model_rejected", "The model's service answered 404: No such luck"),
        ("status:502:html", "model_rejected", "The model's service answered 502: 502 Bad Gateway"),
        ("error-event", "model_rejected", "The model's service reported: The engine is on fire"),
        (
            "error-event:overloaded_error",
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
def test_a_refusal_is_told_in_the_service_s_own_words(ask_claude, scenario, type, reason):
    outcome = ask_claude(f"fake:{scenario}")
    assert outcome.failure == (type, reason)
    assert outcome.events == []


def test_the_key_is_never_told_even_where_the_service_echoes_it(ask_claude):
    type, reason = ask_claude("fake:status:401:echo").failure
    assert (type, reason) == ("model_rejected", "The model's service answered 401: Bad key '***': ***")
    assert KEY[3:] not in reason


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("error-event:api_error:midway", "The model's service reported: The engine is on fire"),
        ("half:garbage", "The model's service sent something that is not JSON."),
        ("half:end", "The model's service broke off in the middle of the reply."),
        ("half:cut", "The connection to the model's service was cut."),
    ],
)
def test_a_stream_that_breaks_keeps_what_came_before(ask_claude, scenario, reason):
    outcome = ask_claude(f"fake:{scenario}")
    assert outcome.text == "half "
    assert outcome.failure == ("model_stream_broken", reason)


@pytest.mark.parametrize(
    "data",
    [
        "[]", '"text"', "1", "null", "{}", '{"type": 5}', '{"type": "message_start"}', '{"choices": []}',
        '{"type": "message_start", "message": 5}', '{"type": "content_block_start", "index": 0}',
        '{"type": "content_block_start", "index": 0, "content_block": {}}', '{"type": "message_stop"}',
        '{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta"}}',
        '{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": 5}}',
        '{"type": "content_block_delta", "index": 0, "delta": "x"}', '{"type": "message_delta"}',
        '{"type": "message_delta", "delta": {"stop_details": 5}}', '{"type": "error"}',
    ],
)  # fmt: skip
def test_json_of_another_shape_is_a_broken_stream(ask_claude, data):
    assert ask_claude(f"fake:raw\n{data}").failure[0] == "model_stream_broken"


def test_an_overloaded_service_is_asked_again(ask_claude, model_server):
    model_server.enqueue("busy:3:529", "busy::529")
    outcome = ask_claude("hello")
    assert outcome.finished
    assert outcome.pauses == [3, 2]


def test_a_service_that_stays_overloaded_is_given_up(ask_claude, model_server):
    outcome = ask_claude("fake:busy:0:529")
    assert outcome.failure == ("model_rate_limited", "The model's service answered 529: Slow down")
    assert len(model_server.requests) == 3


@pytest.mark.parametrize("scenario", ["hang", "hang:headers", "half:silence"])
def test_silence_ends_in_a_time_out(ask_claude, scenario):
    first = 30 if scenario == "half:silence" else 0.1
    limits = ServiceLimits(first_byte_timeout_seconds=first, idle_timeout_seconds=0.1)
    outcome = ask_claude(f"fake:{scenario}", limits=limits)
    assert outcome.failure == ("model_timeout", "The model's service did not answer in time.")


def test_a_complete_reply_needs_no_end(ask_claude):
    limits = ServiceLimits(first_byte_timeout_seconds=30, idle_timeout_seconds=0.5)
    assert ask_claude("fake:no-end", limits=limits).finished.finish_reason == "stop"


def test_a_limit_beyond_the_model_s_own_becomes_the_model_s_own(ask_claude, model_server):
    assert ask_claude("fake:capped:8192").text == "fine"
    assert [request.body["max_tokens"] for request in model_server.requests] == [65_536, 8192]


@pytest.mark.parametrize("kind", ["adaptive", "enabled", ""])
def test_a_model_that_thinks_in_another_way_answers_all_the_same(ask_claude, model_server, kind):
    assert ask_claude(f"fake:thinks:{kind}", model="claude-new", thinking_enabled=True).text == "fine"
    assert model_server.requests[-1].body.get("thinking", {}).get("type", "") == kind


@pytest.mark.parametrize(
    ("field", "words"), [("temperature", "is:deprecated"), ("tools", "are:not:supported:by:this:model")]
)
def test_a_field_that_the_model_refuses_is_left_out(ask_claude, model_server, field, words):
    tools = [ToolSpec(name="calculator", description="", parameters={})]
    assert ask_claude(f"fake:without:{field}:{words}", tools=tools, temperature=0.5).text == "fine"
    assert [field in request.body for request in model_server.requests] == [True, False]


def test_a_service_that_names_a_lower_limit_for_ever_is_given_up(ask_claude, model_server):
    outcome = ask_claude("fake:insatiable")
    assert outcome.failure[0] == "model_rejected"
    assert len(model_server.requests) == 7


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:1", "http://["])
def test_a_service_that_is_not_there_is_unreachable(ask_claude, base_url):
    assert ask_claude("hello", base_url=base_url).failure[0] == "model_unreachable"
