"""The HTTP client of the model clients, kept over requests for its connections."""

import asyncio
from collections.abc import Callable

import httpx


def build_client() -> httpx.AsyncClient:
    """Connections stay open between the rounds of a reply. No redirects: a key is for one service."""
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=10, keepalive_expiry=60)
    return httpx.AsyncClient(limits=limits, follow_redirects=False)


class ClientPerLoop:
    """Builds a client at its first call, and anew in another event loop: connections cannot change loops."""

    def __init__(self, build: Callable[[], httpx.AsyncClient] = build_client) -> None:
        self._build = build
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._client, self._loop = self._build(), loop
        return self._client
