"""The auth function: registration, log-in, log-out and who I am."""

from collections.abc import Iterator

import pytest

from tests.functions.conftest import PASSWORD
from tests.functions.gateway import invoke, proxy_event, with_headers

GOOD = {"username": "Li.Wei", "email": "Li.Wei@example.com", "password": PASSWORD}


@pytest.fixture
def calls() -> Iterator[list[str]]:
    """What is asked of DynamoDB."""
    from parley.tables.users import UserTableItem

    calls: list[str] = []
    events = UserTableItem.connection().client.meta.events

    def note(model, **_):
        calls.append(model.name)

    events.register_first("before-call.dynamodb", note)
    yield calls
    events.unregister("before-call.dynamodb", note)


def test_the_events_of_the_gateway_are_answered():
    user = invoke("auth", proxy_event("register")).data["user"]
    token = invoke("auth", proxy_event("login")).data["access_token"]
    authorization = {"Authorization": f"Bearer {token}"}
    assert invoke("auth", with_headers(proxy_event("me"), authorization)).data == user
    assert invoke("auth", with_headers(proxy_event("logout"), authorization)).data is None
    assert invoke("auth", with_headers(proxy_event("me"), authorization)).status == 401


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_person_registers_logs_in_and_out(client, slash):
    registered = client.call("POST", f"/api/auth/register{slash}", GOOD)
    assert registered.status == 201
    user = registered.data["user"]
    assert set(user) == {"id", "username", "email", "created_at"}
    assert (user["username"], user["email"]) == ("Li.Wei", "Li.Wei@example.com")
    assert user["id"].startswith("user_")
    assert user["created_at"].endswith("Z")
    login = client.call("POST", f"/api/auth/login{slash}", {"username": "li.wei", "password": PASSWORD})
    assert login.status == 200
    assert login.data == {
        "access_token": login.data["access_token"],
        "token_type": "bearer",
        "expires_in": 7 * 24 * 3600,
        "user": user,
    }
    person = client.with_token(login.data["access_token"])
    assert person.call("GET", f"/api/auth/me{slash}").data == user
    logged_out = person.call("POST", f"/api/auth/logout{slash}")
    assert (logged_out.status, logged_out.data) == (200, None)
    assert person.call("GET", f"/api/auth/me{slash}").status == 401


def test_the_address_does_for_the_name(client):
    client.call("POST", "/api/auth/register", GOOD)
    body = {"username": "li.wei@EXAMPLE.com", "password": PASSWORD}
    assert client.call("POST", "/api/auth/login", body).status == 200


def test_one_log_out_leaves_other_sessions(client):
    client.call("POST", "/api/auth/register", GOOD)
    body = {"username": "Li.Wei", "password": PASSWORD}
    first, second = (client.call("POST", "/api/auth/login", body).data["access_token"] for _ in range(2))
    client.with_token(first).call("POST", "/api/auth/logout")
    assert client.with_token(first).call("GET", "/api/auth/me").status == 401
    assert client.with_token(second).call("GET", "/api/auth/me").status == 200


@pytest.mark.parametrize(
    "taken",
    [{**GOOD, "email": "other@example.com", "username": "lI.wEI"}, {**GOOD, "username": "other"}],
)
def test_a_taken_name_or_address_is_a_conflict(client, taken):
    client.call("POST", "/api/auth/register", GOOD)
    refused = client.call("POST", "/api/auth/register", taken)
    assert (refused.status, refused.json["code"], refused.json["type"]) == (409, 409, "conflict")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "ab"),
        ("username", "a" * 51),
        ("username", "with space"),
        ("username", "中文名"),
        ("username", "anna\n"),
        ("username", None),
        ("username", 12345),
        ("username", "\ud800abc"),
        ("email", "no-address"),
        ("email", "a@b"),
        ("email", "a b@example.com"),
        ("email", "a@example.com\n"),
        ("email", "a" * 250 + "@example.com"),
        ("password", "short"),
        ("password", "a" * 129),
        ("password", None),
        ("password", ["correct horse"]),
    ],
)
def test_each_wrong_field_is_named(client, field, value):
    refused = client.call("POST", "/api/auth/register", {**GOOD, field: value})
    assert (refused.status, refused.json["type"]) == (422, "validation_error")
    assert refused.fields == [f"body.{field}"]
    login = client.call("POST", "/api/auth/login", {"username": "Li.Wei", "password": PASSWORD})
    assert login.status == 401


@pytest.mark.parametrize("field", ["username", "email", "password"])
def test_each_missing_field_is_named(client, field):
    refused = client.call("POST", "/api/auth/register", {k: v for k, v in GOOD.items() if k != field})
    assert (refused.status, refused.fields) == (422, [f"body.{field}"])


@pytest.mark.parametrize("password", ["12345678", "密码密码密码密码", "👩‍🚀" * 40, "\x00" * 8, "a" * 128])
def test_a_password_may_hold_any_character(client, password):
    client.call("POST", "/api/auth/register", {**GOOD, "password": password})
    right = {"username": "Li.Wei", "password": password}
    assert client.call("POST", "/api/auth/login", right).status == 200
    wrong = {"username": "Li.Wei", "password": password[:-1] + "x"}
    assert client.call("POST", "/api/auth/login", wrong).status == 401


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client):
    client.call("POST", "/api/auth/register", GOOD)
    answers = [
        client.call("POST", "/api/auth/login", {"username": name, "password": "wrong password"})
        for name in ("Li.Wei", "nobody", "Li.Wei@example.com", "nobody@example.com")
    ]
    assert {answer.status for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


def test_a_wrong_password_and_an_unknown_name_cost_the_same_calls(client, calls):
    client.call("POST", "/api/auth/register", GOOD)
    client.call("POST", "/api/auth/login", {"username": "first", "password": "of its address"})
    costs = []
    for name in ("Li.Wei", "nobody", "Li.Wei@example.com", "nobody@example.com"):
        calls.clear()
        client.call("POST", "/api/auth/login", {"username": name, "password": "wrong password"})
        costs.append(list(calls))
    assert costs == [costs[0]] * 4
    assert costs[0].count("GetItem") == 2


@pytest.mark.parametrize("name", ["Li.Wei", "nobody"])
def test_after_ten_failures_the_name_has_to_wait(client, name):
    client.call("POST", "/api/auth/register", GOOD)
    wrong, right = ({"username": name, "password": word} for word in ("wrong password", PASSWORD))
    for _ in range(10):
        assert client.call("POST", "/api/auth/login", wrong).status == 401
    for body in (wrong, right, {**right, "username": name.upper()}):
        refused = client.call("POST", "/api/auth/login", body)
        assert (refused.status, refused.json["type"]) == (429, "rate_limited")
        assert 0 < int(refused.headers["retry-after"]) <= 900
    other = {**GOOD, "username": "other", "email": "other@example.com"}
    client.call("POST", "/api/auth/register", other)
    assert client.call("POST", "/api/auth/login", other).status == 200


def test_successes_are_not_counted(client):
    client.call("POST", "/api/auth/register", GOOD)
    for _ in range(12):
        assert client.call("POST", "/api/auth/login", GOOD).status == 200
