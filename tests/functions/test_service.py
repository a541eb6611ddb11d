"""The service function: health and self-description, with no table in sight."""

import base64
import hashlib
import re

import pytest

from parley import __version__
from tests.functions.gateway import invoke, proxy_event


@pytest.fixture(autouse=True)
def _no_tables(monkeypatch):
    def refuse(*_):
        pytest.fail("a table was asked")

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", refuse)


@pytest.fixture(autouse=True)
def document(tmp_path):
    """The file that the function is told of."""
    from functions.service import handler

    file = tmp_path / "openapi.json"
    file.write_text('{"openapi": "3.1.0", "info": {"title": "你好"}}', "utf-8")
    state = handler.app.app.state
    before, state.openapi_file = state.openapi_file, file
    yield file
    state.openapi_file = before


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


@pytest.mark.parametrize("path", ["/api/openapi.json", "/api/openapi.json/"])
def test_the_document_is_told_as_it_is_written(client, document, path):
    answer = client.call("GET", path)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.text == document.read_text("utf-8")


def test_a_document_that_is_missing_is_a_failure_in_the_envelope(client, document):
    document.unlink()
    answer = client.call("GET", "/api/openapi.json")
    assert (answer.status, answer.json["type"]) == (500, "internal_error")
    assert str(document) not in answer.text


@pytest.fixture(params=["/api/docs", "/api/docs/"])
def page(client, request):
    answer = client.call("GET", request.param)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return answer


def test_the_docs_are_one_small_page_that_loads_nothing_else(page):
    assert len(page.text.encode()) <= 35_000
    assert "/* style */" not in page.text
    assert not re.search(r"<(link|img|iframe|script [^>]*src)|@import|url\(|https?://", page.text)


def test_the_docs_run_nothing_but_their_own_script(page):
    policy = dict(entry.split(" ", 1) for entry in page.headers["content-security-policy"].split("; "))
    for tag in ("script", "style"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert policy[f"{tag}-src"] == f"'sha256-{digest}'"
    assert (policy["default-src"], policy["connect-src"]) == ("'none'", "'self'")
    assert not re.search(r"<[^>]* (on[a-z]+|style)=", page.text.partition("<script>")[0])
    assert "innerHTML" not in page.text
