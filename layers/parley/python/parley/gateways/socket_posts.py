"""Posts to the connections that API Gateway holds, through its management API.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
"""

import asyncio
import random
from collections.abc import AsyncIterator
from urllib.parse import quote, urlsplit

from parley.domain.room_connections import ConnectionGoneError, ConnectionSlowError
from parley.gateways.http_connections import HttpAnswer, HttpConnections
from parley.gateways.request_signatures import Credentials, RequestSigner

POST_SECONDS = 3.0
# The longest pause before each further try; later ones are as long as the last.
_PAUSES_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8)
_GONE = 410
_THROTTLED = 429


class SocketServiceError(OSError):
    """The service refuses what is sent: it is out of order, or does not know who sends."""


class ApiGatewaySockets:
    """`url` is the address of the management API, with its stage."""

    def __init__(
        self,
        url: str,
        signer: RequestSigner,
        *,
        connections: HttpConnections | None = None,
        post_seconds: float = POST_SECONDS,
    ) -> None:
        self._base_path = urlsplit(url).path.rstrip("/")
        self._connections = connections or HttpConnections(url)
        self._signer = signer
        self._post_seconds = post_seconds

    async def post(self, connection_id: str, frame: bytes) -> None:
        """An answer that says "later" is believed until the time is up; then it is an `OSError`."""
        refusal: OSError | None = None
        try:
            async with asyncio.timeout(self._post_seconds):
                async for _ in _tries():
                    refusal = await self._try_post(connection_id, frame)
                    if refusal is None:
                        return
        except TimeoutError:
            raise refusal or ConnectionSlowError from None

    async def close(self, connection_id: str) -> None:
        async with asyncio.timeout(self._post_seconds):
            answer = await self._request("DELETE", connection_id)
        if answer.status >= 300 and answer.status != _GONE:
            raise _refusal(answer)

    async def _try_post(self, connection_id: str, frame: bytes) -> OSError | None:
        """Why it was not taken, where that may change soon."""
        try:
            answer = await self._request("POST", connection_id, frame)
        except OSError as error:
            return error
        if answer.status == _GONE:
            raise ConnectionGoneError
        if answer.status < 300:
            return None
        refusal = _refusal(answer)
        if answer.status != _THROTTLED and answer.status < 500:
            raise refusal
        return refusal

    async def _request(self, method: str, connection_id: str, body: bytes = b"") -> HttpAnswer:
        path = f"{self._base_path}/@connections/{quote(connection_id, safe='')}"
        headers = await self._signer.sign(method, path, body)
        return await self._connections.request(method, path, headers=headers, body=body)


def build_sockets(url: str) -> ApiGatewaySockets:
    """With the credentials of the process, which are looked for at the first post."""
    from botocore.exceptions import NoCredentialsError
    from botocore.session import get_session

    session = get_session()

    def find_credentials() -> Credentials:
        found = session.get_credentials()
        if found is None:
            raise NoCredentialsError
        return found.get_frozen_credentials()

    region = session.get_config_variable("region")
    return ApiGatewaySockets(
        url, RequestSigner(find_credentials, region=region, service="execute-api", host=urlsplit(url).netloc)
    )


async def _tries() -> AsyncIterator[int]:
    """Without end, with a pause before each but the first."""
    number = 0
    while True:
        yield number
        longest = _PAUSES_SECONDS[min(number, len(_PAUSES_SECONDS) - 1)]
        # Many that were refused at once shall not come again at once.
        await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311
        number += 1


def _refusal(answer: HttpAnswer) -> SocketServiceError:
    return SocketServiceError(f"the service of sockets answered {answer.status}: {answer.body[:200]!r}")
