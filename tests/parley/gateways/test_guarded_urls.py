"""Every hostile URL that we know of: refused, and nobody is connected to."""

import asyncio

import httpx
import pytest

from parley.domain.causes import causes
from parley.domain.web_pages import RefusedUrlError
from parley.gateways.guarded_http import guarded_client
from parley.gateways.guarded_pages import GuardedPageFetcher
from parley.gateways.guarded_urls import UrlPolicy, check_url
from tests.fakes.network import FakeNetwork, FakeResolver
from tests.parley.gateways.hostile_urls import GOOD, GOOD_NAMES, HOSTILE, NAMES, PUBLIC


@pytest.fixture
def network() -> FakeNetwork:
    return FakeNetwork()


def get(url: str, network: FakeNetwork, policy: UrlPolicy | None = None) -> httpx.Response:
    async def ask() -> httpx.Response:
        policy_used = policy or UrlPolicy()
        async with guarded_client(policy_used, resolver=FakeResolver(NAMES), backend=network) as client:
            return await client.get(url)

    return asyncio.run(ask())


def test_the_table_is_long_enough_to_mean_something():
    assert len(set(HOSTILE)) == len(HOSTILE) >= 60


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_url_is_refused_as_a_page(url, network):
    pages = GuardedPageFetcher(resolver=FakeResolver(NAMES), backend=network)
    with pytest.raises(RefusedUrlError) as caught:
        pages.fetch(url)
    assert network.connections == []
    assert not any(address in caught.value.reason for [address, *_] in NAMES.values())


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_url_is_refused_by_the_client_itself(url, network):
    with pytest.raises((httpx.ConnectError, httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError)):
        get(url, network)
    assert network.connections == []


@pytest.mark.parametrize(("url", "connection"), GOOD.items())
def test_a_good_url_is_connected_to_at_the_address_that_was_checked(url, connection, network):
    assert get(url, network).text == "hello"
    page = GuardedPageFetcher(resolver=FakeResolver(NAMES), backend=network).fetch(url)
    assert page.body == b"hello"
    assert network.connections == [connection, connection]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:3000/", "127.0.0.1"),
        ("http://localhost:11434/v1", "127.0.0.1"),
        ("http://[::1]:9/", "::1"),
        ("http://db:5000/", "10.0.0.6"),
        ("http://mixed.example/", PUBLIC),
        ("http://ula.example/", "fdaa:bbcc::1"),
    ],
)
def test_local_work_may_open_private_addresses_and_all_ports(url, address, network):
    assert get(url, network, UrlPolicy(allow_private=True)).text == "hello"
    assert [host for host, _ in network.connections] == [address]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://localhost/",
        "http://user:secret@localhost/",
        "http://2130706433/",
        "http://127.0.0.1./",
        "http://localhost\\@db/",
        "http://169.254.169.254/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b:1::a9fe:a9fe]/",
        "http://[2002:a9fe:a9fe::]/",
        "http://[fd00:ec2::254]/",
        "http://metadata.example/",
        "http://nat64.example/",
        "http://224.0.0.1/",
    ],
)
def test_no_policy_opens_other_schemes_credentials_odd_spellings_or_metadata(url, network):
    with pytest.raises(RefusedUrlError):
        GuardedPageFetcher(allow_private=True, resolver=FakeResolver(NAMES), backend=network).fetch(url)
    assert network.connections == []


def test_further_ports_are_open_where_the_policy_names_them(network):
    policy = UrlPolicy(extra_ports=frozenset({11434}))
    assert get("http://good.example:11434/", network, policy).status_code == 200
    with pytest.raises(httpx.ConnectError):
        get("http://good.example:11435/", network, policy)


def test_a_name_that_changes_its_mind_is_taken_at_its_first_word(network):
    """What is checked is what is connected to: the second answer is never asked for."""
    resolver = FakeResolver({"rebinding.example": [[PUBLIC], ["127.0.0.1"]]})
    page = GuardedPageFetcher(resolver=resolver, backend=network).fetch("http://rebinding.example/")
    assert page.body == b"hello"
    assert network.connections == [(PUBLIC, 80)]
    assert resolver.asked == ["rebinding.example"]


def test_a_name_that_changes_its_mind_is_checked_anew_at_the_next_connection(network):
    pages = GuardedPageFetcher(
        resolver=FakeResolver({"rebinding.example": [[PUBLIC], ["127.0.0.1"]]}), backend=network
    )
    pages.fetch("http://rebinding.example/")
    with pytest.raises(RefusedUrlError):
        pages.fetch("http://rebinding.example/")
    assert network.connections == [(PUBLIC, 80)]


def test_the_next_address_is_tried_where_the_first_is_dead():
    network = FakeNetwork(dead=[PUBLIC])
    assert get("http://both.example/", network).status_code == 200
    assert [host for host, _ in network.connections] == GOOD_NAMES["both.example"]


def test_a_name_that_nobody_knows_is_told_so(network):
    pages = GuardedPageFetcher(resolver=FakeResolver(NAMES), backend=network)
    [outcome] = pages.fetch_all(["http://unknown.example/"])
    assert str(outcome) == "its name is not known"


def test_the_cause_of_a_refusal_is_found_behind_the_error_of_the_client(network):
    with pytest.raises(httpx.ConnectError) as caught:
        get("http://ten.example/", network)
    [refusal] = [cause for cause in causes(caught.value) if isinstance(cause, RefusedUrlError)]
    assert refusal.reason == "it does not lead to a public address"
    assert not any("10.0.0.5" in str(cause) for cause in causes(caught.value))


def test_a_url_can_be_checked_before_its_name_is_resolved():
    assert str(check_url("https://api.good.example/v1", UrlPolicy())) == "https://api.good.example/v1"
    for url, reason in {
        "http://u:p@good.example/": "a URL must not hold a user name or a password",
        "ftp://good.example/": "only http and https are allowed",
        "http://good.example:22/": "port 22 is not allowed",
        "http://localhost:11434/v1": "it does not lead to a public address",
        "http://0x7f.1/": "its host is not written as a name or an address usually is",
    }.items():
        with pytest.raises(RefusedUrlError, match=reason):
            check_url(url, UrlPolicy())
