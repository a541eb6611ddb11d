"""Password hashes."""

import pytest

from parley.accounts.passwords import _NOBODY, hash_password, verify_password


def test_a_hash_is_argon2id_with_at_least_owasps_parameters():
    for stored in (hash_password("correct horse"), _NOBODY):
        assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_is_verified_against_its_hash_alone():
    stored = hash_password("密码 correct horse")
    assert verify_password("密码 correct horse", stored)
    assert not verify_password("密码 correct Horse", stored)
    assert hash_password("密码 correct horse") != stored


@pytest.mark.parametrize("stored", [None, "", "no hash"])
def test_where_there_is_no_hash_nothing_fits(stored):
    assert not verify_password("anything", stored)


def test_an_unknown_user_costs_a_whole_check(monkeypatch):
    checked = []

    class Watching:
        def verify(self, stored, password):
            checked.append(stored)
            return True

    monkeypatch.setattr("parley.accounts.passwords._HASHER", Watching())
    assert not verify_password("anything", None)
    assert checked == [_NOBODY]
