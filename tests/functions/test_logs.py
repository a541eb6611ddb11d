"""What is logged: who did what and how it ended, and never what was said or proved."""

import json

import pytest

from parley.domain.events import TextDelta, ThinkingDelta
from parley.models.types import ModelError
from tests.fakes.scripted_model import STOP, ScriptedModel, asks_for
from tests.fakes.tools import a_call
from tests.functions.conftest import PASSWORD
from tests.functions.gateway import LambdaContext, proxy_event

SECRETS = {
    "password": PASSWORD,
    "message": "the cat sleeps in the bread basket",
    "reply": "so let it sleep",
    "thinking": "what an odd cat",
    "expression": "1234 * 5678",
    "title": "my private title",
    "system prompt": "you are a night nurse",
}


@pytest.fixture
def busy_day(client, register, answer_with, logs):
    """All that a person does, also what goes wrong."""
    anna = register("anna")
    answer_with(
        ScriptedModel(
            [
                ThinkingDelta(SECRETS["thinking"]),
                asks_for(a_call("1", "calculator", json.dumps({"expression": SECRETS["expression"]}))),
            ],
            [TextDelta(SECRETS["reply"]), STOP],
            [TextDelta(SECRETS["reply"]), ModelError("quota used up", type="model_rejected")],
        )
    )
    fields = {"title": SECRETS["title"], "system_prompt": SECRETS["system prompt"]}
    conversation = anna.converse(**fields)
    body = {"conversation_id": conversation["id"], "content": SECRETS["message"]}
    for path in ("/api/messages", "/api/messages/stream"):
        anna.client.call("POST", path, body)
    anna.client.call("POST", "/api/messages", {**body, "content": "x" * 200_001})
    anna.client.call("GET", f"/api/messages/{conversation['id']}")
    anna.client.call("PUT", f"/api/conversations/{conversation['id']}", {**fields, "max_tokens": 0})
    client.call("POST", "/api/auth/login", {"username": "anna", "password": PASSWORD + "!"})
    client.call("POST", "/api/auth/login", {"username": "anna", "password": [PASSWORD]})
    anna.client.call("POST", "/api/auth/logout")
    return anna, conversation


def test_no_secret_and_no_text_is_logged(busy_day, logs):
    anna, _ = busy_day
    assert anna.token not in logs.text
    assert "Bearer" not in logs.text
    for name, secret in SECRETS.items():
        assert secret not in logs.text, name


def test_each_request_is_one_line_with_its_ids(busy_day, logs):
    anna, conversation = busy_day
    requests = [entry for entry in logs.entries if entry["message"] == "request"]
    assert len(requests) == 11
    for entry in requests:
        assert entry["request_id"] == proxy_event()["requestContext"]["requestId"]
        assert entry["function_request_id"] == LambdaContext().aws_request_id
        assert entry["duration_ms"] >= 0
    sends = [entry for entry in requests if entry["route"] in ("/api/messages", "/api/messages/stream")]
    assert [entry["status"] for entry in sends] == [201, 200, 422]
    for entry in sends[:2]:
        assert (entry["user_id"], entry["conversation_id"]) == (anna.user["id"], conversation["id"])


def test_each_reply_is_one_line_with_its_ids_and_its_end(busy_day, logs):
    anna, conversation = busy_day
    first, second = [entry for entry in logs.entries if entry["message"] == "reply"]
    for entry in (first, second):
        assert (entry["user_id"], entry["conversation_id"]) == (anna.user["id"], conversation["id"])
        assert entry["message_id"].startswith("msg_")
    assert (first["reply_status"], first.get("error_type")) == ("complete", None)
    assert (second["reply_status"], second["error_type"]) == ("error", "model_rejected")


def test_one_request_leaves_no_id_to_the_next(busy_day, client, logs):
    logs.stream.truncate(0)
    logs.stream.seek(0)
    client.call("GET", "/api/auth/me")
    (entry,) = logs.entries
    assert "user_id" not in entry
    assert "conversation_id" not in entry
