"""Signature Version 4 for thousands of small requests: the day's key is derived once.

botocore signs too, but builds several objects for each request. Its credentials are used, and its refreshing.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import asyncio
import hmac
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Protocol
from urllib.parse import quote

# botocore refreshes what expires ten minutes before it does.
_KEPT_SECONDS = 60
_ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(Protocol):
    @property
    def access_key(self) -> str | None: ...
    @property
    def secret_key(self) -> str | None: ...
    @property
    def token(self) -> str | None: ...


class RequestSigner:
    """Signs for one service of one region, for one host."""

    def __init__(
        self,
        find_credentials: Callable[[], Credentials],
        *,
        region: str,
        service: str,
        host: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`find_credentials` may block, and raise what botocore raises where there are none."""
        self._find_credentials = find_credentials
        self._scope = f"{region}/{service}/aws4_request"
        self._host = host
        self._clock = clock
        self._credentials: Credentials | None = None
        self._found_at = 0.0
        self._key_of: tuple[str | None, str] | None = None
        self._key = b""

    async def sign(self, method: str, path: str, body: bytes) -> list[tuple[str, str]]:
        """The headers that prove the request, `Host` among them. `path` is quoted, as sent; no query."""
        credentials = await self._current_credentials()
        moment = datetime.fromtimestamp(self._clock(), UTC).strftime("%Y%m%dT%H%M%SZ")
        headers = [("host", self._host), ("x-amz-date", moment)]
        if credentials.token:
            headers.append(("x-amz-security-token", credentials.token))
        names = ";".join(name for name, _ in headers)
        lines = [method, quote(path, safe="/~"), "", *(f"{name}:{value}" for name, value in headers)]
        request = "\n".join([*lines, "", names, sha256(body).hexdigest()])
        scope = f"{moment[:8]}/{self._scope}"
        text = "\n".join([_ALGORITHM, moment, scope, sha256(request.encode()).hexdigest()])
        signature = hmac.digest(self._signing_key(credentials, scope), text.encode(), "sha256").hex()
        proof = f"Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        return [*headers, ("authorization", f"{_ALGORITHM} {proof}")]

    async def _current_credentials(self) -> Credentials:
        now = self._clock()
        if self._credentials is None or now - self._found_at > _KEPT_SECONDS:
            self._credentials = await asyncio.to_thread(self._find_credentials)
            self._found_at = now
        return self._credentials

    def _signing_key(self, credentials: Credentials, scope: str) -> bytes:
        if self._key_of != (credentials.secret_key, scope):
            key = f"AWS4{credentials.secret_key}".encode()
            for part in scope.split("/"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._key, self._key_of = key, (credentials.secret_key, scope)
        return self._key
