"""What can be told of a URL before its name is resolved. Parses as the client does that then requests it."""

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

import httpx

from parley.domain.web_pages import RefusedUrlError
from parley.gateways.guarded_addresses import is_allowed

NOT_PUBLIC = "it does not lead to a public address"

_MAX_URL_CHARACTERS = 4_096
_SCHEMES = ("http", "https")
_PORTS = frozenset({80, 443, 8080, 8443})

_NAME = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
)
_DOTTED_QUAD = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)
# Resolvers read such names as numbers: 2130706433, 0x7f.1, 0177.0.0.1.
_NUMERIC_END = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)", re.ASCII)
# Names that only a private network gives a meaning: RFC 6761, RFC 6762, RFC 8375, ICANN's .internal.
_PRIVATE_NAME = re.compile(
    r"(?:.*\.)?(?:localhost|localdomain|local|internal|intranet|lan|home\.arpa)|[^.:]+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlPolicy:
    """`allow_private` lifts the rules of address and port, for local work; no other rule."""

    allow_private: bool = False
    extra_ports: frozenset[int] = frozenset()


def check_url(url: str | httpx.URL, policy: UrlPolicy) -> httpx.URL:
    """The URL as it is requested. Raises `RefusedUrlError`. A name's addresses are checked at connecting."""
    parsed = _parsed(url) if isinstance(url, str) else url
    if len(str(parsed)) > _MAX_URL_CHARACTERS:
        raise RefusedUrlError(f"it is longer than {_MAX_URL_CHARACTERS:,} characters")
    if parsed.scheme not in _SCHEMES:
        raise RefusedUrlError("only http and https are allowed")
    if parsed.userinfo:
        raise RefusedUrlError("a URL must not hold a user name or a password")
    _check_punycode(parsed)
    _check_host(parsed.raw_host.decode("ascii"), policy)
    if not policy.allow_private and parsed.port not in _PORTS | policy.extra_ports | {None}:
        raise RefusedUrlError(f"port {parsed.port} is not allowed")
    return parsed


def check_redirect(source: httpx.URL, location: str, policy: UrlPolicy) -> httpx.URL:
    """Where a redirect leads, by the same rules; from https never to http. Raises `RefusedUrlError`."""
    try:
        target = check_url(source.join(_parsed(location)), policy)
    except (httpx.InvalidURL, ValueError):
        raise RefusedUrlError("it redirects to what is no valid URL") from None
    if source.scheme == "https" and target.scheme != "https":
        raise RefusedUrlError("it redirects from https to http")
    return target


def _parsed(url: str) -> httpx.URL:
    # Readers of URLs disagree on these: some drop them, some end the host at them.
    if "\\" in url or any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") for character in url):
        raise RefusedUrlError("it holds a character that has no place in a URL")
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError):  # the latter from idna
        raise RefusedUrlError("it is not a valid URL") from None


def _check_punycode(url: httpx.URL) -> None:
    """httpx reads the host only when it is asked for it, which would be in the middle of a request."""
    try:
        _ = url.host
    except ValueError:
        raise RefusedUrlError("it is not a valid URL") from None


def _check_host(host: str, policy: UrlPolicy) -> None:
    if not host:
        raise RefusedUrlError("it names no host")
    if ":" in host or _DOTTED_QUAD.fullmatch(host):
        _check_address(host, policy)
    elif not _NAME.fullmatch(host) or _NUMERIC_END.fullmatch(host):
        raise RefusedUrlError("its host is not written as a name or an address usually is")
    elif not policy.allow_private and _PRIVATE_NAME.fullmatch(host):
        raise RefusedUrlError(NOT_PUBLIC)


def _check_address(host: str, policy: UrlPolicy) -> None:
    try:
        address = IPv6Address(host) if ":" in host else IPv4Address(host)
    except ValueError:
        raise RefusedUrlError("its host is not written as a name or an address usually is") from None
    if "%" in host or not is_allowed(str(address), allow_private=policy.allow_private):
        raise RefusedUrlError(NOT_PUBLIC)
