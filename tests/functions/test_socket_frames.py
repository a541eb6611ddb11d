"""Frames that are no good: each is answered with what is wrong with it, and the connection stays."""

import pytest

from tests.functions.sockets import invoke, only, socket_event

BAD_FRAMES = [
    ("", "malformed_json", "The body is not valid JSON"),
    ("{", "malformed_json", "The body is not valid JSON"),
    ("[1]", "malformed_json", "The body is not valid JSON"),
    ("[" * 100_000, "malformed_json", "The body is not valid JSON"),
    ({}, "unknown_action", "There is no such action"),
    ({"action": "dance"}, "unknown_action", "There is no such action"),
    ({"action": "$connect"}, "unknown_action", "There is no such action"),
    ({"action": ["ping"]}, "unknown_action", "There is no such action"),
    ({"action": "send_message"}, "validation_error", "content: Field required"),
    ({"action": "send_message", "content": 1}, "validation_error", "content: Input should be a valid string"),
    (
        {"action": "send_message", "content": ""},
        "validation_error",
        "content: String should have at least 1 character",
    ),
    (
        {"action": "send_message", "content": "\ud800"},
        "validation_error",
        "content: Input should be a valid string, unable to parse raw data as a unicode string",
    ),
    (
        {"action": "send_message", "content": "x", "client_id": "c" * 101},
        "validation_error",
        "client_id: String should have at most 100 characters",
    ),
    (
        {"action": "send_message", "content": "x", "mentions": "agent_1"},
        "validation_error",
        "mentions: Input should be a valid list",
    ),
    (
        {"action": "send_message", "content": "x", "mentions": ["a", None]},
        "validation_error",
        "mentions.1: Input should be a valid string",
    ),
    (
        {"action": "send_message", "content": "x", "mentions": ["a"] * 51},
        "validation_error",
        "mentions: List should have at most 50 items",
    ),
    ({"action": "typing"}, "validation_error", "is_typing: Field required"),
    ({"action": "typing", "is_typing": 1}, "validation_error", "is_typing: Input should be a valid boolean"),
    ({"action": "history", "limit": "5"}, "validation_error", "limit: Input should be a valid integer"),
    ({"action": "history", "limit": True}, "validation_error", "limit: Input should be a valid integer"),
    (
        {"action": "history", "limit": 0},
        "validation_error",
        "limit: Input should be greater than or equal to 1",
    ),
    (
        {"action": "history", "limit": 101},
        "validation_error",
        "limit: Input should be less than or equal to 100",
    ),
    (
        {"action": "history", "before": "x"},
        "validation_error",
        "before: must be the id of a message of this chat room",
    ),
    ({"action": "stop"}, "reply_ended", "The reply has already ended"),
    ({"action": "stop", "message_id": "x"}, "not_found", "Message not found"),
    ({"action": "stop", "message_id": 1}, "validation_error", "message_id: Input should be a valid string"),
]


@pytest.mark.parametrize(("frame", "type", "content"), BAD_FRAMES, ids=range(len(BAD_FRAMES)))
def test_what_is_no_good_frame_is_answered_with_an_error_and_the_connection_stays(
    anna, room, annas, frame, type, content
):
    before = len(annas.client.frames)
    assert annas.send(frame)["statusCode"] == 200
    assert annas.client.told[before:] == [("error", {"content": content, "type": type})]
    assert annas.act("ping") == [("pong", None)]
    assert anna.client.call("GET", f"/api/chat-rooms/{room['id']}/messages").data["total"] == 0


def test_errors_are_in_the_language_of_the_connection(berts):
    assert only(berts.act("send_message", content=""), "error")["content"] == "content: 长度不能少于 1 个字符"
    assert only(berts.act("dance"), "error")["content"] == "不支持该操作"
    assert only(berts.act("history", before="x"), "error")["content"] == "before: 不是该聊天室的消息 ID"


def test_a_binary_frame_is_no_json(annas):
    event = socket_event("message", annas.id, routeKey="$default")
    invoke({**event, "body": "AAECAw==", "isBase64Encoded": True})
    assert annas.client.told[-1][1]["type"] == "malformed_json"
