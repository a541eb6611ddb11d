"""Connects to checked addresses only: a name is resolved once, and what was checked is connected to."""

import asyncio
import time
from collections.abc import Iterable, Sequence

import httpcore

from parley.domain.web_pages import RefusedUrlError
from parley.gateways.guarded_addresses import is_allowed
from parley.gateways.guarded_resolver import Resolver
from parley.gateways.guarded_urls import NOT_PUBLIC, UrlPolicy

_CONNECT_SECONDS = 10.0


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Hands an address to `backend`, never a name; TLS above it still verifies the name."""

    def __init__(
        self, policy: UrlPolicy, *, resolver: Resolver, backend: httpcore.AsyncNetworkBackend
    ) -> None:
        self._policy = policy
        self._resolver = resolver
        self._backend = backend

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the base's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises `httpcore.ConnectError`, caused by a `RefusedUrlError` or a `socket.gaierror`."""
        ends_at = time.monotonic() + (_CONNECT_SECONDS if timeout is None else timeout)
        addresses = await self._checked_addresses(host, port, ends_at)
        failure: Exception | None = None
        for position, address in enumerate(addresses):
            share = max(ends_at - time.monotonic(), 0) / (len(addresses) - position)
            try:
                return await self._backend.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("the name has no address")

    async def _checked_addresses(self, host: str, port: int, ends_at: float) -> Sequence[str]:
        """All or none: a public service has no private address, so a mixed answer is an attack or a mistake.

        To skip the private ones would leave it to chance and to reachability what such a name means.
        """
        try:
            async with asyncio.timeout(max(ends_at - time.monotonic(), 0)):
                addresses = await self._resolver(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("the name was not resolved in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the name was not resolved") from error
        try:
            self._check(addresses)
        except RefusedUrlError as error:
            # Within `except`, because httpcore's pool drops the cause of an error and leaves its context.
            raise httpcore.ConnectError("the address is not allowed") from error
        return addresses

    def _check(self, addresses: Sequence[str]) -> None:
        if not all(is_allowed(address, allow_private=self._policy.allow_private) for address in addresses):
            raise RefusedUrlError(NOT_PUBLIC)

    async def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002 - the base's signature
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the base's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 - the base's signature
    ) -> httpcore.AsyncNetworkStream:
        raise httpcore.ConnectError("no URL leads to a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)
