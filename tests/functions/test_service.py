"""The service function: health and self-description, with no table in sight."""

import pytest

from parley import __version__
from tests.functions.gateway import invoke, proxy_event


@pytest.fixture(autouse=True)
def _no_tables(monkeypatch):
    def refuse(*_):
        pytest.fail("a table was asked")

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", refuse)


@pytest.mark.parametrize("path", ["/api/health", "/api/health/"])
def test_health_is_told_at_the_top_and_in_the_envelope(path):
    answer = invoke("service", proxy_event("health", path=path))
    health = {"status": "ok", "version": __version__, "stage": answer.json["stage"]}
    assert answer.data == health
    assert answer.json.items() >= health.items()


def test_the_root_says_what_this_is(client):
    answer = client.call("GET", "/")
    assert (answer.data["name"], answer.data["version"]) == ("Parley", __version__)
    for path in answer.data["links"].values():
        assert client.call("GET", path).status == 200
