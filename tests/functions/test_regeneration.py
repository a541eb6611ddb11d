"""Regenerating a reply, as its callers see it."""

import pytest

from parley.domain.events import TextDelta
from parley.models.types import ModelError
from tests.examples import a_running_reply
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.functions.gateway import Client
from tests.functions.sse import read_sse
from tests.functions.test_idempotency import assert_conflict, keyed
from tests.functions.test_messages import MESSAGE_FIELDS, listed, send

LONG = "长" * 200_000


@pytest.fixture
def say(answer_with):
    """The next reply is this, and so is each after it."""

    def say(*script):
        model = ScriptedModel(*[[*map(_event, script), STOP]] * 9)
        answer_with(model)
        return model

    return say


def _event(step):
    return TextDelta(step) if isinstance(step, str) else step


@pytest.fixture
def conversation(anna, say):
    conversation = anna.converse()
    for number in ("one", "two"):
        say(number)
        send(anna, conversation, f"question {number}")
    return conversation


def regenerate(person, message, body=None, *, slash=""):
    return person.client.call("POST", f"/api/messages/{message['id']}/regenerate{slash}", body)


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("body", [None, {}, {"tools_enabled": True}])
def test_a_regenerated_reply_streams_and_keeps_the_old_one_as_an_alternative(
    anna, conversation, say, slash, body
):
    question, old, *rest = listed(anna, conversation)["items"]
    say("un", "o")
    answer = regenerate(anna, old, body, slash=slash)
    assert (answer.status, answer.headers["content-type"].split(";")[0]) == (200, "text/event-stream")
    events = read_sse(answer.text)
    assert [event.name for event in events] == ["start", "text", "text", "done"]
    page = listed(anna, conversation)
    new = page["items"][1]
    assert events[0].data == {"message_id": new["id"], "user_message_id": question["id"]}
    assert (new["content"], new["status"]) == ("uno", "complete")
    assert set(new) == MESSAGE_FIELDS
    assert new["alternatives"] == [{name: old[name] for name in old if name != "alternatives"}]
    assert (page["items"], page["total"]) == ([question, new, *rest], 4)
    assert [each["alternatives"] for each in (question, *rest)] == [[]] * 3
    assert new["created_at"] >= old["created_at"]
    shown = anna.client.call("GET", f"/api/conversations/{conversation['id']}").data
    assert shown["message_count"] == 4


def test_alternatives_are_followed_and_deleted_like_messages(anna, bert, conversation, say):
    old = listed(anna, conversation)["items"][1]
    say("uno")
    regenerate(anna, old)
    new = listed(anna, conversation)["items"][1]
    for each, text in ((old, "one"), (new, "uno")):
        events = read_sse(anna.client.call("GET", f"/api/messages/{each['id']}/events").text)
        assert [event.data["content"] for event in events if event.name == "text"] == [text]
        assert bert.client.call("GET", f"/api/messages/{each['id']}/events").status == 404
        assert_conflict(anna.client.call("POST", f"/api/messages/{each['id']}/stop"), "reply_ended")
    path = f"/api/messages/{old['id']}"
    assert bert.client.call("DELETE", path).status == 404
    assert [anna.client.call("DELETE", path).status for _ in range(2)] == [200, 404]
    page = listed(anna, conversation)
    assert (page["items"][1], page["total"]) == (new | {"alternatives": []}, 4)


def test_a_deleted_reply_takes_its_alternatives_with_it(anna, conversation, say):
    old = listed(anna, conversation)["items"][1]
    say(LONG)
    regenerate(anna, old)
    regenerate(anna, old)
    first, reply, *rest = listed(anna, conversation)["items"]
    assert [each["content"] for each in reply["alternatives"]] == ["one", LONG]
    assert anna.client.call("DELETE", f"/api/messages/{reply['id']}").status == 200
    page = listed(anna, conversation)
    assert (page["items"], page["total"]) == ([first, *rest], 3)
    for each in (reply, *reply["alternatives"]):
        assert anna.client.call("DELETE", f"/api/messages/{each['id']}").status == 404
        assert regenerate(anna, each).status == 404


def test_pages_show_replies_with_their_alternatives(anna, conversation, say):
    for reply in listed(anna, conversation)["items"][1::2]:
        say("anew")
        regenerate(anna, reply)
    everything = listed(anna, conversation)["items"]
    assert [len(each["alternatives"]) for each in everything] == [0, 1, 0, 1]
    for size in (1, 2, 3):
        found, query = [], ""
        while query is not None:
            page = listed(anna, conversation, f"?page_size={size}{query}")
            found += page["items"]
            query = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
        assert found == everything


@pytest.mark.parametrize("failing_first", [True, False])
def test_a_model_that_fails_is_told_and_leaves_the_other_reply_readable(anna, say, failing_first):
    conversation = anna.converse()
    failure = ModelError("quota used up", type="model_rejected")
    say(*(["It is", failure] if failing_first else ["Fine."]))
    send(anna, conversation)
    old = listed(anna, conversation)["items"][1]
    say(*(["Fine."] if failing_first else ["It is", failure]))
    events = read_sse(regenerate(anna, old).text)
    assert events[-1].name == ("done" if failing_first else "error")
    reply = listed(anna, conversation)["items"][1]
    statuses = [each["status"] for each in (*reply["alternatives"], reply)]
    assert statuses == (["error", "complete"] if failing_first else ["complete", "error"])


def test_no_tools_are_offered_where_none_are_wanted(anna, conversation, say):
    reply = listed(anna, conversation)["items"][1]
    model = say("uno")
    for wanted in (False, True):
        regenerate(anna, reply, {"tools_enabled": wanted})
    assert [bool(request.tools) for request in model.requests] == [False, True]


@pytest.mark.parametrize("value", [None, "perhaps", 1])
def test_a_wrong_field_is_named(anna, conversation, value):
    reply = listed(anna, conversation)["items"][1]
    refused = regenerate(anna, reply, {"tools_enabled": value})
    assert (refused.status, refused.fields) == (422, ["body.tools_enabled"])


@pytest.mark.parametrize(("language", "expected"), [("en", "been deleted"), ("zh", "已被删除")])
def test_a_reply_whose_question_was_deleted_is_a_conflict_that_says_so(
    anna, conversation, language, expected
):
    question, reply, *_ = listed(anna, conversation)["items"]
    anna.client.call("DELETE", f"/api/messages/{question['id']}")
    client = Client(anna.client.headers | {"Accept-Language": language})
    refused = client.call("POST", f"/api/messages/{reply['id']}/regenerate")
    assert_conflict(refused, "question_deleted")
    assert expected in refused.json["error"]


def test_during_a_reply_it_is_a_conflict_and_for_others_there_is_nothing(anna, bert, conversation):
    from parley.tables.conversations import DynamoConversationRepository
    from parley.tables.reply_locks import DynamoReplyLock

    reply = listed(anna, conversation)["items"][1]
    assert regenerate(bert, reply).status == 404
    found = DynamoConversationRepository().get(anna.user["id"], conversation["id"])
    DynamoReplyLock().acquire(found, a_running_reply(found))
    assert_conflict(regenerate(anna, reply), "reply_running")


def test_a_running_regeneration_is_listed_in_the_place_of_the_old_reply(anna, conversation):
    from parley.tables.conversations import DynamoConversationRepository
    from parley.tables.messages import DynamoMessageRepository
    from parley.tables.reply_locks import DynamoReplyLock

    before = listed(anna, conversation)["items"]
    found = DynamoConversationRepository().get(anna.user["id"], conversation["id"])
    old = DynamoMessageRepository().get(conversation["id"], before[1]["id"])
    DynamoReplyLock().acquire(found, a_running_reply(found, in_place_of=old))
    page = listed(anna, conversation)
    assert [each["status"] for each in page["items"]] == ["complete", "streaming", "complete", "complete"]
    assert [each["id"] for each in page["items"][1]["alternatives"]] == [old.id]
    assert page["total"] == 4
    for needed in before[:2]:
        path = f"/api/messages/{needed['id']}"
        assert_conflict(anna.client.call("DELETE", path), "reply_running")


def test_a_repeated_request_tells_the_same_events_and_writes_no_other_reply(anna, conversation, say):
    path = f"/api/messages/{listed(anna, conversation)['items'][1]['id']}/regenerate"
    model = say("un", "o")
    first, second = (keyed(anna, "key-1").call("POST", path) for _ in range(2))
    assert second.headers["idempotency-replayed"] == "true"
    assert read_sse(second.text) == read_sse(first.text)
    assert len(model.requests) == 1
    assert len(listed(anna, conversation)["items"][1]["alternatives"]) == 1
    refused = keyed(anna, "key-1").call("POST", path, {"tools_enabled": False})
    assert_conflict(refused, "idempotency_conflict")
    assert "idempotency-replayed" not in keyed(anna, "key-2").call("POST", path).headers
    assert len(listed(anna, conversation)["items"][1]["alternatives"]) == 2
