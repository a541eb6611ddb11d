"""The conversations function: its routes, fields and pages."""

import pytest

from tests.functions.gateway import invoke, proxy_event, with_headers

DEFAULTS = {
    "project_id": None,
    "title": "新会话",
    "model": "glm-5",
    "system_prompt": None,
    "temperature": 1.0,
    "max_tokens": 65536,
    "thinking_enabled": False,
    "message_count": 0,
}


def test_the_events_of_the_gateway_are_answered(anna):
    headers = {"Authorization": f"Bearer {anna.token}"}
    created = invoke("conversations", with_headers(proxy_event("create_conversation"), headers))
    assert (created.status, created.data["project_id"]) == (201, "p1")
    listed = invoke("conversations", with_headers(proxy_event("list_conversations"), headers))
    assert listed.data["items"] == [created.data]


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("body", [None, "", "{}"])
def test_a_conversation_needs_no_field(anna, slash, body):
    created = anna.client.call("POST", f"/api/conversations{slash}", body)
    assert created.status == 201
    assert created.json["message"] == "创建成功"
    conversation = created.data
    assert {name: conversation[name] for name in DEFAULTS} == DEFAULTS
    assert conversation["id"].startswith("conv_")
    assert conversation["user_id"] == anna.user["id"]
    assert conversation["created_at"] == conversation["updated_at"]
    assert conversation["created_at"].endswith("Z")


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_conversation_is_read_changed_and_deleted(anna, slash):
    fields = {"project_id": "项目/1", "title": "👩‍🚀", "model": "m", "system_prompt": "s", "temperature": 0}
    conversation = anna.converse(**fields, max_tokens=1, thinking_enabled=True)
    path = f"/api/conversations/{conversation['id']}{slash}"
    assert anna.client.call("GET", path).data == conversation
    changed = anna.client.call("PUT", path, {"title": "new", "temperature": 2})
    assert changed.status == 200
    assert changed.data["updated_at"] >= conversation["updated_at"]
    expected = {**conversation, "title": "new", "temperature": 2.0}
    assert {**changed.data, "updated_at": None} == {**expected, "updated_at": None}
    deleted = anna.client.call("DELETE", path)
    assert (deleted.status, deleted.data) == (200, None)
    assert anna.client.call("GET", path).status == 404
    assert anna.client.call("DELETE", path).status == 404


def test_null_clears_what_may_be_absent_and_is_refused_elsewhere(anna):
    conversation = anna.converse(project_id="p", system_prompt="s")
    path = f"/api/conversations/{conversation['id']}"
    changed = anna.client.call("PUT", path, {"project_id": None, "system_prompt": None}).data
    assert (changed["project_id"], changed["system_prompt"]) == (None, None)
    for field in ("title", "model", "temperature", "max_tokens", "thinking_enabled"):
        refused = anna.client.call("PUT", path, {field: None})
        assert (refused.status, refused.fields) == (422, [f"body.{field}"])
    assert anna.client.call("GET", path).data == changed


def test_a_change_of_nothing_changes_nothing(anna):
    conversation = anna.converse()
    changed = anna.client.call("PUT", f"/api/conversations/{conversation['id']}", {})
    assert (changed.status, changed.data) == (200, conversation)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("title", 5),
        ("title", "\ud800"),
        ("project_id", ""),
        ("project_id", "x" * 201),
        ("project_id", {}),
        ("model", ""),
        ("model", []),
        ("system_prompt", "x" * 32_001),
        ("temperature", -0.1),
        ("temperature", 2.1),
        ("temperature", "warm"),
        ("temperature", float("nan")),
        ("temperature", float("inf")),
        ("max_tokens", 0),
        ("max_tokens", 1_000_001),
        ("max_tokens", 1.5),
        ("max_tokens", 10**100),
        ("max_tokens", float("nan")),
        ("max_tokens", float("inf")),
        ("thinking_enabled", "perhaps"),
        ("thinking_enabled", 2),
    ],
)
def test_each_wrong_field_is_named(anna, field, value):
    conversation = anna.converse(title="before")
    path = f"/api/conversations/{conversation['id']}"
    for method, target in [("POST", "/api/conversations"), ("PUT", path)]:
        refused = anna.client.call(method, target, {field: value})
        assert (refused.status, refused.json["type"], refused.json["code"]) == (422, "validation_error", 422)
        assert refused.fields == [f"body.{field}"]
        assert refused.json["details"][0]["reason"]
    listed = anna.client.call("GET", "/api/conversations").data
    assert listed["items"] == [conversation]


def test_all_wrong_fields_are_named_at_once(anna):
    refused = anna.client.call("POST", "/api/conversations", {"title": "", "temperature": 3, "max_tokens": 0})
    assert refused.fields == ["body.title", "body.temperature", "body.max_tokens"]


@pytest.mark.parametrize("value", ["", "\x00", "👩‍🚀" * 40, "\u202e", " ", "a\nb"])
def test_texts_may_hold_any_character(anna, value):
    fields = {"system_prompt": value} | (
        {"title": value, "project_id": value, "model": value} if value else {}
    )
    conversation = anna.converse(**fields)
    assert {name: conversation[name] for name in fields} == fields
    assert anna.client.call("GET", f"/api/conversations/{conversation['id']}").data == conversation


def test_the_list_is_paged_by_number_and_by_cursor(anna, bert):
    bert.converse()
    created = [anna.converse(title=f"title {number}")["id"] for number in range(5)]
    first = anna.client.call("GET", "/api/conversations/?page=1&page_size=2").data
    assert set(first) == {"items", "total", "page", "page_size", "next_cursor"}
    assert (first["total"], first["page"], first["page_size"]) == (5, 1, 2)
    ids = [one["id"] for one in first["items"]]
    for number in (2, 3):
        ids += [
            one["id"]
            for one in anna.client.call("GET", f"/api/conversations?page={number}&page_size=2").data["items"]
        ]
    assert sorted(ids) == sorted(created)
    by_cursor, cursor = [one["id"] for one in first["items"]], first["next_cursor"]
    while cursor:
        page = anna.client.call("GET", f"/api/conversations?page_size=2&cursor={cursor}").data
        by_cursor, cursor = by_cursor + [one["id"] for one in page["items"]], page["next_cursor"]
    assert by_cursor == ids
    assert anna.client.call("GET", "/api/conversations?page=9").data["items"] == []


@pytest.mark.parametrize("project_id", ["p", "a#b", "项目/一", "数" * 200])
def test_the_list_is_filtered_by_project(anna, project_id):
    from urllib.parse import quote

    inside = [anna.converse(project_id=project_id)["id"] for _ in range(2)]
    anna.converse(project_id=project_id[:-1] + "x")
    anna.converse()
    query = f"project_id={quote(project_id, safe='')}&page_size=1"
    first = anna.client.call("GET", f"/api/conversations?{query}").data
    second = anna.client.call("GET", f"/api/conversations?{query}&cursor={first['next_cursor']}").data
    assert (first["total"], second["total"], second["next_cursor"]) == (2, 2, None)
    assert sorted(one["id"] for one in first["items"] + second["items"]) == sorted(inside)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=x", "page"),
        ("page=-1", "page"),
        ("page=99999999999999999999", "page"),
        ("page_size=0", "page_size"),
        ("page_size=101", "page_size"),
        ("cursor=garbage", "cursor"),
        ("cursor=%F0%9F%92%A5", "cursor"),
        ("cursor=" + "a" * 5000, "cursor"),
    ],
)
def test_a_wrong_query_is_named(anna, query, field):
    refused = anna.client.call("GET", f"/api/conversations?{query}")
    assert (refused.status, refused.fields) == (422, [f"query.{field}"])


@pytest.mark.parametrize("temperature", [2.2e-309, 1e-130, 1.9999999999999998, 0.1234567890123456])
def test_no_temperature_is_too_fine_for_the_table(anna, temperature):
    conversation = anna.converse(temperature=temperature, max_tokens=5.0)
    assert abs(conversation["temperature"] - temperature) < 1e-6
    assert conversation["max_tokens"] == 5
    assert anna.client.call("GET", f"/api/conversations/{conversation['id']}").data == conversation
