"""Somebody who uses a deployment over HTTP: the base URL may have a path, as a stage of API Gateway has."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import httpx

# A cold start and a slow model are no failure.
TIMEOUT_SECONDS = 60


class SmokeError(Exception):
    """The deployment does not do what it should; the text says which request, and what came of it."""


class Visitor:
    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=base_url.rstrip("/"), timeout=TIMEOUT_SECONDS)
        self._http.headers["Accept-Language"] = "en"
        self.token = ""
        self.user_id = ""

    def close(self) -> None:
        self._http.close()

    def register(self) -> str:
        """Under a name that nobody has; logs in, and gives the name."""
        name = f"smoke-{secrets.token_hex(6)}"
        account = {"username": name, "password": secrets.token_urlsafe(16)}
        self.call("POST", "/api/auth/register", 201, {**account, "email": f"{name}@example.com"})
        session = self.call("POST", "/api/auth/login", 200, account)
        self.token, self.user_id = session["access_token"], session["user"]["id"]
        self._http.headers["Authorization"] = f"Bearer {self.token}"
        return name

    def call(self, method: str, path: str, status: int = 200, body: Any = None) -> Any:
        """The envelope's `data`, None in an error. Raises `SmokeError` for another status than is due."""
        response = self._http.request(method, path, json=body)
        if response.status_code != status:
            raise SmokeError(f"{method} {path}: {response.status_code} {response.text[:300]}")
        return response.json().get("data")

    def stream(self, path: str, body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        """The names and data of server-sent events, as they come."""
        with self._http.stream("POST", path, json=body) as response:
            if response.status_code != 200:
                raise SmokeError(f"POST {path}: {response.status_code} {response.read()[:300]!r}")
            name = ""
            for line in response.iter_lines():
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    yield name, json.loads(value)
