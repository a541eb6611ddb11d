"""What a function is told by its environment. Read once, by the wiring."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from parley.cors import SETTING as CORS_SETTING
from parley.cors import CorsPolicy
from parley.edge import SETTING as EDGE_SECRET_SETTING

_ON = ("1", "true", "yes", "on")
_OFF = ("0", "false", "no", "off", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Given as it is, or by the name of the parameter that holds it."""

    value: str | None = field(default=None, repr=False)
    parameter: str | None = None

    def __bool__(self) -> bool:
        return bool(self.value or self.parameter)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """The deployment's default model service; no `base_url` means the built-in demo."""

    base_url: str | None = None
    api_key: Secret = Secret()
    # Sent in place of the conversation's model, for services that know only their own names.
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """How the web is searched: by the first of these that is set, else without a key."""

    # A URL may hold the password of whoever set it up.
    searxng_url: str | None = field(default=None, repr=False)
    tavily_api_key: Secret = Secret()
    brave_api_key: Secret = Secret()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    stage: str
    session_hours: int
    model: ModelSettings
    # Where the deployer pays for Bedrock; None: for nobody.
    bedrock_region: str | None
    cors: CorsPolicy
    # Read by the service function alone; in its asset, unless another is named.
    openapi_file: Path
    tables: Mapping[str, str]
    key_ids: Mapping[str, str]
    functions: Mapping[str, str] = field(default_factory=dict)
    queue_urls: Mapping[str, str] = field(default_factory=dict)
    # Of the API with which connections are told something; None for who tells them nothing.
    socket_api_url: str | None = None
    # Whether URLs that users and models choose may lead to private addresses: for local work.
    allow_private_urls: bool = False
    search: SearchSettings = field(default_factory=SearchSettings)
    # How long a reply's writer may be silent before it is taken for dead.
    reply_lease_seconds: int = 30
    # What the edge proves itself with; None: there is none.
    edge_secret: str | None = field(default=None, repr=False)

    def table(self, name: str) -> str:
        """The physical name of one of the topology's tables."""
        return self.tables[f"PARLEY_{name.upper()}_TABLE"]

    def function(self, name: str) -> str | None:
        """The physical name of one of the topology's functions, where it may be invoked."""
        return self.functions.get(f"PARLEY_{name.upper()}_FUNCTION")

    def key_id(self, name: str) -> str:
        """The ARN or alias of one of the topology's keys."""
        return self.key_ids[f"PARLEY_{name.upper()}_KEY_ID"]

    def queue_url(self, name: str) -> str:
        """The URL of one of the topology's queues."""
        return self.queue_urls[f"PARLEY_{name.upper()}_QUEUE_URL"]


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Raises `ValueError` naming the variable that is wrong."""
    return Settings(
        stage=environment.get("PARLEY_STAGE", "local"),
        session_hours=_whole_number(environment, "PARLEY_SESSION_HOURS", default=24 * 7),
        model=ModelSettings(
            base_url=environment.get("PARLEY_MODEL_BASE_URL") or None,
            api_key=_secret(environment, "PARLEY_MODEL_API_KEY"),
            name=environment.get("PARLEY_MODEL_NAME") or None,
        ),
        bedrock_region=environment.get("PARLEY_BEDROCK_REGION") or None,
        cors=CorsPolicy.parse(environment.get(CORS_SETTING, "")),
        openapi_file=Path(environment.get("PARLEY_OPENAPI_FILE", "openapi.json")),
        tables={name: value for name, value in environment.items() if name.endswith("_TABLE")},
        functions={name: value for name, value in environment.items() if name.endswith("_FUNCTION")},
        key_ids={
            name: value
            for name, value in environment.items()
            if name.startswith("PARLEY_") and name.endswith("_KEY_ID")
        },
        socket_api_url=environment.get("PARLEY_SOCKET_API_URL") or None,
        queue_urls={name: value for name, value in environment.items() if name.endswith("_QUEUE_URL")},
        allow_private_urls=_switch(environment, "PARLEY_ALLOW_PRIVATE_URLS"),
        search=SearchSettings(
            searxng_url=environment.get("PARLEY_SEARCH_SEARXNG_URL") or None,
            tavily_api_key=_secret(environment, "PARLEY_SEARCH_TAVILY_API_KEY"),
            brave_api_key=_secret(environment, "PARLEY_SEARCH_BRAVE_API_KEY"),
        ),
        reply_lease_seconds=_whole_number(environment, "PARLEY_REPLY_LEASE_SECONDS", default=30, least=2),
        edge_secret=environment.get(EDGE_SECRET_SETTING) or None,
    )


def _secret(environment: Mapping[str, str], name: str) -> Secret:
    return Secret(value=environment.get(name) or None, parameter=environment.get(f"{name}_PARAMETER") or None)


def _whole_number(environment: Mapping[str, str], name: str, *, default: int, least: int = 1) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or int(text) < least:
        raise ValueError(f"{name} must be a whole number from {least}, not {text!r}")
    return int(text)


def _switch(environment: Mapping[str, str], name: str) -> bool:
    text = environment.get(name, "")
    if text.lower() in _ON:
        return True
    if text.lower() in _OFF:
        return False
    raise ValueError(f"{name} must be one of {', '.join(filter(None, _ON + _OFF))}, not {text!r}")
