"""The client for every URL that a user or a model chose: public addresses only, bounded bodies.

Imports httpx: to be imported late by who starts cold.
"""

import ssl
from functools import cache

import httpcore
import httpx

from parley.domain.web_pages import RefusedUrlError
from parley.gateways.guarded_bodies import BodyTooLargeError, GuardedBody, Inflater
from parley.gateways.guarded_network import GuardedBackend
from parley.gateways.guarded_resolver import Resolver, resolve
from parley.gateways.guarded_urls import UrlPolicy, check_redirect, check_url

__all__ = ["RefusedUrlError", "UrlPolicy", "check_url", "guarded_client"]

_MAX_CONNECTIONS = 100
_MAX_KEPT_CONNECTIONS = 10
_KEPT_SECONDS = 60
_ENCODINGS = ("gzip", "x-gzip", "deflate")


def guarded_client(
    policy: UrlPolicy,
    *,
    max_body_bytes: int | None = None,
    timeout: httpx.Timeout | None = None,
    headers: dict[str, str] | None = None,
    resolver: Resolver = resolve,
    ssl_context: ssl.SSLContext | None = None,
    backend: httpcore.AsyncNetworkBackend | None = None,
) -> httpx.AsyncClient:
    """A client that follows no redirects and knows no proxy of the environment.

    What is refused, a redirect to it as well, is an `httpx.ConnectError` with a `RefusedUrlError` among its
    causes. Headers of an answer are limited to 100 KB by h11.
    """
    guarded = GuardedBackend(policy, resolver=resolver, backend=backend or httpcore.AnyIOBackend())
    transport = GuardedTransport(
        policy,
        backend=guarded,
        ssl_context=ssl_context or _public_ssl_context(),
        max_body_bytes=max_body_bytes,
    )
    return httpx.AsyncClient(
        transport=transport,
        trust_env=False,
        follow_redirects=False,
        timeout=timeout or httpx.Timeout(10.0),
        headers={"accept-encoding": "gzip, deflate"} | (headers or {}),
    )


@cache
def _public_ssl_context() -> ssl.SSLContext:
    """Reading all authorities takes longer than many a request."""
    return httpx.create_ssl_context(trust_env=False)


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport, over a network that checks addresses; bodies come decompressed and bounded."""

    def __init__(
        self,
        policy: UrlPolicy,
        *,
        backend: httpcore.AsyncNetworkBackend,
        ssl_context: ssl.SSLContext,
        max_body_bytes: int | None,
    ) -> None:
        super().__init__(verify=ssl_context, trust_env=False)
        # httpx has no other way to set httpcore's network: https://github.com/encode/httpx/pull/3749
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context,
            max_connections=_MAX_CONNECTIONS,
            max_keepalive_connections=_MAX_KEPT_CONNECTIONS,
            keepalive_expiry=_KEPT_SECONDS,
            network_backend=backend,
        )
        self._policy = policy
        self._max_body_bytes = max_body_bytes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            check_url(request.url, self._policy)
            response = await super().handle_async_request(request)
            try:
                self._check_redirect(request, response)
                return self._bounded(response)
            except (RefusedUrlError, httpx.DecodingError, BodyTooLargeError):
                await response.aclose()
                raise
        except RefusedUrlError as error:
            raise httpx.ConnectError("the address is not allowed", request=request) from error

    def _check_redirect(self, request: httpx.Request, response: httpx.Response) -> None:
        """Before the client itself reads where to: it makes the next request, though it does not send it."""
        if response.has_redirect_location:
            check_redirect(request.url, response.headers["location"], self._policy)

    def _bounded(self, response: httpx.Response) -> httpx.Response:
        """Decompressed here, the answer says no more that it is compressed."""
        if self._max_body_bytes is not None:
            _check_length(response.headers, self._max_body_bytes)
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in (*_ENCODINGS, "identity", ""):
            raise httpx.DecodingError("the answer is compressed in a way that was not asked for")
        inflater = Inflater(encoding) if encoding in _ENCODINGS else None
        headers = response.headers.copy()
        if "content-encoding" in headers:
            del headers["content-encoding"]
            headers.pop("content-length", None)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        return httpx.Response(
            status_code=response.status_code,
            headers=headers,
            stream=GuardedBody(response.stream, inflater=inflater, max_bytes=self._max_body_bytes),
            extensions=response.extensions,
        )


def _check_length(headers: httpx.Headers, max_bytes: int) -> None:
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > max_bytes:
        raise BodyTooLargeError("the body is too large")
