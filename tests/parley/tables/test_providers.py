"""Providers: their owner's alone, one default at most, counted exactly, listed newest first."""

from dataclasses import replace

import pytest

from parley.domain.pages import PageRequest
from parley.domain.providers import MAX_PROVIDERS, ProviderKind, SealedKey
from parley.errors import InvalidCursorError, ProviderNotFoundError, TooManyProvidersError
from tests.examples import a_provider
from tests.fakes.threads import all_at_once

KEY = SealedKey(ciphertext=b"\x00\xffsealed", hint="…a1b2")


@pytest.fixture
def providers(stores):
    return stores.providers


def listed(providers, owner_id="user_1", **page):
    return providers.list_page(owner_id, page=PageRequest(**page))


def defaults(providers):
    return [provider.id for provider in listed(providers, size=100).items if provider.is_default]


def added(providers, number, **fields):
    made = [a_provider(minute=minute, **fields) for minute in range(number)]
    for provider in made:
        providers.add(provider)
    return made


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"kind": ProviderKind.BEDROCK, "base_url": None, "enabled": False, "is_default": True},
        {"models": tuple(f"模型-{number}" for number in range(200)), "name": "👩‍🚀" * 30},
        {"sealed_key": KEY},
    ],
)
def test_what_is_added_is_read_again(providers, fields):
    provider = a_provider(**fields)
    providers.add(provider)
    assert providers.get("user_1", provider.id) == provider
    assert listed(providers).items == [provider]


@pytest.mark.parametrize("call", ["get", "change", "delete"])
@pytest.mark.parametrize("identifier", ["theirs", "prov_01ARZ3NDEKTSV4RRFFQ69G5FAV", "x", "", "prov_" * 500])
def test_what_is_not_ones_own_is_not_found(providers, call, identifier):
    theirs = a_provider(user_id="user_2")
    providers.add(theirs)
    arguments = [{"name": "mine", "is_default": True}] if call == "change" else []
    with pytest.raises(ProviderNotFoundError):
        getattr(providers, call)("user_1", theirs.id if identifier == "theirs" else identifier, *arguments)
    assert providers.get("user_2", theirs.id) == theirs
    assert listed(providers).total == 0
    assert providers.enabled("user_1") == []


def test_a_change_sets_what_is_named_and_the_time_of_update(providers):
    (provider,) = added(providers, 1, sealed_key=KEY, models=("a",))
    changes = {"name": "new", "kind": ProviderKind.DEMO, "base_url": None, "models": (), "enabled": False}
    changed = providers.change("user_1", provider.id, changes)
    assert replace(changed, updated_at=provider.updated_at) == replace(provider, **changes)
    assert changed.updated_at > provider.updated_at
    assert providers.get("user_1", provider.id) == changed


@pytest.mark.parametrize("sealed_key", [None, SealedKey(ciphertext=b"other", hint="…")])
def test_a_key_is_replaced_or_cleared(providers, sealed_key):
    (provider,) = added(providers, 1, sealed_key=KEY)
    assert providers.change("user_1", provider.id, {"sealed_key": sealed_key}).sealed_key == sealed_key
    assert providers.get("user_1", provider.id).sealed_key == sealed_key


def test_a_new_default_takes_the_place_of_the_one_before(providers):
    first, second = added(providers, 2, is_default=True)
    assert defaults(providers) == [second.id]
    changed = providers.change("user_1", first.id, {"is_default": True, "name": "again"})
    assert (changed.is_default, changed.name) == (True, "again")
    assert defaults(providers) == [first.id]
    assert not providers.get("user_1", second.id).is_default


def test_a_default_that_gives_it_up_leaves_none(providers):
    first, second = added(providers, 2)
    providers.change("user_1", first.id, {"is_default": True})
    assert not providers.change("user_1", second.id, {"is_default": False}).is_default
    assert defaults(providers) == [first.id]
    assert not providers.change("user_1", first.id, {"is_default": False, "name": "plain"}).is_default
    assert defaults(providers) == []


def test_of_many_defaults_set_at_once_one_remains(providers):
    made = added(providers, 4)
    outcomes = all_at_once(
        [lambda one=one: providers.change("user_1", one.id, {"is_default": True}) for one in made]
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(defaults(providers)) == 1


def test_a_default_is_each_owners_own(providers):
    mine, theirs = a_provider(is_default=True), a_provider(user_id="user_2", is_default=True)
    for provider in (mine, theirs):
        providers.add(provider)
    assert providers.get("user_1", mine.id).is_default
    assert providers.get("user_2", theirs.id).is_default


def test_a_removal_takes_the_default_with_it_and_is_counted(providers):
    first, second = added(providers, 2, is_default=True)
    providers.delete("user_1", second.id)
    assert (listed(providers).total, defaults(providers)) == (1, [])
    providers.delete("user_1", first.id)
    assert listed(providers).total == 0
    for call in (providers.get, providers.delete):
        with pytest.raises(ProviderNotFoundError):
            call("user_1", first.id)


def test_simultaneous_removals_are_counted_once(providers):
    _, removed = added(providers, 2)
    outcomes = all_at_once([lambda: providers.delete("user_1", removed.id)] * 4)
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, ProviderNotFoundError) for outcome in outcomes) == 3
    assert listed(providers).total == 1


def test_nobody_has_more_than_the_limit_however_many_are_made_at_once(providers):
    added(providers, MAX_PROVIDERS - 2)
    outcomes = all_at_once([lambda: providers.add(a_provider())] * 6)
    assert outcomes.count(None) == 2
    assert sum(isinstance(outcome, TooManyProvidersError) for outcome in outcomes) == 4
    assert listed(providers).total == MAX_PROVIDERS
    providers.delete("user_1", listed(providers).items[0].id)
    providers.add(a_provider())


def test_those_that_may_answer_come_with_the_default_first_and_then_the_oldest(providers):
    first, second, third, fourth = added(providers, 4)
    providers.change("user_1", third.id, {"is_default": True})
    providers.change("user_1", second.id, {"enabled": False})
    providers.add(a_provider(user_id="user_2"))
    assert [provider.id for provider in providers.enabled("user_1")] == [third.id, first.id, fourth.id]
    providers.change("user_1", third.id, {"enabled": False})
    assert [provider.id for provider in providers.enabled("user_1")] == [first.id, fourth.id]


@pytest.mark.parametrize(("number", "size"), [(0, 2), (1, 2), (2, 2), (3, 2), (5, 1), (5, 100)])
def test_pages_by_number_and_by_cursor_lead_through_everything_once(providers, number, size):
    newest_first = [provider.id for provider in reversed(added(providers, number))]
    providers.add(a_provider(user_id="user_2"))
    pages = [listed(providers, size=size, number=page) for page in range(1, number // size + 2)]
    assert [provider.id for page in pages for provider in page.items] == newest_first
    assert {page.total for page in pages} == {number}
    found, cursor = [], ""
    while cursor is not None:
        page = listed(providers, size=size, cursor=cursor or None)
        found, cursor = found + [provider.id for provider in page.items], page.next_cursor
    assert found == newest_first


@pytest.mark.parametrize("cursor", ["x", "a" * 64, "=", "ü", "\x00", "💥", "AAAA", "UFJPVg", "-_-_"])
def test_a_cursor_that_was_never_given_out_is_refused(providers, cursor):
    added(providers, 1)
    with pytest.raises(InvalidCursorError):
        listed(providers, cursor=cursor)
