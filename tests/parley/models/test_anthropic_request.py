import pytest

from parley.models.anthropic_request import messages_url, models_url, request_body, without_refused_field
from parley.models.types import ModelRequest

ADAPTIVE = {"type": "adaptive", "display": "summarized"}


def body_for(model: str = "claude-fable-5", **options):
    return request_body(ModelRequest(model=model, turns=[], **options))


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://api.anthropic.com", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1/messages/", "https://api.anthropic.com/v1/messages"),
        (" https://a.example/anthropic?x=1", "https://a.example/anthropic/v1/messages?x=1"),
    ],
)
def test_the_address_may_be_given_as_services_document_it(base_url, url):
    assert messages_url(base_url) == url


def test_the_list_is_asked_for_page_by_page():
    assert models_url("https://a.example/v1", None) == "https://a.example/v1/models?limit=1000"
    assert models_url("https://a.example/", "a b&c").endswith("/v1/models?limit=1000&after_id=a%20b%26c")


@pytest.mark.parametrize(
    ("model", "thinking"),
    [
        ("claude-opus-4-6", ADAPTIVE),
        ("claude-sonnet-4-6-20260105", ADAPTIVE),
        ("claude-opus-4-7", ADAPTIVE),
        ("claude-haiku-4-10", ADAPTIVE),
        ("claude-opus-5", ADAPTIVE),
        ("us.anthropic.claude-mythos-5-v1:0", ADAPTIVE),
        ("claude-sonnet-4-20250514", 16_000),
        ("claude-opus-4-0", 16_000),
        ("claude-opus-4.5", 16_000),
        ("claude-haiku-4-5@20251001", 16_000),
        ("claude-3-7-sonnet-20250219", 16_000),
        ("deepseek-chat", 16_000),
    ],
)
def test_a_model_is_asked_to_think_in_its_own_way(model, thinking):
    asked = body_for(model, thinking_enabled=True)["thinking"]
    assert asked == (thinking if thinking is ADAPTIVE else {"type": "enabled", "budget_tokens": thinking})
    assert "thinking" not in body_for(model)


@pytest.mark.parametrize(
    ("max_tokens", "budget"), [(1024, None), (1025, 1024), (3000, 1500), (65_536, 16_000)]
)
def test_a_budget_is_less_than_the_limit_and_at_least_the_smallest(max_tokens, budget):
    thinking = body_for("claude-3-7", thinking_enabled=True, max_tokens=max_tokens).get("thinking")
    assert (thinking and thinking["budget_tokens"]) == budget


@pytest.mark.parametrize(("ours", "theirs"), [(0.0, 0.0), (0.7, 0.7), (1.0, None), (1.7, None)])
def test_a_temperature_beyond_theirs_is_their_highest_which_need_not_be_said(ours, theirs):
    assert body_for(temperature=ours).get("temperature") == theirs
    assert "temperature" not in body_for(temperature=ours, thinking_enabled=True)


@pytest.mark.parametrize(
    ("reason", "limit"),
    [
        (
            "max_tokens: 65536 > 8192, which is the maximum allowed number of output tokens for claude-3-5",
            8192,
        ),
        ("input length and `max_tokens` exceed context limit: 150000 + 65536 > 200000, decrease it", 50_000),
        ("The model's service answered 400: Invalid max_tokens value, the valid range is [1, 32000]", 32_000),
        ("max_tokens is too large for glm-4", 4096),
        ("The maximum tokens you requested exceeds the model limit of 10000.", 10_000),
        ("input length and `max_tokens` exceed context limit: 210000 + 65536 > 200000", None),
        ("messages: at least one message is required", None),
    ],
)
def test_a_limit_of_tokens_becomes_the_one_that_the_reason_names(reason, limit):
    lean = without_refused_field(body_for(), 400, reason)
    assert (lean and lean["max_tokens"]) == limit


def test_a_lower_limit_lowers_the_budget_of_thinking():
    body = body_for("claude-3-7", thinking_enabled=True)
    lean = without_refused_field(body, 400, "max_tokens: 65536 > 8192")
    assert lean["thinking"] == {"type": "enabled", "budget_tokens": 4096}
    lean = without_refused_field(body, 400, "max_tokens: 65536 > 1024")
    assert "thinking" not in lean


@pytest.mark.parametrize("model", ["claude-opus-5", "claude-3-7"])
def test_a_model_that_refuses_one_way_of_thinking_is_asked_for_the_other_and_then_for_none(model):
    body = body_for(model, thinking_enabled=True)
    ways = [body["thinking"]["type"]]
    while lean := without_refused_field(body, 400, "thinking.type is not supported for this model"):
        body = lean
        ways.append(body.get("thinking", {}).get("type"))
    assert ways == (["adaptive", "enabled", None] if "opus" in model else ["enabled", "adaptive", None])


@pytest.mark.parametrize(
    ("reason", "field"),
    [
        ("`temperature` is deprecated for this model.", "temperature"),
        ("'claude-2.1' does not support tool types", "tools"),
        ("Your credit balance is too low", None),
    ],
)
def test_a_reason_tells_which_field_to_leave_out(reason, field):
    body = {"model": "claude-x", "max_tokens": 9, "tools": [{"name": "x"}], "temperature": 0.5}
    lean = without_refused_field(body, 400, reason)
    assert (lean is None) if field is None else (body.keys() - lean.keys() == {field})
    assert without_refused_field(body, 500, reason) is None


def test_the_form_of_thinking_that_is_shown_may_be_refused_alone():
    body = body_for("claude-opus-4-6", thinking_enabled=True)
    lean = without_refused_field(body, 400, "thinking.adaptive.display: Extra inputs are not permitted")
    assert lean["thinking"] == {"type": "adaptive"}
