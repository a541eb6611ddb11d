"""The providers function: its routes, fields and pages, and keys that go in and never come out."""

import pytest

from parley.domain.providers import MAX_PROVIDERS
from tests.functions.gateway import invoke, proxy_event, with_headers
from tests.tables_on_moto import all_items, make_keys

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


@pytest.fixture(autouse=True)
def _keys(dynamodb):
    make_keys()


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


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        ("openai", "https://api.openai.com/v1"),
        ("anthropic", "https://api.anthropic.com"),
        ("bedrock", None),
        ("demo", None),
    ],
)
@pytest.mark.parametrize("left_out", [{}, {"base_url": None}, {"base_url": ""}, {"base_url": "  "}])
def test_a_kind_has_an_address_of_its_own_where_none_is_given(anna, kind, own, left_out):
    provider = anna.bring(kind=kind, **left_out)
    assert provider["base_url"] == own
    before = "anthropic" if kind == "openai" else "openai"
    other = anna.bring(kind=before, base_url="https://models.example/v1")
    assert anna.client.call("PUT", path_of(other), {"kind": kind, **left_out}).data["base_url"] == own
    assert anna.client.call("GET", path_of(other)).data["base_url"] == own


@pytest.mark.parametrize("kind", ["bedrock", "demo"])
def test_a_kind_without_an_address_ignores_one(anna, kind):
    assert anna.bring(kind=kind, base_url="http://127.0.0.1")["base_url"] is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:11434/v1",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:10.0.0.1]/v1",
        "http://2130706433/v1",
        "http://localhost/v1",
        "ftp://models.example/v1",
        "https://user:secret@models.example/v1",
        "https://models.example:22/v1",
        "models.example/v1",
        "x",
    ],
)
def test_an_address_that_nobody_may_choose_is_refused_with_its_reason(anna, url):
    provider = anna.bring()
    for method, path in [("POST", "/api/providers"), ("PUT", path_of(provider))]:
        body = {"name": "Mine", "base_url": url}
        refused = anna.client.call(method, path, body)
        assert (refused.status, refused.fields) == (422, ["body.base_url"])
        assert refused.json["details"][0]["reason"].startswith("不允许使用该地址: ")
        english = anna.client.in_english().call(method, path, body)
        assert english.json["details"][0]["reason"].startswith("The address is not allowed: ")
    assert anna.client.call("GET", "/api/providers").data["items"] == [provider]


@pytest.mark.parametrize(
    ("api_key", "hint"),
    [(KEY, "…a1b2"), (f"  {KEY}\n", "…a1b2"), ("short", "…"), ("Bearer me", "…"), (None, None)],
)
def test_of_a_key_only_its_hint_is_shown(anna, api_key, hint):
    assert anna.bring(api_key=api_key)["api_key_hint"] == hint


def test_a_key_is_replaced_kept_and_cleared(anna):
    provider = anna.bring(api_key=KEY)
    hints = [
        anna.client.call("PUT", path_of(provider), change).data["api_key_hint"]
        for change in ({"name": "new"}, {"api_key": "another-key-c3d4"}, {"models": []}, {"api_key": None})
    ]
    assert hints == ["…a1b2", "…c3d4", "…c3d4", None]


def test_a_key_is_nowhere_but_encrypted_in_the_table(anna, dynamodb, logs):
    from parley.bootstrap import settings
    from parley.gateways.kms_vault import KmsKeyVault

    provider = anna.bring(api_key=KEY)
    wrong = {"name": "", "api_key": KEY + "\x00", "kind": KEY}
    answers = [
        anna.client.call("POST", "/api/providers", {"name": "x", "api_key": KEY}),
        anna.client.call("POST", "/api/providers", wrong),
        anna.client.call("POST", "/api/providers", {"name": [KEY], "base_url": f"http://{KEY}@x/"}),
        anna.client.call("PUT", path_of(provider), wrong),
        anna.client.call("PUT", path_of(provider), {"api_key": KEY}),
        anna.client.call("GET", path_of(provider)),
        anna.client.call("GET", "/api/providers"),
    ]
    assert [answer.status for answer in answers] == [201, 422, 422, 422, 200, 200, 200]
    stored = all_items(dynamodb, "providers")
    for text in (*(answer.text for answer in answers), logs.text, str(stored)):
        assert KEY not in text
        assert KEY.encode().hex() not in text
    from parley.tables.providers import DynamoProviderRepository

    (first, _) = DynamoProviderRepository().list_page(anna.user["id"], page=_page()).items[::-1]
    vault = KmsKeyVault(settings().key_id("providers"))
    opened = vault.open(first.sealed_key, owner_id=anna.user["id"], provider_id=provider["id"])
    assert opened == KEY


def _page():
    from parley.domain.pages import PageRequest

    return PageRequest()


def test_a_key_service_out_of_order_is_told_as_such_and_nothing_is_stored(anna, monkeypatch):
    from functions.providers import handler

    monkeypatch.setattr(handler.app.app.state.providers._vault, "_key_id", "alias/no-such-key")
    refused = anna.client.in_english().call("POST", "/api/providers", {"name": "x", "api_key": KEY})
    assert (refused.status, refused.json["type"]) == (503, "key_vault_unavailable")
    assert set(refused.json) == {"success", "error", "code", "type"}
    assert anna.client.call("GET", "/api/providers").data["total"] == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", None),
        ("name", 5),
        ("kind", "gemini"),
        ("kind", None),
        ("base_url", 5),
        ("base_url", "https://models.example/" + "x" * 2000),
        ("api_key", ""),
        ("api_key", " "),
        ("api_key", "x" * 4001),
        ("api_key", "sk-é"),
        ("api_key", "sk-\r\nX-Injected: 1"),
        ("api_key", 5),
        ("api_key", ["x"]),
        ("models", None),
        ("models", "a"),
        ("models", ["a"] * 201),
        ("models", [f"{number:0200d}" for number in range(101)]),
        ("is_default", None),
        ("is_default", "perhaps"),
        ("enabled", None),
        ("enabled", 2),
    ],
)
def test_each_wrong_field_is_named(anna, field, value):
    provider = anna.bring()
    for method, path in [("POST", "/api/providers"), ("PUT", path_of(provider))]:
        refused = anna.client.call(method, path, {"name": "Mine", field: value})
        assert (refused.status, refused.json["type"]) == (422, "validation_error")
        assert refused.fields == [f"body.{field}"]
        assert refused.json["details"][0]["reason"]
    assert anna.client.call("GET", "/api/providers").data["items"] == [provider]


@pytest.mark.parametrize("name", ["", "x" * 201, 5, None])
def test_a_wrong_name_of_a_model_is_named_by_its_place(anna, name):
    refused = anna.client.call("POST", "/api/providers", {"name": "Mine", "models": ["a", name]})
    assert (refused.status, refused.fields) == (422, ["body.models.1"])


def test_the_longest_lists_fit_an_answer(anna):
    for number in range(3):
        names = [f"{index:03d}" + "模" * 97 for index in range(200)]
        assert anna.bring(name=f"{number}", models=names)["models"] == names
    page = anna.client.call("GET", "/api/providers?page_size=100")
    assert len(page.text.encode()) / 3 * MAX_PROVIDERS < 6_000_000


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


CALLS = [
    ("GET", "/api/providers", None),
    ("POST", "/api/providers", {"name": "x"}),
    ("GET", "/api/providers/{id}", None),
    ("PUT", "/api/providers/{id}", {"name": "x"}),
    ("DELETE", "/api/providers/{id}", None),
    ("POST", "/api/providers/{id}/test", None),
]
BY_ID = [call for call in CALLS if "{id}" in call[1]]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_without_a_token_nothing_is_done(client, method, path, body):
    assert client.call(method, path.replace("{id}", "prov_1"), body).status == 401


@pytest.mark.parametrize(("method", "path", "body"), BY_ID)
def test_what_is_anothers_does_not_exist(anna, bert, method, path, body):
    provider = anna.bring()
    answer = bert.client.call(method, path.replace("{id}", provider["id"]), body)
    missing = bert.client.call(method, path.replace("{id}", "prov_01ARZ3NDEKTSV4RRFFQ69G5FAV"), body)
    assert (answer.status, answer.json["type"]) == (404, "not_found")
    assert answer.text == missing.text
    assert anna.client.call("GET", path_of(provider)).data == provider


@pytest.mark.parametrize("identifier", ["x", "prov_", "%00", "a%2Fb", "💥", "a" * 3000])
@pytest.mark.parametrize(("method", "path", "body"), BY_ID)
def test_what_is_no_id_is_not_found(anna, method, path, body, identifier):
    assert anna.client.call(method, path.replace("{id}", identifier), body).status == 404
