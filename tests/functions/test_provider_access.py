"""Whose a provider is, and its key, which goes in and never comes out."""

import pytest

from parley.errors import KeyUnreadableError
from tests.functions.test_access import UNKNOWN_IDS
from tests.functions.test_providers import KEY, path_of
from tests.tables_on_moto import all_items

BY_ID = [
    ("GET", "/api/providers/{id}", None),
    ("PUT", "/api/providers/{id}", {"name": "x"}),
    ("DELETE", "/api/providers/{id}", None),
    ("POST", "/api/providers/{id}/test", None),
]

pytestmark = pytest.mark.usefixtures("keys")


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


def test_what_the_table_keeps_is_opened_for_its_owner_alone(anna, bert):
    from functions.providers import handler

    provider = anna.bring(api_key=KEY)
    service = handler.app.app.state.providers
    sealed = service.get(anna.user["id"], provider["id"]).sealed_key
    whose = {"owner_id": anna.user["id"], "provider_id": provider["id"]}
    assert service._vault.open(sealed, **whose) == KEY
    for other in ({"owner_id": bert.user["id"]}, {"provider_id": anna.bring()["id"]}):
        with pytest.raises(KeyUnreadableError):
            service._vault.open(sealed, **{**whose, **other})


def test_a_key_service_out_of_order_is_told_as_such_and_nothing_is_stored(anna, monkeypatch):
    from functions.providers import handler

    monkeypatch.setattr(handler.app.app.state.providers._vault, "_key_id", "alias/no-such-key")
    refused = anna.client.in_english().call("POST", "/api/providers", {"name": "x", "api_key": KEY})
    assert (refused.status, refused.json["type"]) == (503, "key_vault_unavailable")
    assert set(refused.json) == {"success", "error", "code", "type"}
    assert anna.client.call("GET", "/api/providers").data["total"] == 0


@pytest.mark.parametrize(("method", "path", "body"), BY_ID)
def test_what_is_anothers_does_not_exist(anna, bert, method, path, body):
    provider = anna.bring()
    answer = bert.client.call(method, path.replace("{id}", provider["id"]), body)
    missing = bert.client.call(method, path.replace("{id}", "prov_01ARZ3NDEKTSV4RRFFQ69G5FAV"), body)
    assert (answer.status, answer.json["type"]) == (404, "not_found")
    assert answer.text == missing.text
    assert anna.client.call("GET", path_of(provider)).data == provider


@pytest.mark.parametrize("identifier", ["prov_", *UNKNOWN_IDS], ids=range(1 + len(UNKNOWN_IDS)))
@pytest.mark.parametrize(("method", "path", "body"), BY_ID)
def test_what_is_no_id_is_not_found(anna, method, path, body, identifier):
    assert anna.client.call(method, path.replace("{id}", identifier), body).status == 404
