"""What failed in the depths is told in the caller's language, what a service said in the service's own."""

import pytest

from parley.models.types import ModelError
from tests.fakes.scripted_model import ScriptedModel
from tests.functions.sse import read_sse

SAID = "The model's service answered 401: Incorrect key"
CHINESE = "模型服务返回 401：Incorrect key"


@pytest.fixture
def failing_model(answer_with):
    answer_with(ScriptedModel([ModelError(SAID, type="model_rejected")]))


def send(client, conversation, path):
    return client.call("POST", path, {"conversation_id": conversation["id"], "content": "Hi"})


@pytest.mark.usefixtures("failing_model")
def test_a_models_failure_follows_the_callers_language(anna):
    for client, said in ((anna.client, CHINESE), (anna.client.in_english(), SAID)):
        waited = send(client, anna.converse(), "/api/messages")
        assert (waited.status, waited.json["type"]) == (502, "model_rejected")
        assert waited.json["error"].endswith(said)
        last = read_sse(send(client, anna.converse(), "/api/messages/stream").text)[-1]
        assert last.data == {"content": said, "type": "model_rejected"}


@pytest.mark.usefixtures("failing_model")
def test_a_reply_is_followed_in_the_language_of_who_follows(anna):
    conversation = anna.converse()
    send(anna.client, conversation, "/api/messages/stream")
    _, reply = anna.client.call("GET", f"/api/messages/{conversation['id']}").data["items"]
    for client, said in ((anna.client, CHINESE), (anna.client.in_english(), SAID)):
        events = read_sse(client.call("GET", f"/api/messages/{reply['id']}/events").text)
        assert events[-1].data["content"] == said


def test_a_tools_limits_are_told_in_the_callers_language(anna, monkeypatch):
    monkeypatch.setattr("parley.tools.execution.MAX_RESULT_BYTES", 1)
    path, body = "/api/tools/calculator/execute", {"expression": "1 + 1"}
    assert anna.client.call("POST", path, body).data["error"] == "结果过大：JSON 超过 1 字节。"
    english = anna.client.in_english().call("POST", path, body).data["error"]
    assert english == "The result is too large: over 1 bytes as JSON."
