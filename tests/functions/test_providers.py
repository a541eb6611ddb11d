"""The providers function: its routes, pages and its one default."""

import pytest

from tests.functions.gateway import invoke, proxy_event, with_headers

KEY = "sk-marked-0123456789-a1b2"
DEFAULTS = {
    "kind": "openai",
    "base_url": "https://api.openai.com/v1",
    "api_key_hint": None,
    "models": [],
    "is_default": False,
    "enabled": True,
}
FIELDS = {"id", "user_id", "name", "created_at", "updated_at", *DEFAULTS}

pytestmark = pytest.mark.usefixtures("keys")


def path_of(provider):
    return f"/api/providers/{provider['id']}"


def test_the_events_of_the_gateway_are_answered(anna):
    headers = {"Authorization": f"Bearer {anna.token}"}
    created = invoke("providers", with_headers(proxy_event("create_provider"), headers))
    assert (created.status, created.data["api_key_hint"]) == (201, "…cdef")
    listed = invoke("providers", with_headers(proxy_event("list_providers"), headers))
    assert listed.data["items"] == [created.data]
    assert invoke("providers", with_headers(proxy_event("try_provider"), headers)).status == 404


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_provider_needs_only_a_name(anna, slash):
    created = anna.client.call("POST", f"/api/providers{slash}", {"name": "Mine"})
    assert (created.status, created.json["message"]) == (201, "创建成功")
    provider = created.data
    assert set(provider) == FIELDS
    assert {name: provider[name] for name in DEFAULTS} == DEFAULTS
    assert provider["id"].startswith("prov_")
    assert (provider["name"], provider["user_id"]) == ("Mine", anna.user["id"])
    assert provider["created_at"] == provider["updated_at"]


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_provider_is_read_changed_and_deleted(anna, slash):
    provider = anna.bring(
        kind="anthropic", base_url="https://claude.example/x?y=z", models=["a", "b", "a"], is_default=True
    )
    assert (provider["models"], provider["is_default"]) == (["a", "b"], True)
    assert provider["base_url"] == "https://claude.example/x?y=z"
    path = path_of(provider) + slash
    assert anna.client.call("GET", path).data == provider
    changed = anna.client.call("PUT", path, {"name": "👩‍🚀", "enabled": False, "models": ["c"]})
    assert changed.status == 200
    assert changed.data["updated_at"] >= provider["updated_at"]
    expected = {**provider, "name": "👩‍🚀", "enabled": False, "models": ["c"]}
    assert {**changed.data, "updated_at": None} == {**expected, "updated_at": None}
    deleted = anna.client.call("DELETE", path)
    assert (deleted.status, deleted.data) == (200, None)
    assert anna.client.call("GET", path).status == 404
    assert anna.client.call("DELETE", path).status == 404


def test_what_was_answered_may_be_sent_back_whole_and_changes_nothing(anna):
    provider = anna.bring(api_key=KEY, base_url="https://models.example/v1", is_default=True)
    changed = anna.client.call("PUT", path_of(provider), provider).data
    assert {**changed, "updated_at": None} == {**provider, "updated_at": None}


def test_a_change_of_nothing_changes_nothing(anna):
    provider = anna.bring()
    assert anna.client.call("PUT", path_of(provider), {}).data == provider


def test_a_new_default_takes_the_place_of_the_one_before(anna, bert):
    first, second = anna.bring(is_default=True), anna.bring(is_default=True)
    theirs = bert.bring(is_default=True)
    assert not anna.client.call("GET", path_of(first)).data["is_default"]
    assert anna.client.call("PUT", path_of(first), {"is_default": True}).data["is_default"]
    listed = anna.client.call("GET", "/api/providers").data["items"]
    assert [(one["id"], one["is_default"]) for one in listed] == [(second["id"], False), (first["id"], True)]
    assert bert.client.call("GET", path_of(theirs)).data["is_default"]


def test_there_is_an_end_to_how_many_one_may_have(anna, monkeypatch):
    monkeypatch.setattr("parley.tables.providers.MAX_PROVIDERS", 2)
    for _ in range(2):
        anna.bring()
    refused = anna.client.call("POST", "/api/providers", {"name": "one more"})
    assert (refused.status, refused.json["type"]) == (409, "too_many_providers")


def test_the_list_is_paged_by_number_and_by_cursor(anna, bert):
    bert.bring()
    created = [anna.bring(name=str(number))["id"] for number in range(5)][::-1]
    first = anna.client.call("GET", "/api/providers/?page=1&page_size=2").data
    assert set(first) == {"items", "total", "page", "page_size", "next_cursor"}
    assert (first["total"], first["page"], first["page_size"]) == (5, 1, 2)
    by_number = [
        one["id"]
        for number in (1, 2, 3)
        for one in anna.client.call("GET", f"/api/providers?page={number}&page_size=2").data["items"]
    ]
    by_cursor, cursor = [one["id"] for one in first["items"]], first["next_cursor"]
    while cursor:
        page = anna.client.call("GET", f"/api/providers?page_size=2&cursor={cursor}").data
        by_cursor, cursor = by_cursor + [one["id"] for one in page["items"]], page["next_cursor"]
    assert sorted(by_number) == sorted(created)
    assert by_cursor == by_number
    assert anna.client.call("GET", "/api/providers?cursor=x").fields == ["query.cursor"]
