"""Providers at work: replies by a user's own service, and a provider tried out, on the loopback interface."""

import asyncio

import pytest

from tests.fakes.model_server import ModelServer
from tests.functions.sse import read_sse
from tests.tables_on_moto import all_items

KEY = "sk-marked-0123456789-a1b2"


@pytest.fixture(scope="module")
def service():
    with ModelServer() as server:
        yield server


@pytest.fixture(autouse=True)
def private_urls(monkeypatch, keys, service):
    """Allows them, as for local work, until it is told otherwise."""
    service.requests.clear()
    from parley import bootstrap
    from parley.gateways.guarded_http import UrlPolicy
    from parley.gateways.provider_client import build_provider_client
    from parley.models.http_clients import ClientPerLoop

    policy, built = UrlPolicy(allow_private=True), []

    def build():
        client = build_provider_client(policy)
        built.append((client, asyncio.get_running_loop()))
        return client

    def set_policy(*, allowed):
        nonlocal policy
        policy = UrlPolicy(allow_private=allowed)
        clients = ClientPerLoop(build)
        monkeypatch.setattr(bootstrap, "_url_policy", lambda: policy)
        monkeypatch.setattr(bootstrap, "_provider_clients", lambda: clients)

    set_policy(allowed=True)
    yield set_policy
    for client, loop in built:
        loop.run_until_complete(client.aclose())


def send(person, content="Hi", conversation=None, **fields):
    conversation = conversation or person.converse(**fields)
    body = {"conversation_id": conversation["id"], "content": content}
    return person.client.call("POST", "/api/messages", body)


def stream(person, content="Hi", **fields):
    body = {"conversation_id": person.converse(**fields)["id"], "content": content}
    return read_sse(person.client.call("POST", "/api/messages/stream", body).text)


def try_out(person, provider):
    return person.client.in_english().call("POST", f"/api/providers/{provider['id']}/test")


def test_the_users_own_service_answers_with_the_users_own_key(anna, service):
    anna.bring(base_url=service.url, api_key=KEY, models=["mine"], is_default=True)
    reply = send(anna, "fake:normal:2").data["assistant_message"]
    assert (reply["content"], reply["status"], reply["model"]) == ("word0 word1 ", "complete", "mine")
    assert service.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    assert service.requests[-1].body["model"] == "mine"


def test_the_service_that_lists_the_conversations_model_answers_it(anna, bert, service):
    anna.bring(kind="demo", is_default=True)
    anna.bring(base_url=service.url, models=["listed"])
    bert.bring(base_url=service.url, models=["glm-5"])
    assert "demo" in send(anna, "Hi").data["assistant_message"]["content"]
    assert service.requests == []
    reply = send(anna, "fake:normal:1", model="listed").data["assistant_message"]
    assert (reply["content"], reply["model"]) == ("word0 ", "listed")


def test_a_disabled_or_removed_provider_answers_no_more(anna, service):
    provider = anna.bring(base_url=service.url, is_default=True)
    path = f"/api/providers/{provider['id']}"
    anna.client.call("PUT", path, {"enabled": False})
    assert send(anna).data["assistant_message"]["status"] == "complete"
    anna.client.call("PUT", path, {"enabled": True})
    anna.client.call("DELETE", path)
    assert send(anna).data["assistant_message"]["status"] == "complete"
    assert service.requests == []


def test_an_anthropic_service_answers_with_its_own_protocol(anna, service):
    root = service.url.removesuffix("/v1")
    anna.bring(kind="anthropic", base_url=root, api_key=KEY, models=["claude"], is_default=True)
    assert send(anna, "fake:normal:1").data["assistant_message"]["model"] == "claude"
    assert service.requests[-1].headers["x-api-key"] == KEY


def test_a_key_that_a_service_echoes_is_in_no_answer_no_log_and_no_table(anna, service, dynamodb, logs):
    provider = anna.bring(base_url=service.url, api_key=KEY, models=["fake:status:401:echo"], is_default=True)
    conversation = anna.converse()
    sent = send(anna, conversation=conversation)
    tried = try_out(anna, provider)
    events = stream(anna)
    assert (sent.status, tried.status, events[-1].name) == (502, 502, "error")
    listed = anna.client.call("GET", f"/api/messages/{conversation['id']}")
    stored = [all_items(dynamodb, table) for table in ("providers", "conversations")]
    for text in (sent.text, tried.text, str(events), listed.text, logs.text, str(stored)):
        assert KEY not in text
    for text in (sent.text, tried.text, str(events)):
        assert "Bad key '***'" in text


def test_a_provider_whose_key_cannot_be_opened_ends_the_stream_cleanly(anna, service, monkeypatch):
    from functions.messages import handler

    anna.bring(base_url=service.url, api_key=KEY, is_default=True)
    vault = handler.app.app.state.replies._models._provider_models._vault
    monkeypatch.setattr(vault, "_key_id", "alias/no-such-key")
    events = stream(anna)
    assert [event.name for event in events] == ["start", "error"]
    assert events[-1].data["type"] == "provider_unavailable"
    assert "Traceback" not in str(events)
    assert service.requests == []


def test_a_send_costs_one_query_more_than_without_providers(anna, service):
    from parley.tables.provider_items import ProviderTableItem

    for number in range(3):
        anna.bring(base_url=service.url, name=str(number), is_default=True)
    calls = []

    def note(model, **_):
        calls.append(model.name)

    conversation = anna.converse()
    client = ProviderTableItem.connection().client
    client.meta.events.register("before-call.dynamodb", note)
    try:
        assert send(anna, "fake:normal:1", conversation).status == 201
    finally:
        client.meta.events.unregister("before-call.dynamodb", note)
    # The history is the other one.
    assert calls.count("Query") == 2
    assert sorted(set(calls)) == ["GetItem", "PutItem", "Query", "UpdateItem"]


def test_a_provider_that_works_is_told_with_its_time_and_its_models(anna, service):
    provider = anna.bring(base_url=service.url, api_key=KEY, enabled=False)
    tried = try_out(anna, provider)
    assert tried.status == 200
    assert set(tried.data) == {"ok", "latency_ms", "models"}
    assert (tried.data["ok"], tried.data["models"]) == (True, ["fake", "fake-large"])
    assert isinstance(tried.data["latency_ms"], int)
    assert anna.client.call("GET", f"/api/providers/{provider['id']}").data == provider


@pytest.mark.parametrize(
    ("scenario", "type", "words", "in_chinese"),
    [
        ("status:404", "model_rejected", "No such luck", "No such luck"),
        ("page", "model_rejected", "web page", "网页"),
        ("closes", "model_unreachable", "closed the connection", "关闭了连接"),
    ],
)
def test_a_service_that_fails_is_a_502_with_its_reason_in_the_callers_language(
    anna, service, scenario, type, words, in_chinese
):
    provider = anna.bring(base_url=service.url, models=[f"fake:{scenario}"])
    english = try_out(anna, provider)
    chinese = anna.client.call("POST", f"/api/providers/{provider['id']}/test")
    for answer, phrase, said in (
        (english, "The model's service failed: ", words),
        (chinese, "模型服务出错: ", in_chinese),
    ):
        assert (answer.status, answer.json["type"]) == (502, type)
        assert answer.json["error"].startswith(phrase)
        assert said in answer.json["error"]


def test_private_addresses_are_refused_again_where_they_are_connected_to(anna, service, private_urls):
    provider = anna.bring(base_url=service.url, is_default=True)
    private_urls(allowed=False)
    body = {"name": "new", "base_url": service.url}
    assert anna.client.call("POST", "/api/providers", body).fields == ["body.base_url"]
    tried = try_out(anna, provider)
    assert (tried.status, tried.json["type"]) == (502, "model_unreachable")
    assert "its address is not allowed" in tried.json["error"]
    assert stream(anna)[-1].data["type"] == "model_unreachable"
    assert service.requests == []


def test_bedrock_is_refused_where_the_deployer_names_no_region(anna):
    provider = anna.bring(kind="bedrock", models=["amazon.nova-micro-v1:0"], is_default=True)
    tried = try_out(anna, provider)
    assert (tried.status, "Bedrock is not enabled" in tried.json["error"]) == (502, True)
    assert "未启用 Bedrock" in stream(anna)[-1].data["content"]
