"""Asking in a chat room over a request, with the function that runs the turns at work behind the queue."""

import asyncio

import pytest

from parley.domain.events import TextDelta
from parley.domain.room_work import DeliveryWork
from parley.gateways.room_queue import body_of
from parley.models.types import ModelError
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.functions.room_worker import RoomWorker
from tests.functions.sse import read_sse


@pytest.fixture
def worker(queues, monkeypatch):
    worker = RoomWorker(queues, monkeypatch)
    worker.answer_with(ScriptedModel([TextDelta("Fine."), STOP]))
    yield worker
    worker.close()


@pytest.fixture
def room(anna, worker) -> str:
    agents = [anna.create_agent(name)["id"] for name in ("Ann", "Ben")]
    return anna.client.call("POST", "/api/chat-rooms", {"name": "Harbour", "agent_ids": agents}).data["id"]


def post(person, room, body, **overrides):
    body = body if isinstance(body, dict) else {"content": body}
    return person.client.call("POST", f"/api/chat-rooms/{room}/messages", body, **overrides)


def ask(person, room, worker, body="Hello!", **overrides):
    with worker.at_work():
        answer = post(person, room, body, **overrides)
    assert answer.status == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return read_sse(answer.text)


def leave(person, room):
    """Asks, and does not wait for an answer; the message's id."""
    from functions.chat_rooms import handler

    questions = handler.app.app.state.questions
    return asyncio.run(questions.ask(person.user["id"], "anna", room, "Hello!")).message.id


def names(events):
    return [event.name for event in events]


def messages(person, room):
    return person.client.call("GET", f"/api/chat-rooms/{room}/messages").data["items"]


def test_a_question_is_followed_until_the_last_agent_has_answered(anna, room, worker):
    events = ask(anna, room, worker)
    one = ["typing", "message", "process_step", "done", "typing"]
    assert names(events) == ["message", *one, *one]
    assert [event.id for event in events] == list(range(1, 12))
    question, first, second = messages(anna, room)
    assert (question["sender_name"], question["content"]) == ("anna", "Hello!")
    assert [(each["sender_name"], each["content"]) for each in (first, second)] == [
        ("Ann", "Fine."),
        ("Ben", "Fine."),
    ]
    assert events[0].data == question
    assert events[2].data == first | {
        "content": "",
        "status": "streaming",
        "process_steps": [],
        "token_count": 0,
    }
    assert first["process_steps"] == [{"index": 0, "type": "text", "content": "Fine."}]


def test_a_failure_is_said_in_the_callers_language(anna, room, worker):
    worker.answer_with(
        ScriptedModel([ModelError("The model's service did not answer in time.", type="model_timeout")])
    )
    events = ask(anna, room, worker, "@Ann?")
    assert names(events)[3:] == ["error", "system", "typing"]
    error, notice = events[3].data, events[4].data
    assert (error["content"], error["type"]) == ("模型服务未及时响应。", "model_timeout")
    assert (notice["content"], notice["type"]) == ("Ann未能回答：模型服务未及时响应。", "agent_error")


def test_the_owner_s_usage_grows(anna, room, worker):
    ask(anna, room, worker)
    assert anna.client.call("GET", "/api/usage").data["total"]["replies"] == 2


def test_a_question_that_nobody_answers_ends_behind_its_message(anna, worker):
    room = anna.client.call("POST", "/api/chat-rooms", {"name": "Empty"}).data["id"]
    assert names(read_sse(post(anna, room, "Anybody?").text)) == ["message"]


def test_a_repeat_under_the_same_key_asks_once_and_is_told_the_same(anna, room, worker):
    anna.client.headers["Idempotency-Key"] = "key-1"
    first = ask(anna, room, worker)
    answer = post(anna, room, "Hello!")
    assert answer.headers["idempotency-replayed"] == "true"
    assert names(read_sse(answer.text)) == names(first)
    changed = post(anna, room, "Bye!")
    assert (changed.status, changed.json["type"]) == (409, "idempotency_conflict")
    assert len(messages(anna, room)) == 3


def test_a_waiting_turn_is_stopped_and_then_never_begins(anna, room, worker):
    message = leave(anna, room)
    target = f"/api/chat-rooms/{room}/messages/{message}/stop"
    stopped = anna.client.call("POST", target).data
    assert (stopped["id"], stopped["status"]) == (message, "complete")
    assert worker.work_off() == 1
    assert len(messages(anna, room)) == 1
    again = anna.client.call("POST", target)
    assert (again.status, again.json["type"]) == (409, "reply_ended")


@pytest.mark.parametrize(
    "body", [{}, {"content": ""}, {"content": "x" * 200_001}, {"content": "x", "mentions": [1]}]
)
def test_a_question_that_does_not_fit_is_refused(anna, room, body):
    answer = post(anna, room, body)
    assert (answer.status, answer.json["type"]) == (422, "validation_error")
    assert messages(anna, room) == []


def test_who_is_not_in_the_room_finds_none(anna, bert, room, worker):
    message = ask(anna, room, worker)[0].data["id"]
    answers = [
        post(bert, room, "Hello!"),
        post(bert, "room_none", "Hello!"),
        bert.client.call("POST", f"/api/chat-rooms/{room}/messages/{message}/stop"),
    ]
    assert [(each.status, each.json["type"]) for each in answers] == [(404, "not_found")] * 3
    unknown = anna.client.call("POST", f"/api/chat-rooms/{room}/messages/msg_none/stop")
    assert (unknown.status, unknown.json["type"]) == (404, "not_found")


def test_unknown_work_is_dropped_with_a_word_in_the_log(worker, logs):
    worker.send("{}")
    assert worker.work_off() == 1
    assert "unknown work dropped" in logs.text


def test_work_that_fails_is_given_out_again(anna, room, worker, monkeypatch):
    leave(anna, room)
    with monkeypatch.context() as patch:
        patch.setattr(type(worker.parts.turns), "begin", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            worker.work_off()
    assert worker.work_off() == 0
    worker.show_again()
    assert worker.work_off() == 1
    assert len(messages(anna, room)) == 3


def test_a_delivery_that_was_handed_over_goes_on(anna, room, worker, connect, monkeypatch):
    socket = connect(anna, {"id": room})
    with monkeypatch.context() as patch:
        patch.setattr("parley.chat.room_delivery.RoomDelivery.deliver", nothing)
        message = leave(anna, room)
    worker.lose()
    worker.send(body_of(DeliveryWork(room_id=room, id="1")))
    assert worker.work_off() == 1
    assert [body["id"] for name, body in socket.client.told if name == "message"] == [message]


async def nothing(*_, **__):
    pass


def test_a_connection_is_welcomed_and_told_the_turn(anna, room, worker, connect):
    socket = connect(anna, {"id": room}, welcome=False)
    assert worker.work_off() == 1
    assert [name for name, _ in socket.client.told] == ["connected", "history", "agents"]
    leave(anna, room)
    assert worker.work_off() == 1
    told = [name for name, _ in socket.client.told if name != "system"]
    one = ["typing", "message", "process_step", "done", "typing"]
    assert told[3:] == ["message", *one, *one]


def test_a_member_asks_under_its_own_name_and_at_the_owner_s_expense(anna, bert, room, worker, logs):
    anna.client.call("POST", f"/api/chat-rooms/{room}/members", {"username": "bert"})
    events = ask(bert, room, worker, "@Ann?")
    assert events[0].data["sender_name"] == "bert"
    assert names(events)[-2:] == ["done", "typing"]
    used = [each.client.call("GET", "/api/usage").data["total"]["replies"] for each in (anna, bert)]
    assert used == [1, 0]
    asked = next(entry for entry in logs.entries if entry.get("message_id") == events[0].data["id"])
    assert asked["room_id"] == room
    assert "/api/chat-rooms/{id}/messages" in [entry.get("route") for entry in logs.entries]
    assert "@Ann?" not in logs.text
