"""Which address a log-in is counted for, through the real handler: the limit itself is tested elsewhere."""

from importlib import import_module

import pytest

from tests.functions.gateway import Client

SECRET = "s" * 64
LOGIN = {"username": "nobody", "password": "wrong password"}


@pytest.fixture
def counted(monkeypatch) -> list[str]:
    """The addresses of the log-ins, in order; the edge is known by SECRET."""
    state = import_module("functions.auth.handler").app.app.state
    addresses = []
    log_in = state.accounts.log_in

    def counting(**fields):
        addresses.append(fields["address"])
        return log_in(**fields)

    monkeypatch.setattr(state.accounts, "log_in", counting, raising=False)
    # Restored as an item: pytest looks for what it restores where State keeps nothing.
    monkeypatch.setitem(state._state, "edge_secret", SECRET)
    return addresses


def test_a_log_in_is_counted_for_the_viewer_of_the_edge_and_else_for_the_caller(counted):
    through_edge = Client({"X-Parley-Edge": SECRET, "X-Parley-Viewer": "2001:db8::9"})
    pretending = Client({"X-Parley-Edge": "guess", "X-Parley-Viewer": "2001:db8::9"})

    for client in (through_edge, pretending, Client()):
        assert client.call("POST", "/api/auth/login", LOGIN).status == 401

    assert counted == ["2001:db8::9", "203.0.113.7", "203.0.113.7"]
