"""Which pages of other origins may call the API: one rule for functions and for both gateways.

Source: https://fetch.spec.whatwg.org/#http-cors-protocol. No credentials: tokens travel in a header.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

SETTING: Final = "PARLEY_CORS_ORIGINS"
EVERY_ORIGIN: Final = "*"

ALLOWED_HEADERS: Final = (
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "Last-Event-ID",
)
EXPOSED_HEADERS: Final = ("Idempotency-Replayed", "Retry-After", "X-Amzn-RequestId")
# As long as Chromium keeps the answer to a preflight; others keep it longer or shorter.
MAX_AGE_SECONDS: Final = 2 * 60 * 60

# As a browser writes it: lower case, no default port, an IPv6 address in brackets.
_ORIGIN = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?"
)
_DEFAULT_PORTS = {("http", "80"), ("https", "443")}


class InvalidOriginError(ValueError):
    """Something in the setting that no browser would ever send as an origin."""

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"{SETTING}: {origin!r} is no origin. Write each as a browser sends it, scheme://host[:port] in "
            "lower case, without a path, a trailing slash or the scheme's own port, with commas between; "
            f"or {EVERY_ORIGIN} alone."
        )


@dataclass(frozen=True, slots=True)
class CorsPolicy:
    """`origins` are exact, or the single `*`; none means that only pages of the API's own origin may call."""

    origins: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises `InvalidOriginError`."""
        origins = tuple(dict.fromkeys(part for entry in text.split(",") if (part := entry.strip())))
        if origins == (EVERY_ORIGIN,):
            return cls(origins)
        for origin in origins:
            match = _ORIGIN.fullmatch(origin)
            if match is None or (match["scheme"], match["port"]) in _DEFAULT_PORTS:
                raise InvalidOriginError(origin)
        return cls(origins)

    def __str__(self) -> str:
        """What `parse` reads."""
        return ",".join(self.origins)

    def __bool__(self) -> bool:
        return bool(self.origins)

    @property
    def depends_on_origin(self) -> bool:
        """Whether a cache has to keep an answer apart for each origin."""
        return bool(self.origins) and self.origins != (EVERY_ORIGIN,)

    def methods(self, own: Iterable[str]) -> str:
        """What `Allow` says for a path with these methods."""
        return ", ".join(sorted({*own, *(("OPTIONS",) if self else ())}))

    def headers(self, origin: str | None) -> dict[str, str]:
        """For every answer but a preflight's; `origin` is the request's, if it has one."""
        return self._exposing(self._common_headers(origin))

    def preflight_headers(self, origin: str | None, methods: Iterable[str]) -> dict[str, str]:
        """`methods` are those of the path."""
        return self._common_headers(origin) | {
            "Access-Control-Allow-Methods": ", ".join(sorted(methods)),
            "Access-Control-Allow-Headers": ", ".join(ALLOWED_HEADERS),
            "Access-Control-Max-Age": str(MAX_AGE_SECONDS),
        }

    def gateway_headers(self, origin: str | None) -> dict[str, str]:
        """For what API Gateway answers by itself: it can name a fixed origin or the request's, not choose.

        So with several origins each is named its own, a foreign one too. These answers tell nobody anything.
        """
        if not self.origins:
            return {}
        allowed = origin if len(self.origins) > 1 else self.origins[0]
        return self._exposing({"Access-Control-Allow-Origin": allowed}) if allowed else {}

    @staticmethod
    def _exposing(headers: dict[str, str]) -> dict[str, str]:
        if "Access-Control-Allow-Origin" not in headers:
            return headers
        return headers | {"Access-Control-Expose-Headers": ", ".join(EXPOSED_HEADERS)}

    def _common_headers(self, origin: str | None) -> dict[str, str]:
        if not self.depends_on_origin:
            return {"Access-Control-Allow-Origin": EVERY_ORIGIN} if self.origins else {}
        named = {"Access-Control-Allow-Origin": origin} if origin and origin in self.origins else {}
        return {"Vary": "Origin"} | named
