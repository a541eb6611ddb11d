"""What all functions share: the envelope, its languages, and an answer to whatever comes in."""

import pytest

from tests.functions.gateway import invoke, proxy_event

POSTS = [
    "/api/auth/register",
    "/api/auth/login",
    "/api/conversations",
    "/api/messages",
    "/api/messages/stream",
    "/api/tools/calculator/execute",
]
NO_JSON = [
    "{",
    '{"title": }',
    "title=x",
    '{"title": "x",}',
    "\x00",
    '"',
    "[" * 100_000,
    '{"max_tokens": ' + "9" * 5000 + "}",
]
NO_OBJECTS = ["[]", "[{}]", '"text"', "12", "true"]


def assert_error(answer, status, type):
    assert answer.headers["content-type"] == "application/json"
    assert (answer.status, answer.json["success"], answer.json["code"]) == (status, False, status)
    assert answer.json["type"] == type
    assert answer.json["error"]
    assert set(answer.json) <= {"success", "error", "code", "type", "details", "request_id"}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", NO_JSON, ids=range(len(NO_JSON)))
def test_what_is_no_json_is_a_bad_request(anna, path, body):
    answer = anna.client.call("POST", path, body)
    assert answer.status == 400
    assert_error(answer, 400, answer.json["type"])
    assert answer.json["type"] in ("malformed_json", "bad_request")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", NO_OBJECTS)
def test_what_is_no_object_is_invalid(anna, path, body):
    answer = anna.client.call("POST", path, body)
    assert_error(answer, 422, "validation_error")
    assert answer.fields == ["body"]


def test_a_body_in_base64_is_read(client):
    import base64

    body = base64.b64encode(b'{"username": "a"}').decode()
    assert client.call("POST", "/api/auth/login", body, isBase64Encoded=True).fields == ["body.password"]


def test_bytes_that_are_no_text_are_a_bad_request(client):
    import base64

    body = base64.b64encode(b'{"username": "\xff\xfe"}').decode()
    answer = client.call("POST", "/api/auth/login", body, isBase64Encoded=True)
    assert_error(answer, 400, answer.json["type"])


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded", "nonsense"])
def test_json_is_read_whatever_its_media_type(client, media_type):
    event = proxy_event("login")
    for headers in (event["headers"], event["multiValueHeaders"]):
        del headers["Content-Type"]
    if media_type:
        event["headers"]["Content-Type"] = media_type
        event["multiValueHeaders"]["Content-Type"] = [media_type]
    assert_error(invoke("auth", event), 401, "unauthorized")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/auth/register"),
        ("PUT", "/api/auth/login"),
        ("DELETE", "/api/auth/me"),
        ("PATCH", "/api/conversations"),
        ("POST", "/api/conversations/conv_1"),
        ("PATCH", "/api/conversations/conv_1"),
        ("DELETE", "/api/messages"),
        ("PUT", "/api/messages/stream"),
        ("PATCH", "/api/messages/conv_1/"),
        ("POST", "/api/tools"),
        ("DELETE", "/api/tools/calculator"),
        ("GET", "/api/tools/calculator/execute"),
        ("POST", "/api/health"),
    ],
)
def test_a_wrong_method_is_not_allowed(anna, method, path):
    function = "service" if path == "/api/health" else path.split("/")[2]
    event = proxy_event(httpMethod=method, path=path, resource=path)
    assert_error(invoke(function, event), 405, "method_not_allowed")


@pytest.mark.parametrize("function", ["auth", "conversations", "messages", "service", "tools"])
@pytest.mark.parametrize(
    "path", ["/api/nothing", "/api/auth", "/api/conversations/a/b", "/api//", "/docs", "/openapi.json"]
)
def test_an_unknown_path_is_not_found(function, path):
    assert_error(invoke(function, proxy_event(path=path, resource=path)), 404, "not_found")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "操作成功"),
        ("zh-CN", "操作成功"),
        ("en", "Success"),
        ("en-US,en;q=0.9", "Success"),
        ("fr, zh;q=0.2, en;q=0.3", "Success"),
        ("fr, en;q=0.2, zh;q=0.3", "操作成功"),
        ("de", "操作成功"),
        ("en;q=0", "操作成功"),
        ("*", "操作成功"),
        (";;;q=x,,", "操作成功"),
    ],
)
def test_successes_speak_the_callers_language(anna, header, message):
    if header:
        anna.client.headers["Accept-Language"] = header
    assert anna.client.call("GET", "/api/conversations").json["message"] == message


def test_errors_speak_the_callers_language(anna):
    path = "/api/conversations/conv_01ARZ3NDEKTSV4RRFFQ69G5FAV"
    assert anna.client.call("GET", path).json["error"] == "会话不存在"
    assert anna.client.in_english().call("GET", path).json["error"] == "Conversation not found"


def test_reasons_speak_the_callers_language(anna):
    body = {"title": "", "temperature": 3, "max_tokens": "x", "model": "\ud800"}
    chinese = anna.client.call("POST", "/api/conversations", body).json["details"]
    english = anna.client.in_english().call("POST", "/api/conversations", body).json["details"]
    assert [detail["field"] for detail in chinese] == [detail["field"] for detail in english]
    assert all(detail["reason"].isascii() for detail in english)
    assert not any(detail["reason"].isascii() for detail in chinese)


def test_a_failure_of_our_own_gives_the_requests_id_and_no_trace(anna, monkeypatch, logs):
    from parley.tables.conversations import DynamoConversationRepository

    def break_down(*_, **__):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(DynamoConversationRepository, "list_page", break_down)
    answer = anna.client.call("GET", "/api/conversations")
    assert_error(answer, 500, "internal_error")
    assert answer.json["request_id"] == proxy_event()["requestContext"]["requestId"]
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "secret detail" in logs.text
    assert anna.client.call("GET", "/api/auth/me").status == 200
