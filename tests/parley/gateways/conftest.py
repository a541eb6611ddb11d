"""A web of one server."""

from collections.abc import Iterator

import pytest

from parley.domain.web_pages import FetchedPage
from parley.gateways.guarded_pages import FetchLimits, GuardedPageFetcher
from tests.fakes.web_server import WebServer

MEGABYTE = 1024 * 1024
LIMITS = FetchLimits(max_body_bytes=MEGABYTE, total_seconds=5.0)
HURRIED = FetchLimits(max_body_bytes=MEGABYTE, total_seconds=0.3)


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


def fetch(web: WebServer, path: str, limits: FetchLimits = LIMITS) -> FetchedPage:
    return GuardedPageFetcher(allow_private=True, limits=limits).fetch(web.url + path)
