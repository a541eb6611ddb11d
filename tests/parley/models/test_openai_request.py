import pytest

from parley.models.openai_request import completions_url, request_body, without_refused_field
from parley.models.types import ModelRequest


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("http://localhost:11434/v1", "http://localhost:11434/v1/chat/completions"),
        ("https://a.example/api/paas/v4/", "https://a.example/api/paas/v4/chat/completions"),
        ("https://a.example", "https://a.example/chat/completions"),
        ("https://a.example/v1/chat/completions", "https://a.example/v1/chat/completions"),
        ("https://a.example/v1/chat/completions/", "https://a.example/v1/chat/completions"),
        (" https://a.example/v1?version=2 ", "https://a.example/v1/chat/completions?version=2"),
    ],
)
def test_the_address_may_be_given_as_services_document_it(base_url, url):
    assert completions_url(base_url) == url


@pytest.mark.parametrize("model", ["gpt-4o", "glm-5", "Qwen/Qwen3", "llama3:8b"])
def test_max_tokens_and_temperature_are_sent(model):
    body = request_body(ModelRequest(model=model, turns=[], max_tokens=9, temperature=0.5))
    assert (body["max_tokens"], body["temperature"]) == (9, 0.5)
    assert "max_completion_tokens" not in body


@pytest.mark.parametrize("model", ["o3", "o4-mini", "gpt-5-nano", "openai/gpt-5.1"])
def test_reasoning_models_take_max_completion_tokens_and_no_temperature(model):
    body = request_body(ModelRequest(model=model, turns=[], max_tokens=9, temperature=0.5))
    assert body["max_completion_tokens"] == 9
    assert not {"max_tokens", "temperature"} & body.keys()


@pytest.mark.parametrize(
    ("model", "switched"),
    [
        ("glm-5", True),
        ("z-ai/GLM-4.6", True),
        ("deepseek-chat", True),
        ("gpt-4o", False),
        ("qwen-max", False),
    ],
)
def test_thinking_is_switched_where_the_model_s_family_knows_the_switch(model, switched):
    for enabled, word in ((True, "enabled"), (False, "disabled")):
        body = request_body(ModelRequest(model=model, turns=[], thinking_enabled=enabled))
        assert body.get("thinking") == ({"type": word} if switched else None)


@pytest.mark.parametrize(
    ("reason", "field"),
    [
        ("Invalid max_tokens value, the valid range is [1, 8192]", "max_tokens"),
        ("This model's maximum context length is 4096 tokens", "max_tokens"),
        ("gemma:latest does not support tools", "tools"),
        ("No endpoints found that support tool use", "tools"),
        ("Unrecognized request argument supplied: stream_options", "stream_options"),
        ("temperature must be at most 1", None),
    ],
)
def test_a_reason_tells_which_field_to_leave_out(reason, field):
    body = {"max_tokens": 1, "tools": [], "stream_options": {}, "temperature": 2}
    lean = without_refused_field(body, 400, reason)
    assert (lean is None) if field is None else (body.keys() - lean.keys() == {field})
    assert without_refused_field(body, 500, reason) is None
