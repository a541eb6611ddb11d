"""POSTs under an Idempotency-Key, at every function that has some but auth's."""

import asyncio
from importlib import import_module

import httpx
import pytest

from tests.fakes.clock import FakeTime
from tests.fakes.threads import all_at_once
from tests.functions.gateway import LambdaContext
from tests.tables_on_moto import all_items

PATH = "/api/conversations"


def keyed(person, key="key-1"):
    return type(person.client)(person.client.headers | {"Idempotency-Key": key})


def titles(person):
    return sorted(item["title"] for item in person.client.call("GET", PATH).data["items"])


def assert_replay(answer, first):
    assert answer.headers["idempotency-replayed"] == "true"
    assert (answer.status, answer.text) == (first.status, first.text)
    assert answer.headers["content-type"] == first.headers["content-type"]


def assert_conflict(answer, type):
    assert (answer.status, answer.json["type"], answer.json["code"]) == (409, type, 409)
    assert "idempotency-replayed" not in answer.headers


@pytest.fixture
def broken(monkeypatch):
    """Creating conversations fails after the conversation was stored."""
    from parley.tables.conversations import DynamoConversationRepository

    add = DynamoConversationRepository.add

    def add_and_fail(self, conversation):
        add(self, conversation)
        raise RuntimeError("lost")

    monkeypatch.setattr(DynamoConversationRepository, "add", add_and_fail)
    return monkeypatch


def test_the_same_request_again_gets_the_first_answer_and_does_nothing(anna):
    client = keyed(anna)
    first = client.call("POST", PATH, {"title": "a", "model": "m"})
    assert "idempotency-replayed" not in first.headers
    for body in ({"title": "a", "model": "m"}, '{"model": "m",  "title": "a"}'):
        assert_replay(client.call("POST", f"{PATH}/", body), first)
    assert titles(anna) == ["a"]


def test_another_body_is_a_conflict_and_another_key_another_request(anna):
    keyed(anna).call("POST", PATH, {"title": "a"})
    conflict = keyed(anna).in_english().call("POST", PATH, {"title": "b"})
    assert_conflict(conflict, "idempotency_conflict")
    assert conflict.json["error"] == "The Idempotency-Key belongs to another request"
    assert keyed(anna, "key-2").call("POST", PATH, {"title": "b"}).status == 201
    assert titles(anna) == ["a", "b"]


def test_each_person_has_keys_of_their_own(anna, bert):
    keyed(anna).call("POST", PATH, {"title": "a"})
    assert "idempotency-replayed" not in keyed(bert).call("POST", PATH, {"title": "a"}).headers
    assert titles(bert) == ["a"]


def test_each_path_has_keys_of_its_own(anna):
    keyed(anna).call("POST", PATH, {})
    for tool in ("calculator", "date_time"):
        answer = keyed(anna).call("POST", f"/api/tools/{tool}/execute", {})
        assert (answer.status, answer.json["type"]) == (422, "validation_error")


def test_a_tools_result_is_remembered(anna):
    body = {"expression": "1 + 1"}
    first = keyed(anna).call("POST", "/api/tools/calculator/execute", body)
    assert_replay(keyed(anna).call("POST", "/api/tools/calculator/execute", body), first)


def test_an_answer_with_a_secret_is_kept_nowhere(anna, dynamodb):
    agent = anna.client.call("POST", "/api/agents", {"name": "Bot", "kind": "external"}).data
    keys = [keyed(anna).call("POST", f"/api/agents/{agent['id']}/key").data["key"] for _ in range(2)]
    assert keys[0] != keys[1]
    assert all_items(dynamodb, "idempotency") == []


def test_of_many_at_once_one_is_done_and_the_others_wait_or_hear_of_it(anna):
    app = import_module("functions.conversations.handler").app

    # Beneath Mangum, which serves one request at a time in a process.
    async def framed(scope, receive, send):
        await app(scope | {"aws.context": LambdaContext()}, receive, send)

    async def create():
        client = httpx.AsyncClient(transport=httpx.ASGITransport(framed), base_url="http://api")
        async with client:
            return await client.post(PATH, json={"title": "a"}, headers=keyed(anna).headers)

    answers = all_at_once([lambda: asyncio.run(create())] * 6)
    created = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.text for answer in created}) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["type"] == "idempotency_in_progress"
            assert int(answer.headers["retry-after"]) > 0
    assert titles(anna) == ["a"]


@pytest.mark.parametrize("body", [{"title": ""}, "{", "[]"])
def test_what_was_refused_may_be_put_right_under_the_same_key(anna, dynamodb, body):
    assert keyed(anna).call("POST", PATH, body).status in (400, 422)
    assert all_items(dynamodb, "idempotency") == []
    assert keyed(anna).call("POST", PATH, {"title": "a"}).status == 201


def test_a_failure_of_our_own_is_not_remembered(anna, broken):
    assert keyed(anna).call("POST", PATH, {"title": "a"}).status == 500
    broken.undo()
    assert keyed(anna).call("POST", PATH, {"title": "a"}).status == 201


def test_without_a_good_token_nothing_is_remembered(anna, dynamodb):
    client = keyed(anna).with_token("nonsense")
    assert client.call("POST", PATH, {}).status == 401
    assert all_items(dynamodb, "idempotency") == []


def test_a_killed_function_blocks_the_key_until_its_time_is_over(anna, monkeypatch):
    clock = FakeTime()
    for module in ("parley.domain.idempotency", "parley.tables.idempotency"):
        monkeypatch.setattr(f"{module}.time", clock)
    with monkeypatch.context() as killed:
        for method in ("finish", "remove"):
            killed.setattr(f"parley.tables.idempotency.DynamoRequestRecords.{method}", lambda *_: None)
        keyed(anna).call("POST", PATH, {"title": "a"})
    blocked = keyed(anna).call("POST", PATH, {"title": "a"})
    assert_conflict(blocked, "idempotency_in_progress")
    assert blocked.headers["retry-after"] == "2"
    clock.advance(31)
    assert keyed(anna).call("POST", PATH, {"title": "a"}).status == 201


def test_an_answer_that_could_not_be_remembered_is_given_all_the_same(anna, monkeypatch, logs):
    def fail(*_):
        raise RuntimeError("out of reach")

    monkeypatch.setattr("parley.tables.idempotency.DynamoRequestRecords.finish", fail)
    assert keyed(anna).call("POST", PATH, {"title": "a"}).status == 201
    assert "answer not remembered" in logs.text


@pytest.mark.parametrize("key", ["", "k" * 256, "é", "a\tb", "\x7f"], ids=range(5))
@pytest.mark.parametrize(
    "path", [PATH, "/api/messages", "/api/messages/stream", "/api/messages/msg_1/regenerate"]
)
def test_what_is_no_key_is_refused(anna, dynamodb, path, key):
    body = {} if path == PATH else {"conversation_id": "conv_1", "content": "Hi"}
    refused = keyed(anna, key).call("POST", path, body)
    assert (refused.status, refused.fields) == (422, ["header.idempotency-key"])
    assert not refused.json["details"][0]["reason"].isascii()
    assert all_items(dynamodb, "idempotency") == []


@pytest.mark.parametrize("key", [" ", "k" * 255, "!~ a", "8e03978e-40d5-43e8-bc93-6894a57f9324"])
def test_any_printable_text_is_a_key(anna, key):
    first = keyed(anna, key).call("POST", PATH, {})
    assert_replay(keyed(anna, key).call("POST", PATH, {}), first)


def test_without_a_key_no_record_is_written_or_read(anna, dynamodb, monkeypatch):
    monkeypatch.setattr("parley.tables.idempotency.IdempotencyItem._get_connection", None)
    assert anna.converse()
    monkeypatch.undo()
    assert all_items(dynamodb, "idempotency") == []


def test_other_methods_take_no_notice_of_a_key(anna, dynamodb):
    conversation = anna.converse()
    for title in ("a", "b"):
        changed = keyed(anna).call("PUT", f"{PATH}/{conversation['id']}", {"title": title})
        assert changed.data["title"] == title
    assert all_items(dynamodb, "idempotency") == []
