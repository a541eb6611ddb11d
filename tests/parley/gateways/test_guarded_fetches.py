"""Pages and redirects of servers that nobody vouches for."""

import re
import ssl
import time

import pytest
import trustme

from parley.domain.web_pages import FetchedPage, PageUnavailableError, RefusedUrlError
from parley.gateways.guarded_pages import GuardedPageFetcher
from tests.fakes.network import FakeNetwork, FakeResolver
from tests.fakes.web_server import WebServer, endless, page, raw, redirect, stuck
from tests.parley.gateways.conftest import HURRIED, LIMITS, fetch


def test_a_page_comes_with_its_type_its_charset_and_its_address(web):
    web.scripts["/a"] = page("<p>ü</p>".encode("latin-1"), "Text/HTML; Charset=ISO-8859-1")
    fetched = fetch(web, "/a?b=c#d")
    assert (fetched.url, fetched.status) == (f"{web.url}/a?b=c#d", 200)
    assert (fetched.media_type, fetched.charset) == ("text/html", "iso-8859-1")
    assert fetched.body == b"<p>\xfc</p>"
    [request] = web.requests
    assert (request.target, request.headers["accept-encoding"]) == ("/a?b=c", "gzip, deflate")
    assert "Parley" in request.headers["user-agent"]


def test_no_proxy_of_the_environment_is_asked(web, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    web.scripts["/"] = page("direct")
    assert fetch(web, "/").body == b"direct"


def test_redirects_are_followed_to_the_page_and_its_address_is_told(web):
    web.scripts["/one"] = redirect("/two", 301)
    web.scripts["/two"] = redirect(f"{web.url}/three?x=1", 307)
    web.scripts["/three"] = page("there")
    fetched = fetch(web, "/one")
    assert (fetched.url, fetched.body) == (f"{web.url}/three?x=1", b"there")


def test_cookies_of_a_page_are_kept_while_it_redirects_and_forgotten_then(web):
    web.scripts["/"] = redirect("/in", Set_Cookie="visitor=1; Path=/")
    web.scripts["/in"] = page("in")
    pages = GuardedPageFetcher(allow_private=True)
    assert [outcome.body for outcome in pages.fetch_all([f"{web.url}/", f"{web.url}/in"])] == [b"in", b"in"]
    assert sorted(request.headers.get("cookie", "") for request in web.requests) == ["", "", "visitor=1"]


def test_five_redirects_are_followed_and_no_more(web):
    for step in range(9):
        web.scripts[f"/{step}"] = redirect(f"/{step + 1}")
    web.scripts["/9"] = page("the end")
    assert fetch(web, "/4").body == b"the end"
    with pytest.raises(PageUnavailableError, match="redirects more than 5 times"):
        fetch(web, "/3")


def follow_to(location: str) -> None:
    answer = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    network = FakeNetwork({"93.184.215.14": answer})
    resolver = FakeResolver({"good.example": ["93.184.215.14"], "inner.example": ["10.0.0.1"]})
    try:
        GuardedPageFetcher(resolver=resolver, backend=network).fetch("http://good.example/")
    finally:
        assert network.connections == [("93.184.215.14", 80)]


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "http://2130706433/",
        "http://inner.example/",
        "//inner.example/",
        "http://good.example:22/",
        "http://user:secret@good.example/",
        "//user:secret@good.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://good.example\\@inner.example/",
        "http://[::1",
        "http://xn--a.example/",
    ],
)
def test_a_redirect_is_checked_as_the_first_url_was(location):
    with pytest.raises(RefusedUrlError):
        follow_to(location)


def test_a_redirect_to_the_same_name_is_resolved_and_checked_anew():
    network = FakeNetwork(
        {"93.184.215.14": b"HTTP/1.1 302 Found\r\nLocation: /x\r\nConnection: close\r\n\r\n"}
    )
    resolver = FakeResolver({"rebinding.example": [["93.184.215.14"], ["10.0.0.1"]]})
    with pytest.raises(RefusedUrlError):
        GuardedPageFetcher(resolver=resolver, backend=network).fetch("http://rebinding.example/")
    assert network.connections == [("93.184.215.14", 80)]


def test_a_redirect_from_https_to_http_is_refused():
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://good.example/\r\nContent-Length: 0\r\n\r\n"
    network = FakeNetwork({"93.184.215.14": answer})
    resolver = FakeResolver({"good.example": ["93.184.215.14"]})
    with pytest.raises(RefusedUrlError, match="from https to http"):
        GuardedPageFetcher(resolver=resolver, backend=network).fetch("https://good.example/")
    assert network.connections == [("93.184.215.14", 443)]


@pytest.mark.parametrize(
    ("status", "reason"),
    [(404, "it answered 404 (Not Found)"), (503, "it answered 503 (Service Unavailable)")],
)
def test_a_status_that_is_no_success_is_the_reason(web, status, reason):
    web.scripts["/"] = page("sorry", status=status)
    with pytest.raises(PageUnavailableError) as caught:
        fetch(web, "/")
    assert caught.value.reason == reason


def test_a_redirect_without_a_target_is_no_page(web):
    web.scripts["/"] = page("moved", status=302)
    with pytest.raises(PageUnavailableError, match="it answered 302"):
        fetch(web, "/")


@pytest.mark.parametrize(
    "media_type", ["application/pdf", "image/png", "image/svg+xml", "video/mp4", "font/woff2"]
)
def test_a_file_that_is_no_text_is_refused_before_its_body_comes(web, media_type):
    web.scripts["/"] = endless(b"\0" * 1_000, media_type)
    with pytest.raises(PageUnavailableError, match=re.escape(f"of the type {media_type!r}")):
        fetch(web, "/")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/json", "application/ld+json", "application/rss+xml", ""]
)
def test_texts_of_all_kinds_are_pages(web, media_type):
    web.scripts["/"] = page("text", media_type)
    assert fetch(web, "/").media_type == media_type


def test_many_pages_are_fetched_at_the_same_time_each_with_its_own_outcome(web):
    web.scripts["/good"] = page("good")
    web.scripts["/bad"] = raw(b"this is no HTTP\r\n\r\n")
    web.scripts["/cut"] = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123")
    web.scripts["/slow"] = stuck()
    pages = GuardedPageFetcher(allow_private=True, limits=HURRIED)
    urls = [f"{web.url}{path}" for path in ("/slow", "/good", "/bad", "/cut", "/slow", "/missing")]
    started = time.monotonic()
    outcomes = pages.fetch_all([*urls, "ftp://nowhere", "http://127.0.0.1:1/"])
    assert time.monotonic() - started < 3
    assert [getattr(outcome, "reason", None) for outcome in outcomes] == [
        "it did not answer in time",
        None,
        "the connection to it failed",
        "the connection to it failed",
        "it did not answer in time",
        "it answered 404 (Not Found)",
        "only http and https are allowed",
        "the connection to it failed",
    ]


def secure_server(authority: trustme.CA, name: str) -> WebServer:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return WebServer(context)


def fetch_securely(server: WebServer, name: str, client_context: ssl.SSLContext) -> FetchedPage:
    pages = GuardedPageFetcher(
        allow_private=True,
        limits=LIMITS,
        resolver=FakeResolver({name: ["127.0.0.1"]}),
        ssl_context=client_context,
    )
    return pages.fetch(f"https://{name}:{server.port}/")


def test_the_certificate_is_checked_against_the_name_and_not_against_the_address():
    authority = trustme.CA()
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with secure_server(authority, "good.example") as server:
        server.scripts["/"] = page("secure")
        assert fetch_securely(server, "good.example", trusting).body == b"secure"
        assert server.requests[0].headers["host"] == f"good.example:{server.port}"
        for name, context in (("other.example", trusting), ("good.example", ssl.create_default_context())):
            with pytest.raises(PageUnavailableError, match="its certificate or its TLS was not accepted"):
                fetch_securely(server, name, context)
