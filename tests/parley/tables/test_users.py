"""People and sessions: one name and one address for each person, in whatever case, however many at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parley.domain.clock import now
from parley.domain.users import Session
from parley.errors import EmailTakenError, UsernameTakenError
from tests.examples import a_user
from tests.fakes.threads import all_at_once
from tests.tables_on_moto import TABLE_NAMES, all_items


def test_a_person_is_found_by_id_name_and_address_in_any_case(stores):
    user = a_user(username="Li.Wei", email="Li.Wei@Example.com")
    stores.users.add(user, password_hash="hash")
    assert stores.users.get(user.id) == user
    for login in ("Li.Wei", "li.wei", "LI.WEI", "li.wei@example.com", "LI.WEI@EXAMPLE.COM"):
        found = stores.users.find_credentials(login)
        assert found is not None
        assert (found.user, found.password_hash) == (user, "hash")
    for name in ("Li.Wei", "LI.WEI"):
        assert stores.users.find(name) == user


def test_nobody_is_found_where_nobody_is(stores):
    assert stores.users.get("user_0") is None
    assert stores.users.find("nobody") is None
    assert stores.users.find_credentials("nobody") is None
    assert stores.users.find_credentials("nobody@example.com") is None


def test_a_name_in_another_case_is_taken(stores):
    stores.users.add(a_user(username="Anna"), password_hash="hash")
    second = a_user(username="aNNA")
    with pytest.raises(UsernameTakenError):
        stores.users.add(second, password_hash="hash")
    assert stores.users.get(second.id) is None


def test_an_address_in_another_case_is_taken_and_its_name_stays_free(stores):
    stores.users.add(a_user(email="Anna@example.com"), password_hash="hash")
    second = a_user(email="aNNA@EXAMPLE.com")
    with pytest.raises(EmailTakenError):
        stores.users.add(second, password_hash="hash")
    stores.users.add(replace(second, email="other@example.com"), password_hash="hash")
    assert stores.users.get(second.id) is not None


def test_of_many_simultaneous_registrations_of_a_name_one_wins(stores):
    users = [a_user(username="same" if index % 2 else "SAME") for index in range(8)]
    outcomes = all_at_once([lambda user=user: stores.users.add(user, password_hash="hash") for user in users])
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, UsernameTakenError) for outcome in outcomes) == 7
    winner = users[outcomes.index(None)]
    assert stores.users.find_credentials("same").user == winner


def test_of_many_simultaneous_registrations_of_an_address_one_wins(stores):
    users = [a_user(email="same@example.com") for _ in range(8)]
    outcomes = all_at_once([lambda user=user: stores.users.add(user, password_hash="hash") for user in users])
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, EmailTakenError) for outcome in outcomes) == 7


def test_a_session_is_found_until_it_is_removed(stores):
    session = Session(
        token_hash="a" * 64,
        user_id="user_1",
        username="anna",
        expires_at=(now() + timedelta(hours=1)).replace(microsecond=0),
    )
    stores.sessions.add(session)
    assert stores.sessions.find(session.token_hash) == session
    assert stores.sessions.find("b" * 64) is None
    stores.sessions.remove(session.token_hash)
    stores.sessions.remove(session.token_hash)
    assert stores.sessions.find(session.token_hash) is None


def test_a_session_is_reaped_by_the_table_when_it_is_over(tables, dynamodb):
    expires_at = now() + timedelta(hours=1)
    session = Session(token_hash="c" * 64, user_id="user_1", username="anna", expires_at=expires_at)
    tables.sessions.add(session)
    (item,) = all_items(dynamodb, "users")
    ttl = dynamodb.describe_time_to_live(TableName=TABLE_NAMES["users"])["TimeToLiveDescription"]
    assert item[ttl["AttributeName"]] == {"N": str(int(expires_at.timestamp()))}
