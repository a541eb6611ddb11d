"""One fetch after another until a page is reached, or many at the same time. Imports httpx."""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import httpx

from parley import __version__
from parley.domain.causes import causes
from parley.domain.web_pages import FetchedPage, PageUnavailableError
from parley.gateways.guarded_bodies import BodyTooLargeError
from parley.gateways.guarded_http import guarded_client
from parley.gateways.guarded_pages import FetchLimits
from parley.gateways.guarded_urls import UrlPolicy, check_url

_HEADERS = {
    "user-agent": f"Mozilla/5.0 (compatible; Parley/{__version__})",
    "accept": "text/html,application/xhtml+xml,text/*;q=0.9,application/json;q=0.8,application/xml;q=0.8",
}
_READABLE_TYPES = ("application/json", "application/xml", "application/javascript", "application/yaml", "")
_READABLE_SUFFIXES = ("+json", "+xml")


class GuardedFetches:
    def __init__(self, policy: UrlPolicy, limits: FetchLimits, client_options: Mapping[str, Any]) -> None:
        self._policy = policy
        self._limits = limits
        self._client_options = {
            "headers": _HEADERS,
            "max_body_bytes": limits.max_body_bytes,
            **client_options,
        }

    async def all_of(self, urls: Sequence[str]) -> list[FetchedPage | PageUnavailableError]:
        return await asyncio.gather(*map(self._outcome, urls))

    async def _outcome(self, url: str) -> FetchedPage | PageUnavailableError:
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                return await self._followed(url)
        except PageUnavailableError as error:
            return error
        except (httpx.HTTPError, TimeoutError) as error:
            return self._failure(error)

    async def _followed(self, url: str) -> FetchedPage:
        """The client checks each redirect. Cookies live no longer than this one page takes."""
        target = check_url(url, self._policy)
        async with guarded_client(self._policy, **self._client_options) as client:
            request = client.build_request("GET", target)
            for _ in range(self._limits.max_redirects + 1):
                response = await client.send(request, stream=True)
                try:
                    if response.next_request is None:
                        return await _page(response)
                    request = response.next_request
                finally:
                    await response.aclose()
        raise PageUnavailableError(f"it redirects more than {self._limits.max_redirects} times")

    def _failure(self, error: Exception) -> PageUnavailableError:
        if isinstance(error, BodyTooLargeError):
            return PageUnavailableError(f"it is larger than {self._limits.max_body_bytes:,} bytes")
        if isinstance(error, TimeoutError | httpx.TimeoutException):
            return PageUnavailableError("it did not answer in time")
        if isinstance(error, httpx.DecodingError):
            return PageUnavailableError("it is compressed in a way that cannot be read")
        return _connection_failure(error)


def _connection_failure(error: Exception) -> PageUnavailableError:
    for cause in causes(error):
        if isinstance(cause, PageUnavailableError):
            return cause
        if isinstance(cause, socket.gaierror):
            return PageUnavailableError("its name is not known")
        if isinstance(cause, ssl.SSLError):
            return PageUnavailableError("its certificate or its TLS was not accepted")
    return PageUnavailableError("the connection to it failed")


async def _page(response: httpx.Response) -> FetchedPage:
    """Raises `PageUnavailableError`, before the body is read where the head tells that it is no use."""
    if not response.is_success:
        raise PageUnavailableError(f"it answered {_named(response.status_code)}")
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not _is_readable(media_type):
        raise PageUnavailableError(f"it is no text but a file of the type {media_type[:100]!r}")
    return FetchedPage(
        url=str(response.url),
        status=response.status_code,
        media_type=media_type,
        charset=response.charset_encoding,
        body=await response.aread(),
    )


def _is_readable(media_type: str) -> bool:
    is_text = media_type.startswith("text/") or media_type.endswith(_READABLE_SUFFIXES)
    return (is_text or media_type in _READABLE_TYPES) and media_type != "image/svg+xml"


def _named(status: int) -> str:
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)
