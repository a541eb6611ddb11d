"""Agents: a model with a name and a role. Hosted ones are run here, external ones connect with a key."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from parley.domain.pages import Page, PageRequest

MAX_NAME_LENGTH = 100

# `@`, in all its widths, begins a mention: a name ends before the next one. The others break, turn or hide
# text, so that two names could look alike.
_UNFIT = (
    r"@\uFE6B\uFF20\x00-\x1F\x7F-\x9F\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF"
    r"\uFFF9-\uFFFB"
)
# These join emoji and Persian letters. They are seen in what they join, never by themselves.
_JOINERS = r"\u200C\u200D"
_FIT = rf"[^{_UNFIT}]*[^{_UNFIT}{_JOINERS}\s][^{_UNFIT}]*"
# What may be asked for, in the dialect that Python and JSON Schema share: white space around it is taken off.
NAME_PATTERN = rf"^\s*{_FIT}\s*$"


class AgentKind(StrEnum):
    HOSTED = "hosted"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """`tools` are the names of those that it may use, all where it is None."""

    id: str
    user_id: str
    name: str
    description: str | None
    system_prompt: str | None
    model: str
    provider_id: str | None
    temperature: float
    max_tokens: int
    thinking_enabled: bool
    tools: tuple[str, ...] | None
    kind: AgentKind
    created_at: datetime
    updated_at: datetime


def is_fit_name(name: str) -> bool:
    """Whether people can see it, tell it from others and mention it. Its length is not looked at."""
    return re.fullmatch(_FIT, name) is not None


def name_key(name: str) -> str:
    """What names have in common that count as the same: neither case nor width nor spacing tells them apart.

    Source: the Unicode Standard, definition D146 (compatibility caseless matching).
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(re.sub(f"[{_JOINERS}]", "", folded).split())


class AgentRepository(Protocol):
    """Every call but the last names the owner; somebody else's agent is an `AgentNotFoundError`."""

    def add(self, agent: Agent) -> None:
        """Raises `AgentNameTakenError`, also for the loser of two simultaneous calls."""

    def get(self, owner_id: str, agent_id: str) -> Agent: ...

    def find_many(self, owner_id: str, agent_ids: Sequence[str]) -> list[Agent]:
        """Those of them that the owner has, each once, in the order of the ids; a read for every hundred."""

    def list_page(self, owner_id: str, *, page: PageRequest) -> Page[Agent]:
        """Newest `created_at` first: a change moves none. Raises `InvalidCursorError`."""

    def change(self, owner_id: str, agent_id: str, changes: dict[str, Any]) -> Agent:
        """Set the named fields (and `updated_at`). Raises `AgentNameTakenError`.

        An agent that becomes hosted loses its key.
        """

    def delete(self, owner_id: str, agent_id: str) -> None:
        """Remove it with its key. Its name is free from that moment on."""

    def replace_key(self, owner_id: str, agent_id: str, *, key_hash: str) -> None:
        """Give it a key, known by its SHA-256 alone; the one before is no key from that moment on.

        Raises `AgentHostedError` for an agent that does not connect.
        """

    def find_by_key_hash(self, key_hash: str) -> Agent | None:
        """Whose key it is now, by consistent reads."""
