"""What must be true of a conversation when the chaos is over."""

import random
from collections import Counter
from typing import Any

from tests.e2e.chaos.clients import Client
from tests.e2e.chaos.plan import FAILS, Errand
from tests.e2e.chaos.visitors import Visitor
from tests.e2e.client import Event, text_of

_ENDINGS = {
    "complete": {"stop"},
    "stopped": {"stopped"},
    "interrupted": {"interrupted"},
    "error": {"model_stream_broken"},
}


def check_visitor(visitor: Visitor, errands: list[Errand], draw: random.Random) -> Counter[str]:
    """The statuses of all replies."""
    messages = visitor.messages()
    conversation = visitor.person.data("GET", f"/api/conversations/{visitor.conversation}")
    assert conversation["message_count"] == len(messages)
    questions, current = messages[::2], messages[1::2]
    assert [each["content"] for each in questions] == [each.content for each in errands if each.content]
    assert [1 + len(each["alternatives"]) for each in current] == _replies_to_each(errands)
    replies = [
        (question, reply)
        for question, newest in zip(questions, current, strict=True)
        for reply in (*newest["alternatives"], newest)
    ]
    for question, reply in replies:
        _check_reply(visitor, question, reply, draw)
    kept = {
        each["id"]: _without_alternatives(each) for each in [*questions, *(reply for _, reply in replies)]
    }
    assert all(_without_alternatives(answer) == kept[answer["id"]] for answer in visitor.answers)
    return Counter(reply["status"] for _, reply in replies)


def _replies_to_each(errands: list[Errand]) -> list[int]:
    counts: list[int] = []
    for errand in errands:
        if errand.content:
            counts.append(1)
        else:
            counts[-1] += 1
    return counts


def _check_reply(
    visitor: Visitor, question: dict[str, Any], reply: dict[str, Any], draw: random.Random
) -> None:
    assert (question["role"], reply["role"]) == ("user", "assistant")
    log = visitor.client().follow(reply["id"]).events
    _check_log(log, question, reply)
    after = draw.randrange(len(log))
    assert _told(visitor.client(after).follow(reply["id"]).events) == _told(log[after:])
    for client in [client for reply_id, client in visitor.clients if reply_id == reply["id"]]:
        _check_client(client, log, reply)


def _check_log(log: list[Event], question: dict[str, Any], reply: dict[str, Any]) -> None:
    assert log[0].data == {"message_id": reply["id"], "user_message_id": question["id"]}
    assert reply["content"] == text_of(log)
    thinking = [event.data["content"] for event in log if event.name == "thinking"]
    assert (reply["thinking"] or "") == "".join(thinking)
    returned = {event.data["id"]: event.data["content"] for event in log if event.name == "tool_result"}
    assert {call["id"]: call["result"] for call in reply["tool_calls"] if call["result"]} == returned
    ending = log[-1].data.get("finish_reason") or log[-1].data["type"]
    assert ending in _ENDINGS[reply["status"]], f"{reply['status']} with {ending}"
    assert reply["status"] != "error" or FAILS in question["content"]


def _check_client(client: Client, log: list[Event], reply: dict[str, Any]) -> None:
    """Of an interrupted reply the sender may have been told more than the writer lived to log."""
    whole = len(log) - 1 if reply["status"] == "interrupted" else len(log)
    logged = [event for event in client.events if event.id <= whole]
    assert _told(logged) == _told(log[client.after : client.after + len(logged)])
    if beyond := client.events[len(logged) :]:
        assert reply["status"] == "interrupted", f"{beyond} of {reply}"
        assert all(event.name != "done" for event in beyond)
        assert all(event.data["type"] == "interrupted" for event in beyond if event.name == "error")
    if client.has_no_more:
        assert (reply["status"], client.last_id) == ("interrupted", len(log))


def _told(events: list[Event]) -> list[tuple[int, str, dict[str, Any]]]:
    return [(event.id, event.name, event.data) for event in events]


def _without_alternatives(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name != "alternatives"}
